//! A private key of ours that opens what was encrypted to it.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use zeroize::Zeroizing;

use super::agreement::{self, Parties};
use super::{Failed, content, fresh_key, oaep};
use crate::clock::Entropy;
use crate::domain::keys::jwk::{Jwk, PublicKey};
use crate::domain::keys::key_error::KeyError;
use crate::protocol::algorithm::KeyAlgorithm;
use crate::protocol::jwe::Jwe;

/// What opens.
pub(in crate::domain::keys) enum Opener {
    /// An RSA key.
    Rsa(OaepPrivateDecryptingKey),
    /// A key on P-256.
    P256(PrivateKey),
}

impl Opener {
    /// Parses PKCS#8, and gives the public half with it.
    pub(in crate::domain::keys) fn from_pkcs8(algorithm: KeyAlgorithm, der: &[u8]) -> Result<(Self, Jwk), KeyError> {
        let (opener, public) = match algorithm {
            KeyAlgorithm::RsaOaep256 => {
                let private = PrivateDecryptingKey::from_pkcs8(der).map_err(|_| KeyError::Unreadable)?;
                let opener = OaepPrivateDecryptingKey::new(private).map_err(|_| KeyError::Unreadable)?;
                let pair = RsaKeyPair::from_pkcs8(der).map_err(|_| KeyError::Unreadable)?;
                let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
                let public = PublicKey::rsa(n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero());
                (Self::Rsa(opener), public)
            }
            KeyAlgorithm::EcdhEs => {
                let private = PrivateKey::from_private_key_der(&ECDH_P256, der).map_err(|_| KeyError::Unreadable)?;
                let point = private.compute_public_key().map_err(|_| KeyError::Unreadable)?;
                let public = PublicKey::p256(point.as_ref()).ok_or(KeyError::Unreadable)?;
                (Self::P256(private), public)
            }
            KeyAlgorithm::RS256 | KeyAlgorithm::ES256 | KeyAlgorithm::EdDSA => return Err(KeyError::Unsupported),
        };
        Ok((opener, Jwk::new(public, algorithm)))
    }

    /// Decrypts: RFC 7516 §5.2. Nothing of the header but what is parsed there is looked at.
    pub(in crate::domain::keys) fn open(&self, jwe: &Jwe, entropy: &dyn Entropy) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let enc = jwe.header.encryption.enc;
        let found = self.content_key(jwe).ok().filter(|key| key.len() == enc.key_bytes());
        // RFC 7516 §11.5: whoever gets a key wrong is not told so before the tag is wrong too, nor sooner.
        let key = found.unwrap_or_else(|| fresh_key(enc, entropy));
        Ok(content::open(enc, &key, &jwe.iv, jwe.protected.as_bytes(), &jwe.ciphertext, &jwe.tag)?)
    }

    fn content_key(&self, jwe: &Jwe) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let encryption = jwe.header.encryption;
        match (self, oaep(encryption.alg), &jwe.header.epk) {
            (Self::Rsa(private), Some(padding), _) => {
                let mut key = Zeroizing::new(vec![0; private.min_output_size()]);
                let length = private.decrypt(padding, &jwe.encrypted_key, &mut key, None)?.len();
                key.truncate(length);
                Ok(key)
            }
            (Self::P256(private), None, Some(epk)) => {
                let parties = Parties { apu: &jwe.header.apu, apv: &jwe.header.apv };
                let agreed = agreement::agreed_key(private, epk, encryption, parties)?;
                match agreement::wrapping(encryption.alg) {
                    None => Ok(agreed),
                    Some(cipher) => Ok(agreement::unwrap(cipher, &agreed, &jwe.encrypted_key)?),
                }
            }
            _ => Err(Failed),
        }
    }
}
