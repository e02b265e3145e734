//! When each device last asked whether there is an answer. In memory: a question that comes in time must write nothing.
//! What is forgotten, by a restart or for want of room, lets one question pass that came too soon.

use std::time::Duration;

use quick_cache::sync::Cache;

use crate::clock::Timestamp;
use crate::ids::TokenHash;

/// The most devices that are remembered.
const CAPACITY: usize = 10_000;
/// So much sooner a question may come: networks are not even.
const LENIENCE: Duration = Duration::from_secs(1);

/// When each device last asked.
pub struct Polls(Cache<TokenHash, Timestamp>);

impl Default for Polls {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl Polls {
    /// Notes a question, and tells whether it comes too soon after the one before.
    #[must_use]
    pub fn is_too_soon(&self, device_code: &TokenHash, interval: Duration, now: Timestamp) -> bool {
        let last = self.0.get(device_code);
        self.0.insert(*device_code, now);
        last.is_some_and(|last| now.since(last) + LENIENCE < interval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8628 §3.5: a device that asks sooner than it was told is too fast.
    #[test]
    fn measures_from_one_question_to_the_next() {
        let polls = Polls::default();
        let (one, other) = (TokenHash([1; 32]), TokenHash([2; 32]));
        let start = Timestamp::from_seconds(1_000);
        let mut at = start;
        for (device, after, expected) in
            [(one, 0, false), (one, 5, false), (one, 4, false), (one, 3, true), (other, 0, false), (one, 4, false)]
        {
            at = at + Duration::from_secs(after);
            assert_eq!(polls.is_too_soon(&device, Duration::from_secs(5), at), expected, "{after}");
        }
    }
}
