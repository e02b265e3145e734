//! Opening the database and bringing its schema up to date.

use std::future::ready;
use std::time::Duration;

use claviger_migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, TransactionTrait};
use sea_orm_migration::MigrationStatus;
use secrecy::{ExposeSecret, SecretString};

use super::memory::Generation;
use super::writer::Writer;
use super::{Recalled, Result, Store};

/// How to open the database.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// `sqlite://path` or `postgres://…`.
    pub url: SecretString,
    /// The most connections of the pool (on SQLite: of readers).
    pub max_connections: u32,
    /// SQLite: whether every commit is flushed to disk (`synchronous=FULL`) or may be lost in a power failure.
    pub flush_every_commit: bool,
}

/// A step of the schema.
#[derive(Clone, Debug, serde::Serialize)]
pub struct MigrationStep {
    /// Its name.
    pub name: String,
    /// Whether this database has it.
    pub applied: bool,
}

/// How long a request waits for a connection, or for another process to let go of SQLite's file.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Any number, as long as it stays the same: what replicas that start at once lock on PostgreSQL.
const MIGRATION_LOCK: i64 = 0x0063_6c61_7669_6765;

impl Store {
    /// Opens the database; creates the file on SQLite. Does not touch the schema: see [`Store::migrate`].
    pub async fn connect(settings: &StoreSettings) -> Result<Self> {
        if settings.url.expose_secret().starts_with("sqlite:") {
            let writer = Database::connect(sqlite(settings, 1)).await?;
            let readers = Database::connect(sqlite(settings, settings.max_connections.clamp(1, 8))).await?;
            let generation = Generation::begin();
            let recalled = Recalled::new(&generation);
            return Ok(Self { readers, writer: Writer::grouped(writer, generation), recalled });
        }
        let mut options = options(settings, settings.max_connections);
        options.min_connections(1);
        let pool = Database::connect(options).await?;
        let generation = Generation::begin();
        let recalled = Recalled::new(&generation);
        Ok(Self { readers: pool.clone(), writer: Writer::pooled(pool, generation), recalled })
    }

    /// Brings the schema up to date; answers with the names of the steps that were applied now.
    pub async fn migrate(&self) -> Result<Vec<String>> {
        let db = &self.readers;
        if db.get_database_backend() == DbBackend::Sqlite {
            return apply_pending(db).await;
        }
        // sea-orm-migration takes no lock of its own, so that two replicas starting at once would race.
        let lock = db.begin().await?;
        lock.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
        let applied = apply_pending(db).await?;
        lock.commit().await?;
        Ok(applied)
    }

    /// Every step of the schema, and whether this database has it. Changes nothing.
    pub async fn migration_status(&self) -> Result<Vec<MigrationStep>> {
        let steps = Migrator::get_migration_with_status_read_only(&self.readers).await?;
        let step = |step: &sea_orm_migration::Migration| MigrationStep {
            name: step.name().to_owned(),
            applied: step.status() == MigrationStatus::Applied,
        };
        Ok(steps.iter().map(step).collect())
    }
}

async fn apply_pending(db: &DatabaseConnection) -> Result<Vec<String>> {
    let pending = Migrator::get_pending_migrations(db).await?;
    let names = pending.iter().map(|step| step.name().to_owned()).collect();
    Migrator::up(db, None).await?;
    Ok(names)
}

fn options(settings: &StoreSettings, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(settings.url.expose_secret());
    options
        .max_connections(connections)
        .acquire_timeout(LONGEST_WAIT)
        .test_before_acquire(false)
        // A database that was away for a moment leaves dead connections, which no request should be the one to find.
        .test_before_acquire_if_idle_for(Duration::from_secs(1))
        // Statements can carry what people typed; the log must not.
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}

fn sqlite(settings: &StoreSettings, connections: u32) -> ConnectOptions {
    let mut options = options(settings, connections);
    let synchronous = if settings.flush_every_commit { SqliteSynchronous::Full } else { SqliteSynchronous::Normal };
    options.test_before_acquire(false).min_connections(1).idle_timeout(None::<Duration>).max_lifetime(None::<Duration>);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .busy_timeout(LONGEST_WAIT)
            .statement_cache_capacity(200)
    });
    // Where a commit failed (the disk was full), SQLite has rolled back by itself and the driver still counts a
    // transaction: it would take all that follows for part of that one and never commit it. Another connection does not.
    options.map_sqlx_sqlite_before_acquire(|connection, _| Box::pin(ready(Ok(!connection.is_in_transaction()))));
    options
}
