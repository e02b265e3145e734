//! Registering clients and changing what is registered: for the operator's commands, the console and the admin API.
//!
//! Metadata comes in parsed; here it meets the configuration (which scopes and resources exist, whether certificates of
//! clients are taken) and the keys (what can sign), gets an identifier and a secret, and is written together with its
//! event. A secret goes out once, as RFC 7591 §3.2.1 has it, and is kept as a keyed hash.
//!
//! Whoever keeps a [`ClientDirectory`](super::directory::ClientDirectory) makes it forget the client after a change.

mod condition;
mod fault;
mod itself;
#[cfg(test)]
mod tests;
mod update;

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use self::condition::Condition;
pub use self::condition::Entry;
pub use self::fault::{NotAdmitted, RegistrationError};
pub use self::itself::{Newcomer, SelfRegistered};
use crate::clock::{Entropy, Timestamp};
use crate::config::MtlsConfig;
use crate::domain::catalogue::Catalogue;
use crate::domain::clients::secrets::SecretKeeper;
use crate::domain::events::{Actor, EventKind, NewEvent, Origin};
use crate::domain::outbound::Outbound;
use crate::ids::{ClientId, PersonId};
use crate::protocol::algorithm::SigningAlgorithm;
use crate::protocol::client_metadata::{ClientMetadata, MetadataFault};
use crate::protocol::response::ResponseType;
use crate::protocol::scope;
use crate::protocol::subject;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Access, Client, ClientSecret, Event, KeptAnswer, Registration, Store};

/// What a change of registrations answers.
pub type Result<T, E = RegistrationError> = std::result::Result<T, E>;

/// Changes what is registered, on somebody's behalf.
pub struct Registrar<'a> {
    /// Where clients are kept.
    pub store: &'a Store,
    /// How secrets are kept.
    pub secrets: SecretKeeper<'a>,
    /// The scopes and resources there are.
    pub catalogue: Arc<Catalogue>,
    /// Where the certificates of clients come from.
    pub mtls: &'a MtlsConfig,
    /// What may be asked of the authorization endpoint.
    pub response_types: &'a [ResponseType],
    /// What fetches the list of a sector.
    pub outbound: &'a Outbound,
    /// Where identifiers and secrets come from.
    pub entropy: &'a dyn Entropy,
    /// The present instant.
    pub now: Timestamp,
    /// Who changes it.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
    /// Whose own the clients become that it registers, if anybody's.
    pub manager: Option<PersonId>,
}

/// A client as it is registered now, with its secret if it has just been given one.
#[derive(Debug)]
pub struct Registered {
    /// The client.
    pub client: Client,
    /// The secret that it was given: nobody can read it again.
    pub secret: Option<SecretString>,
}

impl Registered {
    /// When the newest secret ends, in Unix seconds; 0 says that it does not (RFC 7591 §3.2.1).
    #[must_use]
    pub fn secret_expires_at(&self) -> i64 {
        let newest = self.client.secrets.iter().max_by_key(|secret| secret.created_at);
        newest.and_then(|secret| secret.expires_at).map_or(0, Timestamp::seconds)
    }

    /// The client information response, with the secret if there is one.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut response = self.client.metadata.to_json();
        if let Some(members) = response.as_object_mut() {
            members.insert("client_id".to_owned(), json!(self.client.id));
            members.insert("client_id_issued_at".to_owned(), json!(self.client.created_at.seconds()));
            if let Some(secret) = &self.secret {
                members.insert("client_secret".to_owned(), json!(secret.expose_secret()));
                // RFC 7591 §3.2.1: required beside a secret.
                members.insert("client_secret_expires_at".to_owned(), json!(self.secret_expires_at()));
            }
        }
        response
    }
}

impl Registrar<'_> {
    /// Registers a client, under the identifier and with the secret that the metadata holds, or new ones.
    pub async fn add(&self, metadata: ClientMetadata) -> Result<Registered> {
        self.add_once(metadata, |_| None).await
    }

    /// The same, with the answer that `keep` makes of it kept in the same transaction:
    /// [`RegistrationError::Answered`], and nothing is done, if an answer was given under its identifier before.
    pub async fn add_once(
        &self,
        metadata: ClientMetadata,
        keep: impl FnOnce(&Registered) -> Option<KeptAnswer>,
    ) -> Result<Registered> {
        let registered = self.prepare(metadata, None).await?;
        let condition = keep(&registered).map_or(Condition::None, Condition::NotAnswered);
        let event = self.event(EventKind::ClientAdded, &registered.client.id);
        self.insert(registered, event, condition).await
    }

    /// A client as it will be registered.
    async fn prepare(&self, mut metadata: ClientMetadata, registration: Option<Registration>) -> Result<Registered> {
        self.check(&metadata).await?;
        self.check_sector(&metadata, None).await?;
        let id = ClientId(metadata.client_id.take().unwrap_or_else(|| self.entropy.uuid().to_string()));
        if self.store.client(&id, self.now).await?.is_some() {
            return Err(RegistrationError::Exists(id));
        }
        let chosen = metadata.client_secret.take();
        let has_secret = metadata.token_endpoint_auth_method.has_secret();
        let secret = has_secret.then(|| chosen.unwrap_or_else(|| self.mint_secret()));
        metadata.client_id = Some(id.0.clone());
        let client = Client {
            secrets: secret.iter().map(|secret| self.kept(&id, &metadata, secret)).collect(),
            id,
            metadata,
            created_at: self.now,
            updated_at: self.now,
            disabled_at: None,
            managed_by: self.manager,
            access: Access::Everyone,
            registration,
        };
        Ok(Registered { client, secret })
    }

    /// Writes a new client, if the condition holds.
    async fn insert(&self, registered: Registered, event: Event, condition: Condition) -> Result<Registered> {
        let (added, now, row) = (registered.client.clone(), self.now, self.entropy.uuid_at(self.now));
        let write = self.store.write(move |tx| {
            Box::pin(async move {
                if let Some(refusal) = condition.refusal(tx, now).await? {
                    return Ok(Some(refusal));
                }
                tx.insert_client(&added).await?;
                for secret in &added.secrets {
                    tx.insert_client_secret(&added.id, row, secret).await?;
                }
                tx.insert_event(event).await?;
                Ok(None)
            })
        });
        match write.await {
            Ok(None) => Ok(registered),
            Ok(Some(refusal)) => Err(refusal),
            Err(error) => Err(RegistrationError::of_insert(error, &registered.client.id)),
        }
    }

    /// Gives a client a new secret; those it has stay valid for `overlap`, so that it can be changed over without
    /// a failure.
    pub async fn rotate_secret(&self, id: &ClientId, overlap: Duration) -> Result<Registered> {
        let client = self.find(id).await?;
        let method = client.metadata.token_endpoint_auth_method;
        if !method.has_secret() {
            return Err(RegistrationError::NoSecret(id.clone(), method));
        }
        let secret = self.mint_secret();
        let kept = self.kept(id, &client.metadata, &secret);
        let end = self.now + overlap;
        let event = self.new_event(EventKind::ClientSecretRotated, id).detail("old_secret_ends_at", end.to_rfc3339());
        let event = event.at(self.now, self.entropy, &self.origin);
        let (row, owner) = (self.entropy.uuid_at(self.now), id.clone());
        let write = self.store.write(move |tx| {
            Box::pin(async move {
                tx.expire_client_secrets(&owner, end).await?;
                tx.insert_client_secret(&owner, row, &kept).await?;
                tx.insert_event(event).await
            })
        });
        write.await?;
        Ok(Registered { client: self.find(id).await?, secret: Some(secret) })
    }

    /// Refuses a client everything from now on, what it holds included.
    pub async fn disable(&self, id: &ClientId) -> Result<()> {
        self.set_disabled(id, Some(self.now), EventKind::ClientDisabled).await
    }

    /// Lets a disabled client work again.
    pub async fn enable(&self, id: &ClientId) -> Result<()> {
        self.set_disabled(id, None, EventKind::ClientEnabled).await
    }

    /// Deletes a client with all that was granted to it.
    pub async fn delete(&self, id: &ClientId) -> Result<()> {
        self.find(id).await?;
        let event = self.event(EventKind::ClientDeleted, id);
        let deleted = id.clone();
        let found = self.store.write(move |tx| {
            Box::pin(async move {
                if !tx.delete_client(&deleted).await? {
                    return Ok(false);
                }
                tx.insert_event(event).await?;
                Ok(true)
            })
        });
        if found.await? { Ok(()) } else { Err(RegistrationError::Unknown(id.clone())) }
    }

    async fn set_disabled(&self, id: &ClientId, since: Option<Timestamp>, kind: EventKind) -> Result<()> {
        // Said twice is done once: the time of the first stays.
        if self.find(id).await?.disabled_at.is_some() == since.is_some() {
            return Ok(());
        }
        let event = self.event(kind, id);
        let changed = id.clone();
        let found = self.store.write(move |tx| {
            Box::pin(async move {
                if !tx.set_client_disabled(&changed, since).await? {
                    return Ok(false);
                }
                tx.insert_event(event).await?;
                Ok(true)
            })
        });
        if found.await? { Ok(()) } else { Err(RegistrationError::Unknown(id.clone())) }
    }

    /// What the metadata names must exist here; every fault at once.
    async fn check(&self, metadata: &ClientMetadata) -> Result<()> {
        let unknown_scopes = metadata
            .scope
            .iter()
            .filter(|token| !self.catalogue.scope_names().any(|name| name == token.as_str()))
            .map(|token| fault::unknown_scope(token.as_str()));
        let named = [("resources", &metadata.resources), ("resource_server_of", &metadata.resource_server_of)];
        let unknown_resources = named.iter().flat_map(|(member, resources)| {
            let unknown = resources.iter().filter(|resource| self.catalogue.resource(resource.as_str()).is_none());
            unknown.map(|resource| fault::unknown_resource(member, resource.as_str()))
        });
        let mut faults: Vec<MetadataFault> = unknown_scopes.chain(unknown_resources).collect();

        let id_token = metadata.id_token_signed_response_alg;
        let id_token = metadata.scope.contains(scope::OPENID).then_some(id_token);
        // What everybody has by default is no fault where there is no such key, until it is asked for.
        let introspection = Some(metadata.introspection_signed_response_alg);
        let introspection = introspection.filter(|algorithm| *algorithm != SigningAlgorithm::RS256);
        let keys = self.store.signing_keys().await?;
        let signs = |algorithm: SigningAlgorithm| {
            keys.iter().any(|key| key.algorithm == algorithm.into() && key.signs_until.is_none_or(|end| end > self.now))
        };
        for (member, algorithm) in [
            ("id_token_signed_response_alg", id_token),
            ("userinfo_signed_response_alg", metadata.userinfo_signed_response_alg),
            ("introspection_signed_response_alg", introspection),
        ] {
            faults.extend(algorithm.filter(|algorithm| !signs(*algorithm)).map(|it| fault::no_key(member, it)));
        }
        let refused = metadata.response_types.iter().filter(|wanted| !self.response_types.contains(*wanted));
        faults.extend(refused.map(|wanted| fault::no_response_type(*wanted)));
        let method = metadata.token_endpoint_auth_method;
        if !self.mtls.offers(method) {
            faults.push(fault::no_certificates("token_endpoint_auth_method", method.wire()));
        }
        if metadata.tls_client_certificate_bound_access_tokens && !self.mtls.is_on() {
            faults.push(fault::no_certificates("tls_client_certificate_bound_access_tokens", "true"));
        }
        if faults.is_empty() { Ok(()) } else { Err(RegistrationError::Faulty(faults)) }
    }

    /// OIDC Registration §5: whoever is of a sector stands in its list. What was found so before is not asked again.
    async fn check_sector(&self, metadata: &ClientMetadata, before: Option<&ClientMetadata>) -> Result<()> {
        let Some(uri) = &metadata.sector_identifier_uri else { return Ok(()) };
        let is_same = |before: &ClientMetadata| {
            before.sector_identifier_uri.as_ref() == Some(uri) && before.redirect_uris == metadata.redirect_uris
        };
        if before.is_some_and(is_same) {
            return Ok(());
        }
        // What is wrong with another's server is for the log.
        let document = self.outbound.json(uri.as_str()).await.map_err(|cause| {
            tracing::info!(%uri, cause, "a sector's list cannot be fetched");
            "cannot be fetched as JSON".to_owned()
        });
        let checked = document.and_then(|document| subject::check_sector(&document, &metadata.redirect_uris));
        checked.map_err(|problem| RegistrationError::Faulty(vec![fault::sector(uri.as_str(), &problem)]))
    }

    async fn find(&self, id: &ClientId) -> Result<Client> {
        self.store.client(id, self.now).await?.ok_or_else(|| RegistrationError::Unknown(id.clone()))
    }

    fn mint_secret(&self) -> SecretString {
        token_format::mint(TokenKind::ClientSecret, &self.entropy.bytes())
    }

    fn kept(&self, id: &ClientId, metadata: &ClientMetadata, secret: &SecretString) -> ClientSecret {
        let kept = self.secrets.keep(id, metadata.token_endpoint_auth_method, secret, self.now);
        ClientSecret { expires_at: metadata.client_secret_lifetime.map(|lifetime| self.now + lifetime), ..kept }
    }

    fn is_secret_of(&self, client: &Client, secret: &SecretString) -> bool {
        client.secrets.iter().any(|known| self.secrets.hasher.verify(secret.expose_secret(), known.hash.as_bytes()))
    }

    fn new_event(&self, kind: EventKind, id: &ClientId) -> NewEvent {
        NewEvent::success(kind, self.actor.clone()).client(id)
    }

    fn event(&self, kind: EventKind, id: &ClientId) -> Event {
        self.new_event(kind, id).at(self.now, self.entropy, &self.origin)
    }
}
