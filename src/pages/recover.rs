//! `/recover`: whoever forgot their password asks for a link to choose another.
//!
//! What is answered, and how long that takes, is the same whether there is such an account or not: what was typed is
//! only noted here, and looked at afterwards.

use actix_web::Error;
use actix_web::http::StatusCode;

use super::entrance;
use super::onward::Onward;
use crate::domain::events::Actor;
use crate::domain::people::guard::{Kind, Who};
use crate::domain::people::mail_desk::{self, Asked, Wanted};
use crate::store::login_key;
use crate::web::limits;
use crate::web::page::{MailNotice, MailNoticePage, Problem, Recover, RecoverProblem};
use crate::web::posted::{Entry, Posted};
use crate::web::visit::{PageResult, Visit};

const SENT: &str = "/recover/sent";
/// The longest that somebody can sign in by.
const LONGEST_LOGIN: usize = 320;

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    check_on(&visit)?;
    let onward = Onward::of(&visit, &visit.query()?).await?;
    render(&visit, &onward, "", None)
}

/// The form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let Posted { visit, fields, .. } = &posted;
    check_on(visit)?;
    let onward = Onward::of(visit, fields).await?;
    let login = posted.field("login")?.unwrap_or_default().trim();
    if login.is_empty() || login.len() > LONGEST_LOGIN {
        return render(visit, &onward, login, Some(RecoverProblem::Incomplete));
    }
    // Counted by what was typed, whether anybody signs in by it or not.
    let name = login_key(login);
    let who = Who::of(&name, visit.origin.address.as_deref());
    if let Err(held) = visit.cx.guard.take(Kind::Reset, &who, visit.now) {
        limits::note(visit, &held).await;
        let problem = RecoverProblem::TooMany(limits::minutes(held.standing.reset));
        return render(visit, &onward, login, Some(problem)).map(|page| limits::too_many(page, &held.standing));
    }
    let asked = Asked { login: login.to_owned(), ..Asked::default() };
    let noted = mail_desk::ask(&visit.act(Actor::Anonymous), &visit.cx.outbox, Wanted::Recovery, asked).await;
    noted.map_err(|error| visit.failed(&error))?;
    Ok(visit.redirect(SENT))
}

/// What is said to everybody who asked.
pub(super) async fn sent(visit: Visit) -> PageResult {
    check_on(&visit)?;
    let page = MailNoticePage { t: visit.texts(), base: visit.base(), notice: MailNotice::LinkSent };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}

/// Where there is no mail, nobody is recovered by it.
pub(super) fn check_on(visit: &Visit) -> Result<(), Error> {
    if visit.cx.config.mail.is_on() { Ok(()) } else { Err(visit.refuse(Problem::NotFound)) }
}

fn render(visit: &Visit, onward: &Onward, login: &str, problem: Option<RecoverProblem>) -> PageResult {
    let proof = visit.proof_before_sign_in();
    let waiting = onward.waiting();
    let page = Recover {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        request: waiting.map(|waiting| waiting.sealed.clone()).unwrap_or_default(),
        onward: onward.page().cloned(),
        login: login.to_owned(),
        problem,
        sign_in: onward.path(entrance::SIGN_IN),
    };
    let headers = waiting.map_or_else(|| visit.headers(), |waiting| waiting.headers(visit));
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &headers, Some(proof))
}
