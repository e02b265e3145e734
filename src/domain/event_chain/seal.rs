//! Sealing: what has gathered since the last time becomes the next batch.

use std::time::Duration;

use tokio::time::sleep;

use super::hashes::{BEGINNING, ChainKey, write_entries};
use super::{EventChain, Head};
use crate::clock::Timestamp;
use crate::store::{EventBatch, Result, Tx};

/// The most events of one batch, and so of one transaction that seals or sweeps.
const BATCH: u64 = 500;
/// How long others may write between two batches.
const BREATH: Duration = Duration::from_millis(20);

impl EventChain {
    /// Seals all that is not sealed yet; answers with how many events those were. Several servers may do so at once.
    pub async fn seal(&self, now: Timestamp) -> Result<u64> {
        let mut sealed = 0;
        while self.store.unsealed_events(1).await? > 0 {
            let key = self.key.clone();
            let batch = self.store.write(move |tx| Box::pin(async move { seal_batch(tx, &key, now).await })).await?;
            let Some(batch) = batch else { break };
            // Who keeps the log elsewhere has the heads of the chain there, with which `events verify` compares.
            tracing::info!(events = batch.events, head = %Head::from(&batch), "sealed a batch of events");
            sealed += batch.events.unsigned_abs();
            if batch.events.unsigned_abs() < BATCH {
                break;
            }
            sleep(BREATH).await;
        }
        Ok(sealed)
    }
}

/// Seals one batch, if there is anything to seal.
async fn seal_batch(tx: &Tx, key: &ChainKey, now: Timestamp) -> Result<Option<EventBatch>> {
    tx.lock_event_chain().await?;
    let head = tx.event_chain_head().await?;
    let number = head.as_ref().map_or(1, |head| head.number.saturating_add(1));
    // Stamped first and read then: whoever commits an event meanwhile leaves it for the next batch.
    if tx.stamp_events(number, BATCH).await? == 0 {
        return Ok(None);
    }
    let events = tx.events_of_batch(number).await?;
    let contents = write_entries(events.iter().map(|event| key.entry(event)));
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let times = || events.iter().map(|event| event.at);
    let mut batch = EventBatch {
        number,
        events: count,
        total: head.as_ref().map_or(0, |head| head.total).saturating_add(count),
        first_at: times().min().unwrap_or(now),
        last_at: times().max().unwrap_or(now),
        sealed_at: now,
        digest: key.digest(&contents),
        hash: Vec::new(),
        swept: None,
    };
    batch.hash = key.link(head.as_ref().map_or(&BEGINNING, |head| &head.hash), &batch);
    tx.insert_event_batch(batch.clone(), contents).await?;
    Ok(Some(batch))
}
