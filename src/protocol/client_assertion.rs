//! The JWTs by which clients authenticate (RFC 7523 §2.2), taken apart. Nothing is verified here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::wire::wire_names;

/// The one `client_assertion_type` there is.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

wire_names! {
    /// What an assertion may be signed with, by its registered name (RFC 7518, RFC 8037).
    pub enum AssertionAlgorithm {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        RS256 = "RS256",
        /// RSASSA-PSS with SHA-256.
        PS256 = "PS256",
        /// ECDSA on P-256 with SHA-256.
        ES256 = "ES256",
        /// Ed25519.
        EdDSA = "EdDSA",
        /// HMAC with SHA-256: with the client's secret.
        HS256 = "HS256",
    }
}

/// An assertion as it was sent.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// What its header says.
    pub header: Header,
    /// What it claims.
    pub claims: Claims,
    /// What was signed: header and payload as they were sent.
    pub signed: String,
    /// The signature.
    pub signature: Vec<u8>,
}

/// The header parameters that matter (RFC 7515, section 4.1); one given twice makes the header unreadable.
#[derive(Clone, Debug, Deserialize)]
pub struct Header {
    /// The algorithm.
    pub alg: String,
    /// The kind of token.
    pub typ: Option<String>,
    /// The name of the key.
    pub kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    jwk: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    jku: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    x5u: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    x5c: Option<IgnoredAny>,
}

impl Header {
    /// Whether it demands that an extension be understood.
    #[must_use]
    pub const fn is_critical(&self) -> bool {
        self.crit.is_some()
    }

    /// Whether it brings the key by which it wants to be checked.
    #[must_use]
    pub const fn brings_key(&self) -> bool {
        self.jwk.is_some() || self.jku.is_some() || self.x5u.is_some() || self.x5c.is_some()
    }
}

/// The claims that matter (RFC 7523, section 3).
#[derive(Clone, Debug, Deserialize)]
pub struct Claims {
    /// Who made it.
    pub iss: Option<String>,
    /// Whom it speaks of.
    pub sub: Option<String>,
    /// Whom it is for.
    pub aud: Option<Audience>,
    /// When it ends, in seconds.
    pub exp: Option<i64>,
    /// When it begins.
    pub nbf: Option<i64>,
    /// When it was made.
    pub iat: Option<i64>,
    /// What makes it the only one of its kind.
    pub jti: Option<String>,
}

/// One audience, or a list of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// A string.
    One(String),
    /// A list.
    Many(Vec<String>),
}

impl Audience {
    /// Whether it is among those that are meant.
    #[must_use]
    pub fn holds(&self, wanted: &str) -> bool {
        match self {
            Self::One(audience) => audience == wanted,
            Self::Many(audiences) => audiences.iter().any(|audience| audience == wanted),
        }
    }
}

impl Assertion {
    /// Takes a JWT in compact form apart; `None` if it is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        Some(Self {
            header: json(header)?,
            claims: json(payload)?,
            signed: signed.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }
}

fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// A member that is there, whatever it holds: null counts too.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<IgnoredAny>, D::Error> {
    IgnoredAny::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: &str, claims: &str) -> Option<Assertion> {
        Assertion::read(&format!("{}.{}.AA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims)))
    }

    /// RFC 7523 §2.2: an assertion is one JWT.
    #[test]
    fn takes_a_jwt_apart() {
        let assertion = read(r#"{"alg":"ES256","kid":"k","x":1}"#, r#"{"iss":"a","aud":["b"],"exp":5}"#).unwrap();
        assert_eq!((assertion.header.alg.as_str(), assertion.header.kid.as_deref()), ("ES256", Some("k")));
        assert_eq!((assertion.claims.iss.as_deref(), assertion.claims.exp), (Some("a"), Some(5)));
        assert_eq!(assertion.signature, [0]);
        assert!(!assertion.header.is_critical() && !assertion.header.brings_key());
    }

    #[test]
    fn reads_nothing_else() {
        for text in ["", ".", "..", "a.b", "a.b.c", "e30.e30.AA", "a.b.c.d.e"] {
            assert!(Assertion::read(text).is_none(), "{text}");
        }
        assert!(read(r#"{"alg":"ES256","alg":"none"}"#, "{}").is_none(), "twice");
        assert!(read(r#"{"alg":"ES256"}"#, r#"{"sub":"a","sub":"b"}"#).is_none(), "twice");
        assert!(read(r#"{"alg":"ES256"}"#, r#"{"exp":"tomorrow"}"#).is_none());
    }

    #[test]
    fn sees_a_header_parameter_even_if_it_is_null() {
        for name in ["jwk", "jku", "x5u", "x5c"] {
            assert!(read(&format!(r#"{{"alg":"ES256","{name}":null}}"#), "{}").unwrap().header.brings_key());
        }
        assert!(read(r#"{"alg":"ES256","crit":null}"#, "{}").unwrap().header.is_critical());
    }
}
