//! What tells one certificate from every other, and how a token says to which it is bound.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// `x5t#S256`, the SHA-256 of a certificate in DER (RFC 8705 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thumbprint(pub [u8; 32]);

impl Thumbprint {
    /// That of a certificate in DER.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&digest::SHA256, der).as_ref());
        Self(bytes)
    }
}

impl Serialize for Thumbprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Thumbprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| de::Error::custom("no SHA-256 in base64url"))
    }
}

/// The claim `cnf` of a token that is bound to a certificate (RFC 8705 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The certificate's thumbprint.
    #[serde(rename = "x5t#S256")]
    pub x5t_s256: Thumbprint,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8705 §3.1: base64url of the SHA-256, without padding.
    #[test]
    fn is_written_as_the_claim_has_it() {
        let claim = Confirmation { x5t_s256: Thumbprint::of(b"") };
        let text = serde_json::to_string(&claim).unwrap();
        assert_eq!(text, r#"{"x5t#S256":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}"#);
        assert_eq!(serde_json::from_str::<Confirmation>(&text).unwrap(), claim);
        for other in [r#"{"x5t#S256":"AA"}"#, r#"{"jkt":"AA"}"#, r#"{"x5t#S256":1}"#] {
            assert!(serde_json::from_str::<Confirmation>(other).is_err(), "{other}");
        }
    }
}
