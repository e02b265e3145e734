//! `/login/link`: whoever asks is mailed a link, and signs in by it.
//!
//! What is answered to whoever asks is the same whether there is such an account or not (see `recover`).

use actix_web::Error;
use actix_web::http::StatusCode;

use super::admit::admit;
use super::mail_question;
use super::new_account::open_link;
use super::onward::Onward;
use super::session::Proved;
use crate::domain::events::Actor;
use crate::domain::people::links::LinkOutcome;
use crate::domain::people::mail_desk::Wanted;
use crate::domain::people::sign_in_link;
use crate::store::{OneTimeLink, Person};
use crate::web::page::{FollowSignInLink, MailNotice, MailNoticePage, Problem};
use crate::web::posted::{Entry, Posted};
use crate::web::visit::{PageResult, Visit};

/// What is said to everybody who asked.
pub(super) const SENT: &str = "/login/link/sent";

/// The form that asks for a link; or, with one, the question whether it is meant. Whoever only looks does not use the link:
/// programs that look through mail open what they find there.
pub(super) async fn show(visit: Visit) -> PageResult {
    check_on(&visit)?;
    let query = visit.query()?;
    if visit.value(&query, "link")?.is_none() {
        let onward = Onward::of(&visit, &query).await?;
        return mail_question::render(&visit, Wanted::SignIn, &onward, "", None);
    }
    let onward = Onward::of_mail(&visit, &query, Onward::Home).await?;
    let open = open_link(&visit, &query).await?;
    let person = reached(&visit, &open.link).await?;
    let proof = visit.proof_before_sign_in();
    let page = FollowSignInLink {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        request: onward.request(),
        onward: onward.page().cloned(),
        app: onward.app(),
        link: open.token,
        username: person.username,
    };
    let headers = onward.headers(&visit);
    visit.send(&page, StatusCode::OK, &headers, Some(proof))
}

/// Either form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let Posted { visit, fields, .. } = &posted;
    check_on(visit)?;
    if posted.field("link")?.is_none() {
        let onward = Onward::of(visit, fields).await?;
        return mail_question::ask(&posted, Wanted::SignIn, &onward, SENT).await;
    }
    let onward = Onward::of_mail(visit, fields, Onward::Home).await?;
    let open = open_link(visit, fields).await?;
    let person = reached(visit, &open.link).await?;
    let used = sign_in_link::accept(&visit.act(Actor::Person(person.id)), open.link, person).await;
    match used.map_err(|error| visit.failed(&error))? {
        LinkOutcome::Done(person) => admit(&posted, &person, Proved::by_link(), onward).await,
        LinkOutcome::Spent | LinkOutcome::Refused(_) => Err(visit.refuse(Problem::LinkSpent)),
    }
}

/// What is said to everybody who asked.
pub(super) async fn sent(visit: Visit) -> PageResult {
    check_on(&visit)?;
    let page = MailNoticePage { t: visit.texts(), base: visit.base(), notice: MailNotice::SignInLinkSent };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}

/// Whether people may sign in by a link here.
pub(super) fn is_on(visit: &Visit) -> bool {
    visit.cx.config.people.sign_in_links && visit.cx.config.mail.is_on()
}

fn check_on(visit: &Visit) -> Result<(), Error> {
    if is_on(visit) { Ok(()) } else { Err(visit.refuse(Problem::NotFound)) }
}

/// Whom the link lets in.
async fn reached(visit: &Visit, link: &OneTimeLink) -> Result<Person, Error> {
    let id = link.purpose.person().ok_or_else(|| visit.refuse(Problem::LinkSpent))?;
    let person = visit.cx.store.person(id).await.map_err(|error| visit.failed(&error))?;
    let person = person.filter(|person| sign_in_link::lets_in(link, person));
    person.ok_or_else(|| visit.refuse(Problem::LinkSpent))
}
