//! What their owner is told of API keys that were found in public.

use actix_web::Error;

use crate::domain::api_keys;
use crate::ids::PersonId;
use crate::store::ApiKey;
use crate::web::own_path::OwnPath;
use crate::web::page::OwnLeak;
use crate::web::visit::Visit;

/// The most leaks that are told of at once.
const MOST: u64 = 10;

/// How a key was found in public, if it was.
pub(super) fn leak(key: &ApiKey) -> Option<OwnLeak> {
    let leak = api_keys::leak(key)?;
    Some(OwnLeak {
        name: key.name.clone(),
        path: format!("{}/{}", OwnPath::API_KEYS, key.id),
        url: leak.url.clone(),
        rotated: !api_keys::must_be_rotated(key),
    })
}

/// The keys of a person that were found in public, and of which they have done nothing yet.
pub(super) async fn leaks_of(visit: &Visit, person: PersonId) -> Result<Vec<OwnLeak>, Error> {
    let keys = visit.cx.store.leaked_api_keys_of(person, MOST).await.map_err(|error| visit.failed(&error))?;
    Ok(keys.iter().filter_map(leak).filter(|leak| !leak.rotated).collect())
}
