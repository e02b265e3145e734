//! `/account/email`: a person's address, and another one in its place, which counts once they have followed the link that is
//! sent there.

use actix_web::Error;
use actix_web::http::StatusCode;

use super::new_account::{OpenLink, open_link};
use super::recover;
use crate::domain::events::Actor;
use crate::domain::people::accounts::{AccountProblem, problems_of_claims};
use crate::domain::people::email::{self, Asked, Followed};
use crate::protocol::claims::StandardClaims;
use crate::protocol::params::Params;
use crate::store::{LinkPurpose, Person};
use crate::web::browser_session::Current;
use crate::web::letters::{self, EMAIL, EMAIL_LINK, EMAIL_UNDO};
use crate::web::own_path::OwnPath;
use crate::web::page::{ConfirmEmail, OwnEmail, Problem};
use crate::web::posted::{Entry, Member};
use crate::web::text::Texts;
use crate::web::visit::{PageResult, Visit};

/// The address, and the form for another one.
pub(super) async fn show(visit: Visit) -> PageResult {
    recover::check_on(&visit)?;
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&own(EMAIL)))?;
    render(&visit, &current, "", false)
}

/// That form, sent.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    recover::check_on(&posted.visit)?;
    let (visit, current) = posted.recent_member(&own(EMAIL))?;
    let typed = posted.field("email")?.unwrap_or_default().trim().to_owned();
    let claims = StandardClaims { email: Some(typed.clone()), ..StandardClaims::default() };
    if problems_of_claims(&claims).contains(&AccountProblem::EmailMalformed) {
        return render(visit, current, &typed, true);
    }
    let (cx, person) = (&visit.cx, &current.person);
    let lifetime = cx.config.links.verification_lifetime;
    let act = visit.act(Actor::Person(person.id));
    let asked = email::ask(&act, &cx.hasher, lifetime, person, typed.clone(), |token| {
        cx.mail(|| letters::email_verification(cx.issuer(), person, &typed, token, lifetime))
    });
    match asked.await.map_err(|error| visit.failed(&error))? {
        Asked::Done => Ok(visit.redirect(&format!("{EMAIL}?sent=yes"))),
        Asked::TooOften => Err(visit.refuse(Problem::Busy)),
    }
}

/// The question whether the address of a link is theirs. Only its person can answer, so that nobody has their address
/// taken into the account of a stranger by a click.
pub(super) async fn show_link(visit: Visit) -> PageResult {
    recover::check_on(&visit)?;
    let query = visit.query()?;
    let (current, open) = theirs(&visit, &query, visit.current().await?).await?;
    let proof = visit.proof_for(&current);
    let page = confirmation(&visit, open, &current.person, EMAIL_LINK, proof.token.clone());
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// The answer.
pub(super) async fn submit_link(Member(posted): Member) -> PageResult {
    let visit = &posted.visit;
    recover::check_on(visit)?;
    let (current, open) = theirs(visit, &posted.fields, posted.current.clone()).await?;
    let (cx, person) = (&visit.cx, &current.person);
    let act = visit.act(Actor::Person(person.id));
    let next = open.link.address.clone().unwrap_or_default();
    let notice = email::notice(&act, &cx.hasher, person, &next, |token| {
        cx.mail(|| letters::email_changed(cx.issuer(), person, token, email::UNDO_LIFETIME))
    });
    let followed = email::confirm(&act, open.link, person.clone(), notice).await;
    match followed.map_err(|error| visit.failed(&error))? {
        Followed::Done => Ok(visit.redirect(&format!("{EMAIL}?done=yes"))),
        Followed::Spent => Err(visit.refuse(Problem::LinkSpent)),
    }
}

/// The question whether a change of address is to be undone.
pub(super) async fn show_undo(visit: Visit) -> PageResult {
    recover::check_on(&visit)?;
    let open = open_link(&visit, &visit.query()?).await?;
    let person = undoes(&visit, &open).await?;
    let proof = visit.proof_before_sign_in();
    let page = confirmation(&visit, open, &person, EMAIL_UNDO, proof.token.clone());
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// The answer: it leads on to another password, since whoever made the change may know the old one.
pub(super) async fn submit_undo(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    recover::check_on(visit)?;
    let open = open_link(visit, &posted.fields).await?;
    let person = undoes(visit, &open).await?;
    let undone = email::undo(&visit.act(Actor::Anonymous), open.link, person).await;
    match undone.map_err(|error| visit.failed(&error))? {
        Followed::Done => Ok(visit.redirect(letters::RECOVER)),
        Followed::Spent => Err(visit.refuse(Problem::LinkSpent)),
    }
}

/// Who follows a link to an address of theirs.
async fn theirs(visit: &Visit, params: &Params, current: Option<Current>) -> Result<(Current, OpenLink), Error> {
    let Some(current) = current else {
        let token = visit.value(params, "link")?.unwrap_or_default();
        let path = OwnPath::parse(&format!("{EMAIL_LINK}?link={token}")).unwrap_or_else(|| own(EMAIL));
        return Err(visit.sign_in_first(&path));
    };
    let open = open_link(visit, params).await?;
    if open.link.purpose == LinkPurpose::Email(current.person.id) {
        return Ok((current, open));
    }
    Err(visit.refuse(Problem::LinkSpent))
}

/// Whose change of address a link undoes.
async fn undoes(visit: &Visit, open: &OpenLink) -> Result<Person, Error> {
    let LinkPurpose::EmailUndo(id) = open.link.purpose else { return Err(visit.refuse(Problem::LinkSpent)) };
    let person = visit.cx.store.person(id).await.map_err(|error| visit.failed(&error))?;
    person.ok_or_else(|| visit.refuse(Problem::LinkSpent))
}

fn own(path: &str) -> OwnPath {
    OwnPath::parse(path).unwrap_or(OwnPath::SESSIONS)
}

fn confirmation(visit: &Visit, open: OpenLink, person: &Person, action: &'static str, csrf: String) -> ConfirmEmail {
    ConfirmEmail {
        t: Texts::english(),
        base: visit.base(),
        csrf,
        action,
        undo: action == EMAIL_UNDO,
        link: open.token,
        address: open.link.address.unwrap_or_default(),
        username: person.username.clone(),
    }
}

fn render(visit: &Visit, current: &Current, typed: &str, malformed: bool) -> PageResult {
    let query = visit.query()?;
    let claims = &current.person.claims;
    let proof = visit.proof_for(current);
    let page = OwnEmail {
        t: Texts::english(),
        base: visit.base(),
        csrf: proof.token.clone(),
        address: claims.email.clone(),
        verified: claims.email_verified == Some(true),
        typed: typed.to_owned(),
        malformed,
        sent: visit.value(&query, "sent")?.is_some(),
        done: visit.value(&query, "done")?.is_some(),
    };
    let status = if malformed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
