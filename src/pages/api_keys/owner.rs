//! Who looks after keys, and which.

use std::time::Duration;

use actix_web::Error;

use crate::domain::events::Actor;
use crate::domain::people::Act;
use crate::ids::ApiKeyId;
use crate::store::{ApiKey, KeyOwner};
use crate::web::browser_session::Current;
use crate::web::own_path::OwnPath;
use crate::web::page::Problem;
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// The list.
pub(super) const PATH: &str = "/account/api-keys";
/// How long ago somebody may have proved who they are who is shown a secret: a key outlives the session in which it is
/// made, so that an unlocked screen must not be enough.
const FRESH: Duration = Duration::from_hours(1);

/// The page of a key.
pub(super) fn path_of(id: ApiKeyId) -> String {
    format!("{PATH}/{id}")
}

/// Who looks at a page.
pub(super) async fn looking(visit: &Visit) -> Result<Current, Error> {
    visit.current().await?.ok_or_else(|| visit.sign_in_first(&here(visit)))
}

/// Who has sent a form.
pub(super) fn acting(posted: &Posted) -> Result<(&Visit, &Current), Error> {
    let visit = &posted.visit;
    posted.current.as_ref().map(|current| (visit, current)).ok_or_else(|| visit.sign_in_first(&here(visit)))
}

/// Asks for the password again where it was asked for long ago.
pub(super) fn must_be_fresh(visit: &Visit, current: &Current) -> Result<(), Error> {
    let proved = current.signed_in.auth_time;
    // A proof from the future was given while a clock was wrong.
    if visit.now.since(proved).max(proved.since(visit.now)) < FRESH {
        return Ok(());
    }
    Err(visit.sign_in_first(&here(visit)))
}

/// The page that was asked for, to come back to.
fn here(visit: &Visit) -> OwnPath {
    let path = visit.request.path().strip_prefix(&*visit.base());
    path.and_then(OwnPath::parse).unwrap_or(OwnPath::API_KEYS)
}

/// The person's key with this identifier.
pub(super) async fn find(visit: &Visit, current: &Current, id: &str) -> Result<ApiKey, Error> {
    let key = match id.parse() {
        Ok(id) => visit.cx.store.api_key(id).await.map_err(|error| visit.failed(&error))?,
        Err(_) => None,
    };
    let owner = KeyOwner::Person(current.person.id);
    key.filter(|key| key.owner == owner).ok_or_else(|| visit.refuse(Problem::NotFound))
}

/// What the person does.
pub(super) fn act<'v>(visit: &'v Visit, current: &Current) -> Act<'v> {
    visit.act(Actor::Person(current.person.id))
}
