//! The database: the only place that names `sea_orm`.
//!
//! A file a table family: the plain value, its entity, its typed queries, row to value. Rows never leave this folder.
//! What may happen once is a conditional `UPDATE` that must change exactly one row, inside [`Store::write`].
//!
//! On SQLite there is one writer, which commits whatever is waiting as one group ([`writer`]), and a pool of readers
//! beside it. On PostgreSQL one pool does both.

mod access_tokens;
mod authorizations;
mod backup;
mod clients;
mod codes;
mod connect;
mod events;
mod grants;
mod links;
mod people;
mod refresh_tokens;
mod sessions;
mod signing_keys;
mod sweep;
mod writer;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqlErr};

use crate::error::{ErrorCode, OAuthError};
use crate::ids::TokenHash;
use crate::protocol::scope::Scope;

pub use access_tokens::{OpaqueAccessToken, TokenState};
pub use authorizations::{Authorization, Revocation};
pub use clients::{Client, ClientSecret};
pub use codes::{Code, CodeState};
pub use connect::{MigrationStep, StoreSettings};
pub use events::{Event, EventFilter};
pub use grants::Grant;
pub use links::{LinkPurpose, OneTimeLink};
pub use people::Person;
pub use refresh_tokens::{RefreshState, RefreshToken};
pub use sessions::Session;
pub use signing_keys::StoredKey;
pub use sweep::SweepSettings;

/// What the store answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why the store could not do what it was asked.
#[derive(Clone, Debug)]
pub enum StoreError {
    /// The database did not answer, or refused: nothing was written.
    Unavailable(Arc<DbErr>),
    /// A unique value exists already: nothing was written.
    Exists,
    /// A row fits no state that this version knows.
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The row's key, as text (never a secret).
        id: String,
        /// What does not fit.
        why: String,
    },
    /// The server is stopping, or the work itself panicked: nothing was written.
    Abandoned,
}

impl StoreError {
    fn inconsistent(table: &'static str, id: impl fmt::Display, why: impl fmt::Display) -> Self {
        Self::Inconsistent { table, id: id.to_string(), why: why.to_string() }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(error) => write!(f, "the database failed: {error}"),
            Self::Exists => f.write_str("it exists already"),
            Self::Inconsistent { table, id, why } => write!(f, "table {table}, row {id}: {why}"),
            Self::Abandoned => f.write_str("the work was abandoned"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => Self::Exists,
            _ => Self::Unavailable(Arc::new(error)),
        }
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        Self::from(ErrorCode::ServerError).because(error)
    }
}

/// The database, open and migrated. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: DatabaseConnection,
    writer: writer::Writer,
}

/// A transaction in which work writes; it commits as a whole or not at all.
pub struct Tx(DatabaseTransaction);

/// The future of a piece of work inside a transaction.
pub type TxFuture<'tx, T> = BoxFuture<'tx, Result<T>>;

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

    /// How long one trivial round trip takes: for `/readyz`, metrics and `doctor`.
    pub async fn ping(&self, clock: impl Fn() -> Duration) -> Result<Duration> {
        let start = clock();
        self.readers.execute_unprepared("SELECT 1").await?;
        Ok(clock().saturating_sub(start))
    }

    /// Closes every connection; whatever comes after fails.
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
