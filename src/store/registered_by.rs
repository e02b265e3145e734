//! By what a client came here without anybody who runs the server.

use crate::clock::Timestamp;
use crate::ids::TokenHash;

/// That a client came here by itself.
#[derive(Clone, Debug)]
pub struct Registration {
    /// By what.
    pub by: RegisteredBy,
    /// From which address it came.
    pub address: Option<String>,
    /// When it is removed, if nobody has used it by then; not set once somebody has.
    pub unused_until: Option<Timestamp>,
}

/// By what a client came here without anybody who runs the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisteredBy {
    /// It registered itself (RFC 7591): the keyed hash of its registration access token (RFC 7592).
    Itself(TokenHash),
    /// It describes itself in the document at the address that is its identifier.
    Document,
}

impl RegisteredBy {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Itself(_) => "itself",
            Self::Document => "document",
        }
    }
}

impl Registration {
    pub(super) const fn token_hash(&self) -> Option<TokenHash> {
        match self.by {
            RegisteredBy::Itself(hash) => Some(hash),
            RegisteredBy::Document => None,
        }
    }
}
