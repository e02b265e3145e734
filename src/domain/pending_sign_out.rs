//! The sign-out that an app asked for and that waits for the person's word (OpenID Connect RP-Initiated Logout).
//!
//! Like a waiting authorization request it is sealed, not stored. It holds where the browser may go afterwards, which
//! was compared with the client's registration before it was sealed.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::domain::keys::sealing::Sealer;
use crate::ids::ClientId;

const CONTEXT: &[u8] = b"pending sign-out";

/// A sign-out that waits for the person's word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingSignOut {
    /// The app that asked, if it told and proved which.
    pub client_id: Option<ClientId>,
    /// Where the browser goes afterwards, `state` included; `None` for our own page.
    pub return_to: Option<String>,
    /// When it was asked.
    pub started_at: Timestamp,
}

impl PendingSignOut {
    /// Sealed, as text fit for a form field or a query.
    #[must_use]
    pub fn seal(&self, sealer: &Sealer) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealer.seal(&plain, CONTEXT))
    }

    /// Opens what [`seal`](Self::seal) gave, if it has waited no longer than `lifetime`.
    #[must_use]
    pub fn open(text: &str, sealer: &Sealer, now: Timestamp, lifetime: Duration) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = sealer.open(&bytes, CONTEXT)?;
        let pending: Self = serde_json::from_slice(&plain).ok()?;
        (now.since(pending.started_at) <= lifetime).then_some(pending)
    }
}
