//! Reading many rows as they were at one instant, while others write.

use sea_orm::{AccessMode, DatabaseTransaction, DbBackend, IsolationLevel, TransactionOptions, TransactionTrait};

use super::{Result, Store};

/// The database as it was when the snapshot was taken, until it is dropped.
pub struct Snapshot(pub(super) DatabaseTransaction);

impl Store {
    /// Takes a snapshot. Nobody who writes waits for it.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let options = match self.readers.get_database_backend() {
            // A reading transaction of SQLite in WAL mode is a snapshot already.
            DbBackend::Sqlite => TransactionOptions::default(),
            _ => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        Ok(Snapshot(self.readers.begin_with_options(options).await?))
    }
}
