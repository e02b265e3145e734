//! What a piece of work writes with.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;
use sea_orm::DatabaseTransaction;

use super::error::Result;

/// A transaction in which work writes; it commits as a whole or not at all.
pub struct Tx(pub(super) DatabaseTransaction, AtomicBool);

/// The future of a piece of work inside a transaction.
pub type TxFuture<'tx, T> = BoxFuture<'tx, Result<T>>;

impl Tx {
    pub(super) const fn new(transaction: DatabaseTransaction) -> Self {
        Self(transaction, AtomicBool::new(false))
    }

    /// Notes that this work changes what may be remembered (see `memory`): to be called by whatever revokes, disables,
    /// deletes, or changes what is known of a person.
    pub(super) fn outdate_memory(&self) {
        self.1.store(true, Ordering::Relaxed);
    }

    /// Whether it does.
    pub(super) fn outdates_memory(&self) -> bool {
        self.1.load(Ordering::Relaxed)
    }
}
