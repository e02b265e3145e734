//! What an API key is for.

use super::token_format::TokenKind;
use super::wire::wire_names;

wire_names! {
    /// What an API key is for; how it begins tells.
    pub enum KeyMode {
        /// Real work.
        Live = "live",
        /// Trying things out: whoever takes keys decides what that means, and nobody takes one for the other.
        Test = "test",
    }
}

/// Whoever says nothing means real work.
impl Default for KeyMode {
    fn default() -> Self {
        Self::Live
    }
}

impl KeyMode {
    /// The form of its secrets.
    #[must_use]
    pub const fn token_kind(self) -> TokenKind {
        match self {
            Self::Live => TokenKind::LiveApiKey,
            Self::Test => TokenKind::TestApiKey,
        }
    }
}
