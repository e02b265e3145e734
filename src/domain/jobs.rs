//! Background work: removing what has expired, sealing events, noticing signing keys, resources and scopes that another
//! process changed, carrying what was counted and noted to the database, and telling apps that sessions ended.
//!
//! What a table forgets, and when, its own file in `store` says; here is only how often and how much at once. A job
//! that fails is logged and tried again at its next turn. Every batch is a transaction of its own, so that the work may
//! be dropped at any moment.

use std::fmt::Display;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use crate::clock::{Clock, Entropy, Timestamp};
use crate::config::Config;
use crate::domain::api_keys::{self, KeyUses};
use crate::domain::clients::dynamic;
use crate::domain::event_chain::EventChain;
use crate::domain::hourly::{self, HourlyCounts};
use crate::domain::limits::{self, Limiter};
use crate::domain::logout::delivery::{self, Courier};
use crate::domain::people::guard::{Guard, exchange};
use crate::domain::resources::live::{self, LiveCatalogue};
use crate::store::{Result, Store, StoreError, SweepSettings};

/// How long the sweep lets others write between two batches.
const BREATH: Duration = Duration::from_millis(20);
/// How soon a rotation by another process is noticed. A new key is published far longer before it signs.
const KEY_RELOAD: Duration = Duration::from_secs(30);
/// How long an event waits until it is sealed: until then nobody could tell that it was changed.
const SEAL: Duration = Duration::from_secs(5);
/// How long a use of an API key may go unwritten.
const KEY_USES: Duration = Duration::from_secs(5);
/// A used code or refresh token that comes back within this time after its end is still known as used.
const REPLAY_MEMORY: Duration = Duration::from_hours(24);

/// What this process counts and notes in memory.
#[derive(Clone)]
pub struct Tallies {
    /// What was counted by the hour.
    pub hourly: Arc<HourlyCounts>,
    /// What was counted against limits.
    pub limiter: Arc<Limiter>,
    /// Who was wrong.
    pub guard: Arc<Guard>,
    /// When API keys were used.
    pub key_uses: Arc<KeyUses>,
}

impl Tallies {
    /// Carries all of it to the database; tries each, whatever becomes of the others.
    pub async fn flush(&self, store: &Store, now: Timestamp) -> Result<()> {
        let hourly = hourly::flush(store, &self.hourly, now).await;
        let limits = limits::exchange(store, &self.limiter, now).await;
        let guard = exchange::exchange(store, &self.guard, now).await;
        hourly.and(limits).and(guard).and(api_keys::carry(store, &self.key_uses).await)
    }
}

/// The background work of a server.
pub struct Jobs {
    /// The event log, and with it the database where things expire.
    pub event_chain: EventChain,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// What was counted and noted.
    pub tallies: Tallies,
    /// How often the sweep runs.
    pub sweep_interval: Duration,
    /// What the sweep keeps.
    pub sweep: SweepSettings,
}

impl Jobs {
    /// The background work of a server with these settings.
    #[must_use]
    pub fn new(
        event_chain: EventChain,
        (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>),
        tallies: Tallies,
        config: &Config,
    ) -> Self {
        let (sweep_interval, sweep) = (config.jobs.sweep_interval, sweep_settings(config));
        Self { event_chain, clock, entropy, tallies, sweep_interval, sweep }
    }

    /// Works until it is dropped. `reload_keys` reads the signing keys anew, `catalogue` is kept as it is registered, and
    /// `courier` tells apps that sessions ended.
    pub async fn run<E: Display>(
        self,
        reload_keys: impl AsyncFn() -> Result<(), E>,
        catalogue: &LiveCatalogue,
        courier: Courier<'_>,
    ) {
        let sweep = async || sweep_once(&self.event_chain, self.sweep, self.clock.now()).await.map(report);
        let seal = async || self.event_chain.seal(self.clock.now()).await.map(drop);
        let (store, tallies) = (&self.event_chain.store, &self.tallies);
        let remove_unused =
            async || dynamic::remove_unused(store, &*self.entropy, self.sweep.batch, self.clock.now()).await.map(drop);
        let flush = async || hourly::flush(store, &tallies.hourly, self.clock.now()).await;
        let exchange = async || limits::exchange(store, &tallies.limiter, self.clock.now()).await;
        let tell = async || exchange::exchange(store, &tallies.guard, self.clock.now()).await;
        let refresh = async || catalogue.refresh(store).await;
        let deliver = async || courier.deliver_due().await;
        let carry = async || api_keys::carry(store, &tallies.key_uses).await;
        tokio::join!(
            every(self.sweep_interval, "sweep", sweep),
            every(self.sweep_interval, "removal of unused clients", remove_unused),
            every(SEAL, "sealing of events", seal),
            every(KEY_RELOAD, "reload of signing keys", reload_keys),
            every(live::RELOAD, "reload of resources and scopes", refresh),
            every(hourly::FLUSH, "hourly counts", flush),
            every(limits::EXCHANGE, "exchange of limits", exchange),
            every(exchange::EXCHANGE, "exchange of failures", tell),
            every(KEY_USES, "uses of API keys", carry),
            every(delivery::LOOK, "delivery of logout tokens", deliver)
        );
    }
}

/// What a server with these settings keeps.
#[must_use]
pub fn sweep_settings(config: &Config) -> SweepSettings {
    SweepSettings { batch: config.jobs.sweep_batch.into(), replay_memory: REPLAY_MEMORY }
}

/// Removes all that has expired at `now`, batch by batch; answers with the rows removed from each table.
pub async fn sweep_once(
    event_chain: &EventChain,
    settings: SweepSettings,
    now: Timestamp,
) -> Result<Vec<(&'static str, u64)>> {
    let store = &event_chain.store;
    let batch = async || {
        let mut removed = store.sweep(settings, now).await?;
        removed.push(("events", event_chain.sweep(now, settings.batch).await?));
        Ok::<_, StoreError>(removed)
    };
    let mut removed = batch().await?;
    let mut last = removed.clone();
    while last.iter().any(|(_, rows)| *rows >= settings.batch) {
        sleep(BREATH).await;
        last = batch().await?;
        for ((_, sum), (_, rows)) in removed.iter_mut().zip(&last) {
            *sum += rows;
        }
    }
    let keys = store.write(move |tx| Box::pin(tx.delete_expired_signing_keys(now))).await?;
    removed.push(("signing_keys", keys));
    let counts = store.write(move |tx| Box::pin(tx.delete_hourly_counts(now - hourly::KEPT))).await?;
    removed.push(("hourly_counts", counts));
    Ok(removed)
}

fn report(removed: Vec<(&'static str, u64)>) {
    for (table, rows) in removed.into_iter().filter(|(_, rows)| *rows > 0) {
        tracing::debug!(table, rows, "removed what has expired");
    }
}

/// Runs `job` once in each period, whatever becomes of it.
pub async fn every<E: Display>(period: Duration, name: &str, job: impl AsyncFn() -> Result<(), E>) {
    let mut turns = interval_at(Instant::now() + period, period);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        match AssertUnwindSafe(job()).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(job = name, %error, "background work failed; it is tried again"),
            Err(_panic) => tracing::error!(job = name, "background work panicked; it is tried again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn goes_on_after_a_failure_and_after_a_panic() {
        let turns = AtomicU32::new(0);
        let job = async || match turns.fetch_add(1, Ordering::SeqCst) {
            0 => Err("the database failed"),
            1 => panic!("on purpose"),
            _ => Ok(()),
        };
        let work = every(Duration::from_millis(1), "test", job);
        let enough = async {
            while turns.load(Ordering::SeqCst) < 4 {
                sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            () = work => unreachable!("the loop has no end"),
            () = enough => {}
        }
    }
}
