//! Who somebody is that wants to be mailed a link: what `/recover` and `/login/link` ask.
//!
//! What is answered, and how long that takes, is the same whether there is such an account or not: what was typed is
//! only noted here, and looked at afterwards.

use actix_web::http::StatusCode;

use super::entrance;
use super::onward::Onward;
use crate::domain::events::Actor;
use crate::domain::people::guard::{Kind, Who};
use crate::domain::people::mail_desk::{self, Asked, Wanted};
use crate::store::login_key;
use crate::web::limits;
use crate::web::page::{Recover, RecoverProblem};
use crate::web::posted::Posted;
use crate::web::visit::{PageResult, Visit};

/// The longest that somebody can sign in by.
const LONGEST_LOGIN: usize = 320;

/// Notes what was typed, and leads on to `sent`.
pub(super) async fn ask(posted: &Posted, wanted: Wanted, onward: &Onward, sent: &str) -> PageResult {
    let visit = &posted.visit;
    let login = posted.field("login")?.unwrap_or_default().trim();
    if login.is_empty() || login.len() > LONGEST_LOGIN {
        return render(visit, wanted, onward, login, Some(RecoverProblem::Incomplete));
    }
    // Counted by what was typed, whether anybody signs in by it or not.
    let name = login_key(login);
    let who = Who::of(&name, visit.origin.address.as_deref());
    if let Err(held) = visit.cx.guard.take(Kind::Reset, &who, visit.now) {
        limits::note(visit, &held).await;
        let problem = RecoverProblem::TooMany(limits::minutes(held.standing.reset));
        let page = render(visit, wanted, onward, login, Some(problem));
        return page.map(|page| limits::too_many(page, &held.standing));
    }
    let asked = Asked {
        login: login.to_owned(),
        onward: onward.query().unwrap_or_default(),
        language: Some(visit.texts().lang.to_owned()),
    };
    let noted = mail_desk::ask(&visit.act(Actor::Anonymous), &visit.cx.outbox, wanted, asked).await;
    noted.map_err(|error| visit.failed(&error))?;
    Ok(visit.redirect(sent))
}

/// The form.
pub(super) fn render(
    visit: &Visit,
    wanted: Wanted,
    onward: &Onward,
    login: &str,
    problem: Option<RecoverProblem>,
) -> PageResult {
    let proof = visit.proof_before_sign_in();
    let page = Recover {
        wanted,
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        request: onward.request(),
        onward: onward.page().cloned(),
        login: login.to_owned(),
        problem,
        sign_in: onward.path(entrance::SIGN_IN),
    };
    let headers = onward.headers(visit);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &headers, Some(proof))
}
