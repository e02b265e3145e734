//! Emptying the tables: whatever has expired goes, in batches small enough that no writer waits long for one.

use std::time::Duration;

use sea_orm::sea_query::{Query, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::{Result, Store, Tx, TxFuture};
use crate::clock::Timestamp;

/// What the sweep keeps, although it has expired.
#[derive(Clone, Copy, Debug)]
pub struct SweepSettings {
    /// Rows that one transaction may delete from one table.
    pub batch: u64,
    /// How long used codes and refresh tokens are kept after their end, so that a late replay is still recognised.
    pub replay_memory: Duration,
}

type Sweep = for<'tx> fn(&'tx Tx, Timestamp, u64) -> TxFuture<'tx, u64>;

impl Store {
    /// Deletes one batch from every table but that of events, which `domain::event_chain` sweeps; answers with the rows
    /// deleted per table. Call again while any is full.
    pub async fn sweep(&self, settings: SweepSettings, now: Timestamp) -> Result<Vec<(&'static str, u64)>> {
        let remembered = now - settings.replay_memory;
        let tables: [(&'static str, Timestamp, Sweep); 19] = [
            ("sessions", now, |tx, now, limit| Box::pin(tx.sweep_sessions(now, limit))),
            ("browsers", now, |tx, now, limit| Box::pin(tx.sweep_browsers(now, limit))),
            ("one_time_links", remembered, |tx, now, limit| Box::pin(tx.sweep_links(now, limit))),
            ("codes", remembered, |tx, now, limit| Box::pin(tx.sweep_codes(now, limit))),
            ("device_codes", remembered, |tx, now, limit| Box::pin(tx.sweep_device_codes(now, limit))),
            ("refresh_tokens", remembered, |tx, now, limit| Box::pin(tx.sweep_refresh_tokens(now, limit))),
            ("access_tokens", now, |tx, now, limit| Box::pin(tx.sweep_access_tokens(now, limit))),
            ("authorizations", remembered, |tx, now, limit| Box::pin(tx.sweep_authorizations(now, limit))),
            ("revoked_tokens", now, |tx, now, limit| Box::pin(tx.sweep_revoked_tokens(now, limit))),
            ("client_secrets", now, |tx, now, limit| Box::pin(tx.sweep_client_secrets(now, limit))),
            ("api_key_secrets", now, |tx, now, limit| Box::pin(tx.sweep_api_key_secrets(now, limit))),
            ("limit_counts", now, |tx, now, limit| Box::pin(tx.sweep_limit_counts(now, limit))),
            ("guard_news", now, |tx, now, limit| Box::pin(tx.sweep_guard_news(now, limit))),
            ("initial_access_tokens", now, |tx, now, limit| Box::pin(tx.sweep_initial_tokens(now, limit))),
            ("assertion_ids", now, |tx, now, limit| Box::pin(tx.sweep_assertion_ids(now, limit))),
            ("kept_answers", now, |tx, now, limit| Box::pin(tx.sweep_kept_answers(now, limit))),
            ("logout_deliveries", remembered, |tx, now, limit| Box::pin(tx.sweep_logout_deliveries(now, limit))),
            ("mails", now, |tx, now, limit| Box::pin(tx.sweep_mails(now, limit))),
            ("mail_requests", remembered, |tx, now, limit| Box::pin(tx.sweep_mail_requests(now, limit))),
        ];
        let mut deleted = Vec::with_capacity(tables.len());
        for (table, before, sweep) in tables {
            let rows = self.write(move |tx| sweep(tx, before, settings.batch)).await?;
            deleted.push((table, rows));
        }
        Ok(deleted)
    }
}

/// Deletes up to `limit` rows that meet `condition`, found by their primary key `key`.
pub(super) async fn delete_batch<E, C>(db: &C, key: E::Column, condition: SimpleExpr, limit: u64) -> Result<u64>
where
    E: EntityTrait,
    C: ConnectionTrait,
{
    let expired = E::find().select_only().column(key).filter(condition).limit(limit).into_query();
    // PostgreSQL knows no DELETE … LIMIT, and SQLite only if it was built so.
    let mut delete = Query::delete();
    delete.from_table(E::default()).and_where(key.in_subquery(expired));
    Ok(db.execute(&delete).await?.rows_affected())
}
