//! Finding a client without asking the database each time.
//!
//! A look-up costs the database as much as a signature costs the processor, so clients are kept in memory: at most
//! [`CAPACITY`] of them, for [`LIFETIME`] at most, because another process (a second server, a command) may change
//! one. Whoever changes a client in this process says so ([`ClientDirectory::forget`]).

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;

use crate::clock::Timestamp;
use crate::domain::counters::count_client_lookup;
use crate::ids::ClientId;
use crate::store::{Client, Result, Store};

const CAPACITY: usize = 10_000;
/// How long a change that another process made may go unnoticed.
pub const LIFETIME: Duration = Duration::from_secs(5);

/// The clients that were asked for lately.
pub struct ClientDirectory {
    known: Cache<ClientId, (Arc<Client>, Timestamp)>,
}

impl Default for ClientDirectory {
    fn default() -> Self {
        Self { known: Cache::new(CAPACITY) }
    }
}

impl ClientDirectory {
    /// The client with this identifier, disabled ones too. Unknown identifiers are not remembered, so that strangers
    /// cannot push known ones out.
    pub async fn find(&self, store: &Store, id: &ClientId, now: Timestamp) -> Result<Option<Arc<Client>>> {
        if let Some((client, read_at)) = self.known.get(id)
            && now.since(read_at) < LIFETIME
            && read_at <= now
        {
            count_client_lookup("hit");
            return Ok(Some(client));
        }
        count_client_lookup("miss");
        // On the heap, so that a request whose client is known does not carry the room for a read.
        let Some(client) = Box::pin(store.client(id, now)).await? else { return Ok(None) };
        let client = Arc::new(client);
        self.known.insert(id.clone(), (Arc::clone(&client), now));
        Ok(Some(client))
    }

    /// Drops what is remembered of a client, because it has changed.
    pub fn forget(&self, id: &ClientId) {
        self.known.remove(id);
    }
}
