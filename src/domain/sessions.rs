//! What a browser session says of who is signed in, and how long it lives. Pure: the store keeps the rows, and
//! `web::browser_session` ties them to a cookie.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::config::SessionsConfig;
use crate::ids::{PersonId, SessionId};

/// `amr` of a password (RFC 8176 §2).
pub const AMR_PASSWORD: &str = "pwd";
/// A link in a mail. RFC 8176 §2 names nothing for it, and lets parties agree on more.
pub const AMR_MAIL: &str = "email";
/// `amr` of a one-time code (RFC 8176 §2).
pub const AMR_CODE: &str = "otp";
/// `amr` of whoever proved it by more than one factor (RFC 8176 §2).
pub const AMR_SEVERAL: &str = "mfa";
/// So many people may be signed in at one browser.
pub const MOST_ACCOUNTS: usize = 8;
/// A session's last use is noted at most this often, so that reading a page rarely writes.
pub const TOUCH_INTERVAL: Duration = Duration::from_mins(1);

/// Who is signed in, since when, and how they proved it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The session's public identifier: the `sid` of ID tokens.
    pub sid: SessionId,
    /// Who.
    pub person_id: PersonId,
    /// When they last proved it: `auth_time`.
    pub auth_time: Timestamp,
    /// By which methods: `amr`.
    pub amr: Vec<String>,
    /// Whether they asked to stay signed in when the browser closes.
    pub remember: bool,
}

impl SignedIn {
    /// A sign-in by password at `now`.
    #[must_use]
    pub fn by_password(sid: SessionId, person_id: PersonId, remember: bool, now: Timestamp) -> Self {
        Self { sid, person_id, auth_time: now, amr: vec![AMR_PASSWORD.to_owned()], remember }
    }

    /// Whether they proved it by more than one factor.
    #[must_use]
    pub fn by_several(&self) -> bool {
        self.amr.iter().any(|method| method == AMR_SEVERAL)
    }

    /// Whether the person proved who they are so shortly before `now` that they may change how they sign in.
    #[must_use]
    pub fn is_recent(&self, settings: &SessionsConfig, now: Timestamp) -> bool {
        now.since(self.auth_time) <= settings.recent_lifetime
    }
}

/// How long a session lives after its last use.
#[must_use]
pub fn lifetime(settings: &SessionsConfig, remember: bool) -> Duration {
    if remember { settings.remember_lifetime } else { settings.idle_lifetime }
}

/// When a session that began at `created_at` and is used at `now` ends unless it is used again: never later than its
/// absolute lifetime allows, so that a cookie that was stolen is not worth something for ever.
#[must_use]
pub fn expiry(settings: &SessionsConfig, remember: bool, created_at: Timestamp, now: Timestamp) -> Timestamp {
    (now + lifetime(settings, remember)).min(created_at + settings.absolute_lifetime)
}

/// Whether a use at `now` is worth noting. So is one that lies long before the last: the clock was set right, and the
/// session must not live as long as the wrong one had promised.
#[must_use]
pub fn touch_is_due(last_seen_at: Timestamp, now: Timestamp) -> bool {
    now.since(last_seen_at).max(last_seen_at.since(now)) >= TOUCH_INTERVAL
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn lets_a_remembered_session_live_longer() {
        let settings = Config::default().sessions;
        let now = Timestamp::from_seconds(1_000);
        assert_eq!(expiry(&settings, false, now, now), now + settings.idle_lifetime);
        assert_eq!(expiry(&settings, true, now, now), now + settings.remember_lifetime);
        assert!(settings.idle_lifetime < settings.remember_lifetime);
    }

    #[test]
    fn lets_no_session_outlive_its_absolute_lifetime() {
        let settings = Config::default().sessions;
        let began = Timestamp::from_seconds(1_000);
        let end = began + settings.absolute_lifetime;
        for remember in [false, true] {
            assert_eq!(expiry(&settings, remember, began, end - Duration::from_mins(1)), end);
        }
    }

    #[test]
    fn asks_anew_who_signed_in_long_ago() {
        let settings = Config::default().sessions;
        let now = Timestamp::from_seconds(1_000);
        let ids = (SessionId(uuid::Uuid::nil()), PersonId(uuid::Uuid::nil()));
        let signed_in = SignedIn::by_password(ids.0, ids.1, false, now);
        assert!(signed_in.is_recent(&settings, now + settings.recent_lifetime));
        assert!(!signed_in.is_recent(&settings, now + settings.recent_lifetime + Duration::from_millis(1)));
    }

    #[test]
    fn notes_a_use_once_a_minute() {
        let seen = Timestamp::from_seconds(1_000);
        assert!(!touch_is_due(seen, seen));
        assert!(!touch_is_due(seen, seen + Duration::from_secs(59)));
        assert!(touch_is_due(seen, seen + Duration::from_mins(1)));
        // A clock that was set back: once, since that use is then the last.
        assert!(!touch_is_due(seen, seen - Duration::from_secs(59)));
        assert!(touch_is_due(seen, seen - Duration::from_mins(1)));
    }
}
