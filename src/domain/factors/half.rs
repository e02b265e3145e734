//! Half a sign-in: that somebody has proved who they are by the first factor, sealed, while they are asked for the second.
//!
//! It is worth something only at the browser in which it was given, for what was asked for then, as long as the person's
//! password is the same, and for ten minutes. Nothing is written for it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::sealing::Sealer;
use crate::ids::{PersonId, SessionId};
use crate::store::Person;

/// Bound to its purpose: nothing else that is sealed under the same key opens as one.
const CONTEXT: &[u8] = b"half a sign-in";
/// How long somebody may look for their phone.
const LIFETIME: Duration = Duration::from_mins(10);

/// What was proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Half {
    /// By whom.
    pub person: PersonId,
    /// How.
    pub first: First,
    /// The browser in which they did, by a name that only it can show.
    pub browser: String,
    /// What it was asked for: the request that waits, or the page.
    asked: String,
    /// The password that the person had.
    password: String,
    /// When.
    at: Timestamp,
}

/// How the first factor was proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum First {
    /// Just now: a session begins once the second is proved.
    Now {
        /// By which methods.
        amr: Vec<String>,
        /// Whether they want to stay signed in when the browser closes.
        remember: bool,
        /// How, in the word of the event.
        method: String,
        /// When, if it was before.
        auth_time: Option<Timestamp>,
    },
    /// At the sign-in of this session, which rises once the second is proved.
    Session(SessionId),
}

impl Half {
    /// Notes that `person` proved who they are at `browser`, when `asked` was asked for.
    #[must_use]
    pub fn new(
        hasher: &TokenHasher,
        person: &Person,
        first: First,
        (browser, asked): (String, &str),
        now: Timestamp,
    ) -> Self {
        let (asked, password) = (fingerprint(hasher, asked), version(hasher, person));
        Self { person: person.id, first, browser, asked, password, at: now }
    }

    /// As text fit for a query or a form field.
    #[must_use]
    pub fn seal(&self, sealer: &Sealer) -> String {
        URL_SAFE_NO_PAD.encode(sealer.seal(&serde_json::to_vec(self).unwrap_or_default(), CONTEXT))
    }

    /// Opens one that was given to `browser` for `asked`, a short while ago.
    #[must_use]
    pub fn open(
        text: &str,
        (sealer, hasher): (&Sealer, &TokenHasher),
        (browser, asked): (&str, &str),
        now: Timestamp,
    ) -> Option<Self> {
        let plain = sealer.open(&URL_SAFE_NO_PAD.decode(text).ok()?, CONTEXT)?;
        let half: Self = serde_json::from_slice(&plain).ok()?;
        let is_meant = half.browser == browser && half.asked == fingerprint(hasher, asked);
        (is_meant && now.since(half.at).max(half.at.since(now)) <= LIFETIME).then_some(half)
    }

    /// Whether it still tells of `person` as they are now.
    #[must_use]
    pub fn is_still_of(&self, hasher: &TokenHasher, person: &Person) -> bool {
        self.person == person.id && person.disabled_at.is_none() && self.password == version(hasher, person)
    }
}

fn fingerprint(hasher: &TokenHasher, asked: &str) -> String {
    URL_SAFE_NO_PAD.encode(hasher.hash(&format!("what a sign-in was asked for {asked}")).as_bytes())
}

/// Another one for each password that the person ever has.
fn version(hasher: &TokenHasher, person: &Person) -> String {
    let hash = person.password_hash.as_deref().unwrap_or_default();
    URL_SAFE_NO_PAD.encode(hasher.hash(&format!("password of half a sign-in {hash}")).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::attributes::Attributes;
    use crate::protocol::claims::StandardClaims;

    const NOW: Timestamp = Timestamp::from_seconds(10_000);

    fn ada() -> Person {
        Person {
            id: PersonId(uuid::Uuid::from_u128(1)),
            username: "ada".to_owned(),
            claims: StandardClaims::default(),
            attributes: Attributes::default(),
            password_hash: Some("one".to_owned()),
            role: None,
            created_at: NOW,
            updated_at: NOW,
            disabled_at: None,
        }
    }

    #[test]
    fn opens_for_a_while_at_its_browser_for_what_was_asked() {
        let (sealer, hasher) = (Sealer::new(&[1; 32]), TokenHasher::new(&[2; 32]));
        let first =
            First::Now { amr: vec!["pwd".to_owned()], remember: true, method: "password".to_owned(), auth_time: None };
        let half = Half::new(&hasher, &ada(), first, ("b1".to_owned(), "request"), NOW);
        let text = half.seal(&sealer);
        let open = |text: &str, place, now| Half::open(text, (&sealer, &hasher), place, now);
        let place = ("b1", "request");
        assert_eq!(open(&text, place, NOW + LIFETIME), Some(half));
        assert_eq!(open(&text, place, NOW + LIFETIME + Duration::from_millis(1)), None);
        assert_eq!(open(&text, place, NOW - LIFETIME - Duration::from_millis(1)), None);
        assert_eq!(open(&text, ("b2", "request"), NOW), None);
        assert_eq!(open(&text, ("b1", ""), NOW), None);
        let elsewhere = URL_SAFE_NO_PAD.encode(sealer.seal(b"{}", b"something else"));
        for altered in ["", "!", &text[1..], &elsewhere] {
            assert_eq!(open(altered, place, NOW), None, "{altered}");
        }
    }

    #[test]
    fn ends_with_the_password_and_with_the_account() {
        let hasher = TokenHasher::new(&[2; 32]);
        let sid = SessionId(uuid::Uuid::from_u128(3));
        let half = Half::new(&hasher, &ada(), First::Session(sid), (String::new(), ""), NOW);
        assert!(half.is_still_of(&hasher, &ada()));
        for changed in [
            Person { password_hash: Some("two".to_owned()), ..ada() },
            Person { password_hash: None, ..ada() },
            Person { disabled_at: Some(NOW), ..ada() },
            Person { id: PersonId(uuid::Uuid::from_u128(2)), ..ada() },
        ] {
            assert!(!half.is_still_of(&hasher, &changed));
        }
    }
}
