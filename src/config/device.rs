//! `[device]`: how devices are let in on which nobody likes to type.

use std::time::Duration;

use super::reader::Reader;

const SECOND: Duration = Duration::from_secs(1);

/// `[device]`
#[derive(Clone, Debug)]
pub struct DeviceConfig {
    /// Of both codes.
    pub code_lifetime: Duration,
    /// How long a device has to wait between two questions.
    pub interval: Duration,
    /// How many wrong user codes a person may type in ten minutes.
    pub wrong_codes: u32,
}

impl DeviceConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let minute = Duration::from_mins(1);
        Self {
            code_lifetime: reader.bounded("device.code_lifetime", minute * 10, minute..=minute * 30),
            interval: reader.bounded("device.interval", SECOND * 5, SECOND..=minute),
            wrong_codes: reader.bounded("device.wrong_codes", 10, 1..=100),
        }
    }
}
