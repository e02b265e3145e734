//! The public keys of a client (`jwks`, or what `jwks_uri` leads to): a JWK set (RFC 7517) of which the keys are kept that
//! can check what the client signed or encrypt what is for it, and the certificates by which the client may be known.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::protocol::certificate::ClientCertificate;
use crate::protocol::client_assertion::AssertionAlgorithm;
use crate::protocol::encryption::EncryptionAlgorithm;

/// The most keys of a set; each may have to be tried.
const MOST_KEYS: usize = 20;
/// The fewest and the most bytes of an RSA modulus.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;
/// What only a private or symmetric key has (RFC 7518, section 6).
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A client's keys.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientKeys {
    keys: Vec<ClientKey>,
    certificates: Vec<Vec<u8>>,
    document: Value,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKey {
    /// Its name, if it has one.
    pub kid: Option<String>,
    /// The key itself.
    pub material: KeyMaterial,
    alg: Option<String>,
    usage: Option<Usage>,
}

/// What a key says that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Usage {
    Signatures,
    Encryption,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyMaterial {
    /// RSA, both numbers big-endian.
    Rsa {
        /// The modulus.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
    /// An uncompressed point on P-256.
    P256(Vec<u8>),
    /// An Ed25519 key.
    Ed25519(Vec<u8>),
}

impl ClientKeys {
    /// Reads a JWK set. The error is a clause that never quotes a key.
    pub fn parse(document: &Value) -> Result<Self, String> {
        let entries = document.get("keys").and_then(Value::as_array).ok_or("is not a JWK set")?;
        if entries.len() > MOST_KEYS {
            return Err(format!("has more than {MOST_KEYS} keys"));
        }
        let (mut keys, mut certificates) = (Vec::new(), Vec::new());
        for entry in entries {
            keys.extend(ClientKey::parse(entry)?);
            certificates.extend(certificate(entry));
        }
        if keys.is_empty() && certificates.is_empty() {
            return Err("has no key that can be used: RSA, P-256 or Ed25519".to_owned());
        }
        Ok(Self { keys, certificates, document: document.clone() })
    }

    /// The set as it was given.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Whether there is a key that can check what the client signed.
    #[must_use]
    pub fn has_keys(&self) -> bool {
        self.keys.iter().any(ClientKey::is_for_signatures)
    }

    /// The key to which something for the client is encrypted: the first of those that fit best, which say themselves what
    /// they are for.
    #[must_use]
    pub fn recipient(&self, algorithm: EncryptionAlgorithm) -> Option<&ClientKey> {
        let fitting = self.keys.iter().filter(|key| key.is_recipient(algorithm));
        fitting.min_by_key(|key| (key.usage.is_none(), key.alg.is_none()))
    }

    /// Whether there is a certificate.
    #[must_use]
    pub fn has_certificates(&self) -> bool {
        !self.certificates.is_empty()
    }

    /// RFC 8705 §2.2: whether this certificate, in DER, is one of them.
    #[must_use]
    pub fn holds_certificate(&self, der: &[u8]) -> bool {
        self.certificates.iter().any(|own| own == der)
    }

    /// Whether a key has that name.
    #[must_use]
    pub fn has(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.is_for_signatures() && key.kid.as_deref() == Some(kid))
    }

    /// The keys that may have signed with that algorithm: those of that name, or all where none is named.
    pub fn candidates(&self, kid: Option<&str>, algorithm: AssertionAlgorithm) -> impl Iterator<Item = &ClientKey> {
        let is_named = move |key: &&ClientKey| kid.is_none() || key.kid.as_deref() == kid;
        self.keys.iter().filter(is_named).filter(move |key| key.fits(algorithm))
    }
}

impl ClientKey {
    /// `None` if the key is of a kind that is not used here.
    fn parse(jwk: &Value) -> Result<Option<Self>, String> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        // RFC 7591 §2: the set holds public keys.
        if text("kty") == Some("oct") || SECRET_MEMBERS.iter().any(|name| jwk.get(name).is_some()) {
            return Err("holds a private or symmetric key, which nobody else may see: replace that key".to_owned());
        }
        let usage = match text("use") {
            None => None,
            Some("sig") => Some(Usage::Signatures),
            Some("enc") => Some(Usage::Encryption),
            Some(_) => return Ok(None),
        };
        let Some(material) = material(&text)? else { return Ok(None) };
        Ok(Some(Self { kid: text("kid").map(str::to_owned), alg: text("alg").map(str::to_owned), usage, material }))
    }

    fn is_for_signatures(&self) -> bool {
        self.usage != Some(Usage::Encryption)
    }

    /// RFC 7517 §4.2, RFC 7517 §4.4: a key for signatures, or for another algorithm, encrypts nothing.
    fn is_recipient(&self, algorithm: EncryptionAlgorithm) -> bool {
        let of_kind = match self.material {
            KeyMaterial::Rsa { .. } => algorithm.is_rsa(),
            KeyMaterial::P256(_) => !algorithm.is_rsa(),
            KeyMaterial::Ed25519(_) => false,
        };
        let is_own = self.alg.as_deref().is_none_or(|own| own == algorithm.wire());
        of_kind && is_own && self.usage != Some(Usage::Signatures)
    }

    /// RFC 8725 §3.1: a key is used with the algorithms of its kind, and with its own only if it names one.
    fn fits(&self, algorithm: AssertionAlgorithm) -> bool {
        use AssertionAlgorithm::{ES256, EdDSA, HS256, PS256, RS256};
        let of_kind = match algorithm {
            RS256 | PS256 => matches!(self.material, KeyMaterial::Rsa { .. }),
            ES256 => matches!(self.material, KeyMaterial::P256(_)),
            EdDSA => matches!(self.material, KeyMaterial::Ed25519(_)),
            HS256 => false,
        };
        // RFC 9864 calls EdDSA with this curve Ed25519.
        let is_own = |own: &str| own == algorithm.wire() || (own == "Ed25519" && algorithm == EdDSA);
        of_kind && self.is_for_signatures() && self.alg.as_deref().is_none_or(is_own)
    }
}

/// RFC 7517 §4.7: the first certificate of `x5c` is that of the key, in base64. One that cannot be read is none.
fn certificate(jwk: &Value) -> Option<Vec<u8>> {
    let first = jwk.get("x5c")?.as_array()?.first()?.as_str()?;
    STANDARD.decode(first).ok().filter(|der| ClientCertificate::parse(der, Vec::new()).is_ok())
}

fn material<'a>(text: &impl Fn(&str) -> Option<&'a str>) -> Result<Option<KeyMaterial>, String> {
    let bytes = |name: &str| {
        let bytes = text(name).and_then(|value| URL_SAFE_NO_PAD.decode(value).ok());
        bytes.ok_or_else(|| format!("has a key whose {name} is missing or not base64url"))
    };
    let coordinate = |name: &str| bytes(name).and_then(|bytes| exactly_32(bytes, name));
    Ok(match (text("kty"), text("crv")) {
        (Some("RSA"), _) => {
            let n = bytes("n")?;
            let n = n.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
            if n.len() < *RSA_BYTES.start() || n.len() == *RSA_BYTES.start() && n[0] < 0x80 {
                return Err("has an RSA key of fewer than 2048 bits".to_owned());
            }
            RSA_BYTES.contains(&n.len()).then_some(KeyMaterial::Rsa { n, e: bytes("e")? })
        }
        (Some("EC"), Some("P-256")) => Some(KeyMaterial::P256([vec![4], coordinate("x")?, coordinate("y")?].concat())),
        (Some("OKP"), Some("Ed25519")) => Some(KeyMaterial::Ed25519(coordinate("x")?)),
        _ => None,
    })
}

fn exactly_32(bytes: Vec<u8>, name: &str) -> Result<Vec<u8>, String> {
    if bytes.len() == 32 { Ok(bytes) } else { Err(format!("has a key whose {name} is not 32 bytes long")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(bytes: usize) -> String {
        URL_SAFE_NO_PAD.encode(vec![0xff; bytes])
    }

    fn set(keys: &Value) -> Result<ClientKeys, String> {
        ClientKeys::parse(&json!({ "keys": keys }))
    }

    /// RFC 7591 §2: `jwks` holds public keys; RFC 8725 §3.1: each is used with its own algorithm.
    #[test]
    fn keeps_the_keys_that_can_be_used() {
        let keys = set(&json!([
            { "kty": "RSA", "n": of(256), "e": "AQAB", "kid": "rsa" },
            { "kty": "RSA", "n": of(256), "e": "AQAB", "kid": "pss", "alg": "PS256" },
            { "kty": "EC", "crv": "P-256", "x": of(32), "y": of(32) },
            { "kty": "OKP", "crv": "Ed25519", "x": of(32), "use": "sig" },
            { "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" },
            { "kty": "OKP", "crv": "X25519", "x": of(32) },
            { "kty": "EC", "crv": "P-256", "x": of(32), "y": of(32), "use": "enc" },
            { "kty": "new" },
        ]))
        .unwrap();
        let count = |kid, algorithm| keys.candidates(kid, algorithm).count();
        assert_eq!(count(None, AssertionAlgorithm::RS256), 1);
        assert_eq!(count(None, AssertionAlgorithm::PS256), 2);
        assert_eq!(count(Some("pss"), AssertionAlgorithm::RS256), 0);
        assert_eq!(count(None, AssertionAlgorithm::ES256), 1);
        assert_eq!(count(None, AssertionAlgorithm::EdDSA), 1);
        assert_eq!(count(None, AssertionAlgorithm::HS256), 0);
        assert!(keys.has("rsa") && !keys.has("other"));
    }

    /// RFC 7517 §4.2, RFC 7517 §4.4: what is for the client is encrypted to a key that is for that, and for that algorithm.
    #[test]
    fn chooses_the_key_that_says_it_is_for_encryption() {
        let rsa = |kid: &str, extra: Value| {
            let mut jwk = json!({ "kty": "RSA", "n": of(256), "e": "AQAB", "kid": kid });
            jwk.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            jwk
        };
        let keys = set(&json!([
            rsa("signs", json!({ "use": "sig" })),
            rsa("other", json!({ "alg": "RS256" })),
            rsa("any", json!({})),
            rsa("enc", json!({ "use": "enc" })),
            rsa("own", json!({ "use": "enc", "alg": "RSA-OAEP-256" })),
            { "kty": "EC", "crv": "P-256", "x": of(32), "y": of(32), "kid": "p256", "use": "enc" },
            { "kty": "OKP", "crv": "Ed25519", "x": of(32), "use": "enc", "kid": "ed" },
        ]))
        .unwrap();
        let chosen = |algorithm| keys.recipient(algorithm).and_then(|key| key.kid.as_deref());
        assert_eq!(chosen(EncryptionAlgorithm::RsaOaep256), Some("own"));
        assert_eq!(chosen(EncryptionAlgorithm::RsaOaep), Some("enc"));
        assert_eq!(chosen(EncryptionAlgorithm::EcdhEsA128Kw), Some("p256"));
        assert_eq!(keys.candidates(None, AssertionAlgorithm::ES256).count(), 0);
        assert!(keys.has("any") && !keys.has("enc"), "no signature is by a key for encryption");
        let only = set(&json!([rsa("enc", json!({ "use": "enc" }))])).unwrap();
        assert!(!only.has_keys() && only.recipient(EncryptionAlgorithm::EcdhEs).is_none());
    }

    #[test]
    fn says_what_is_wrong_with_a_set_without_quoting_a_key() {
        for (keys, problem) in [
            (json!([{ "kty": "oct", "k": "secret" }]), "private or symmetric"),
            (json!([{ "kty": "OKP", "crv": "Ed25519", "x": of(32), "d": "secret" }]), "private or symmetric"),
            (json!([{ "kty": "RSA", "n": of(128), "e": "AQAB" }]), "2048 bits"),
            (json!([{ "kty": "RSA", "n": of(256) }]), "whose e is missing"),
            (json!([{ "kty": "EC", "crv": "P-256", "x": of(31), "y": of(32) }]), "not 32 bytes"),
            (json!([{ "kty": "new" }]), "no key that can be used"),
            (json!([]), "no key that can be used"),
            (json!("keys"), "not a JWK set"),
            (json!(vec![json!({}); 21]), "more than 20 keys"),
        ] {
            let error = set(&keys).unwrap_err();
            assert!(error.contains(problem) && !error.contains("secret\""), "{error}");
        }
    }
}
