//! The library parses a key at each call, so it is given a provider of our own, which looks up keys parsed before
//! (`key_pair`): what it takes for the key is its name.

use std::sync::{Arc, LazyLock, Once};

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, aws_lc};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

use crate::domain::keys::key_pair::{self, KeyPair};
use crate::domain::keys::signing_key::SigningKey;
use crate::protocol::algorithm::SigningAlgorithm;

/// A parsed key as the library wants to see it.
struct Ready {
    pair: Arc<KeyPair>,
    algorithm: Algorithm,
}

impl Ready {
    /// Finds the key of that name. Another one is refused: this process signs and verifies with its own keys only.
    fn find(algorithm: Algorithm, kid: &[u8]) -> jsonwebtoken::errors::Result<Box<Self>> {
        let pair = std::str::from_utf8(kid).ok().and_then(key_pair::find).ok_or(ErrorKind::InvalidKeyFormat)?;
        if pair.jwk().alg.signing().map(algorithm_of) != Some(algorithm) {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        Ok(Box::new(Self { pair, algorithm }))
    }
}

impl Signer<Vec<u8>> for Ready {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
        self.pair.sign(message).map_err(SignatureError::from_source)
    }
}

impl Verifier<Vec<u8>> for Ready {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), SignatureError> {
        self.pair.verify(message, signature).map_err(SignatureError::from_source)
    }
}

impl JwtSigner for Ready {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

impl JwtVerifier for Ready {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

static PROVIDER: LazyLock<CryptoProvider> = LazyLock::new(|| CryptoProvider {
    signer_factory: |algorithm, key| Ok(Ready::find(*algorithm, key.as_bytes())?),
    verifier_factory: |algorithm, key| Ok(Ready::find(*algorithm, key.try_get_as_bytes()?)?),
    key_utils: aws_lc::DEFAULT_PROVIDER.key_utils.clone(),
});

/// Tells the library, once in the life of the process, to use our parsed keys. Signing and verifying see to it
/// themselves.
pub(super) fn install_provider() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // It fails only if there is a provider already, and nothing else here knows the library.
        let _ = PROVIDER.install_default();
    });
}

pub(super) const fn algorithm_of(algorithm: SigningAlgorithm) -> Algorithm {
    match algorithm {
        SigningAlgorithm::RS256 => Algorithm::RS256,
        SigningAlgorithm::ES256 => Algorithm::ES256,
        SigningAlgorithm::EdDSA => Algorithm::EdDSA,
    }
}

/// What the library takes for a private key is the name of one.
pub(super) fn encoding_key(key: &SigningKey) -> EncodingKey {
    let name = key.kid().as_bytes();
    match key.algorithm() {
        SigningAlgorithm::RS256 => EncodingKey::from_rsa_der(name),
        SigningAlgorithm::ES256 => EncodingKey::from_ec_der(name),
        SigningAlgorithm::EdDSA => EncodingKey::from_ed_der(name),
    }
}

/// What the library takes for a public key is the name of one.
pub(super) fn decoding_key(key: &SigningKey) -> DecodingKey {
    let name = key.kid().as_bytes();
    match key.algorithm() {
        SigningAlgorithm::RS256 => DecodingKey::from_rsa_der(name),
        SigningAlgorithm::ES256 => DecodingKey::from_ec_der(name),
        SigningAlgorithm::EdDSA => DecodingKey::from_ed_der(name),
    }
}
