//! JWT access tokens whose signature was checked lately: to check it again costs more than all the rest of a request.
//!
//! A token is known again by its SHA-256, up to [`CAPACITY`] of them. Its times and its key are looked at each time,
//! and whether it was revoked is another question, asked elsewhere.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use quick_cache::sync::Cache;

use super::access_token::{self, AccessTokenClaims};
use crate::clock::Timestamp;
use crate::domain::keys::jwt::{self, Expected, Verified};
use crate::domain::keys::key_set::KeySet;

/// The most tokens that are kept. The longest that is accepted takes some kilobytes, ours half of one.
const CAPACITY: usize = 2_000;

/// The tokens that were found good lately.
pub struct VerifiedTokens {
    known: Cache<[u8; 32], Arc<Verified<AccessTokenClaims>>>,
}

impl Default for VerifiedTokens {
    fn default() -> Self {
        Self { known: Cache::new(CAPACITY) }
    }
}

impl VerifiedTokens {
    /// The token, if it is a JWT access token of this issuer that is good at `now`.
    #[must_use]
    pub fn verify(
        &self,
        token: &str,
        issuer: &str,
        keys: &KeySet,
        now: Timestamp,
    ) -> Option<Arc<Verified<AccessTokenClaims>>> {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        if let Some(known) = self.known.get(&hash) {
            return known.is_good(keys, now).then_some(known);
        }
        let expected = Expected { typ: &[access_token::TYP], issuer, audience: None, leeway: Duration::ZERO };
        let verified = Arc::new(jwt::verify(token, keys, now, &expected).ok()?);
        self.known.insert(hash, Arc::clone(&verified));
        Some(verified)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::TestEntropy;
    use crate::domain::keys::private_key::PrivateKey;
    use crate::domain::keys::rotation::KeyLife;
    use crate::domain::keys::signing_key::SigningKey;
    use crate::protocol::algorithm::SigningAlgorithm::EdDSA;

    const ISSUER: &str = "https://id.example";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn key(published_until: Option<Timestamp>) -> SigningKey {
        let private = PrivateKey::generate(EdDSA, &TestEntropy::from_seed(700)).unwrap();
        SigningKey::new(&private, KeyLife { published_until, ..KeyLife::starting(at(0)) }).unwrap()
    }

    fn token(key: &SigningKey) -> String {
        let claims = json!({
            "iss": ISSUER, "aud": ISSUER, "sub": "app", "client_id": "app", "iat": 100, "exp": 200,
            "jti": "00000000-0000-4000-8000-000000000000",
        });
        jwt::sign(key, access_token::TYP, &claims).unwrap()
    }

    /// RFC 7519 §4.1.4: a token that was known to be good still ends at its time.
    #[test]
    fn looks_at_the_times_of_a_known_token() {
        let keys = KeySet::new(vec![key(None)]);
        let (tokens, token) = (VerifiedTokens::default(), token(&key(None)));
        let is_good = |now| tokens.verify(&token, ISSUER, &keys, now).is_some();
        assert_eq!([is_good(at(100)), is_good(at(199)), is_good(at(200))], [true, true, false]);
        assert!(!is_good(at(0)), "the clock was set back to before it was issued");
    }

    /// RFC 8725 §3.1: a known token ends with the key that signed it.
    #[test]
    fn looks_at_the_key_of_a_known_token() {
        let token = token(&key(None));
        let tokens = VerifiedTokens::default();
        let is_good = |keys: &KeySet| tokens.verify(&token, ISSUER, keys, at(150)).is_some();
        assert!(is_good(&KeySet::new(vec![key(None)])));
        assert!(!is_good(&KeySet::new(vec![key(Some(at(120)))])));
        assert!(!is_good(&KeySet::new(vec![])));
    }

    #[test]
    fn knows_no_token_by_its_beginning() {
        let keys = KeySet::new(vec![key(None)]);
        let (tokens, token) = (VerifiedTokens::default(), token(&key(None)));
        assert!(tokens.verify(&token, ISSUER, &keys, at(150)).is_some());
        assert!(tokens.verify(&format!("{token}A"), ISSUER, &keys, at(150)).is_none());
        assert!(tokens.verify(token.rsplit_once('.').unwrap().0, ISSUER, &keys, at(150)).is_none());
    }
}
