//! `[outbound]`: what this server fetches from others, such as the keys of clients.

use std::path::PathBuf;

use super::reader::Reader;

/// `[outbound]`
#[derive(Clone, Debug)]
pub struct OutboundConfig {
    /// Hosts that may have an address which is not public.
    pub allowed_hosts: Vec<String>,
    /// Certificates that are trusted besides those of the system.
    pub ca_file: Option<PathBuf>,
}

impl OutboundConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            allowed_hosts: reader.value("outbound.allowed_hosts", Vec::new()),
            ca_file: reader.optional_path("outbound.ca_file"),
        }
    }
}
