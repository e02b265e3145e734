//! Whether a key that somebody presents is good now, from there, and within its limits.

use std::net::IpAddr;
use std::sync::Arc;

use secrecy::ExposeSecret;

use super::uses::KeyUses;
use super::{KeyState, change, state};
use crate::clock::Timestamp;
use crate::domain::clients::directory::ClientDirectory;
use crate::domain::events::{self, EventKind, NewEvent};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::limits::{Admission, Limiter, Limits, Subject};
use crate::domain::people::Act;
use crate::ids::{ApiKeyId, ClientId};
use crate::protocol::key_mode::KeyMode;
use crate::protocol::scope::Scope;
use crate::protocol::token_format;
use crate::store::{ApiKey, Client, KeyOwner, Person, Result, Store};

/// What looking into keys needs.
pub struct KeyDesk<'a> {
    /// What is known of keys and people.
    pub store: &'a Store,
    /// What is known of clients.
    pub clients: &'a ClientDirectory,
    /// How secrets are kept.
    pub hasher: &'a TokenHasher,
    /// What was counted.
    pub limiter: &'a Limiter,
    /// When keys were used.
    pub uses: &'a KeyUses,
}

/// A key that is good now, as far as it goes by itself.
#[derive(Clone, Debug)]
pub struct LiveKey {
    /// The key.
    pub key: ApiKey,
    /// What it may do: a service's key no more than the service itself.
    pub scope: Scope,
    /// The person for whom it speaks, if it is a person's.
    pub person: Option<Person>,
    /// The client for which it speaks, if it is a service's.
    pub client: Option<Arc<Client>>,
    /// When it ends, or the secret that was presented.
    pub ends_at: Option<Timestamp>,
}

impl LiveKey {
    /// Whether it may be used from there. Where it is bound to addresses, an unknown one is a wrong one.
    fn may_come_from(&self, address: Option<IpAddr>) -> bool {
        let networks = &self.key.addresses;
        networks.is_empty() || address.is_some_and(|address| networks.iter().any(|network| network.contains(address)))
    }

    /// The person or client for whom it speaks: the `sub` of what is given for it.
    #[must_use]
    pub fn subject(&self) -> String {
        match &self.key.owner {
            KeyOwner::Person(person) => person.to_string(),
            KeyOwner::Client(client) => client.to_string(),
        }
    }

    /// The `client_id` of what is given for the key alone (RFC 9068 §2.2 wants one): the client that owns it. A person's
    /// key is a client by itself, under a name that no registered one can have, because it holds a space.
    #[must_use]
    pub fn client_id(&self) -> ClientId {
        match &self.key.owner {
            KeyOwner::Person(_) => ClientId(format!("api-key {}", self.key.id)),
            KeyOwner::Client(client) => client.clone(),
        }
    }
}

/// The key with this identifier, if it and its owner are good at `now`: what goes by it without showing a secret.
pub async fn find_by_id(
    store: &Store,
    clients: &ClientDirectory,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<Option<LiveKey>> {
    let Some(key) = store.recall_api_key_by_id(id).await? else { return Ok(None) };
    live(store, clients, key, now).await
}

async fn live(store: &Store, clients: &ClientDirectory, key: ApiKey, now: Timestamp) -> Result<Option<LiveKey>> {
    if state(&key, now) != KeyState::Active {
        return Ok(None);
    }
    let (scope, ends_at) = (key.scope.clone(), key.expires_at);
    match &key.owner {
        KeyOwner::Person(id) => {
            let person = store.recall_person(*id).await?.filter(|person| person.disabled_at.is_none());
            Ok(person.map(|person| LiveKey { key, scope, person: Some(person), client: None, ends_at }))
        }
        KeyOwner::Client(id) => {
            let client = clients.find(store, id, now).await?.filter(|client| client.disabled_at.is_none());
            Ok(client.map(|client| {
                let scope = scope.intersection(&client.metadata.scope);
                LiveKey { key, scope, person: None, client: Some(client), ends_at }
            }))
        }
    }
}

impl KeyDesk<'_> {
    /// The key with this secret, if it and its owner are good now, it is the business of whoever asks (`is_theirs`), and it
    /// may come from there. That a good one comes from elsewhere is recorded.
    pub async fn find(
        &self,
        act: &Act<'_>,
        text: &str,
        from: Option<IpAddr>,
        is_theirs: impl FnOnce(&LiveKey) -> bool,
    ) -> Result<Option<LiveKey>> {
        let found = self.find_where(act, text, |live| is_theirs(live).then_some(from)).await?;
        Ok(found.map(|(live, _)| live))
    }

    /// The same where the key decides whose word about its address counts: `origin` tells from where it comes, or nothing if
    /// it is not the business of whoever asks.
    pub async fn find_where(
        &self,
        act: &Act<'_>,
        text: &str,
        origin: impl FnOnce(&LiveKey) -> Option<Option<IpAddr>>,
    ) -> Result<Option<(LiveKey, Option<IpAddr>)>> {
        let Some(live) = self.recall(text, act.now).await? else { return Ok(None) };
        let Some(from) = origin(&live) else { return Ok(None) };
        if !live.may_come_from(from) {
            self.note_refusal(act, &live, from, "foreign address").await;
            return Ok(None);
        }
        Ok(Some((live, from)))
    }

    /// Counts a use of the key, if it passes within its limits; that it does not is recorded.
    pub async fn admit(&self, act: &Act<'_>, live: &LiveKey, from: Option<IpAddr>) -> Result<Admission> {
        let key = &live.key;
        let limits = Limits { rate: key.rate_limit, quota: key.quota };
        let admission = self.limiter.admit(self.store, &Subject::api_key(key.id), &limits, act.now).await?;
        if admission.passes() {
            self.uses.note(key, from, act.now);
        } else {
            self.note_refusal(act, live, from, "limit reached").await;
        }
        Ok(admission)
    }

    async fn recall(&self, text: &str, now: Timestamp) -> Result<Option<LiveKey>> {
        let Some(presented) = KeyMode::ALL.iter().find_map(|mode| token_format::parse(mode.token_kind(), text)) else {
            return Ok(None);
        };
        let found = self.store.recall_api_key(self.hasher.hash(presented.expose_secret())).await?;
        let Some((key, secret)) = found else { return Ok(None) };
        if secret.expires_at.is_some_and(|end| end <= now) {
            return Ok(None);
        }
        let live = live(self.store, self.clients, key, now).await?;
        Ok(live.map(|live| LiveKey { ends_at: live.ends_at.into_iter().chain(secret.expires_at).min(), ..live }))
    }

    /// Records that a good key was refused: perhaps it was stolen. Once a minute for each key.
    async fn note_refusal(&self, act: &Act<'_>, live: &LiveKey, from: Option<IpAddr>, why: &'static str) {
        if !self.uses.is_news(live.key.id, act.now) {
            return;
        }
        let event = NewEvent::failure(EventKind::ApiKeyRefused, act.actor.clone(), why);
        let from = from.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
        let event = change::about(event, &live.key).detail("from", from);
        events::record(self.store, act.event(event)).await;
    }
}
