//! `/people/{person_id}/…`: what is done to a person's account, and what they allowed which app.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use secrecy::SecretString;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::consents::ConsentView;
use super::etag::tagged;
use super::people::{Items, LinkView, PersonView, find, writable};
use super::problem::Kind;
use crate::domain::factors;
use crate::domain::people::{accounts, links};
use crate::domain::permission::Permission;
use crate::web::letters::Factor;

/// Locks a person out: every session and everything that apps were given ends at once.
#[utoipa::path(post, path = "/people/{person_id}/disable", tag = "People", security(("oauth2" = ["people:write"])),
    params(("person_id" = Uuid, Path, description = "Their identifier")),
    responses((status = 200, description = "As they are now", body = PersonView)))]
pub(super) async fn disable(caller: Caller, id: Path<String>) -> Answer {
    let person = writable(&caller, &id).await?;
    // Said twice is done once: the time of the first stays.
    if person.disabled_at.is_none() {
        accounts::disable(&caller.act(), person.id).await?;
    }
    changed(&caller, &id).await
}

/// Lets a person sign in again.
#[utoipa::path(post, path = "/people/{person_id}/enable", tag = "People", security(("oauth2" = ["people:write"])),
    params(("person_id" = Uuid, Path, description = "Their identifier")),
    responses((status = 200, description = "As they are now", body = PersonView)))]
pub(super) async fn enable(caller: Caller, id: Path<String>) -> Answer {
    let person = writable(&caller, &id).await?;
    if person.disabled_at.is_some() {
        accounts::enable(&caller.act(), person.id).await?;
    }
    changed(&caller, &id).await
}

/// Takes every second factor from a person who has lost them, and signs them out everywhere. They sign in by their password
/// alone until they set one up, which they have to at the next sign-in where the settings want it of them.
#[utoipa::path(post, path = "/people/{person_id}/reset-second-factors", tag = "People",
    security(("oauth2" = ["people:write"])),
    params(("person_id" = Uuid, Path, description = "Their identifier")),
    responses((status = 200, description = "As they are now", body = PersonView)))]
pub(super) async fn reset_second_factors(caller: Caller, id: Path<String>) -> Answer {
    let person = writable(&caller, &id).await?;
    let alert = caller.cx.mail(|| caller.cx.letters().factor_removed(&person, Factor::All));
    factors::reset(&caller.act(), &person, alert).await?;
    changed(&caller, &id).await
}

/// Deletes a person with all that hangs off them; what happened stays in the record.
#[utoipa::path(delete, path = "/people/{person_id}", tag = "People", security(("oauth2" = ["people:write"])),
    params(("person_id" = Uuid, Path, description = "Their identifier")),
    responses((status = 204, description = "Deleted")))]
pub(super) async fn delete(caller: Caller, id: Path<String>) -> Answer {
    let person = writable(&caller, &id).await?;
    if accounts::delete(&caller.act(), person.id).await? {
        return Ok(answer::done());
    }
    Err(Kind::NotFound.into())
}

/// Makes a link by which a person chooses a new password. It replaces earlier ones, and is in
/// this answer, and in a mail to the person where the server sends mail and they have an address.
#[utoipa::path(post, path = "/people/{person_id}/password-link", tag = "People",
    security(("oauth2" = ["people:write"])),
    params(("person_id" = Uuid, Path, description = "Their identifier")),
    responses((status = 200, description = "The link", body = LinkView)))]
pub(super) async fn make_link(caller: Caller, id: Path<String>) -> Answer {
    let person = writable(&caller, &id).await?;
    let cx = &caller.cx;
    let settings = &cx.config.links;
    let letter =
        |token: &SecretString| cx.mail(|| cx.letters().invitation(&person, token, settings.invitation_lifetime));
    let token = links::send_invitation(&caller.act(), &cx.hasher, settings, person.id, letter).await?;
    answer::ok(&LinkView::new(&caller, &token))
}

/// What a person has allowed which client, the latest used first.
#[utoipa::path(get, path = "/people/{person_id}/consents", tag = "Consents",
    security(("oauth2" = ["consents:read"])),
    params(("person_id" = Uuid, Path, description = "Their identifier")),
    responses((status = 200, description = "All of it", body = Items<ConsentView>)))]
pub(super) async fn list_consents(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::ConsentsRead)?;
    let person = find(&caller, &id).await?;
    let grants = caller.cx.store.grants_of(person.id).await?;
    answer::ok(&Items { items: grants.iter().map(ConsentView::new).collect() })
}

async fn changed(caller: &Caller, id: &str) -> Answer {
    tagged(StatusCode::OK, &PersonView::new(&find(caller, id).await?))
}
