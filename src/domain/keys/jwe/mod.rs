//! Encryption to one recipient (RFC 7516, compact form): what the specification composes out of what the cryptographic
//! library does. Why it is ours: `docs/decisions/0036`.

mod agreement;
mod content;
mod opener;
#[cfg(test)]
mod tests;

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPublicEncryptingKey, PublicEncryptingKey,
};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::jwk::PublicKey;
use crate::clock::Entropy;
use crate::protocol::client_metadata::KeyMaterial;
use crate::protocol::encryption::{ContentEncryption, Encryption, EncryptionAlgorithm};

use agreement::Parties;
pub(super) use opener::Opener;

/// What encrypts: to whom, and how.
#[derive(Clone, Copy, Debug)]
pub struct Sealing<'a> {
    /// Their key.
    pub key: &'a KeyMaterial,
    /// Its name, if it has one.
    pub kid: Option<&'a str>,
    /// How.
    pub encryption: Encryption,
    /// What is inside: `JWT`, if it is one (RFC 7519 §5.2).
    pub cty: Option<&'static str>,
}

/// Whatever went wrong: which key, which step, is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed;

impl From<Unspecified> for Failed {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

/// The key of one content, and how it travels.
struct ContentKey {
    key: Zeroizing<Vec<u8>>,
    encrypted: Vec<u8>,
    /// Our key of this one agreement, for the header.
    epk: Option<PublicKey>,
}

/// Whether the library takes the key: whoever has none has to know before anything is done.
#[must_use]
pub fn takes(key: &KeyMaterial) -> bool {
    match key {
        KeyMaterial::Rsa { n, e } => rsa_key(n, e).is_ok(),
        KeyMaterial::P256(point) => ParsedPublicKey::try_from(UnparsedPublicKey::new(&ECDH_P256, point)).is_ok(),
        KeyMaterial::Ed25519(_) => false,
    }
}

fn rsa_key(n: &[u8], e: &[u8]) -> Result<OaepPublicEncryptingKey, Failed> {
    let public: PublicEncryptingKey = RsaPublicKeyComponents { n, e }.try_into().map_err(|_| Failed)?;
    Ok(OaepPublicEncryptingKey::new(public)?)
}

impl Sealing<'_> {
    /// Encrypts: RFC 7516 §5.1.
    pub fn seal(&self, plain: &[u8], entropy: &dyn Entropy) -> Result<String, Failed> {
        let enc = self.encryption.enc;
        let ContentKey { key, encrypted, epk } = self.content_key(entropy)?;
        let protected = URL_SAFE_NO_PAD.encode(self.header(epk).to_string());
        let mut iv = vec![0; enc.iv_bytes()];
        entropy.fill(&mut iv);
        let sealed = content::seal(enc, &key, &iv, protected.as_bytes(), plain)?;
        let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        let parts = [encode(&encrypted), encode(&iv), encode(&sealed.ciphertext), encode(&sealed.tag)];
        Ok(format!("{protected}.{}", parts.join(".")))
    }

    fn header(&self, epk: Option<PublicKey>) -> Value {
        let Encryption { alg, enc } = self.encryption;
        let members = [
            ("alg", Some(json!(alg))),
            ("enc", Some(json!(enc))),
            ("kid", self.kid.map(|kid| json!(kid))),
            ("cty", self.cty.map(|cty| json!(cty))),
            ("epk", epk.map(|epk| json!(epk))),
        ];
        let there = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(there.collect::<Map<_, _>>())
    }

    fn content_key(&self, entropy: &dyn Entropy) -> Result<ContentKey, Failed> {
        let alg = self.encryption.alg;
        match (self.key, oaep(alg)) {
            (KeyMaterial::Rsa { n, e }, Some(padding)) => {
                let key = fresh_key(self.encryption.enc, entropy);
                let public = rsa_key(n, e)?;
                let mut encrypted = vec![0; public.ciphertext_size()];
                let length = public.encrypt(padding, &key, &mut encrypted, None)?.len();
                encrypted.truncate(length);
                Ok(ContentKey { key, encrypted, epk: None })
            }
            (KeyMaterial::P256(point), None) => {
                let own = PrivateKey::generate(&ECDH_P256)?;
                let epk = PublicKey::p256(own.compute_public_key()?.as_ref());
                let agreed = agreement::agreed_key(&own, point, self.encryption, Parties::default())?;
                let Some(cipher) = agreement::wrapping(alg) else {
                    return Ok(ContentKey { key: agreed, encrypted: Vec::new(), epk });
                };
                let key = fresh_key(self.encryption.enc, entropy);
                Ok(ContentKey { encrypted: agreement::wrap(cipher, &agreed, &key)?, key, epk })
            }
            // RFC 8725 §3.1: no key works with the algorithm of another kind.
            _ => Err(Failed),
        }
    }
}

fn oaep(algorithm: EncryptionAlgorithm) -> Option<&'static OaepAlgorithm> {
    match algorithm {
        EncryptionAlgorithm::RsaOaep => Some(&OAEP_SHA1_MGF1SHA1),
        EncryptionAlgorithm::RsaOaep256 => Some(&OAEP_SHA256_MGF1SHA256),
        EncryptionAlgorithm::EcdhEs | EncryptionAlgorithm::EcdhEsA128Kw | EncryptionAlgorithm::EcdhEsA256Kw => None,
    }
}

fn fresh_key(enc: ContentEncryption, entropy: &dyn Entropy) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(vec![0; enc.key_bytes()]);
    entropy.fill(&mut key);
    key
}
