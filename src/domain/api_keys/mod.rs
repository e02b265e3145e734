//! API keys: long-lived secrets of people and services that let a script in, each with the least power and a visible
//! life. A key is shown once and kept as a keyed hash; its own limits, addresses and end go with it.
//!
//! A key is good at the resources that it names and nowhere else: no endpoint of this server takes one in the place of an
//! access token, so that a key never administers anything. What the token endpoint gives for one (`domain::exchange`) is
//! good at the same resources, for no more, and ends with it.

mod approval;
mod change;
mod draft;
mod leaks;
pub mod offer;
mod usage;
mod uses;

pub use approval::approved;
pub use change::{Added, Change, add, beginning, delete, disable, enable, replace, rotate};
pub use draft::{KeyDraft, KeyFault, KeyTerms};
pub use leaks::report;
pub use usage::{KeyDesk, LiveKey, find_by_id};
pub use uses::{KeyUses, carry};

use crate::clock::Timestamp;
use crate::store::{ApiKey, Leak};

/// The most keys of one owner: whoever needs more has lost sight of them.
pub const MOST: u64 = 500;

/// The most reports of leaked keys of one address in a minute: each may cost a look-up for each of its tokens.
pub const REPORTS_A_MINUTE: u32 = 60;

/// Why a key was disabled: somebody wanted it so.
pub const BY_HAND: &str = "by hand";
/// Why a key was disabled: it was found in public, and still has the secret that it had then.
pub const LEAKED: &str = "leaked";
/// Why a key is disabled: it was found in public, and was given another secret since.
pub const LEAKED_BEFORE: &str = "leaked, rotated since";

/// How a key is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It may be used.
    Active,
    /// It may not, until somebody enables it.
    Disabled,
    /// Its time is over.
    Expired,
}

impl KeyState {
    /// Its name on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Expired => "expired",
        }
    }
}

/// How a key is doing at `now`.
#[must_use]
pub fn state(key: &ApiKey, now: Timestamp) -> KeyState {
    if key.disabled.is_some() {
        KeyState::Disabled
    } else if key.expires_at.is_some_and(|end| end <= now) {
        KeyState::Expired
    } else {
        KeyState::Active
    }
}

/// How a disabled key was leaked, if it was: where it stood, and when that was reported.
#[must_use]
pub fn leak(key: &ApiKey) -> Option<&Leak> {
    key.leak.as_ref().filter(|_| key.disabled.is_some())
}

/// Whether a key was leaked and still has the secret that it had then: it cannot be enabled before it is rotated.
#[must_use]
pub fn must_be_rotated(key: &ApiKey) -> bool {
    key.disabled.as_ref().is_some_and(|disabled| disabled.because == LEAKED)
}
