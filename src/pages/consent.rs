//! `/consent`: what an app asks for, and what the person says to it. The decision travels on in the sealed request,
//! bound to the session in which it was made; what follows from it is written where the code is issued.

use actix_web::Error;
use actix_web::http::StatusCode;

use super::entrance;
use super::waiting::Waiting;
use crate::domain::admission;
use crate::domain::catalogue::Catalogue;
use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::domain::pending_request::Decision;
use crate::domain::people::accounts::display_name;
use crate::ids::{ClientId, PersonId};
use crate::protocol::scope::Scope;
use crate::store::Grant;
use crate::web::browser_session::Current;
use crate::web::page::{Consent, Problem, RequestedScope};
use crate::web::posted::{Member, Posted};
use crate::web::text::Texts;
use crate::web::visit::{PageResult, Visit};

/// The question.
pub(super) async fn show(visit: Visit) -> PageResult {
    let waiting = Waiting::required(&visit, &visit.query()?).await?;
    let Some(current) = visit.current().await? else { return Ok(visit.redirect(&waiting.path(entrance::SIGN_IN))) };
    let grant = visit.cx.store.grant(current.person.id, &waiting.request.client_id).await;
    let grant = grant.map_err(|error| visit.failed(&error))?;
    let asked = asked(&visit, &waiting, &current).await?;
    let catalogue = &visit.cx.catalogue();
    let mut scopes = scopes(catalogue, visit.texts(), (&waiting.request.client_id, &asked), grant.as_ref());
    scopes.extend(claims(catalogue, visit.texts(), &waiting, grant.as_ref()));
    let proof = visit.proof_for(&current);
    let page = Consent {
        t: visit.texts(),
        base: visit.base(),
        action: "/consent",
        device: None,
        csrf: proof.token.clone(),
        request: waiting.sealed.clone(),
        app: waiting.app(),
        person: display_name(&current.person).to_owned(),
        scopes,
        switch_account: waiting.path_for_another(&visit).await?,
    };
    visit.send(&page, StatusCode::OK, &waiting.headers(&visit), Some(proof))
}

/// The answer.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let visit = &posted.visit;
    let mut waiting = Waiting::required(visit, &posted.fields).await?;
    let Some(current) = &posted.current else { return Ok(visit.redirect(&waiting.path(entrance::SIGN_IN))) };
    let allowed = match posted.field("decision")? {
        Some("allow") => Some(allowed(&posted, &asked(visit, &waiting, current).await?)?),
        Some("deny") => None,
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    note(visit, &waiting, current, allowed.as_ref()).await?;
    waiting.request.decision = Some(Decision { sid: current.signed_in.sid, allowed });
    Ok(waiting.resume(visit))
}

/// What the person can allow: what the app wants, less what an admin would have to approve first.
async fn asked(visit: &Visit, waiting: &Waiting, current: &Current) -> Result<Scope, Error> {
    let (cx, person, wanted) = (&visit.cx, current.person.id, &waiting.request.scope);
    let withheld = admission::withheld(&cx.store, &cx.catalogue(), waiting.client(), Some(person), wanted).await;
    Ok(wanted.without(&withheld.map_err(|error| visit.failed(&error))?))
}

/// What is asked for, as the page shows it beside what was answered before.
pub(super) fn scopes(
    catalogue: &Catalogue,
    t: &Texts,
    (client, asked): (&ClientId, &Scope),
    grant: Option<&Grant>,
) -> Vec<RequestedScope> {
    let scope = |name: &str| RequestedScope {
        optional: catalogue.is_optional(name),
        allowed_before: grant.is_some_and(|grant| grant.scope.contains(name)),
        declined_before: grant.is_some_and(|grant| grant.declined.contains(name)),
        tells: tells(catalogue, client, name),
        ..RequestedScope::new(t, name, catalogue.scope_text(name))
    };
    asked.iter().map(|token| scope(token.as_str())).collect()
}

/// What a scope releases by rules of the settings, in the words of those.
fn tells(catalogue: &Catalogue, client: &ClientId, scope: &str) -> Vec<String> {
    let scope = Scope::parse(scope).unwrap_or_default();
    catalogue.claims().by_scope(client, &scope).filter_map(|rule| rule.text.clone()).collect()
}

/// What is asked for claim by claim, beside what the scopes release.
fn claims(catalogue: &Catalogue, t: &Texts, waiting: &Waiting, grant: Option<&Grant>) -> Vec<RequestedScope> {
    let asked = &waiting.request.claims;
    let before = |name: &str| {
        grant.is_some_and(|grant| grant.claims.contains(name) || !asked.beyond(&grant.scope).contains(name))
    };
    let names = asked.beyond(&waiting.request.scope);
    let claim = |name: &str| {
        let text = catalogue.claims().find(name, &waiting.request.client_id).and_then(|rule| rule.text.as_deref());
        RequestedScope::claim(t, name, text, before(name))
    };
    names.iter().map(claim).collect()
}

/// What is allowed: every scope that cannot be refused alone, and of the others those that are still ticked. A box
/// that the page never showed is no box of ours.
pub(super) fn allowed(posted: &Posted, requested: &Scope) -> Result<Scope, Error> {
    let visit = &posted.visit;
    let ticked = posted.fields.all("scope").map_err(|error| visit.malformed(&error))?;
    if ticked.iter().any(|name| !requested.contains(name)) {
        return Err(visit.refuse(Problem::Malformed));
    }
    let is_allowed = |name: &str| !visit.cx.catalogue().is_optional(name) || ticked.contains(&name);
    Ok(requested.iter().filter(|token| is_allowed(token.as_str())).cloned().collect())
}

/// Writes down what was decided. A decision of which there would be no record does not count.
async fn note(visit: &Visit, waiting: &Waiting, current: &Current, allowed: Option<&Scope>) -> Result<(), Error> {
    let person: PersonId = current.person.id;
    let event = match allowed {
        Some(scope) => {
            let claims = waiting.request.claims.beyond(&waiting.request.scope);
            NewEvent::success(EventKind::Consent, Actor::Person(person))
                .detail("scope", scope.to_string())
                .detail("claims", (!claims.is_empty()).then(|| claims.to_string()))
        }
        None => NewEvent::failure(EventKind::Consent, Actor::Person(person), "denied"),
    };
    let event = event.person(person).client(&waiting.request.client_id);
    let event = event.at(visit.now, &*visit.cx.entropy, &visit.origin);
    let written = visit.cx.store.write(move |tx| Box::pin(async move { tx.insert_event(event).await }));
    written.await.map_err(|error| visit.failed(&error))
}
