//! What a piece of work writes with.

use futures_util::future::BoxFuture;
use sea_orm::DatabaseTransaction;

use super::error::Result;

/// A transaction in which work writes; it commits as a whole or not at all.
pub struct Tx(pub(super) DatabaseTransaction);

/// The future of a piece of work inside a transaction.
pub type TxFuture<'tx, T> = BoxFuture<'tx, Result<T>>;
