//! The public half of a key, as JWKS publishes it (RFC 7517, RFC 7518, RFC 8037).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::protocol::algorithm::KeyAlgorithm;

/// What makes up a public key, each member in base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kty")]
pub enum PublicKey {
    /// An RSA key.
    #[serde(rename = "RSA")]
    Rsa {
        /// The modulus, without leading zeros.
        n: String,
        /// The exponent, without leading zeros.
        e: String,
    },
    /// A point of an elliptic curve.
    #[serde(rename = "EC")]
    Ec {
        /// The curve.
        crv: &'static str,
        /// The first coordinate.
        x: String,
        /// The second coordinate.
        y: String,
    },
    /// An Edwards-curve key.
    #[serde(rename = "OKP")]
    Okp {
        /// The curve.
        crv: &'static str,
        /// The key.
        x: String,
    },
}

impl PublicKey {
    /// An RSA key from its numbers, big-endian without leading zeros.
    #[must_use]
    pub fn rsa(n: &[u8], e: &[u8]) -> Self {
        Self::Rsa { n: URL_SAFE_NO_PAD.encode(n), e: URL_SAFE_NO_PAD.encode(e) }
    }

    /// A P-256 key from its uncompressed point; `None` if it is not one.
    #[must_use]
    pub fn p256(point: &[u8]) -> Option<Self> {
        // RFC 7518 §6.2.1.2: a coordinate is always 32 bytes, leading zeros kept; that is how a point holds it.
        let (x, y) = point.strip_prefix(&[4])?.split_first_chunk::<32>()?;
        let y: &[u8; 32] = y.try_into().ok()?;
        Some(Self::Ec { crv: "P-256", x: URL_SAFE_NO_PAD.encode(x), y: URL_SAFE_NO_PAD.encode(y) })
    }

    /// An Ed25519 key from its 32 bytes.
    #[must_use]
    pub fn ed25519(x: &[u8]) -> Self {
        Self::Okp { crv: "Ed25519", x: URL_SAFE_NO_PAD.encode(x) }
    }

    /// The SHA-256 thumbprint, in base64url: the name by which a key is known everywhere, whoever computes it.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        // RFC 7638 §3.2: the required members only, in the order of the alphabet, without white space.
        let canonical = match self {
            Self::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            Self::Ec { crv, x, y } => format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#),
            // RFC 8037 §2: `crv`, `kty` and `x` are the required members of this kind.
            Self::Okp { crv, x } => format!(r#"{{"crv":"{crv}","kty":"OKP","x":"{x}"}}"#),
        };
        URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()))
    }
}

/// An entry of a JWKS document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// The key itself.
    #[serde(flatten)]
    pub key: PublicKey,
    /// What the key is for: signatures, or encryption.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// The algorithm that the key is for.
    pub alg: KeyAlgorithm,
    /// The key's thumbprint.
    pub kid: String,
}

impl Jwk {
    /// The entry of a key that is for `alg`.
    #[must_use]
    pub fn new(key: PublicKey, alg: KeyAlgorithm) -> Self {
        let kid = key.thumbprint();
        Self { key, usage: alg.usage(), alg, kid }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.2: the document's own example, an RSA key.
    #[test]
    fn computes_the_thumbprint_of_the_specification() {
        let n = concat!(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi",
            "FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb",
            "9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls",
            "1jF44-csFCur-kEgU8awapJzKnqDKgw",
        );
        let key = PublicKey::Rsa { n: n.into(), e: "AQAB".into() };
        assert_eq!(key.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    /// RFC 8037 §2: the Ed25519 key of its examples, with the thumbprint given there.
    #[test]
    fn computes_the_thumbprint_of_an_edwards_key() {
        let key = PublicKey::Okp { crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".into() };
        assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    /// RFC 7518 §6.2.1.2: 32 bytes a coordinate, which is 43 characters, even where it begins with zeros.
    #[test]
    fn keeps_the_zeros_in_front_of_a_coordinate() {
        let mut point = [0; 65];
        point[0] = 4;
        point[64] = 1;
        let Some(PublicKey::Ec { x, y, .. }) = PublicKey::p256(&point) else { panic!("a point") };
        assert_eq!((x.len(), y.len()), (43, 43));
        assert_eq!(PublicKey::p256(&point[..64]), None);
        point[0] = 2;
        assert_eq!(PublicKey::p256(&point), None);
    }

    #[test]
    fn publishes_what_a_verifier_needs_and_nothing_more() {
        let jwk = serde_json::to_value(Jwk::new(PublicKey::ed25519(&[0; 32]), KeyAlgorithm::EdDSA)).unwrap();
        let names: Vec<_> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["kty", "crv", "x", "use", "alg", "kid"]);
        assert_eq!(jwk["use"], "sig");
        assert_eq!(jwk["alg"], "EdDSA");
    }
}
