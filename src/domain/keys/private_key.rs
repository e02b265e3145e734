//! A private key of ours on its way in or out: made, imported, exported, sealed. What signs is a
//! [`SigningKey`](super::signing_key::SigningKey), what decrypts a
//! [`DecryptionKey`](super::decryption_key::DecryptionKey).
//!
//! The canonical form is PKCS#8 (RFC 5958); PKCS#1 and SEC 1, which older tools write, are converted on import.

use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, RsaKeyPair};
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::pkcs8::der::pem::{LineEnding, decode_label};
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, SecretDocument};
use rsa::traits::PublicKeyParts as _;
use zeroize::Zeroizing;

use super::jwe::Opener;
use super::key_error::{KeyError, SMALLEST_RSA};
use super::key_pair::KeyPair;
use super::sealing::Sealer;
use crate::clock::Entropy;
use crate::protocol::algorithm::KeyAlgorithm;

/// A private key in PKCS#8.
pub struct PrivateKey {
    kid: String,
    algorithm: KeyAlgorithm,
    pkcs8: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("kid", &self.kid).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl PrivateKey {
    /// Makes a key. An RSA key takes a tenth of a second or more: not on a thread that serves requests.
    pub fn generate(algorithm: impl Into<KeyAlgorithm>, entropy: &dyn Entropy) -> Result<Self, KeyError> {
        let algorithm = algorithm.into();
        let pkcs8 = match algorithm {
            KeyAlgorithm::RS256 | KeyAlgorithm::RsaOaep256 => generate_rsa()?,
            KeyAlgorithm::ES256 | KeyAlgorithm::EcdhEs => generate_p256(entropy)?,
            KeyAlgorithm::EdDSA => {
                let seed = Zeroizing::new(entropy.bytes::<32>());
                let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| KeyError::Generation)?;
                ed25519_pkcs8(&pair)?
            }
        };
        Self::from_pkcs8(algorithm, pkcs8)
    }

    /// Reads a key that signs as other programs export it: `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`, unencrypted.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        match decode_label(pem.as_bytes()) {
            Ok("RSA PRIVATE KEY") => {
                Self::from_rsa(&rsa::RsaPrivateKey::from_pkcs1_pem(pem).map_err(|_| KeyError::Unreadable)?)
            }
            Ok("EC PRIVATE KEY") => {
                Self::from_p256(&p256::SecretKey::from_sec1_pem(pem).map_err(|_| KeyError::Unsupported)?)
            }
            Ok("PRIVATE KEY") => {
                if let Ok(key) = rsa::RsaPrivateKey::from_pkcs8_pem(pem) {
                    return Self::from_rsa(&key);
                }
                if let Ok(key) = p256::SecretKey::from_pkcs8_pem(pem) {
                    return Self::from_p256(&key);
                }
                let (_, der) = SecretDocument::from_pem(pem).map_err(|_| KeyError::Unreadable)?;
                let pair = Ed25519KeyPair::from_pkcs8(der.as_bytes()).map_err(|_| KeyError::Unsupported)?;
                Self::from_pkcs8(KeyAlgorithm::EdDSA, ed25519_pkcs8(&pair)?)
            }
            Ok(_) => Err(KeyError::Unsupported),
            Err(_) => Err(KeyError::Unreadable),
        }
    }

    /// The key as PEM, for `keys export`.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        let document = SecretDocument::try_from(self.pkcs8.as_slice()).map_err(|_| KeyError::Unreadable)?;
        document.to_pem("PRIVATE KEY", LineEnding::LF).map_err(|_| KeyError::Unreadable)
    }

    /// The key sealed for storage.
    #[must_use]
    pub fn seal(&self, sealer: &Sealer) -> Vec<u8> {
        sealer.seal(&self.pkcs8, &context(self.algorithm, &self.kid))
    }

    /// Opens what [`seal`](Self::seal) gave.
    pub fn open(kid: &str, algorithm: KeyAlgorithm, stored: &[u8], sealer: &Sealer) -> Result<Self, KeyError> {
        let pkcs8 = sealer.open(stored, &context(algorithm, kid)).ok_or(KeyError::Sealed)?;
        Ok(Self { kid: kid.to_owned(), algorithm, pkcs8 })
    }

    /// The thumbprint of the public half.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What the key is for.
    #[must_use]
    pub const fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The PKCS#8 bytes.
    pub(super) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    fn from_pkcs8(algorithm: KeyAlgorithm, pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        let kid = match algorithm.signing() {
            Some(signing) => KeyPair::from_pkcs8(signing, &pkcs8)?.jwk().kid.clone(),
            None => Opener::from_pkcs8(algorithm, &pkcs8)?.1.kid,
        };
        Ok(Self { kid, algorithm, pkcs8 })
    }

    fn from_rsa(key: &rsa::RsaPrivateKey) -> Result<Self, KeyError> {
        // RFC 7518 §3.3: an RSA key of less than 2048 bits must not sign.
        let bits = key.n().bits();
        if bits < SMALLEST_RSA {
            return Err(KeyError::WeakRsa { bits });
        }
        let der = key.to_pkcs8_der().map_err(|_| KeyError::Unreadable)?;
        Self::from_pkcs8(KeyAlgorithm::RS256, der.to_bytes())
    }

    fn from_p256(key: &p256::SecretKey) -> Result<Self, KeyError> {
        let der = key.to_pkcs8_der().map_err(|_| KeyError::Unreadable)?;
        Self::from_pkcs8(KeyAlgorithm::ES256, der.to_bytes())
    }
}

/// What a sealed key is bound to: a row's key cannot be put into another row, and none that decrypts made to sign.
fn context(algorithm: KeyAlgorithm, kid: &str) -> Vec<u8> {
    let purpose = if algorithm.signing().is_some() { "signing-key:" } else { "decryption-key:" };
    [purpose, kid].concat().into_bytes()
}

/// AWS-LC finds the primes three times as fast as the `rsa` crate, but only with its own generator of random numbers.
fn generate_rsa() -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Generation)?;
    let der = pair.as_der().map_err(|_| KeyError::Generation)?;
    Ok(Zeroizing::new(der.as_ref().to_vec()))
}

fn generate_p256(entropy: &dyn Entropy) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    // One in 2^32 random numbers is not below the order of the curve: then it is drawn again.
    let draw = || p256::SecretKey::from_slice(Zeroizing::new(entropy.bytes::<32>()).as_slice()).ok();
    let key = std::iter::repeat_with(draw).take(8).flatten().next().ok_or(KeyError::Generation)?;
    Ok(key.to_pkcs8_der().map_err(|_| KeyError::Generation)?.to_bytes())
}

/// Version 1 of PKCS#8, the form that every other program reads.
fn ed25519_pkcs8(pair: &Ed25519KeyPair) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let der = pair.to_pkcs8v1().map_err(|_| KeyError::Generation)?;
    Ok(Zeroizing::new(der.as_ref().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{SystemEntropy, TestEntropy};

    const RS256: &str = include_str!("../../../tests/keys/rs256.pem");
    const RS256_PKCS1: &str = include_str!("../../../tests/keys/rs256.pkcs1.pem");
    const ES256: &str = include_str!("../../../tests/keys/es256.pem");
    const ES256_SEC1: &str = include_str!("../../../tests/keys/es256.sec1.pem");
    const EDDSA: &str = include_str!("../../../tests/keys/eddsa.pem");

    #[test]
    fn makes_keys_of_every_algorithm() {
        for algorithm in KeyAlgorithm::ALL {
            let key = PrivateKey::generate(*algorithm, &SystemEntropy).unwrap();
            assert_eq!(key.algorithm(), *algorithm);
            assert_eq!(key.kid().len(), 43);
            let other = PrivateKey::generate(*algorithm, &SystemEntropy).unwrap();
            assert_ne!(key.kid(), other.kid());
        }
    }

    #[test]
    fn takes_randomness_from_the_entropy_it_is_given() {
        for algorithm in [KeyAlgorithm::ES256, KeyAlgorithm::EdDSA] {
            let [one, two] = [0; 2].map(|_| PrivateKey::generate(algorithm, &TestEntropy::from_seed(5)).unwrap());
            assert_eq!(one.kid(), two.kid());
        }
    }

    #[test]
    fn imports_what_openssl_writes() {
        let cases = [
            (RS256, KeyAlgorithm::RS256),
            (RS256_PKCS1, KeyAlgorithm::RS256),
            (ES256, KeyAlgorithm::ES256),
            (ES256_SEC1, KeyAlgorithm::ES256),
            (EDDSA, KeyAlgorithm::EdDSA),
        ];
        for (pem, algorithm) in cases {
            assert_eq!(PrivateKey::from_pem(pem).unwrap().algorithm(), algorithm);
        }
        assert_eq!(PrivateKey::from_pem(RS256).unwrap().kid(), PrivateKey::from_pem(RS256_PKCS1).unwrap().kid());
        assert_eq!(PrivateKey::from_pem(ES256).unwrap().kid(), PrivateKey::from_pem(ES256_SEC1).unwrap().kid());
    }

    #[test]
    fn exports_what_it_can_import() {
        for pem in [RS256, RS256_PKCS1, ES256, ES256_SEC1, EDDSA] {
            let key = PrivateKey::from_pem(pem).unwrap();
            let exported = key.to_pem().unwrap();
            assert!(exported.starts_with("-----BEGIN PRIVATE KEY-----\n"));
            assert_eq!(PrivateKey::from_pem(&exported).unwrap().pkcs8(), key.pkcs8());
        }
    }

    /// RFC 7518 §3.3: RSA keys have 2048 bits or more.
    #[test]
    fn refuses_a_small_rsa_key() {
        let error = PrivateKey::from_pem(include_str!("../../../tests/keys/rsa1024.pem")).unwrap_err();
        assert_eq!(error, KeyError::WeakRsa { bits: 1024 });
    }

    #[test]
    fn refuses_what_it_cannot_sign_with() {
        let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n";
        let damaged = RS256.replace("MII", "MIJ");
        let cases = [
            (include_str!("../../../tests/keys/es384.pem"), KeyError::Unsupported),
            (public, KeyError::Unsupported),
            (&damaged, KeyError::Unreadable),
            ("", KeyError::Unreadable),
            ("nonsense", KeyError::Unreadable),
        ];
        for (pem, expected) in cases {
            assert_eq!(PrivateKey::from_pem(pem).unwrap_err(), expected, "{pem}");
        }
    }

    #[test]
    fn opens_a_sealed_key_only_under_its_own_name_and_encryption_key() {
        let sealer = Sealer::new(&[1; 32]);
        let key = PrivateKey::from_pem(ES256).unwrap();
        let stored = key.seal(&sealer);
        let open = |kid: &str, sealer| PrivateKey::open(kid, KeyAlgorithm::ES256, &stored, sealer);
        assert_eq!(open(key.kid(), &sealer).unwrap().pkcs8(), key.pkcs8());
        assert_eq!(open("another", &sealer).unwrap_err(), KeyError::Sealed);
        assert_eq!(open(key.kid(), &Sealer::new(&[2; 32])).unwrap_err(), KeyError::Sealed);
        let relabelled = PrivateKey::open(key.kid(), KeyAlgorithm::EcdhEs, &stored, &sealer);
        assert_eq!(relabelled.unwrap_err(), KeyError::Sealed, "what signs does not decrypt");
        assert!(!stored.windows(16).any(|window| key.pkcs8().windows(16).any(|secret| secret == window)));
    }

    #[test]
    fn shows_no_secret_when_printed() {
        let key = PrivateKey::from_pem(EDDSA).unwrap();
        assert_eq!(format!("{key:?}"), format!("PrivateKey {{ kid: {:?}, algorithm: EdDSA, .. }}", key.kid()));
    }
}
