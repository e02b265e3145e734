//! Clients that nobody registered: the `client_id` is the address of a document in which the client describes itself
//! (draft-ietf-oauth-client-id-metadata-document).
//!
//! Where such a client asks, its document is [fetched], and read as what a client says that registers itself. Nothing is
//! written before a person has allowed it something: then it is [kept](keep), as a client like any other.

mod fault;
mod fetched;
mod keep;

use std::sync::Arc;

use serde_json::{Map, Value};

pub use self::fault::DocumentFault;
pub use self::fetched::{Documents, FETCHES_AN_HOUR};
pub use self::keep::keep;
use super::directory::ClientDirectory;
use super::dynamic::{self, Bounds};
use crate::clock::{Clock, Timestamp};
use crate::domain::keys::key_set::KeySet;
use crate::ids::ClientId;
use crate::protocol::client_id_url::ClientIdUrl;
use crate::protocol::client_metadata::ClientMetadata;
use crate::store::{Access, Client, RegisteredBy, Registration, Store};

/// What finding out who asks takes.
pub struct Askers<'a> {
    /// Whether a document makes a client.
    pub by_document: bool,
    /// Where clients are kept.
    pub store: &'a Store,
    /// Those that were asked for lately.
    pub clients: &'a ClientDirectory,
    /// The documents that were fetched lately.
    pub documents: &'a Documents,
    /// What we sign with.
    pub keys: Arc<KeySet>,
    /// How far the wishes of a client go that nobody has looked at.
    pub bounds: Bounds,
    /// The time.
    pub clock: &'a dyn Clock,
}

impl Askers<'_> {
    /// The client that asks, disabled ones too, on behalf of a visitor from `address`.
    pub async fn find(
        &self,
        id: &ClientId,
        address: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Arc<Client>>, DocumentFault> {
        let known = self.clients.find(self.store, id, now).await?;
        // Whom an operator registered under an address needs no document, and for whom one has disabled none is fetched.
        if known.as_ref().is_some_and(|known| !known.is_of_document() || known.disabled_at.is_some()) {
            return Ok(known);
        }
        if !self.by_document || !ClientIdUrl::is_meant_by(id.as_str()) {
            return Ok(None);
        }
        let url = ClientIdUrl::parse(id.as_str()).map_err(DocumentFault::NotAnAddress)?;
        let document = self.documents.find(&url, address, self.clock, now).await?;
        let metadata = self.read(&document, known.as_deref(), now);
        // What is of no use is not kept: whoever mends it is not to wait.
        let metadata = metadata.inspect_err(|_| self.documents.forget(&url))?;
        Ok(Some(match known {
            Some(known) if known.metadata.to_json() == metadata.to_json() => known,
            Some(known) => Arc::new(Client { metadata, ..(*known).clone() }),
            None => Arc::new(newcomer(id, metadata, now)),
        }))
    }

    fn read(
        &self,
        document: &Map<String, Value>,
        known: Option<&Client>,
        now: Timestamp,
    ) -> Result<ClientMetadata, DocumentFault> {
        let metadata = dynamic::described(document, known.map(|known| &known.metadata), &self.bounds)?;
        // OIDC Registration §5 has the list of a sector looked at when a client is registered, and this one never is.
        if metadata.sector_identifier_uri.is_some() {
            return Err(DocumentFault::sector());
        }
        for (member, algorithm) in [
            ("id_token_signed_response_alg", Some(metadata.id_token_signed_response_alg)),
            ("userinfo_signed_response_alg", metadata.userinfo_signed_response_alg),
        ] {
            if let Some(algorithm) = algorithm.filter(|algorithm| self.keys.active(*algorithm, now).is_none()) {
                return Err(DocumentFault::no_key(member, algorithm));
            }
        }
        Ok(metadata)
    }
}

/// A client of which nothing is written yet.
fn newcomer(id: &ClientId, metadata: ClientMetadata, now: Timestamp) -> Client {
    Client {
        id: id.clone(),
        metadata,
        secrets: Vec::new(),
        created_at: now,
        updated_at: now,
        disabled_at: None,
        managed_by: None,
        access: Access::Everyone,
        registration: Some(Registration { by: RegisteredBy::Document, address: None, unused_until: None }),
    }
}
