//! A signing key ready for use: parsed once, when the key set is built.

use std::sync::Arc;

use super::jwk::Jwk;
use super::key_error::KeyError;
use super::key_pair::{self, KeyPair};
use super::private_key::PrivateKey;
use super::rotation::{KeyLife, KeyRecord};
use crate::protocol::algorithm::SigningAlgorithm;

/// A parsed key and its life.
#[derive(Clone, Debug)]
pub struct SigningKey {
    record: KeyRecord,
    algorithm: SigningAlgorithm,
    pair: Arc<KeyPair>,
}

impl SigningKey {
    /// Parses a key for use.
    pub fn new(private: &PrivateKey, life: KeyLife) -> Result<Self, KeyError> {
        let algorithm = private.algorithm().signing().ok_or(KeyError::Unsupported)?;
        let pair = KeyPair::from_pkcs8(algorithm, private.pkcs8())?;
        if pair.jwk().kid != private.kid() {
            return Err(KeyError::OtherKey);
        }
        let record = KeyRecord { kid: private.kid().to_owned(), algorithm: private.algorithm(), life };
        Ok(Self { record, algorithm, pair: key_pair::keep(pair) })
    }

    /// The key's name: the thumbprint of its public half.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.record.kid
    }

    /// What the key signs with.
    #[must_use]
    pub const fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The key's name, algorithm and life.
    #[must_use]
    pub const fn record(&self) -> &KeyRecord {
        &self.record
    }

    /// The key's entry in JWKS.
    #[must_use]
    pub fn jwk(&self) -> &Jwk {
        self.pair.jwk()
    }

    /// Signs bytes as they are: for tests that forge tokens.
    #[cfg(test)]
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{TestEntropy, Timestamp};
    use crate::domain::keys::sealing::Sealer;
    use crate::protocol::algorithm::KeyAlgorithm;

    #[test]
    fn refuses_a_key_that_is_not_the_one_its_record_names() {
        let sealer = Sealer::new(&[1; 32]);
        let life = KeyLife::starting(Timestamp::from_seconds(0));
        let key = PrivateKey::generate(SigningAlgorithm::EdDSA, &TestEntropy::from_seed(1)).unwrap();
        assert_eq!(SigningKey::new(&key, life).unwrap().kid(), key.kid());
        let opened = PrivateKey::open(key.kid(), KeyAlgorithm::EdDSA, &key.seal(&sealer), &sealer).unwrap();
        assert_eq!(SigningKey::new(&opened, life).unwrap().jwk().kid, key.kid());
        let misplaced = sealer.seal(key.pkcs8(), b"signing-key:another");
        let misplaced = PrivateKey::open("another", KeyAlgorithm::EdDSA, &misplaced, &sealer).unwrap();
        assert_eq!(SigningKey::new(&misplaced, life).unwrap_err(), KeyError::OtherKey);
        let wrong = PrivateKey::open(key.kid(), KeyAlgorithm::ES256, &key.seal(&sealer), &sealer).unwrap();
        assert_eq!(SigningKey::new(&wrong, life).unwrap_err(), KeyError::Unreadable);
    }
}
