//! How many requests a key or a client may make: a rate, `100/minute`, in any stretch of that length; a quota,
//! `10000/month`, in a calendar month or day.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use super::wire::wire_names;

wire_names! {
    /// The length of time that a rate is for: any stretch of it, wherever it begins.
    pub enum RatePeriod {
        /// A second.
        Second = "second",
        /// 60 seconds.
        Minute = "minute",
        /// 60 minutes.
        Hour = "hour",
        /// 24 hours.
        Day = "day",
    }
}

wire_names! {
    /// What a quota is for; it begins anew with the next one, in UTC.
    pub enum QuotaPeriod {
        /// A calendar day.
        Day = "day",
        /// A calendar month.
        Month = "month",
    }
}

impl RatePeriod {
    /// How long it is.
    #[must_use]
    pub const fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        })
    }
}

/// So many requests in any stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many at most.
    pub requests: NonZeroU32,
    /// In how long a time.
    pub per: RatePeriod,
}

/// So many requests in a day or month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many at most.
    pub requests: NonZeroU32,
    /// In which time.
    pub per: QuotaPeriod,
}

impl RateLimit {
    /// How it is written, for messages.
    pub const EXPECTED: &str = "a number, a slash and second, minute, hour or day, such as 100/minute";

    /// Reads `100/minute`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (requests, per) = parts(text)?;
        Some(Self { requests, per: RatePeriod::from_wire(per)? })
    }
}

impl Quota {
    /// How it is written, for messages.
    pub const EXPECTED: &str = "a number, a slash and day or month, such as 10000/month";

    /// Reads `10000/month`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (requests, per) = parts(text)?;
        Some(Self { requests, per: QuotaPeriod::from_wire(per)? })
    }
}

fn parts(text: &str) -> Option<(NonZeroU32, &str)> {
    let (requests, per) = text.trim().split_once('/')?;
    let requests = requests.trim();
    // `parse` alone would take a plus sign as well.
    if !requests.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((requests.parse().ok()?, per.trim()))
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.requests, self.per)
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.requests, self.per)
    }
}

/// How things stand with one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which it is: `rate`, `quota`, or for whom is counted.
    pub name: &'static str,
    /// How many requests it allows.
    pub limit: u32,
    /// In how long a time: the length of its stretch of time, or of the present day or month.
    pub window: Duration,
    /// How many are left.
    pub remaining: u32,
    /// After how long there will be more.
    pub reset: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in ["1/second", "100/minute", "7/hour", "4294967295/day"] {
            assert_eq!(RateLimit::parse(text).unwrap().to_string(), text);
        }
        for text in ["1/day", "10000/month"] {
            assert_eq!(Quota::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(RateLimit::parse(" 5 / minute ").unwrap().to_string(), "5/minute");
    }

    #[test]
    fn refuses_what_says_nothing() {
        for text in ["", "5", "/minute", "0/minute", "-1/minute", "+1/minute", "5/year", "5/Minute", "4294967296/day"] {
            assert_eq!(RateLimit::parse(text), None, "{text}");
        }
        for text in ["5/minute", "0/day", "day", "1/1/day"] {
            assert_eq!(Quota::parse(text), None, "{text}");
        }
    }
}
