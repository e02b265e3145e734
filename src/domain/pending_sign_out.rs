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
use crate::ids::{ClientId, SessionId};

const CONTEXT: &[u8] = b"pending sign-out";

/// A sign-out that waits for the person's word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingSignOut {
    /// The app that asked, if it told and proved which.
    pub client_id: Option<ClientId>,
    /// The session that its hint was issued in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<SessionId>,
    /// Where the browser goes afterwards, `state` included; `None` for our own page.
    pub return_to: Option<String>,
    /// What was wrong with the request, so that the browser stays here.
    pub fault: Option<LogoutFault>,
    /// When it was asked.
    pub started_at: Timestamp,
}

/// What can be wrong with a request to sign out. The person can sign out all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogoutFault {
    /// A parameter cannot be read, or is sent twice.
    Unreadable,
    /// `id_token_hint` is not ours.
    ForeignHint,
    /// `client_id` is another one than the hint was issued to.
    OtherClient,
    /// `post_logout_redirect_uri` without a hint that proves who asks.
    NoHint,
    /// `post_logout_redirect_uri` is not registered.
    NotRegistered,
}

impl LogoutFault {
    /// What the developer of the app has to change.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Unreadable => "Send each parameter once, form-urlencoded, as UTF-8 without control characters.",
            Self::ForeignHint => {
                "Send as id_token_hint an ID token that this server issued to the app, whole; it may have expired."
            }
            Self::OtherClient => {
                "Send as client_id the client that the ID token in id_token_hint was issued to, or leave it out."
            }
            Self::NoHint => "Send id_token_hint together with post_logout_redirect_uri: it proves which app asks.",
            Self::NotRegistered => {
                "Send as post_logout_redirect_uri exactly one of the post_logout_redirect_uris that are registered for the client, or register this one."
            }
        }
    }
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
