//! `[registration]`: whether clients may register themselves.

use serde_json::Value as Json;

use super::readable::Readable;
use super::reader::Reader;
use super::source::Value;

/// `[registration]`
#[derive(Clone, Debug)]
pub struct RegistrationConfig {
    /// Who may register a client by HTTP.
    pub mode: RegistrationMode,
}

impl RegistrationConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { mode: reader.value("registration.mode", RegistrationMode::Off) }
    }
}

/// Who may register a client by HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationMode {
    /// Nobody: clients are registered by command.
    Off,
}

impl Readable for RegistrationMode {
    const EXPECTED: &'static str = "\"off\", and register clients with `claviger client add`";

    fn parse(value: &Value) -> Result<Self, String> {
        match value.text()? {
            "off" => Ok(Self::Off),
            "token" | "open" => Err("is not available in this version".to_owned()),
            _ => Err("is none of the possible words".to_owned()),
        }
    }

    fn show(&self) -> Json {
        Json::from("off")
    }
}
