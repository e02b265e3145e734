//! The write path: one writer with group commit on SQLite, plain transactions on PostgreSQL.
//!
//! A durable commit on SQLite costs a disk flush. So work that waits while another commit is under way is run in one
//! transaction, each piece in a savepoint of its own, flushed once, and every caller is answered after that flush.
//! A piece that fails or panics rolls back alone.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::{DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use tokio::sync::{mpsc, oneshot};

use super::error::{Result, StoreError};
use super::memory::Generation;
use super::tx::{Tx, TxFuture};

/// The most pieces of work that share one commit: bounds how long the first of them waits.
const GROUP: usize = 64;
/// Pieces of work that may wait; beyond that, callers wait for a place.
const QUEUE: usize = 1024;

/// Runs work in write transactions.
#[derive(Clone)]
pub(super) enum Writer {
    /// SQLite: a queue in front of the one writing connection.
    Grouped { queue: mpsc::Sender<Box<dyn Job>>, waiting: Arc<AtomicUsize> },
    /// PostgreSQL: every piece of work has a connection and a transaction of its own.
    Pooled(DatabaseConnection, Generation),
}

impl Writer {
    /// A writer that owns `connection` (a pool of one) on the present runtime, until the last clone is dropped.
    pub fn grouped(connection: DatabaseConnection, generation: Generation) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let waiting = Arc::new(AtomicUsize::new(0));
        tokio::spawn(serve(connection, generation, jobs, Arc::clone(&waiting)));
        Self::Grouped { queue, waiting }
    }

    /// A writer on a pool.
    pub fn pooled(pool: DatabaseConnection, generation: Generation) -> Self {
        Self::Pooled(pool, generation)
    }

    pub fn waiting(&self) -> usize {
        match self {
            Self::Grouped { waiting, .. } => waiting.load(Ordering::Relaxed),
            Self::Pooled(..) => 0,
        }
    }

    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'tx> FnOnce(&'tx Tx) -> TxFuture<'tx, T> + Send + 'static,
    {
        match self {
            Self::Grouped { queue, waiting } => {
                let (reply, answer) = oneshot::channel();
                let job = TypedJob { work: Some(work), outcome: None, reply };
                waiting.fetch_add(1, Ordering::Relaxed);
                if queue.send(Box::new(job)).await.is_err() {
                    waiting.fetch_sub(1, Ordering::Relaxed);
                    return Err(StoreError::Abandoned);
                }
                answer.await.unwrap_or(Err(StoreError::Abandoned))
            }
            Self::Pooled(pool, generation) => {
                let tx = Tx::new(pool.begin().await?);
                let outcome = work(&tx).await;
                let outdates_memory = tx.outdates_memory();
                match outcome {
                    Ok(value) => {
                        let committed = tx.0.commit().await;
                        // Even where the commit failed: its answer may have got lost on the way.
                        if outdates_memory {
                            generation.end();
                        }
                        committed.map(|()| value).map_err(StoreError::from)
                    }
                    Err(error) => {
                        tx.0.rollback().await?;
                        Err(error)
                    }
                }
            }
        }
    }
}

/// A piece of work whose result type is not known to the queue.
pub(super) trait Job: Send {
    /// Does the work and keeps its outcome; `Err` means that it must be rolled back.
    fn run<'tx>(&'tx mut self, tx: &'tx Tx) -> BoxFuture<'tx, Result<()>>;
    /// Answers the caller; `committed` is the fate of the transaction.
    fn answer(self: Box<Self>, committed: Result<()>);
}

struct TypedJob<T, F> {
    work: Option<F>,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T, F> Job for TypedJob<T, F>
where
    T: Send + 'static,
    F: for<'tx> FnOnce(&'tx Tx) -> TxFuture<'tx, T> + Send + 'static,
{
    fn run<'tx>(&'tx mut self, tx: &'tx Tx) -> BoxFuture<'tx, Result<()>> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return Err(StoreError::Abandoned) };
            // A panic in one piece of work must not take the writer, and with it every other caller, along.
            let outcome =
                AssertUnwindSafe(async { work(tx).await }).catch_unwind().await.unwrap_or(Err(StoreError::Abandoned));
            let fate = outcome.as_ref().map(|_| ()).map_err(StoreError::clone);
            self.outcome = Some(outcome);
            fate
        })
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let outcome = match (self.outcome, committed) {
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (Some(outcome), Ok(())) => outcome,
            (None, Ok(())) => Err(StoreError::Abandoned),
        };
        // A caller that has gone away does not mind: the work is done either way.
        drop(self.reply.send(outcome));
    }
}

async fn serve(
    connection: DatabaseConnection,
    generation: Generation,
    mut jobs: mpsc::Receiver<Box<dyn Job>>,
    waiting: Arc<AtomicUsize>,
) {
    let mut group = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut group, GROUP).await > 0 {
        let committed = match begin(&connection).await {
            Ok(transaction) => commit_together(transaction, &generation, &mut group).await,
            Err(error) => {
                // After some waiting nobody could write: whoever came meanwhile is not made to wait as long again.
                while let Ok(job) = jobs.try_recv() {
                    group.push(job);
                }
                Err(error)
            }
        };
        waiting.fetch_sub(group.len(), Ordering::Relaxed);
        if let Err(error) = &committed {
            tracing::error!(%error, pieces = group.len(), "a group of writes could not be committed");
        }
        for job in group.drain(..) {
            job.answer(committed.clone());
        }
    }
}

/// Runs the whole group in one transaction. A piece that fails leaves no trace, the others are committed.
async fn commit_together(
    transaction: DatabaseTransaction,
    generation: &Generation,
    group: &mut [Box<dyn Job>],
) -> Result<()> {
    let mut outdates_memory = false;
    let committed = if let [only] = group {
        let tx = Tx::new(transaction);
        let outcome = only.run(&tx).await;
        outdates_memory = tx.outdates_memory();
        if outcome.is_ok() { tx.0.commit().await } else { tx.0.rollback().await }
    } else {
        for job in group {
            let savepoint = Tx::new(transaction.begin().await?);
            let outcome = job.run(&savepoint).await;
            outdates_memory |= savepoint.outdates_memory();
            if outcome.is_ok() { savepoint.0.commit().await? } else { savepoint.0.rollback().await? }
        }
        transaction.commit().await
    };
    if outdates_memory {
        generation.end();
    }
    Ok(committed?)
}

/// `BEGIN IMMEDIATE`: a deferred transaction that reads before it writes fails with `SQLITE_BUSY_SNAPSHOT` as soon as
/// another process has written in between, and no waiting helps.
async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction> {
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Ok(connection.begin_with_options(immediate).await?)
}

#[cfg(test)]
mod tests {
    use super::super::{Store, StoreSettings};
    use super::*;
    use sea_orm::{ConnectionTrait, Statement};

    async fn execute(store: &Store, statements: &'static [&'static str]) -> Result<()> {
        store
            .write(move |tx| {
                Box::pin(async move {
                    for statement in statements {
                        tx.0.execute_unprepared(statement).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// SQLite ends a transaction by itself when the disk is full; the driver does not notice.
    #[tokio::test]
    async fn commits_what_comes_after_a_transaction_that_ended_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let settings = StoreSettings {
            url: format!("sqlite://{}/test.db", folder.path().display()).into(),
            max_connections: 1,
            flush_every_commit: false,
        };
        let store = Store::connect(&settings).await.unwrap();
        execute(&store, &["CREATE TABLE kept (value)"]).await.unwrap();
        // As good as a full disk: the file may not grow.
        let full = &["PRAGMA max_page_count = 1", "INSERT INTO kept VALUES (zeroblob(1000000))"];
        assert!(matches!(execute(&store, full).await, Err(StoreError::Unavailable(_))));
        let refused = store.write::<(), _>(|_| Box::pin(async { Err(StoreError::Exists) })).await;
        assert!(matches!(refused, Err(StoreError::Exists)));
        execute(&store, &["INSERT INTO kept VALUES (1)"]).await.unwrap();

        let other = Store::connect(&settings).await.unwrap();
        let count = Statement::from_string(other.readers.get_database_backend(), "SELECT count(*) FROM kept");
        let row = other.readers.query_one_raw(count).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), 1, "another program sees what was answered");
    }
}
