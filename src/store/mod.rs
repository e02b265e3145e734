//! The database: the only place that names `sea_orm`.
//!
//! A file a table family: the plain value, its entity, its typed queries, row to value. Rows never leave this folder.
//! What may happen once is a conditional `UPDATE` that must change exactly one row, inside [`Store::write`].
//!
//! On SQLite there is one writer, which commits whatever is waiting as one group ([`writer`]), and a pool of readers
//! beside it. On PostgreSQL one pool does both. What looking into tokens reads is remembered for a moment
//! ([`memory`]).

mod access;
mod access_tokens;
mod api_key_leaks;
mod api_key_list;
mod api_key_secrets;
mod api_keys;
mod approvals;
mod assertion_ids;
mod authenticator_apps;
mod authorizations;
mod backup;
mod browsers;
mod client_groups;
mod clients;
mod codes;
mod connect;
mod device_codes;
mod error;
mod event_batches;
mod events;
mod grants;
mod groups;
mod guard_news;
mod hourly_counts;
mod initial_tokens;
mod kept_answers;
mod limit_counts;
mod links;
mod logout_deliveries;
mod mail_requests;
mod mails;
mod memory;
mod mentions;
mod only;
mod passkeys;
mod people;
mod pictures;
mod prefix;
mod provider_accounts;
mod recent;
mod recovery_codes;
mod refresh_tokens;
mod registered_by;
mod registrations;
mod resources;
mod role;
mod scopes;
mod session_clients;
mod sessions;
mod signing_keys;
mod snapshot;
mod sweep;
mod tx;
mod writer;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

use self::memory::{Generation, Memory};
use crate::ids::{ApiKeyId, AuthorizationId, PersonId, TokenHash};
use crate::protocol::certificate::Thumbprint;
use crate::protocol::scope::Scope;

pub use access::Access;
pub use access_tokens::{OpaqueAccessToken, TokenState};
pub use api_key_list::{ApiKeyFilter, ApiKeyPlace, ListedState};
pub use api_keys::{ApiKey, ApiKeySecret, Disabled, KeyOwner, LastUse, Leak};
pub use approvals::{Approval, ApprovalRequest, Holder, RequestState};
pub use authenticator_apps::AuthenticatorApp;
pub use authorizations::{Authorization, Revocation};
pub use browsers::Browser;
pub use clients::{Client, ClientSecret, EndingSecret};
pub use codes::{Code, CodeState};
pub use connect::{MigrationStep, StoreSettings};
pub use device_codes::{DeviceCode, DeviceCodeState};
pub use error::{Result, StoreError};
pub use event_batches::EventBatch;
pub use events::{Event, EventFilter};
pub use grants::Grant;
pub use groups::Group;
pub use guard_news::{GuardChange, GuardNews};
pub use hourly_counts::HourlyCount;
pub use initial_tokens::InitialToken;
pub use kept_answers::KeptAnswer;
pub use limit_counts::LimitCount;
pub use links::{LinkPurpose, OneTimeLink, RegistrationBy};
pub use logout_deliveries::LogoutDelivery;
pub use mail_requests::MailRequest;
pub use mails::{Mail, MailState};
pub use mentions::{Mention, Mentions};
pub use passkeys::Passkey;
pub use people::{Person, key as login_key};
pub use pictures::Picture;
pub use provider_accounts::ProviderAccount;
pub use recent::{FailureGroup, Spread};
pub use refresh_tokens::{RefreshState, RefreshToken};
pub use registered_by::{RegisteredBy, Registration};
pub use registrations::{QuotaTaken, RegistrationQuota};
pub use resources::RegisteredResource;
pub use role::Role;
pub use scopes::RegisteredScope;
pub use sessions::Session;
pub use signing_keys::StoredKey;
pub use snapshot::Snapshot;
pub use sweep::SweepSettings;
pub use tx::{Tx, TxFuture};

/// The database, open and migrated. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: DatabaseConnection,
    writer: writer::Writer,
    recalled: Recalled,
}

/// What [`memory`] keeps.
#[derive(Clone)]
struct Recalled {
    access_tokens: Memory<TokenHash, OpaqueAccessToken>,
    api_keys: Memory<TokenHash, (ApiKey, ApiKeySecret)>,
    api_keys_by_id: Memory<ApiKeyId, ApiKey>,
    /// The `jti` of every revoked JWT, if they are few.
    revoked: Memory<(), Option<Arc<HashSet<String>>>>,
    /// Whether the JWT of this `jti` was revoked.
    revocations: Memory<String, bool>,
    authorizations: Memory<AuthorizationId, Authorization>,
    people: Memory<PersonId, Person>,
}

impl Recalled {
    fn new(generation: &Generation) -> Self {
        Self {
            access_tokens: Memory::new(generation),
            api_keys: Memory::new(generation),
            api_keys_by_id: Memory::new(generation),
            revoked: Memory::new(generation),
            revocations: Memory::new(generation),
            authorizations: Memory::new(generation),
            people: Memory::new(generation),
        }
    }
}

impl Store {
    /// Runs `work` in a write transaction and answers once it is durable. An `Err` rolls back: a refusal that must
    /// leave a trace (a replay that revokes) is an `Ok` value.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(&'tx Tx) -> TxFuture<'tx, T> + Send + 'static,
    {
        self.writer.run(work).await
    }

    /// How long one trivial round trip takes: for `/readyz` and metrics.
    pub async fn ping(&self, clock: impl Fn() -> Duration) -> Result<Duration> {
        let start = clock();
        self.readers.execute_unprepared("SELECT 1").await?;
        Ok(clock().saturating_sub(start))
    }

    /// Closes the readers, on PostgreSQL the one pool there is; what reads after that fails. SQLite's writer ends with the
    /// last clone of the store.
    pub async fn close(&self) -> Result<()> {
        Ok(self.readers.close_by_ref().await?)
    }

    /// Pieces of work waiting for the writer.
    #[must_use]
    pub fn waiting_writes(&self) -> usize {
        self.writer.waiting()
    }

    /// `"sqlite"` or `"postgresql"`, for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.readers.get_database_backend() {
            DbBackend::Sqlite => "sqlite",
            _ => "postgresql",
        }
    }
}

/// A stored hash, which must have 32 bytes.
fn token_hash(table: &'static str, id: impl fmt::Display, bytes: &[u8]) -> Result<TokenHash> {
    let bytes = bytes.try_into().map_err(|_| StoreError::inconsistent(table, id, "a hash must have 32 bytes"))?;
    Ok(TokenHash(bytes))
}

/// A stored thumbprint, which must have 32 bytes.
fn thumbprint(table: &'static str, id: impl fmt::Display, bytes: &[u8]) -> Result<Thumbprint> {
    let bytes = bytes.try_into().map_err(|_| StoreError::inconsistent(table, id, "a thumbprint must have 32 bytes"))?;
    Ok(Thumbprint(bytes))
}

/// A column that holds JSON of a known shape.
fn from_json<T: serde::de::DeserializeOwned>(
    table: &'static str,
    id: impl fmt::Display,
    json: serde_json::Value,
) -> Result<T> {
    serde_json::from_value(json).map_err(|error| StoreError::inconsistent(table, id, error))
}

/// A scope column.
fn scope(table: &'static str, id: impl fmt::Display, text: &str) -> Result<Scope> {
    Scope::parse(text).map_err(|error| StoreError::inconsistent(table, id, error))
}
