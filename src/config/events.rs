//! `[events]`: the record of what happened.

use std::time::Duration;

use super::duration::days;
use super::reader::Reader;

/// `[events]`
#[derive(Clone, Debug)]
pub struct EventsConfig {
    /// How long an event is kept.
    pub retention: Duration,
}

impl EventsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { retention: reader.bounded("events.retention", days(365), days(1)..=days(36_500)) }
    }
}
