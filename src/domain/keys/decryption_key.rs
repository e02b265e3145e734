//! A key that others encrypt to, ready for use: parsed once, when the key set is built.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::jwe::{Failed, Opener};
use super::jwk::Jwk;
use super::key_error::KeyError;
use super::private_key::PrivateKey;
use super::rotation::{KeyLife, KeyRecord};
use crate::clock::Entropy;
use crate::protocol::jwe::Jwe;

/// A parsed key and its life.
#[derive(Clone)]
pub struct DecryptionKey {
    record: KeyRecord,
    opener: Arc<Opener>,
    jwk: Jwk,
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DecryptionKey").field(&self.record).finish()
    }
}

impl DecryptionKey {
    /// Parses a key for use.
    pub fn new(private: &PrivateKey, life: KeyLife) -> Result<Self, KeyError> {
        let (opener, jwk) = Opener::from_pkcs8(private.algorithm(), private.pkcs8())?;
        if jwk.kid != private.kid() {
            return Err(KeyError::OtherKey);
        }
        let record = KeyRecord { kid: private.kid().to_owned(), algorithm: private.algorithm(), life };
        Ok(Self { record, opener: Arc::new(opener), jwk })
    }

    /// The key's name, algorithm and life.
    #[must_use]
    pub const fn record(&self) -> &KeyRecord {
        &self.record
    }

    /// The key's entry in JWKS.
    #[must_use]
    pub const fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// Opens what was encrypted to it.
    pub fn open(&self, jwe: &Jwe, entropy: &dyn Entropy) -> Result<Zeroizing<Vec<u8>>, Failed> {
        self.opener.open(jwe, entropy)
    }
}
