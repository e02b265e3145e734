//! Why a provider could not say who somebody is.

use std::fmt;

/// For the log and the record of events; people are told less.
#[derive(Debug)]
pub enum UpstreamFault {
    /// The provider cannot be asked.
    Unreachable(String),
    /// What it answered is not believed.
    Untrusted(String),
    /// It refuses.
    Refused(String),
}

impl fmt::Display for UpstreamFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "the provider cannot be asked: {why}"),
            Self::Untrusted(why) => write!(f, "what the provider answered is not believed: {why}"),
            Self::Refused(why) => write!(f, "the provider refuses: {why}"),
        }
    }
}

impl std::error::Error for UpstreamFault {}
