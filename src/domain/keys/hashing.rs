//! Keyed hashes of the opaque tokens and secrets that we minted: all that is stored of them.
//!
//! They carry 256 random bits, so HMAC-SHA-256 with a key outside the database is enough, and takes a microsecond;
//! what people choose themselves goes through Argon2 (`people::passwords`).

use std::fmt;

use aws_lc_rs::hmac;

use crate::ids::TokenHash;

/// Hashes tokens under one key.
pub struct TokenHasher(hmac::Key);

impl fmt::Debug for TokenHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHasher(..)")
    }
}

impl TokenHasher {
    /// A hasher for a key that [`derive`](super::master::MasterKey::derive) gave.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The hash under which a token is stored.
    #[must_use]
    pub fn hash(&self, token: &str) -> TokenHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(hmac::sign(&self.0, token.as_bytes()).as_ref());
        TokenHash(hash)
    }

    /// Whether `stored` is the hash of `token`, compared in constant time.
    #[must_use]
    pub fn verify(&self, token: &str, stored: &[u8]) -> bool {
        hmac::verify(&self.0, token.as_bytes(), stored).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_token_by_its_hash() {
        let hasher = TokenHasher::new(&[3; 32]);
        let hash = hasher.hash("clv_rt_one");
        assert!(hasher.verify("clv_rt_one", hash.as_bytes()));
        assert!(!hasher.verify("clv_rt_two", hash.as_bytes()));
        assert!(!hasher.verify("clv_rt_one", &hash.as_bytes()[..31]));
        assert!(!hasher.verify("clv_rt_one", &[]));
        assert_eq!(hasher.hash("clv_rt_one").to_vec(), hash.to_vec());
    }

    #[test]
    fn hashes_otherwise_under_another_key() {
        assert_ne!(TokenHasher::new(&[3; 32]).hash("token"), TokenHasher::new(&[4; 32]).hash("token"));
    }
}
