//! What one subject has done: counts in short slots of time, of which a window is the sum.
//!
//! A slot counts as long as any of it lies within the window, so that in no stretch of that length more passes than the
//! limit; a place becomes free up to a slot, a sixtieth of the window, later than it could.

use std::collections::VecDeque;
use std::time::Duration;

use super::limit::{Admission, Limits, Standing};
use crate::clock::Timestamp;
use crate::protocol::allowance::{Quota, QuotaPeriod, RateLimit, RatePeriod};
use crate::store::LimitCount;

/// Slots in a window.
const SLOTS: u32 = 60;
/// The rates that each server keeps to itself.
const BY_SECOND: &str = "rate by second";
/// The names of all rules, in the table and in memory. Rates for different stretches are counted apart.
const NAMES: [&str; 6] = [BY_SECOND, "rate by minute", "rate by hour", "rate by day", "quota by day", "quota by month"];

/// One limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Rate(RateLimit),
    Quota(Quota),
}

impl Rule {
    /// One of [`NAMES`].
    pub fn name(self) -> &'static str {
        match self {
            Self::Rate(rate) => match rate.per {
                RatePeriod::Second => BY_SECOND,
                RatePeriod::Minute => "rate by minute",
                RatePeriod::Hour => "rate by hour",
                RatePeriod::Day => "rate by day",
            },
            Self::Quota(quota) => match quota.per {
                QuotaPeriod::Day => "quota by day",
                QuotaPeriod::Month => "quota by month",
            },
        }
    }

    fn limit(self) -> u32 {
        match self {
            Self::Rate(rate) => rate.requests.get(),
            Self::Quota(quota) => quota.requests.get(),
        }
    }

    /// When the slot of `now` began, and when it stops to count.
    fn slot(self, now: Timestamp) -> Slot {
        match self {
            Self::Rate(rate) => {
                let length = slot_length(rate.per);
                let millis = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
                let begins_at = Timestamp::from_millis(now.millis().div_euclid(millis) * millis);
                Slot { begins_at, expires_at: begins_at + length + rate.per.length() }
            }
            Self::Quota(quota) => {
                let (begins_at, expires_at) = calendar(quota.per, now);
                Slot { begins_at, expires_at }
            }
        }
    }
}

fn rules(limits: &Limits) -> impl Iterator<Item = Rule> {
    limits.rate.map(Rule::Rate).into_iter().chain(limits.quota.map(Rule::Quota))
}

/// How long the slots of a rate are.
fn slot_length(per: RatePeriod) -> Duration {
    per.length() / SLOTS
}

/// The calendar day or month of `now`, in UTC: when it began and when the next begins.
fn calendar(per: QuotaPeriod, now: Timestamp) -> (Timestamp, Timestamp) {
    match per {
        QuotaPeriod::Month => now.month(),
        QuotaPeriod::Day => {
            let millis = 86_400_000;
            let begins_at = Timestamp::from_millis(now.millis().div_euclid(millis) * millis);
            (begins_at, begins_at + Duration::from_hours(24))
        }
    }
}

/// When a slot began, and when it stops to count.
#[derive(Clone, Copy, Debug)]
struct Slot {
    begins_at: Timestamp,
    expires_at: Timestamp,
}

/// What was counted in a slot.
#[derive(Clone, Copy, Debug)]
struct Count {
    slot: Slot,
    /// By everybody, as far as the database told.
    told: u64,
    /// By this server since.
    untold: u64,
}

/// What was counted for one rule: the earliest slot first, which is also the first to expire.
#[derive(Debug, Default)]
struct Window {
    counts: VecDeque<Count>,
    /// The sum of all counts.
    used: u64,
}

impl Window {
    fn expire(&mut self, now: Timestamp) {
        while let Some(count) = self.counts.pop_front_if(|count| count.slot.expires_at <= now) {
            self.used -= count.told + count.untold;
        }
    }

    /// Changes the count of a slot, which begins with nothing.
    fn change(&mut self, slot: Slot, change: impl FnOnce(&mut Count)) {
        let found = self.counts.binary_search_by_key(&slot.begins_at, |count| count.slot.begins_at);
        let at = found.unwrap_or_else(|at| {
            self.counts.insert(at, Count { slot, told: 0, untold: 0 });
            at
        });
        let count = &mut self.counts[at];
        let before = count.told + count.untold;
        change(count);
        self.used = self.used - before + count.told + count.untold;
    }

    /// After how long there are fewer than `limit`.
    fn next_place(&self, limit: u64, now: Timestamp) -> Duration {
        let mut too_many = (self.used + 1).saturating_sub(limit);
        for count in &self.counts {
            too_many = too_many.saturating_sub(count.told + count.untold);
            if too_many == 0 {
                return count.slot.expires_at.since(now);
            }
        }
        Duration::ZERO
    }

    fn standing(&self, rule: Rule, now: Timestamp) -> Standing {
        let left = u64::from(rule.limit()).saturating_sub(self.used);
        let (name, window) = match rule {
            Rule::Rate(rate) => ("rate", rate.per.length()),
            Rule::Quota(quota) => {
                let (begins_at, ends_at) = calendar(quota.per, now);
                ("quota", ends_at.since(begins_at))
            }
        };
        Standing {
            name,
            limit: rule.limit(),
            window,
            remaining: u32::try_from(left).unwrap_or(u32::MAX),
            reset: self.counts.front().map_or(Duration::ZERO, |count| count.slot.expires_at.since(now)),
        }
    }
}

/// What one subject has done, by the name of the rule.
#[derive(Debug, Default)]
pub(super) struct Counts {
    windows: Vec<(&'static str, Window)>,
    last_active: Timestamp,
}

impl Counts {
    /// What the database knows of a subject.
    pub fn load(counted: &[LimitCount]) -> Self {
        let mut counts = Self::default();
        counts.learn(counted);
        counts
    }

    /// Counts a request, if it passes.
    pub fn admit(&mut self, limits: &Limits, now: Timestamp) -> Admission {
        self.last_active = now;
        let mut retry_after = None;
        for rule in rules(limits) {
            let (window, limit) = (self.window(rule.name()), u64::from(rule.limit()));
            window.expire(now);
            if window.used >= limit {
                retry_after = retry_after.max(Some(window.next_place(limit, now)));
            }
        }
        let passes = retry_after.is_none();
        let standings = rules(limits).map(|rule| {
            let window = self.window(rule.name());
            if passes {
                window.change(rule.slot(now), |count| count.untold += 1);
            }
            window.standing(rule, now)
        });
        let standings = standings.collect();
        Admission { standings, retry_after }
    }

    /// How things stand with each limit; nothing is counted.
    pub fn look(&mut self, limits: &Limits, now: Timestamp) -> Vec<Standing> {
        let standings = rules(limits).map(|rule| {
            let window = self.window(rule.name());
            window.expire(now);
            window.standing(rule, now)
        });
        standings.collect()
    }

    fn window(&mut self, name: &'static str) -> &mut Window {
        let at = self.windows.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.windows.push((name, Window::default()));
            self.windows.len() - 1
        });
        &mut self.windows[at].1
    }

    /// What is to be told to the others, without what they need not know. From here on it counts as told. What has expired
    /// is forgotten.
    pub fn tell(&mut self, subject: &str, now: Timestamp) -> Vec<LimitCount> {
        let mut told = Vec::new();
        for (name, window) in &mut self.windows {
            window.expire(now);
            if *name == BY_SECOND {
                continue;
            }
            for count in window.counts.iter_mut().filter(|count| count.untold > 0) {
                let number = std::mem::take(&mut count.untold);
                count.told += number;
                told.push(LimitCount {
                    subject: subject.to_owned(),
                    counted: (*name).to_owned(),
                    begins_at: count.slot.begins_at,
                    count: number,
                    expires_at: count.slot.expires_at,
                });
            }
        }
        told
    }

    /// Takes back what could not be told.
    pub fn keep(&mut self, row: &LimitCount) {
        let Some((_, window)) = self.windows.iter_mut().find(|(name, _)| *name == row.counted) else { return };
        let slot = Slot { begins_at: row.begins_at, expires_at: row.expires_at };
        window.change(slot, |count| {
            count.told = count.told.saturating_sub(row.count);
            count.untold += row.count;
        });
    }

    /// What all servers together have counted.
    pub fn learn(&mut self, counted: &[LimitCount]) {
        for row in counted {
            let Some(name) = NAMES.into_iter().find(|name| *name == row.counted) else { continue };
            let slot = Slot { begins_at: row.begins_at, expires_at: row.expires_at };
            self.window(name).change(slot, |count| count.told = row.count);
        }
    }

    /// When it last did something.
    pub fn last_active(&self) -> Timestamp {
        self.last_active
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_795_392_000_000;

    fn rate(text: &str) -> Limits {
        Limits { rate: RateLimit::parse(text), quota: None }
    }

    fn quota(text: &str) -> Limits {
        Limits { rate: None, quota: Quota::parse(text) }
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(START + millis)
    }

    #[test]
    fn lets_pass_no_more_than_the_limit_in_any_window() {
        let mut counts = Counts::default();
        let limits = rate("10/minute");
        let mut passed: Vec<i64> = Vec::new();
        // Twenty requests a second for three minutes, at moments that fall on no slot's edge.
        for step in 0..3_600 {
            let now = step * 50 + step % 7;
            if counts.admit(&limits, at(now)).passes() {
                passed.push(now);
            }
        }
        for first in &passed {
            let within = passed.iter().filter(|other| (*first..first + 60_000).contains(other)).count();
            assert!(within <= 10, "{within} in the minute from {first}");
        }
        // Places become free at most one slot late.
        assert!(passed.len() >= 28, "{}", passed.len());
    }

    #[test]
    fn says_exactly_when_to_come_again() {
        let mut counts = Counts::default();
        let limits = rate("2/minute");
        for moment in [100, 30_200] {
            assert!(counts.admit(&limits, at(moment)).passes());
        }
        let refused = counts.admit(&limits, at(40_000));
        let wait = i64::try_from(refused.retry_after.unwrap().as_millis()).unwrap();
        assert_eq!(wait, 21_000);
        assert!(!counts.admit(&limits, at(40_000 + wait - 1)).passes());
        assert!(counts.admit(&limits, at(40_000 + wait)).passes());
    }

    #[test]
    fn begins_a_quota_anew_with_the_calendar() {
        let mut counts = Counts::default();
        let limits = quota("1/month");
        // 2026-11-23, so that the month has eight days left.
        let first = counts.admit(&limits, at(0));
        assert!(first.passes());
        assert_eq!((first.standings[0].remaining, first.standings[0].window.as_secs()), (0, 30 * 86_400));
        let refused = counts.admit(&limits, at(1));
        let wait = refused.retry_after.unwrap();
        assert_eq!((at(1) + wait).day(), "2026-12-01");
        assert!(counts.admit(&limits, at(1) + wait).passes());
        let mut counts = Counts::default();
        assert!(counts.admit(&quota("1/day"), at(0)).passes());
        assert!(!counts.admit(&quota("1/day"), at(86_399_999)).passes());
        assert!(counts.admit(&quota("1/day"), at(86_400_000)).passes());
    }

    #[test]
    fn counts_what_passes_and_nothing_else() {
        let mut counts = Counts::default();
        let limits = Limits { rate: RateLimit::parse("1/second"), quota: Quota::parse("2/day") };
        let remaining = |admission: &Admission| admission.standings.iter().map(|s| s.remaining).collect::<Vec<_>>();
        assert_eq!(remaining(&counts.admit(&limits, at(0))), [0, 1]);
        assert_eq!(remaining(&counts.admit(&limits, at(1))), [0, 1], "refused by the rate, so no use of the quota");
        assert_eq!(remaining(&counts.admit(&limits, at(2_000))), [0, 0]);
    }

    #[test]
    fn counts_what_others_let_pass() {
        let (mut ours, mut theirs) = (Counts::default(), Counts::default());
        let limits = rate("3/minute");
        assert!(ours.admit(&limits, at(0)).passes());
        let told = ours.tell("key", at(0));
        assert_eq!((told.len(), told[0].count), (1, 1));
        assert!(ours.tell("key", at(0)).is_empty(), "told once");
        theirs.learn(&told);
        assert!(theirs.admit(&limits, at(1)).passes());
        assert!(theirs.admit(&limits, at(2)).passes());
        assert!(!theirs.admit(&limits, at(3)).passes());
        // What could not be told is told the next time.
        let lost = theirs.tell("key", at(0));
        for count in &lost {
            theirs.keep(count);
        }
        assert_eq!(theirs.tell("key", at(0)), lost);
    }

    #[test]
    fn keeps_rates_by_the_second_to_itself() {
        let mut counts = Counts::default();
        assert!(counts.admit(&rate("5/second"), at(0)).passes());
        assert!(counts.tell("key", at(0)).is_empty());
    }
}
