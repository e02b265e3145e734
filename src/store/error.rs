//! What can go wrong with the database.

use std::fmt;
use std::sync::Arc;

use sea_orm::{DbErr, SqlErr};

use crate::error::{ErrorCode, OAuthError};

/// What the store answers.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why the store could not do what it was asked.
#[derive(Clone, Debug)]
pub enum StoreError {
    /// The database did not answer, or refused. Nothing was written, unless the connection broke at the commit itself.
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
    pub(super) fn inconsistent(table: &'static str, id: impl fmt::Display, why: impl fmt::Display) -> Self {
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
        let code = match error {
            // The database is away or overloaded, or the server is stopping: the same request may do later.
            StoreError::Unavailable(_) | StoreError::Abandoned => ErrorCode::TemporarilyUnavailable,
            StoreError::Exists | StoreError::Inconsistent { .. } => ErrorCode::ServerError,
        };
        Self::from(code).because(error)
    }
}
