//! When and from where keys were last used. Noted in memory, so that no check waits for a write, and carried to the
//! database; each key at most once a minute.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::ids::ApiKeyId;
use crate::store::{ApiKey, LastUse, Result, Store};

/// How exactly the last use is known.
const MINUTE: Duration = Duration::from_mins(1);
/// Uses that are written in one transaction.
const AT_ONCE: usize = 200;

/// What this server has noted and not yet written, and of which keys it told the record lately.
#[derive(Debug, Default)]
pub struct KeyUses {
    noted: Mutex<HashMap<ApiKeyId, LastUse>>,
    told: Mutex<HashMap<ApiKeyId, Timestamp>>,
}

impl KeyUses {
    /// Notes that `key` was used, if the last use that is known is a minute old.
    pub(super) fn note(&self, key: &ApiKey, from: Option<IpAddr>, now: Timestamp) {
        if key.last_use.as_ref().is_some_and(|used| now.since(used.at) < MINUTE) {
            return;
        }
        let address = || from.map(|address| address.to_string()).unwrap_or_default();
        lock(&self.noted).entry(key.id).or_insert_with(|| LastUse { at: now, address: address() });
    }

    /// Whether the record is to be told of a refusal of this key: once a minute, however many there are.
    pub(super) fn is_news(&self, key: ApiKeyId, now: Timestamp) -> bool {
        let mut told = lock(&self.told);
        told.retain(|_, at| now.since(*at) < MINUTE);
        told.insert(key, now).is_none()
    }
}

/// Whatever a panic leaves here is whole.
fn lock<T>(map: &Mutex<T>) -> MutexGuard<'_, T> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes what was noted. What cannot be written is forgotten: the next use is noted again.
pub async fn carry(store: &Store, uses: &KeyUses) -> Result<()> {
    let mut noted: Vec<_> = std::mem::take(&mut *lock(&uses.noted)).into_iter().collect();
    // In one order on every server, so that none waits for another that waits for it.
    noted.sort_unstable_by_key(|(id, _)| *id);
    for chunk in noted.chunks(AT_ONCE) {
        let chunk = chunk.to_vec();
        let written = store.write(move |tx| {
            Box::pin(async move {
                for (id, used) in &chunk {
                    tx.note_api_key_use(*id, used).await?;
                }
                Ok(())
            })
        });
        written.await?;
    }
    Ok(())
}
