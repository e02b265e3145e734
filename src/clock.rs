//! Time and randomness, handed to whoever needs them, so that tests can set the clock and repeat the dice.
//!
//! This is the only file that may ask the operating system for either; `clippy.toml` forbids it elsewhere.

use std::ops::{Add, Sub};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime};
use uuid::Uuid;

/// An instant, in Unix milliseconds: what both databases store, compare and order alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From Unix milliseconds.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From Unix seconds (a `NumericDate` of RFC 7519 §2).
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// The beginning of a day in UTC, written `2026-11-23`; `None` if there is no such day.
    #[must_use]
    pub fn from_day(text: &str) -> Option<Self> {
        let mut parts =
            text.splitn(3, '-').map(|part| part.bytes().all(|digit| digit.is_ascii_digit()).then_some(part));
        let mut part = |length| parts.next().flatten().filter(|part| part.len() == length);
        let (year, month, day) = (part(4)?.parse().ok()?, part(2)?.parse::<u8>().ok()?, part(2)?.parse().ok()?);
        let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
        Some(Self::from_seconds(date.midnight().assume_utc().unix_timestamp()))
    }

    /// A moment as RFC 3339 §5.6 writes it; `None` if it is none.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok().map(Self)
    }

    /// The calendar month, in UTC: when it begins and when the next one does. Of a moment that has no date, nothing but it.
    #[must_use]
    pub fn month(self) -> (Self, Self) {
        let Ok(moment) = OffsetDateTime::from_unix_timestamp(self.seconds()) else { return (self, self) };
        let (date, day) = (moment.date(), Duration::from_hours(24));
        let days_before = u32::from(date.day() - 1);
        let days_in_it = u32::from(date.month().length(date.year()));
        let first = Self::from_seconds(date.midnight().assume_utc().unix_timestamp()) - day * days_before;
        (first, first + day * days_in_it)
    }

    /// Unix milliseconds.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole Unix seconds (a `NumericDate` of RFC 7519 §2).
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// How long ago `earlier` was; zero if it is still to come.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// `2026-11-23T06:39:20Z`, for logs and people.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        OffsetDateTime::from_unix_timestamp(self.seconds())
            .ok()
            .and_then(|moment| moment.format(&Rfc3339).ok())
            .unwrap_or_else(|| self.0.to_string())
    }

    /// `2026-11-23`, in UTC, for people.
    #[must_use]
    pub fn day(self) -> String {
        self.to_rfc3339().chars().take(10).collect()
    }

    /// `2026-11-23 06:39`, in UTC, for people.
    #[must_use]
    pub fn minute(self) -> String {
        self.to_rfc3339().replace('T', " ").chars().take(16).collect()
    }

    /// `2026-11-23 06:39:20`, in UTC, for people.
    #[must_use]
    pub fn second(self) -> String {
        self.to_rfc3339().replace('T', " ").trim_end_matches('Z').to_owned()
    }
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        let nanos = OffsetDateTime::now_utc().unix_timestamp_nanos();
        Timestamp(i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is told to move: for tests.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that shows `start`.
    #[must_use]
    pub const fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Sets the clock, backwards too.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.0, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Gives random bytes fit for secrets.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Entropy + '_ {
    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A random identifier (UUID version 4): carries no time, so it may be shown to anyone.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// An identifier that grows with time (UUID version 7), so that new rows are appended to an index.
    #[must_use]
    pub fn uuid_at(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}

/// The operating system's generator, by way of AWS-LC.
#[derive(Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no secret is safe: stopping this request is the only right answer.
        assert!(aws_lc_rs::rand::fill(bytes).is_ok(), "the system's random generator failed");
    }
}

/// A generator that repeats itself from a seed: for tests, never for secrets.
#[derive(Debug)]
pub struct TestEntropy {
    counter: AtomicU64,
    lock: Mutex<()>,
}

impl TestEntropy {
    /// A generator that starts from `seed`.
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self { counter: AtomicU64::new(seed), lock: Mutex::new(()) }
    }
}

impl Entropy for TestEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let _whole_fill_at_once = self.lock.lock();
        for chunk in bytes.chunks_mut(32) {
            let counter = self.counter.fetch_add(1, Ordering::SeqCst);
            let block = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &counter.to_be_bytes());
            chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::proptest;

    use super::*;

    #[test]
    fn knows_the_month_of_a_moment() {
        for (day, first, next) in [
            ("2026-11-23", "2026-11-01", "2026-12-01"),
            ("2026-12-31", "2026-12-01", "2027-01-01"),
            ("2028-02-29", "2028-02-01", "2028-03-01"),
            ("2026-02-01", "2026-02-01", "2026-03-01"),
        ] {
            let day = Timestamp::from_day(day).unwrap();
            let month = [first, next].map(|day| Timestamp::from_day(day).unwrap());
            assert_eq!([day.month().0, day.month().1], month);
            assert_eq!((day + Duration::from_millis(86_399_999)).month(), day.month());
        }
    }

    /// RFC 7519 §2: a `NumericDate` is in seconds.
    #[test]
    fn counts_seconds_from_milliseconds() {
        let moment = Timestamp::from_millis(1_763_879_960_999);
        assert_eq!(moment.seconds(), 1_763_879_960);
        assert_eq!((moment + Duration::from_secs(1)).millis(), 1_763_879_961_999);
        assert_eq!(moment.since(moment + Duration::from_secs(1)), Duration::ZERO);
        assert_eq!(Timestamp::from_seconds(0).to_rfc3339(), "1970-01-01T00:00:00Z");
    }

    /// RFC 3339 §5.6
    #[test]
    fn reads_the_moments_that_it_writes() {
        let moment = Timestamp::from_seconds(1_795_392_000);
        for text in ["2026-11-23T00:00:00Z", "2026-11-23T01:00:00+01:00", "2026-11-23T00:00:00.000Z"] {
            assert_eq!(Timestamp::from_rfc3339(text), Some(moment), "{text}");
        }
        for wrong in ["", "2026-11-23", "2026-11-23T00:00:00", "2026-02-29T00:00:00Z", "tomorrow"] {
            assert_eq!(Timestamp::from_rfc3339(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn reads_the_days_that_there_are() {
        assert_eq!(Timestamp::from_day("2026-11-23"), Some(Timestamp::from_seconds(1_795_392_000)));
        assert_eq!(Timestamp::from_day("2024-02-29").map(Timestamp::day).as_deref(), Some("2024-02-29"));
        for wrong in
            ["", "today", "2026-02-29", "2026-13-01", "2026-1-1", "+026-01-01", "2026-11-23T00:00:00Z", "23.11.2026"]
        {
            assert_eq!(Timestamp::from_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn orders_time_based_identifiers_by_time() {
        let entropy: &dyn Entropy = &TestEntropy::from_seed(7);
        let earlier = entropy.uuid_at(Timestamp::from_seconds(1));
        let later = entropy.uuid_at(Timestamp::from_seconds(2));
        assert!(earlier < later);
    }

    proptest! {
        /// RFC 7519 §2: whole seconds, before 1970 too; and what is added is what has passed.
        #[test]
        fn keeps_what_it_is_given(millis in -(1_i64 << 50)..1 << 50, seconds in 0_u64..1 << 40) {
            let moment = Timestamp::from_millis(millis);
            let whole = Timestamp::from_seconds(moment.seconds());
            assert!(whole <= moment && moment.since(whole) < Duration::from_secs(1));
            let later = moment + Duration::from_secs(seconds);
            assert_eq!((later.since(moment), moment.since(later)), (Duration::from_secs(seconds), Duration::ZERO));
            assert_eq!(later - Duration::from_secs(seconds), moment);
            let json = serde_json::to_string(&moment).unwrap();
            assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), moment);
        }

        #[test]
        fn never_goes_round_at_either_end(millis: i64, step: u64) {
            let (moment, step) = (Timestamp::from_millis(millis), Duration::from_secs(step));
            assert!(moment - step <= moment && moment <= moment + step);
            assert!(!moment.to_rfc3339().is_empty());
        }
    }
}
