//! `/account/api-keys`: a person's own API keys. Somebody else's are answered like keys that do not exist.

mod delete_key;
mod describe;
mod edit_key;
mod list;
mod new_key;
mod one_key;
mod rotate_key;
mod shown;

pub(super) use shown::leaks_of;

use std::time::Duration;

use actix_web::Error;
use actix_web::web::ServiceConfig;

use crate::domain::events::Actor;
use crate::domain::people::Act;
use crate::ids::ApiKeyId;
use crate::store::{ApiKey, KeyOwner};
use crate::web::browser_session::Current;
use crate::web::mount::{form, page};
use crate::web::own_path::OwnPath;
use crate::web::page::Problem;
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// The list.
const PATH: &str = "/account/api-keys";
/// How long ago somebody may have proved who they are who is shown a secret: a key outlives the session in which it is
/// made, so that an unlocked screen must not be enough.
const FRESH: Duration = Duration::from_hours(1);

/// The pages.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(page(PATH, list::show))
        .service(form(new_key::PATH, new_key::show, new_key::submit))
        .service(form("/account/api-keys/{id}", one_key::show, one_key::submit))
        .service(form("/account/api-keys/{id}/edit", edit_key::show, edit_key::submit))
        .service(form("/account/api-keys/{id}/rotate", rotate_key::show, rotate_key::submit))
        .service(form("/account/api-keys/{id}/delete", delete_key::show, delete_key::submit));
}

fn path_of(id: ApiKeyId) -> String {
    format!("{PATH}/{id}")
}

/// Who looks at a page.
async fn looking(visit: &Visit) -> Result<Current, Error> {
    visit.current().await?.ok_or_else(|| visit.sign_in_first(&here(visit)))
}

/// Who has sent a form.
fn acting(posted: &Posted) -> Result<(&Visit, &Current), Error> {
    let visit = &posted.visit;
    posted.current.as_ref().map(|current| (visit, current)).ok_or_else(|| visit.sign_in_first(&here(visit)))
}

/// Asks for the password again where it was asked for long ago.
fn must_be_fresh(visit: &Visit, current: &Current) -> Result<(), Error> {
    let proved = current.signed_in.auth_time;
    // A proof from the future was given while a clock was wrong.
    if visit.now.since(proved).max(proved.since(visit.now)) < FRESH {
        return Ok(());
    }
    Err(visit.sign_in_first(&here(visit)))
}

/// The page that was asked for, to come back to.
fn here(visit: &Visit) -> OwnPath {
    let path = visit.request.path().strip_prefix(visit.base().as_str());
    path.and_then(OwnPath::parse).unwrap_or(OwnPath::API_KEYS)
}

/// The person's key with this identifier.
async fn find(visit: &Visit, current: &Current, id: &str) -> Result<ApiKey, Error> {
    let key = match id.parse() {
        Ok(id) => visit.cx.store.api_key(id).await.map_err(|error| visit.failed(&error))?,
        Err(_) => None,
    };
    let owner = KeyOwner::Person(current.person.id);
    key.filter(|key| key.owner == owner).ok_or_else(|| visit.refuse(Problem::NotFound))
}

/// What the person does.
fn act<'v>(visit: &'v Visit, current: &Current) -> Act<'v> {
    visit.act(Actor::Person(current.person.id))
}
