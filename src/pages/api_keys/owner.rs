//! Who looks after keys, and which.

use actix_web::Error;

use crate::domain::events::Actor;
use crate::domain::people::Act;
use crate::ids::ApiKeyId;
use crate::pages::security::who::{by_all_they_have, changing};
use crate::store::{ApiKey, KeyOwner};
use crate::web::browser_session::Current;
use crate::web::own_path::OwnPath;
use crate::web::page::Problem;
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// The list.
pub(super) const PATH: &str = "/account/api-keys";

/// The page of a key.
pub(super) fn path_of(id: ApiKeyId) -> String {
    format!("{PATH}/{id}")
}

/// Who looks at a page.
pub(super) async fn looking(visit: &Visit) -> Result<Current, Error> {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&here(visit)))?;
    by_all_they_have(visit, &current, &here(visit)).await?;
    Ok(current)
}

/// Who has sent a form.
pub(super) async fn acting(posted: &Posted) -> Result<(&Visit, &Current), Error> {
    let (visit, current) = sender(posted)?;
    by_all_they_have(visit, current, &here(visit)).await?;
    Ok((visit, current))
}

/// Who looks at a page that leads to more that a key may do, or to its secret. A key outlives the session in which it is made, so
/// that an unlocked screen must not be enough.
pub(super) async fn giving_way(visit: &Visit) -> Result<Current, Error> {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&here(visit)))?;
    must_be_recent(visit, &current).await?;
    Ok(current)
}

/// Who has sent the form of such a page.
pub(super) async fn giving(posted: &Posted) -> Result<(&Visit, &Current), Error> {
    let (visit, current) = sender(posted)?;
    must_be_recent(visit, current).await?;
    Ok((visit, current))
}

fn sender(posted: &Posted) -> Result<(&Visit, &Current), Error> {
    let visit = &posted.visit;
    posted.current.as_ref().map(|current| (visit, current)).ok_or_else(|| visit.sign_in_first(&here(visit)))
}

/// Asks for proof again where it was given a while ago, by as much as they have, and for as much as they must have.
async fn must_be_recent(visit: &Visit, current: &Current) -> Result<(), Error> {
    changing(visit, current, &here(visit)).await?;
    visit.check_second_factor(current, &here(visit))
}

/// The page that was asked for, to come back to.
fn here(visit: &Visit) -> OwnPath {
    let path = visit.request.path().strip_prefix(visit.base().as_str());
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
