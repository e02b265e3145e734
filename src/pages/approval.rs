//! `/approval`: what an admin would have to approve before the person can allow an app what it wants. They ask for it, go
//! on without it, or go back; what the admins decided, they see here when they come again.

use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse};

use super::entrance;
use super::waiting::Waiting;
use crate::domain::admission::{Standing, requests};
use crate::domain::events::Actor;
use crate::domain::pending_request::Decision;
use crate::domain::people::accounts::display_name;
use crate::store::RequestState;
use crate::web::browser_session::Current;
use crate::web::page::{Approval, ApprovalState, Problem, RequestedScope};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// Where things stand.
pub(super) async fn show(visit: Visit) -> PageResult {
    let query = visit.query()?;
    let waiting = Waiting::required(&visit, &query).await?;
    let Some(current) = visit.current().await? else { return Ok(visit.redirect(&waiting.path(entrance::SIGN_IN))) };
    let standing = standing(&visit, &waiting, &current).await?;
    // An admin may have said yes while the page was open. Who has just asked is told so, even if they need not wait.
    let has_asked = visit.value(&query, "asked")?.is_some() && !standing.withheld.is_empty();
    if !has_asked && !standing.stops(waiting.request.went_on == Some(current.signed_in.sid)) {
        return Ok(waiting.resume(&visit));
    }
    page(&visit, &waiting, &current, &standing, Missing::Nothing).await
}

/// What the person does about it.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let visit = &posted.visit;
    let mut waiting = Waiting::required(visit, &posted.fields).await?;
    let Some(current) = &posted.current else { return Ok(visit.redirect(&waiting.path(entrance::SIGN_IN))) };
    let (person, sid) = (current.person.id, current.signed_in.sid);
    let standing = standing(visit, &waiting, current).await?;
    let act = visit.act(Actor::Person(person));
    let client = &waiting.request.client_id;
    match posted.field("decision")? {
        Some("ask") if standing.admitted && !standing.withheld.is_empty() => {
            let reason = posted.fields.lines("reason").map_err(|error| visit.malformed(&error))?.join("\n");
            if reason.is_empty() {
                return page(visit, &waiting, current, &standing, Missing::Reason).await;
            }
            waiting.keep_client(visit, &act).await?;
            let asked = requests::ask(&act, person, client, &standing.withheld, &reason).await;
            asked.map_err(|error| visit.failed(&error))?;
            Ok(visit.redirect(&format!("{}&asked=yes", waiting.path("/approval"))))
        }
        Some("without") if standing.admitted && !standing.indispensable => {
            waiting.keep_client(visit, &act).await?;
            let passed = requests::pass(&act, person, client, &standing.withheld).await;
            passed.map_err(|error| visit.failed(&error))?;
            waiting.request.went_on = Some(sid);
            Ok(waiting.resume(visit))
        }
        Some("back") => {
            waiting.request.decision = Some(Decision { sid, allowed: None });
            Ok(waiting.resume(visit))
        }
        // What was to be asked for has been approved meanwhile, or taken back: the next look says.
        Some("ask" | "without") => Ok(waiting.resume(visit)),
        _ => Err(visit.refuse(Problem::Malformed)),
    }
}

async fn standing(visit: &Visit, waiting: &Waiting, current: &Current) -> Result<Standing, Error> {
    let (cx, person) = (&visit.cx, current.person.id);
    let standing = Standing::read(&cx.store, &cx.catalogue(), waiting.client(), person, &waiting.request.scope).await;
    standing.map_err(|error| visit.failed(&error))
}

/// What was left out of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Nothing,
    Reason,
}

/// The page.
async fn page(
    visit: &Visit,
    waiting: &Waiting,
    current: &Current,
    standing: &Standing,
    missing: Missing,
) -> Result<HttpResponse, Error> {
    let (t, catalogue) = (visit.texts(), &visit.cx.catalogue());
    let words = |name: &str| RequestedScope::new(t, name, catalogue.scope_text(name)).words;
    let proof = visit.proof_for(current);
    let page = Approval {
        t,
        base: visit.base(),
        csrf: proof.token.clone(),
        request: waiting.sealed.clone(),
        app: waiting.app(),
        person: display_name(&current.person).to_owned(),
        state: state(standing),
        wants: standing.withheld.iter().map(|token| words(token.as_str())).collect(),
        can_go_on: standing.admitted && !standing.indispensable,
        reason_missing: missing == Missing::Reason,
        switch_account: waiting.path_for_another(visit).await?,
    };
    let status = if missing == Missing::Reason { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &waiting.headers(visit), Some(proof))
}

fn state(standing: &Standing) -> ApprovalState {
    if !standing.admitted {
        return ApprovalState::ShutOut;
    }
    let covering = |scope| standing.withheld.is_subset_of(scope);
    match standing.request.as_ref().filter(|request| covering(&request.scope)) {
        Some(request) if request.state == RequestState::Waiting => ApprovalState::Waiting(request.asked_at.day()),
        Some(request) if request.state == RequestState::Refused => ApprovalState::Refused(request.answer.clone()),
        _ => ApprovalState::Open,
    }
}
