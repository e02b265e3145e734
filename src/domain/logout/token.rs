//! The claims of a logout token (OIDC Back-Channel Logout §2.4).

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::ids::{ClientId, SessionId};
use crate::protocol::issuer::Issuer;
use crate::store::LogoutDelivery;

/// The `typ` header: whoever takes tokens of another kind takes none of these (RFC 8725 §3.11).
pub const TYP: &str = "logout+jwt";
/// The one event that it tells of.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// It is made when it is sent, so that it need not be good for long.
const LIFETIME: Duration = Duration::from_mins(2);

/// The claims of a logout token. There is never a `nonce`, so that it cannot pass for an ID token.
#[derive(Debug, Serialize)]
pub struct LogoutTokenClaims {
    iss: String,
    sub: String,
    aud: ClientId,
    iat: i64,
    exp: i64,
    jti: Uuid,
    events: Value,
    sid: SessionId,
}

impl LogoutTokenClaims {
    /// The news, told at `now` of whom the client knows as `sub`.
    #[must_use]
    pub fn new(issuer: &Issuer, news: &LogoutDelivery, sub: String, jti: Uuid, now: Timestamp) -> Self {
        Self {
            iss: issuer.as_str().to_owned(),
            sub,
            aud: news.client_id.clone(),
            iat: now.seconds(),
            exp: (now + LIFETIME).seconds(),
            jti,
            events: json!({ EVENT: {} }),
            sid: news.sid,
        }
    }
}
