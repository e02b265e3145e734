//! `/account/delete`: a person deletes their account, where the operator lets them. They have just proved who they are by as
//! much as they have, and type their username, so that it happens to nobody who merely presses a button.

use actix_web::Error;
use actix_web::http::StatusCode;
use url::Url;

use crate::domain::events::Actor;
use crate::domain::people::leave::{Left, leave};
use crate::pages::security::who::changing;
use crate::pages::sign_out::{frames_of, signed_out};
use crate::web::browser_session::{self, Current};
use crate::web::own_path::OwnPath;
use crate::web::page::{Deletion, DeletionProblem, Gone, Problem};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// Where somebody arrives whose account is gone.
pub(super) const GONE: &str = "/account/gone";

/// The question.
pub(super) async fn show(visit: Visit) -> PageResult {
    check_allowed(&visit)?;
    let current = visit.recent(&OwnPath::DELETE).await?;
    changing(&visit, &current, &OwnPath::DELETE).await?;
    render(&visit, &current, None)
}

/// The person's word.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    check_allowed(&posted.visit)?;
    let (visit, current) = posted.recent_member(&OwnPath::DELETE)?;
    changing(visit, current, &OwnPath::DELETE).await?;
    if posted.field("username")?.unwrap_or_default().trim() != current.person.username {
        return render(visit, current, Some(DeletionProblem::AnotherName));
    }
    let (person, here) = (current.person.id, current.signed_in.sid);
    let left = leave(&visit.act(Actor::Person(person)), person, here).await.map_err(|error| visit.failed(&error))?;
    let ended = match left {
        Left::Done(ended) => ended,
        Left::LastAdmin => return render(visit, current, Some(DeletionProblem::LastAdmin)),
        Left::Gone => return Ok(visit.redirect(GONE)),
    };
    browser_session::forget(&visit.request, &ended.sessions);
    let frames = frames_of(visit, &ended.told_here, here).await?;
    let gone = Url::parse(&format!("{}{GONE}", visit.cx.issuer().as_str().trim_end_matches('/')));
    signed_out(visit, frames, gone.ok().as_ref())
}

/// The news.
pub(super) async fn gone(visit: Visit) -> PageResult {
    let page = Gone { t: visit.texts(), base: visit.base() };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}

fn check_allowed(visit: &Visit) -> Result<(), Error> {
    if visit.cx.config.people.may_delete_themselves { Ok(()) } else { Err(visit.refuse(Problem::NotFound)) }
}

fn render(visit: &Visit, current: &Current, problem: Option<DeletionProblem>) -> PageResult {
    let proof = visit.proof_for(current);
    let page = Deletion {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        username: current.person.username.clone(),
        problem,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
