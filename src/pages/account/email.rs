//! `/account/email`: the address of whoever is signed in. They confirm it, or another one in its place, by a link that is mailed
//! to it; the old address is told, and can have it undone.

use actix_web::Error;
use actix_web::http::StatusCode;

use crate::config::Editable;
use crate::domain::events::Actor;
use crate::domain::people::email::{self, Followed};
use crate::domain::people::guard::{Kind, Who};
use crate::domain::people::registration;
use crate::pages::entrance;
use crate::pages::new_account::open_link;
use crate::pages::security::who::{by_all_they_have, changing};
use crate::store::{LinkPurpose, Person};
use crate::web::browser_session::Current;
use crate::web::letters::{EMAIL, EMAIL_LINK, Letters};
use crate::web::limits;
use crate::web::own_path::OwnPath;
use crate::web::page::{FollowEmailLink, OwnEmail, OwnEmailOutcome, Problem};
use crate::web::posted::{Entry, Member};
use crate::web::visit::{PageResult, Visit};

/// The forms.
pub(super) async fn show(visit: Visit) -> PageResult {
    check_on(&visit)?;
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&here()))?;
    changing(&visit, &current, &here()).await?;
    let outcome = match visit.value(&visit.query()?, "done")? {
        Some("sent") => OwnEmailOutcome::Sent,
        Some("confirmed") => OwnEmailOutcome::Done,
        _ => OwnEmailOutcome::Open,
    };
    render(&visit, &current, "", outcome)
}

/// Either form, sent.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    check_on(&posted.visit)?;
    let (visit, current) = posted.recent_member(&here())?;
    changing(visit, current, &here()).await?;
    let typed = posted.field("email")?.unwrap_or_default();
    let Ok(address) = registration::address(typed) else {
        return render(visit, current, typed, OwnEmailOutcome::Malformed);
    };
    let (cx, person) = (&visit.cx, &current.person);
    if !may_change(visit) && !email::has(person, &address) {
        return Err(visit.refuse(Problem::Malformed));
    }
    let act = visit.act(Actor::Person(person.id));
    let lifetime = cx.config.links.verification_lifetime;
    // Counted whether a mail is written or not: whoever asks learns nothing of whose the address is.
    let name = person.id.to_string();
    if let Err(held) = cx.guard.take(Kind::OwnAddress, &Who::of(&name, visit.origin.address.as_deref()), visit.now) {
        limits::note(visit, &held).await;
        let page = render(visit, current, typed, OwnEmailOutcome::TooMany(limits::minutes(held.standing.reset)));
        return page.map(|page| limits::too_many(page, &held.standing));
    }
    let letter = |token: &_| cx.mail(|| visit.letters().email_verification(person, &address, token, lifetime));
    let asked = email::ask(&act, (&cx.hasher, &cx.config.links), person, &address, letter).await;
    asked.map_err(|error| visit.failed(&error))?;
    Ok(visit.redirect(&format!("{EMAIL}?done=sent")))
}

/// Whether a link is meant that was mailed to an address. Whoever only looks does not use it.
pub(super) async fn show_link(visit: Visit) -> PageResult {
    check_on(&visit)?;
    let query = visit.query()?;
    let token = visit.value(&query, "link")?.unwrap_or_default();
    let back = OwnPath::parse(&format!("{EMAIL_LINK}?link={token}")).unwrap_or_else(here);
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&back))?;
    by_all_they_have(&visit, &current, &back).await?;
    let open = open_link(&visit, &query).await?;
    if !email::is_for(&open.link, &current.person) {
        return Err(visit.refuse(Problem::LinkSpent));
    }
    let proof = visit.proof_for(&current);
    let page = FollowEmailLink {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        link: open.token,
        address: open.link.address.unwrap_or_default(),
        username: current.person.username,
        is_undo: false,
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// It is meant.
pub(super) async fn submit_link(Member(posted): Member) -> PageResult {
    check_on(&posted.visit)?;
    let (visit, current) = posted.member(&here())?;
    by_all_they_have(visit, current, &here()).await?;
    let open = open_link(visit, &posted.fields).await?;
    let (cx, act) = (&visit.cx, visit.act(Actor::Person(current.person.id)));
    let settings = &cx.config.links;
    let (undo_lifetime, fallback) = (settings.email_undo_lifetime, visit.texts());
    let told = cx.clone();
    let news = move |before: &Person, token: Option<&_>| {
        let letters = Letters { fallback, ..told.letters() };
        told.mail(|| letters.email_changed(before, token.map(|token| (token, undo_lifetime))))
    };
    let followed = email::follow(&act, (&cx.hasher, settings), open.link, current.person.id, news).await;
    match followed.map_err(|error| visit.failed(&error))? {
        Followed::Done => Ok(visit.redirect(&format!("{EMAIL}?done=confirmed"))),
        Followed::Spent => Err(visit.refuse(Problem::LinkSpent)),
        Followed::Taken => render(visit, current, "", OwnEmailOutcome::Taken),
    }
}

/// Whether a change of address is to be undone: asked of whoever reads mail at the old one, signed in or not.
pub(super) async fn show_undo(visit: Visit) -> PageResult {
    check_on(&visit)?;
    let open = open_link(&visit, &visit.query()?).await?;
    let person = changed(&visit, open.link.purpose).await?;
    let proof = visit.proof_before_sign_in();
    let page = FollowEmailLink {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        link: open.token,
        address: open.link.address.unwrap_or_default(),
        username: person.username,
        is_undo: true,
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// It is to be undone. Whoever asked for that chooses another password next.
pub(super) async fn submit_undo(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    check_on(visit)?;
    let open = open_link(visit, &posted.fields).await?;
    let person = changed(visit, open.link.purpose).await?;
    let undone = email::undo(&visit.act(Actor::Person(person.id)), &visit.cx.config.links, open.link).await;
    match undone.map_err(|error| visit.failed(&error))? {
        Followed::Done => Ok(visit.redirect(entrance::RECOVER)),
        Followed::Spent | Followed::Taken => Err(visit.refuse(Problem::LinkSpent)),
    }
}

/// Whose address was changed.
async fn changed(visit: &Visit, purpose: LinkPurpose) -> Result<Person, Error> {
    let LinkPurpose::EmailUndo(id) = purpose else { return Err(visit.refuse(Problem::LinkSpent)) };
    let person = visit.cx.store.person(id).await.map_err(|error| visit.failed(&error))?;
    person.ok_or_else(|| visit.refuse(Problem::LinkSpent))
}

/// Where there is no mail, no address is confirmed.
fn check_on(visit: &Visit) -> Result<(), Error> {
    if visit.cx.config.mail.is_on() { Ok(()) } else { Err(visit.refuse(Problem::NotFound)) }
}

fn may_change(visit: &Visit) -> bool {
    visit.cx.config.people.editable.contains(&Editable::Email)
}

fn here() -> OwnPath {
    OwnPath::parse(EMAIL).unwrap_or(OwnPath::PROFILE)
}

fn render(visit: &Visit, current: &Current, typed: &str, outcome: OwnEmailOutcome) -> PageResult {
    let proof = visit.proof_for(current);
    let page = OwnEmail {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        address: current.person.claims.email.clone(),
        verified: current.person.claims.email_verified == Some(true),
        may_change: may_change(visit),
        typed: typed.to_owned(),
        outcome,
    };
    let status = match outcome {
        OwnEmailOutcome::Open | OwnEmailOutcome::Sent | OwnEmailOutcome::Done => StatusCode::OK,
        OwnEmailOutcome::Malformed => StatusCode::UNPROCESSABLE_ENTITY,
        OwnEmailOutcome::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        OwnEmailOutcome::Taken => StatusCode::CONFLICT,
    };
    visit.send(&page, status, &visit.headers(), Some(proof))
}
