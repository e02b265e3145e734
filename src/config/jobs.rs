//! `[jobs]`: work in the background.

use std::time::Duration;

use super::reader::Reader;

/// `[jobs]`
#[derive(Clone, Debug)]
pub struct JobsConfig {
    /// How often what has expired is removed.
    pub sweep_interval: Duration,
    /// How many rows one statement of the sweep removes.
    pub sweep_batch: u32,
}

impl JobsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let bounds = Duration::from_secs(1)..=Duration::from_hours(24);
        Self {
            sweep_interval: reader.bounded("jobs.sweep_interval", Duration::from_mins(1), bounds),
            sweep_batch: reader.bounded("jobs.sweep_batch", 500, 1..=10_000),
        }
    }
}
