//! `[people]`: whether people make accounts of their own.

use super::choice::choice;
use super::reader::Reader;
use crate::protocol::prompt::PromptValue;

/// Who may make an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeopleRegistration {
    /// Nobody: accounts are made for people.
    Off,
    /// Everybody.
    Open,
}

choice!(PeopleRegistration { Off = "off", Open = "open" }, "\"off\" or \"open\"");

/// `[people]`
#[derive(Clone, Debug)]
pub struct PeopleConfig {
    /// Who may make an account.
    pub registration: PeopleRegistration,
    /// How many an address may make in an hour.
    pub registrations_per_address: u32,
}

impl PeopleConfig {
    /// What apps may ask to be asked of people.
    #[must_use]
    pub const fn prompts(&self) -> &'static [PromptValue] {
        match self.registration {
            PeopleRegistration::Off => PromptValue::WITHOUT_REGISTRATION,
            PeopleRegistration::Open => PromptValue::ALL,
        }
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            registration: reader.value("people.registration", PeopleRegistration::Off),
            registrations_per_address: reader.bounded("people.registrations_per_address", 10, 1..=1_000_000),
        }
    }
}
