//! `[registration]`: whether clients may register themselves.

use std::time::Duration;

use super::choice::choice;
use super::reader::Reader;

const HOUR: Duration = Duration::from_hours(1);

/// `[registration]`
#[derive(Clone, Debug)]
pub struct RegistrationConfig {
    /// Who may register a client by HTTP.
    pub mode: RegistrationMode,
    /// Whether a client may be one that nobody registered, and that describes itself in a document at its `client_id`.
    pub metadata_documents: bool,
    /// How many clients may register themselves in an hour without a token.
    pub clients_per_hour: u32,
    /// How many clients there may be that registered themselves, where another one comes without a token.
    pub max_clients: u32,
    /// How many registrations an address may attempt in an hour.
    pub attempts_per_address: u32,
    /// How long a client is kept that nobody uses.
    pub unused_lifetime: Duration,
    /// Whether a client that can prove who it is has to use PKCE.
    pub require_pkce: bool,
}

impl RegistrationConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            mode: reader.value("registration.mode", RegistrationMode::Off),
            metadata_documents: reader.value("registration.metadata_documents", false),
            clients_per_hour: reader.bounded("registration.clients_per_hour", 60, 1..=100_000),
            max_clients: reader.bounded("registration.max_clients", 1000, 1..=1_000_000),
            attempts_per_address: reader.bounded("registration.attempts_per_address", 20, 1..=100_000),
            unused_lifetime: reader.bounded("registration.unused_lifetime", HOUR * 24 * 30, HOUR..=HOUR * 24 * 365),
            require_pkce: reader.value("registration.require_pkce", true),
        }
    }
}

/// Who may register a client by HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Nobody: clients are registered by command, by console and by API.
    Off,
    /// Whoever has an initial access token.
    Token,
    /// Anybody.
    Open,
}

choice!(RegistrationMode { Off = "off", Token = "token", Open = "open" }, "\"off\", \"token\" or \"open\"");
