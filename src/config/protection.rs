//! `[protection]`: how often somebody may be wrong who wants to sign in.

use std::time::Duration;

use super::reader::Reader;

/// `[protection]`
#[derive(Clone, Copy, Debug)]
pub struct ProtectionConfig {
    /// For how long a failure counts.
    pub window: Duration,
    /// How many there may be for an account from an address, and at a device that the account knows.
    pub failures: u32,
    /// How many for an account, from wherever.
    pub failures_per_account: u32,
    /// How many from an address, for whatever accounts.
    pub failures_per_address: u32,
    /// How many of a client from an address.
    pub client_failures: u32,
    /// How long the next attempt has to wait then; each one after it, twice as long.
    pub delay: Duration,
}

impl ProtectionConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let (minute, second) = (Duration::from_mins(1), Duration::from_secs(1));
        let most = 1..=1_000_000;
        Self {
            window: reader.bounded("protection.window", minute * 15, minute..=minute * 60 * 24),
            failures: reader.bounded("protection.failures", 5, most.clone()),
            failures_per_account: reader.bounded("protection.failures_per_account", 20, most.clone()),
            failures_per_address: reader.bounded("protection.failures_per_address", 100, most.clone()),
            client_failures: reader.bounded("protection.client_failures", 50, most),
            delay: reader.bounded("protection.delay", minute, second..=minute * 60),
        }
    }
}
