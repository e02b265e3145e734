//! A client that registers itself (RFC 7591 §3), and is given what it manages its registration with (RFC 7592).

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::condition::{Condition, Entry};
use super::{Registered, Registrar, Result};
use crate::domain::events::EventKind;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{RegisteredBy, Registration};

/// A client that registers itself.
pub struct Newcomer {
    /// What it wants to be.
    pub metadata: ClientMetadata,
    /// By what it may.
    pub entry: Entry,
    /// How long it is kept if nobody uses it.
    pub unused_lifetime: Duration,
}

/// A client that has registered itself.
pub struct SelfRegistered {
    /// The client, with its secret.
    pub registered: Registered,
    /// Its registration access token: nobody can read it again.
    pub token: SecretString,
}

impl Registrar<'_> {
    /// Registers a client as it asks itself; [`NotAdmitted`](super::NotAdmitted) if it may not.
    pub async fn admit(&self, newcomer: Newcomer) -> Result<SelfRegistered> {
        let token = token_format::mint(TokenKind::Registration, &self.entropy.bytes());
        let registration = Registration {
            by: RegisteredBy::Itself(self.secrets.hasher.hash(token.expose_secret())),
            address: self.origin.address.clone(),
            unused_until: Some(self.now + newcomer.unused_lifetime),
        };
        let registered = self.prepare(newcomer.metadata, Some(registration)).await?;
        let event = self.new_event(EventKind::ClientRegistered, &registered.client.id);
        let event = match newcomer.entry {
            Entry::ByToken(id) => event.detail("initial_access_token", id.to_string()),
            Entry::Open(_) => event,
        };
        let event = event.at(self.now, self.entropy, &self.origin);
        let registered = self.insert(registered, event, Condition::MayEnter(newcomer.entry)).await?;
        Ok(SelfRegistered { registered, token })
    }
}
