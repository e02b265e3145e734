//! The keys that clients publish at their `jwks_uri`, fetched when they are needed and kept for a while.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use crate::clock::Timestamp;
use crate::domain::outbound::Outbound;
use crate::ids::ClientId;
use crate::protocol::client_metadata::ClientKeys;
use crate::protocol::encryption::EncryptionAlgorithm;

const CAPACITY: usize = 1_000;
/// How long fetched keys are used.
const LIFETIME: Duration = Duration::from_mins(10);
/// How long a failure stands, so that a server that is down is not asked at every request.
const FAILURE_LIFETIME: Duration = Duration::from_secs(10);
/// How often an unknown `kid` or certificate, or the lack of a key to encrypt to, may have the keys fetched again.
const REFETCH_AFTER: Duration = Duration::from_secs(30);

/// The keys that were fetched lately.
pub struct RemoteKeys {
    outbound: Arc<Outbound>,
    known: Cache<(ClientId, String), Arc<Mutex<Option<Fetched>>>>,
}

struct Fetched {
    at: Timestamp,
    keys: Result<Arc<ClientKeys>, String>,
}

impl Fetched {
    /// Whether it still answers a search for what `holds` looks for.
    fn is_good(&self, holds: impl Fn(&ClientKeys) -> bool, now: Timestamp) -> bool {
        let age = now.since(self.at);
        let lifetime = match &self.keys {
            Err(_) => FAILURE_LIFETIME,
            Ok(keys) if !holds(keys) => REFETCH_AFTER,
            Ok(_) => LIFETIME,
        };
        // Who waited for a fetch may have begun a moment before it; a clock that was set back further makes it stale.
        self.at <= now + FAILURE_LIFETIME && age < lifetime
    }
}

impl RemoteKeys {
    /// Nothing fetched yet.
    #[must_use]
    pub fn new(outbound: Arc<Outbound>) -> Self {
        Self { outbound, known: Cache::new(CAPACITY) }
    }

    /// The keys of a client, of which one shall be named `kid`. Whoever asks meanwhile waits for the same fetch.
    pub async fn find(
        &self,
        client: &ClientId,
        uri: &str,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Arc<ClientKeys>, String> {
        self.holding(client, uri, |keys| kid.is_none_or(|kid| keys.has(kid)), now).await
    }

    /// The same, of which one shall have this certificate.
    pub async fn find_certificate(
        &self,
        client: &ClientId,
        uri: &str,
        der: &[u8],
        now: Timestamp,
    ) -> Result<Arc<ClientKeys>, String> {
        self.holding(client, uri, |keys| keys.holds_certificate(der), now).await
    }

    /// The same, of which one shall be such that something can be encrypted to it.
    pub async fn find_recipient(
        &self,
        client: &ClientId,
        uri: &str,
        algorithm: EncryptionAlgorithm,
        now: Timestamp,
    ) -> Result<Arc<ClientKeys>, String> {
        self.holding(client, uri, |keys| keys.recipient(algorithm).is_some(), now).await
    }

    async fn holding(
        &self,
        client: &ClientId,
        uri: &str,
        holds: impl Fn(&ClientKeys) -> bool,
        now: Timestamp,
    ) -> Result<Arc<ClientKeys>, String> {
        let place = (client.clone(), uri.to_owned());
        let entry = self.known.get_or_insert_with(&place, || Ok::<_, String>(Arc::default()))?;
        let mut fetched = entry.lock().await;
        if let Some(fetched) = fetched.as_ref().filter(|fetched| fetched.is_good(&holds, now)) {
            return fetched.keys.clone();
        }
        let document = self.outbound.json(uri).await;
        let keys = document.and_then(|document| ClientKeys::parse(&document)).map(Arc::new);
        *fetched = Some(Fetched { at: now, keys: keys.clone() });
        keys
    }
}
