//! The beginning of a sign-in at another provider, which waits in the browser that began it: sealed into a cookie, so that
//! what comes back in another browser finds none, and what nobody began is nothing.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::clock::{Entropy, Timestamp};
use crate::domain::keys::sealing::Sealer;
use crate::ids::SessionId;

const CONTEXT: &[u8] = b"sign-in at another provider";
/// How long somebody may take at the provider.
pub const LIFETIME: Duration = Duration::from_mins(15);
/// So much of the state names the cookie, so that several tabs can wait at once.
const NAME_LENGTH: usize = 8;

/// What a person went there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aim {
    /// To sign in here.
    SignIn,
    /// To link the account there with the person of this session.
    Link(SessionId),
}

/// A sign-in that was begun.
#[derive(Serialize, Deserialize)]
pub struct Beginning {
    /// At which provider.
    pub provider: String,
    /// What comes back with the answer (RFC 6749 §10.12).
    pub state: String,
    /// What comes back in the ID token (OIDC Core §3.1.2.1).
    pub nonce: String,
    /// What redeems the code (RFC 7636 §4.1).
    pub verifier: String,
    /// What for.
    pub aim: Aim,
    /// Where it leads afterwards, as the parameters of our own pages.
    pub onward: String,
    /// How many seconds ago the person may have proved it there.
    pub max_age: Option<u64>,
    /// When.
    pub started_at: Timestamp,
}

impl Beginning {
    /// One at `provider`, with secrets of its own.
    #[must_use]
    pub fn new(
        provider: &str,
        (aim, onward): (Aim, String),
        max_age: Option<u64>,
        entropy: &dyn Entropy,
        now: Timestamp,
    ) -> Self {
        let secret = || URL_SAFE_NO_PAD.encode(entropy.bytes::<32>());
        Self {
            provider: provider.to_owned(),
            state: secret(),
            nonce: secret(),
            verifier: secret(),
            aim,
            onward,
            max_age,
            started_at: now,
        }
    }

    /// What tells the cookie of the beginning with this state from others.
    #[must_use]
    pub fn name(state: &str) -> String {
        state.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(NAME_LENGTH).collect()
    }

    /// Sealed, as text fit for a cookie.
    #[must_use]
    pub fn seal(&self, sealer: &Sealer) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealer.seal(&plain, CONTEXT))
    }

    /// Opens what [`seal`](Self::seal) gave: RFC 6749 §10.12, RFC 9700 §4.4: it was begun at this provider, with this state, and
    /// not too long ago.
    #[must_use]
    pub fn open(text: &str, sealer: &Sealer, provider: &str, state: &str, now: Timestamp) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let plain = sealer.open(&bytes, CONTEXT)?;
        let begun: Self = serde_json::from_slice(&plain).ok()?;
        let fits = begun.provider == provider
            && bool::from(begun.state.as_bytes().ct_eq(state.as_bytes()))
            && now.since(begun.started_at) <= LIFETIME;
        fits.then_some(begun)
    }

    /// OIDC Core §3.1.2.1: whether a proof that the provider dates so is as fresh as was asked for. Of one that it does not
    /// date, we believe that it is: the answer came just now.
    #[must_use]
    pub fn is_fresh_enough(&self, auth_time: Option<i64>) -> bool {
        // The clocks of two servers differ.
        const LEEWAY: u64 = 60;
        let Some((max_age, auth_time)) = self.max_age.zip(auth_time) else { return true };
        let oldest = self.started_at.seconds().saturating_sub_unsigned(max_age.saturating_add(LEEWAY));
        auth_time >= oldest
    }

    /// OIDC Core §2: when somebody proved who they are, whom the provider says to have done so then: not later than now, and where a
    /// fresh proof was asked for and [found](Self::is_fresh_enough), not before that.
    #[must_use]
    pub fn auth_time(&self, told: i64, now: Timestamp) -> Timestamp {
        // The provider tells whole seconds.
        let told = Timestamp::from_seconds(told.clamp(0, now.seconds())) + Duration::from_millis(999);
        let oldest = self.max_age.map(|max_age| now - Duration::from_secs(max_age.min(u64::from(u32::MAX))));
        oldest.map_or(told, |oldest| told.max(oldest)).min(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TestEntropy;

    fn begun(max_age: Option<u64>) -> Beginning {
        let now = Timestamp::from_seconds(1_000_000);
        Beginning::new("a", (Aim::SignIn, String::new()), max_age, &TestEntropy::from_seed(1), now)
    }

    /// RFC 6749 §10.12, RFC 9700 §4.4
    #[test]
    fn opens_for_its_provider_and_state_while_it_lasts() {
        let (sealer, begun) = (Sealer::new(&[1; 32]), begun(None));
        let (text, now) = (begun.seal(&sealer), begun.started_at);
        let opens = |provider: &str, state: &str, now| Beginning::open(&text, &sealer, provider, state, now).is_some();
        assert!(opens("a", &begun.state, now + LIFETIME));
        assert!(!opens("b", &begun.state, now));
        assert!(!opens("a", "another", now));
        assert!(!opens("a", "", now));
        assert!(!opens("a", &begun.state, now + LIFETIME + Duration::from_millis(1)));
        assert!(Beginning::open(&text, &Sealer::new(&[2; 32]), "a", &begun.state, now).is_none());
    }

    /// RFC 7636 §4.1: a verifier of 43 characters; every secret is another one.
    #[test]
    fn has_secrets_that_nobody_guesses() {
        let begun = begun(None);
        assert_eq!(begun.verifier.len(), 43);
        assert!(begun.state != begun.nonce && begun.nonce != begun.verifier);
        assert_eq!(Beginning::name(&begun.state).len(), NAME_LENGTH);
        assert_eq!(Beginning::name("a=b; c\r\n"), "abc");
    }

    /// OIDC Core §2: `auth_time` is when somebody proved who they are, which may be long before they came back.
    #[test]
    fn dates_a_proof_as_the_provider_does() {
        let now = Timestamp::from_seconds(1_000_600);
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1000 + 999);
        for (max_age, told, expected) in [
            (None, 1_000_100, at(1_000_100)),
            (None, 0, at(0)),
            (None, -5, at(0)),
            (None, 1_000_600, now),
            (None, i64::MAX, now),
            (Some(0), 1_000_100, now),
            (Some(1000), 1_000_100, at(1_000_100)),
            (Some(300), 1_000_100, Timestamp::from_seconds(1_000_300)),
            (Some(u64::MAX), 1_000_100, at(1_000_100)),
        ] {
            assert_eq!(begun(max_age).auth_time(told, now), expected, "{max_age:?} {told}");
        }
    }

    /// OIDC Core §3.1.2.1
    #[test]
    fn takes_a_proof_that_is_as_fresh_as_was_asked_for() {
        for (max_age, auth_time, expected) in [
            (None, Some(0), true),
            (Some(0), Some(1_000_000), true),
            (Some(0), Some(1_000_000 - 60), true),
            (Some(0), Some(1_000_000 - 61), false),
            (Some(300), Some(1_000_000 - 360), true),
            (Some(300), Some(1_000_000 - 361), false),
            (Some(0), None, true),
            (Some(u64::MAX), Some(0), true),
        ] {
            assert_eq!(begun(max_age).is_fresh_enough(auth_time), expected, "{max_age:?} {auth_time:?}");
        }
    }
}
