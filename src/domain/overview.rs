//! How the last day went: what the console's overview draws, and the API tells in numbers. Everything it asks the database
//! is bounded, whatever the tables hold.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::domain::hourly::{self, Hour};
use crate::domain::unusual::{self, Finding};
use crate::store::{EndingSecret, FailureGroup, Result, Store};

/// Sessions are counted up to here.
pub const MOST_SESSIONS: u64 = 100_000;
/// Secrets are told of that end within this time.
pub const SOON: Duration = Duration::from_hours(30 * 24);
/// Secrets that are about to end are read up to here.
pub const MOST_SECRETS: u64 = 21;

/// For how long a large count of sessions is good.
const FRESH: Duration = Duration::from_mins(1);
/// A count is large from here on; below, it costs little.
const LARGE: u64 = 1_000;

/// How many sessions live. Many are counted once a minute at most: of all that the overview asks for, this alone grows with
/// the number of people.
#[derive(Debug, Default)]
pub struct SessionCount(Mutex<Option<(Timestamp, u64)>>);

impl SessionCount {
    async fn read(&self, store: &Store, now: Timestamp) -> Result<u64> {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A count from the future was made while a clock was wrong.
        if let Some((_, number)) = last.filter(|(at, _)| now.since(*at).max(at.since(now)) < FRESH) {
            return Ok(number);
        }
        let number = store.live_sessions(now, MOST_SESSIONS + 1).await?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (number >= LARGE).then_some((now, number));
        Ok(number)
    }
}

/// How the last day went.
pub struct Overview {
    /// What was counted in each hour, the earliest first.
    pub hours: Vec<Hour>,
    /// What failed, by hour, reason and whom it was about: the latest of it.
    pub failures: Vec<FailureGroup>,
    /// What stands out.
    pub findings: Vec<Finding>,
    /// Secrets that end soon, the first to end first.
    pub secrets: Vec<EndingSecret>,
    /// How many browser sessions live, or did within the last minute; one more than [`MOST_SESSIONS`] for any larger number.
    pub sessions: u64,
}

impl Overview {
    /// Reads it all.
    pub async fn read(store: &Store, counted: &SessionCount, now: Timestamp) -> Result<Self> {
        let hours = hourly::last_day(store, now).await?;
        let since = hours.first().map_or(now, |hour| hour.begins);
        let failures = store.failures_since(since, unusual::MOST).await?;
        let findings = unusual::look(store, since, &hours, &failures).await?;
        let secrets = store.ending_secrets(now, now + SOON, MOST_SECRETS).await?;
        let sessions = counted.read(store, now).await?;
        Ok(Self { hours, failures, findings, secrets, sessions })
    }
}
