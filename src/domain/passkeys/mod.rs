//! Passkeys (Web Authentication): adding them to an account, and signing in by them.
//!
//! The server asks a question, the browser has a device of the person's answer it, and the answer is checked here. What
//! is remembered of the question travels with the page, sealed, as a waiting authorization request does. Every passkey is
//! asked to make sure of its person (by a PIN, a finger or a face): each alone is two factors.

pub mod keep;
mod question;
pub mod register;
pub mod sign_in;

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::domain::hourly::HourlyCounts;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::sealing::Sealer;
use crate::domain::people::guard::Guard;
use crate::protocol::issuer::Issuer;

/// A person may have so many.
pub const MOST_PASSKEYS: u64 = 20;
/// How long a question waits for its answer.
pub const QUESTION_LIFETIME: Duration = Duration::from_mins(10);
/// For how long browsers let people look for their device.
const PATIENCE: Duration = Duration::from_mins(5);

/// What asks and checks, for this server's name.
pub struct Ceremonies {
    webauthn: Webauthn,
    sealer: Sealer,
}

impl fmt::Debug for Ceremonies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ceremonies(..)")
    }
}

impl Ceremonies {
    /// For passkeys of this server, which devices call `name`, or by its domain, under a key that [`derive`](crate::domain::keys::master::MasterKey::derive) gave.
    ///
    /// None where the issuer has no name but an IP address: Web Authentication binds passkeys to a domain (§5.1.2).
    #[must_use]
    pub fn of(issuer: &Issuer, name: Option<&str>, key: &[u8; 32]) -> Option<Self> {
        let origin = Url::parse(issuer.origin()).ok()?;
        let domain = origin.domain()?;
        let builder = WebauthnBuilder::new(domain, &origin).ok()?.rp_name(name.unwrap_or(domain)).timeout(PATIENCE);
        Some(Self { webauthn: builder.build().ok()?, sealer: Sealer::new(key) })
    }
}

/// What adding and using passkeys needs.
pub struct PasskeyDesk<'a> {
    /// What asks and checks.
    pub ceremonies: &'a Ceremonies,
    /// How the questions that were used are kept.
    pub hasher: &'a TokenHasher,
    /// Where sign-ins are counted.
    pub hourly: &'a HourlyCounts,
    /// Counts what was refused.
    pub guard: &'a Guard,
}

/// A question, for a page to put to the browser.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What the browser is handed, as JSON (Web Authentication §5.4, §5.5).
    pub options: String,
    /// What is remembered of it, sealed.
    pub question: String,
}

/// What a page sent back.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// To what the question was bound: it is worth nothing in another browser or session.
    pub binding: &'a str,
    /// The question, as it was sealed.
    pub question: &'a str,
    /// What the browser answered, as JSON.
    pub answer: &'a str,
}

/// Sets a member of the object at `pointer`, where there is one.
fn set(options: &mut Value, pointer: &str, member: &str, value: Value) {
    if let Some(object) = options.pointer_mut(pointer).and_then(Value::as_object_mut) {
        object.insert(member.to_owned(), value);
    }
}

/// Passkeys by which their devices know them, as browsers are told of them (Web Authentication §5.8.3).
fn descriptors(credential_ids: &[&[u8]]) -> Value {
    let descriptor = |id: &&[u8]| json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(id) });
    credential_ids.iter().map(descriptor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_a_name_that_is_no_address() {
        for (issuer, expected) in [
            ("http://localhost:8080", true),
            ("https://id.example/auth", true),
            ("http://127.0.0.1:8080", false),
            ("http://[::1]:8080", false),
            ("https://192.0.2.1", false),
        ] {
            let ceremonies = Ceremonies::of(&Issuer::parse(issuer).unwrap(), None, &[1; 32]);
            assert_eq!(ceremonies.is_some(), expected, "{issuer}");
        }
    }
}
