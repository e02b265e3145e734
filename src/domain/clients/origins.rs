//! From which origins the browser code of registered clients calls: whether a page of some origin may read answers.
//!
//! A preflight and a request for a public document name no client, so all registered origins are kept in memory and
//! read again after [`LIFETIME`], when a request asks. Strangers can therefore cause one read in that time, and no more.

use std::collections::HashSet;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::clock::Timestamp;
use crate::store::{Client, Result, Store};

/// How long a newly registered origin may go unnoticed.
pub const LIFETIME: Duration = Duration::from_secs(15);

/// The origins of all clients.
#[derive(Default)]
pub struct OriginDirectory {
    known: Mutex<Option<(HashSet<String>, Timestamp)>>,
}

impl OriginDirectory {
    /// Whether `origin` is that of any client that may act.
    pub async fn is_registered(&self, store: &Store, origin: &str, now: Timestamp) -> Result<bool> {
        let mut known = self.known.lock().await;
        if let Some((origins, read_at)) = &*known
            && now.since(*read_at) < LIFETIME
            && *read_at <= now
        {
            return Ok(origins.contains(origin));
        }
        let clients = store.all_clients().await?;
        let origins: HashSet<String> = clients.iter().filter(|client| is_active(client)).flat_map(origins).collect();
        let found = origins.contains(origin);
        *known = Some((origins, now));
        Ok(found)
    }
}

/// Whether `origin` is one of this client's.
#[must_use]
pub fn is_origin_of(client: &Client, origin: &str) -> bool {
    is_active(client) && origins(client).any(|registered| registered == origin)
}

fn is_active(client: &Client) -> bool {
    client.disabled_at.is_none()
}

/// RFC 9700 §2.6: only a client whose code runs in the browser calls from there, that is, a public one; it does so from
/// where it is sent back to.
fn origins(client: &Client) -> impl Iterator<Item = String> {
    let uris: &[_] = if client.metadata.is_confidential() { &[] } else { &client.metadata.redirect_uris };
    uris.iter().filter_map(|uri| url::Url::parse(uri.as_str()).ok()).filter_map(|uri| match uri.scheme() {
        "http" | "https" => Some(uri.origin().ascii_serialization()),
        _ => None,
    })
}
