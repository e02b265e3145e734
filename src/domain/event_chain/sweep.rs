//! What is past retention is removed from the front of the chain, batch by batch.
//!
//! The row of the last batch that was removed stays, with the server's word for it: from there the chain goes on, and
//! nobody else can pass a removal off as one by retention.

use super::EventChain;
use super::hashes::{BEGINNING, ChainKey};
use crate::clock::Timestamp;
use crate::store::{EventBatch, Result, Tx};

impl EventChain {
    /// Removes the earliest batches whose last event is past retention, until `limit` events are removed; answers with
    /// how many. Call again while that many were.
    pub async fn sweep(&self, now: Timestamp, limit: u64) -> Result<u64> {
        let (key, before) = (self.key.clone(), now - self.retention);
        self.store.write(move |tx| Box::pin(async move { sweep_batches(tx, &key, before, limit).await })).await
    }
}

async fn sweep_batches(tx: &Tx, key: &ChainKey, before: Timestamp, limit: u64) -> Result<u64> {
    tx.lock_event_chain().await?;
    // A batch holds one event at least; one row may be what an earlier sweep left.
    let oldest = tx.oldest_event_batches(limit.saturating_add(1)).await?;
    let Some(last) = last_to_sweep(key, &oldest, before, limit) else { return Ok(0) };
    let removed = tx.delete_events_through(last.number).await?;
    tx.begin_event_chain_at(last.number, key.sweep_mark(last)).await?;
    Ok(removed)
}

/// The last of the batches that go. What its row says is only believed if its hash holds: somebody may have changed the
/// time in it, to have the server itself remove what should stay.
fn last_to_sweep<'a>(
    key: &ChainKey,
    oldest: &'a [EventBatch],
    before: Timestamp,
    limit: u64,
) -> Option<&'a EventBatch> {
    let mut previous: &[u8] = &BEGINNING;
    let (mut last, mut events) = (None, 0);
    for (place, batch) in oldest.iter().enumerate() {
        let was_swept = batch.swept.is_some();
        if !was_swept && (events >= limit || batch.last_at >= before) {
            break;
        }
        if !key.holds(batch, previous, place == 0) {
            tracing::error!(
                batch = batch.number,
                "the chain of events does not hold: nothing is removed from there on; see `claviger events verify`"
            );
            break;
        }
        previous = &batch.hash;
        if !was_swept {
            events += batch.events.unsigned_abs();
            last = Some(batch);
        }
    }
    last
}
