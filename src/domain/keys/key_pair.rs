//! A parsed private key with its public half, ready to sign and verify, and where the signing library finds it.
//!
//! Parsing costs more than signing, and the JWT library parses at every call. So each key is parsed once and kept under
//! its `kid`; the library is handed that name instead of the key, and our provider (in `jwt`) looks the key up.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, Weak};

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};

use super::jwk::{Jwk, PublicKey};
use super::key_error::KeyError;
use crate::protocol::algorithm::SigningAlgorithm;

/// A key pair of one algorithm.
pub(super) struct KeyPair {
    private: Private,
    public: ParsedPublicKey,
    jwk: Jwk,
}

enum Private {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyPair").field(&self.jwk.kid).finish()
    }
}

impl KeyPair {
    /// Parses PKCS#8.
    pub(super) fn from_pkcs8(algorithm: SigningAlgorithm, der: &[u8]) -> Result<Self, KeyError> {
        let (private, public, key) = match algorithm {
            SigningAlgorithm::RS256 => {
                let pair = RsaKeyPair::from_pkcs8(der).map_err(|_| KeyError::Unreadable)?;
                let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
                let key = PublicKey::rsa(n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero());
                (Private::Rsa(pair.clone()), ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key()), key)
            }
            SigningAlgorithm::ES256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
                    .map_err(|_| KeyError::Unreadable)?;
                let key = PublicKey::p256(pair.public_key().as_ref()).ok_or(KeyError::Unreadable)?;
                let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key());
                (Private::P256(pair), public, key)
            }
            SigningAlgorithm::EdDSA => {
                let pair = Ed25519KeyPair::from_pkcs8(der).map_err(|_| KeyError::Unreadable)?;
                let key = PublicKey::ed25519(pair.public_key().as_ref());
                let public = ParsedPublicKey::new(&ED25519, pair.public_key());
                (Private::Ed25519(pair), public, key)
            }
        };
        Ok(Self { private, public: public.map_err(|_| KeyError::Unreadable)?, jwk: Jwk::new(key, algorithm.into()) })
    }

    /// The public half.
    pub(super) fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// Signs as JWS wants it.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        // AWS-LC takes this argument for compatibility only and uses its own generator.
        let random = SystemRandom::new();
        match &self.private {
            Private::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                Ok(signature)
            }
            // RFC 7518 §3.4: the two numbers of an ECDSA signature stand side by side, 32 bytes each, not in DER.
            Private::P256(pair) => Ok(pair.sign(&random, message)?.as_ref().to_vec()),
            Private::Ed25519(pair) => Ok(pair.try_sign(message)?.as_ref().to_vec()),
        }
    }

    /// Checks a signature.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Unspecified> {
        self.public.verify_sig(message, signature)
    }
}

/// The parsed keys of this process by `kid`. A key leaves with its last owner, and a dead entry with the next key that
/// is added, so the table is as large as the key sets in use.
static PARSED: RwLock<BTreeMap<String, Weak<KeyPair>>> = RwLock::new(BTreeMap::new());

/// Adds a key. A `kid` is the thumbprint of the key, so a key of that name which is there already is the same one.
pub(super) fn keep(pair: KeyPair) -> Arc<KeyPair> {
    let mut parsed = PARSED.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = parsed.get(&pair.jwk.kid).and_then(Weak::upgrade) {
        return known;
    }
    parsed.retain(|_, known| known.strong_count() > 0);
    let pair = Arc::new(pair);
    parsed.insert(pair.jwk.kid.clone(), Arc::downgrade(&pair));
    pair
}

/// Finds a key that is in use.
pub(super) fn find(kid: &str) -> Option<Arc<KeyPair>> {
    PARSED.read().unwrap_or_else(PoisonError::into_inner).get(kid)?.upgrade()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TestEntropy;
    use crate::domain::keys::private_key::PrivateKey;

    fn pair(seed: u64) -> KeyPair {
        let private = PrivateKey::generate(SigningAlgorithm::EdDSA, &TestEntropy::from_seed(seed)).unwrap();
        KeyPair::from_pkcs8(SigningAlgorithm::EdDSA, private.pkcs8()).unwrap()
    }

    /// RFC 7518 §3.4: an ES256 signature is always 64 bytes.
    #[test]
    fn signs_with_p256_in_64_bytes() {
        let private = PrivateKey::generate(SigningAlgorithm::ES256, &TestEntropy::from_seed(1002)).unwrap();
        let pair = KeyPair::from_pkcs8(SigningAlgorithm::ES256, private.pkcs8()).unwrap();
        for message in 0..50_u8 {
            let signature = pair.sign(&[message]).unwrap();
            assert_eq!(signature.len(), 64);
            assert!(pair.verify(&[message], &signature).is_ok());
            assert!(pair.verify(&[message, 0], &signature).is_err());
        }
    }

    #[test]
    fn keeps_a_key_as_long_as_somebody_uses_it() {
        let first = keep(pair(1000));
        let kid = first.jwk().kid.clone();
        let second = keep(pair(1000));
        assert!(Arc::ptr_eq(&first, &second), "one key is parsed into one pair");
        drop(second);
        assert!(find(&kid).is_some());
        drop(first);
        assert!(find(&kid).is_none());
        let _other = keep(pair(1001));
        assert!(!PARSED.read().unwrap().contains_key(&kid), "what is dead is cleared away");
    }
}
