//! What the console's charts show by the hour. Counted in memory, because a machine's token writes no row and is not to
//! begin to; carried to the database every few seconds, and once more when the server stops.
//!
//! A count belongs to the hour in which it was carried there, so up to [`FLUSH`] of an hour may be found in the next.
//! What a process that is killed had not carried is lost; metrics and events are not meant to be replaced.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::{Result, Store};

/// How often counts are carried to the database.
pub const FLUSH: Duration = Duration::from_secs(10);
/// How long they are kept.
pub const KEPT: Duration = Duration::from_hours(40 * 24);
/// Hours of which the console tells.
pub const HOURS: u32 = 24;

const HOUR: Duration = Duration::from_hours(1);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// A password fitted.
    SignIn,
    /// An attempt to sign in came to nothing.
    SignInRefused,
    /// The token endpoint gave a client what it asked for.
    Token,
    /// It refused a client that had authenticated.
    TokenRefused,
}

impl Counted {
    /// All of them, each at its own number.
    const ALL: [Self; 4] = [Self::SignIn, Self::SignInRefused, Self::Token, Self::TokenRefused];

    /// Its name in the table.
    const fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignInRefused => "sign_in_refused",
            Self::Token => "token",
            Self::TokenRefused => "token_refused",
        }
    }
}

/// What this process has counted and not yet carried to the database.
#[derive(Debug, Default)]
pub struct HourlyCounts([AtomicU64; Counted::ALL.len()]);

impl HourlyCounts {
    /// Counts one.
    pub fn count(&self, counted: Counted) {
        self.add(counted, 1);
    }

    fn add(&self, counted: Counted, number: u64) {
        self.0[counted as usize].fetch_add(number, Ordering::Relaxed);
    }

    /// Takes what was counted; what was not counted is left out.
    fn take(&self) -> Vec<(Counted, u64)> {
        let taken = Counted::ALL.map(|counted| (counted, self.0[counted as usize].swap(0, Ordering::Relaxed)));
        taken.into_iter().filter(|(_, number)| *number > 0).collect()
    }
}

/// Adds what was counted to the hour of `now`. What cannot be written is counted on.
pub async fn flush(store: &Store, counts: &HourlyCounts, now: Timestamp) -> Result<()> {
    let taken = counts.take();
    if taken.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = taken.iter().map(|(counted, number)| (counted.word(), *number)).collect();
    let hour = hour_of(now);
    let written = store.write(move |tx| Box::pin(async move { tx.add_hourly_counts(hour, &rows).await })).await;
    if written.is_err() {
        for (counted, number) in taken {
            counts.add(counted, number);
        }
    }
    written
}

/// What was counted in an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// When it began.
    pub begins: Timestamp,
    numbers: [u64; Counted::ALL.len()],
}

impl Hour {
    #[cfg(test)]
    pub(super) fn new(begins: Timestamp, counted: Counted, number: u64) -> Self {
        let mut hour = Self { begins, ..Self::default() };
        hour.numbers[counted as usize] = number;
        hour
    }

    /// How often that happened.
    #[must_use]
    pub const fn of(&self, counted: Counted) -> u64 {
        self.numbers[counted as usize]
    }
}

/// The last [`HOURS`] hours, the one of `now` last.
pub async fn last_day(store: &Store, now: Timestamp) -> Result<Vec<Hour>> {
    let mut hours = empty_day(now);
    let from = hours.first().map(|hour| hour.begins).unwrap_or_default();
    for row in store.hourly_counts(from).await? {
        let hour = hours.iter_mut().find(|hour| hour.begins == row.hour);
        let counted = Counted::ALL.into_iter().find(|counted| counted.word() == row.name);
        // What another version counts besides, or a clock that was wrong, has no place here.
        if let (Some(hour), Some(counted)) = (hour, counted) {
            hour.numbers[counted as usize] += row.count;
        }
    }
    Ok(hours)
}

fn empty_day(now: Timestamp) -> Vec<Hour> {
    let ago = (0..HOURS).rev();
    ago.map(|hours| Hour { begins: hour_of(now) - HOUR * hours, ..Hour::default() }).collect()
}

/// When the hour of `moment` began.
#[must_use]
pub fn hour_of(moment: Timestamp) -> Timestamp {
    let hour = 3_600_000;
    Timestamp::from_millis(moment.millis().div_euclid(hour) * hour)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_was_counted_once() {
        let counts = HourlyCounts::default();
        counts.count(Counted::Token);
        counts.count(Counted::Token);
        counts.count(Counted::SignInRefused);
        assert_eq!(counts.take(), [(Counted::SignInRefused, 1), (Counted::Token, 2)]);
        assert_eq!(counts.take(), []);
    }

    #[test]
    fn gives_each_its_own_number() {
        for (number, counted) in Counted::ALL.into_iter().enumerate() {
            assert_eq!(counted as usize, number);
        }
    }

    #[test]
    fn tells_of_whole_hours_up_to_the_present_one() {
        let now = Timestamp::from_seconds(1_795_392_000 + 25 * 3600 + 1799);
        let hours: Vec<_> = empty_day(now).iter().map(|hour| hour.begins.minute()).collect();
        assert_eq!(hours.len(), 24);
        assert_eq!((hours[0].as_str(), hours[23].as_str()), ("2026-11-23 02:00", "2026-11-24 01:00"));
    }
}
