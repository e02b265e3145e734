//! `/account/api-keys`: all of them.

use actix_web::http::StatusCode;

use super::owner::looking;
use super::shown::shown;
use crate::domain::api_keys::MOST;
use crate::store::{ApiKeyFilter, KeyOwner};
use crate::web::page::ApiKeys;
use crate::web::visit::{PageResult, Visit};

/// The list.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = looking(&visit).await?;
    let filter = ApiKeyFilter { owner: Some(KeyOwner::Person(current.person.id)), ..ApiKeyFilter::default() };
    let store = &visit.cx.store;
    let keys = store.api_keys_after(&filter, None, MOST).await.map_err(|error| visit.failed(&error))?;
    let ids: Vec<_> = keys.iter().map(|key| key.id).collect();
    let beginnings = store.api_key_beginnings(&ids).await.map_err(|error| visit.failed(&error))?;
    let beginning = |id| beginnings.get(id).map_or("", String::as_str);
    let page = ApiKeys {
        t: visit.texts(),
        base: visit.base(),
        deleted: visit.value(&visit.query()?, "deleted")?.is_some(),
        keys: keys.iter().map(|key| shown(&visit, key, beginning(&key.id))).collect(),
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}
