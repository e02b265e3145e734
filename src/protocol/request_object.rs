//! Authorization requests that travel in a JWT (OIDC Core §6, RFC 9101), taken apart. Nothing is verified here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::client_assertion::{AssertionAlgorithm, Claims, Header};
use super::params::Params;
use super::unique_members::UniqueMembers;
use super::wire::wire_names;
use crate::error::{ErrorCode, OAuthError, Result};

/// The parameters by which a request names the object that carries it.
pub const CARRIERS: [&str; 2] = ["request", "request_uri"];
/// The header of an object that nobody signed.
const UNSIGNED: &str = r#"{"alg":"none"}"#;
/// What a JWT says of itself; no parameters of a request.
const OF_THE_JWT: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

wire_names! {
    /// What a request object may be signed with (`request_object_signing_alg`).
    pub enum RequestObjectAlgorithm {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        RS256 = "RS256",
        /// RSASSA-PSS with SHA-256.
        PS256 = "PS256",
        /// ECDSA on P-256 with SHA-256.
        ES256 = "ES256",
        /// Ed25519.
        EdDSA = "EdDSA",
        /// Not at all: such an object says no more than plain parameters.
        None = "none",
    }
}

impl RequestObjectAlgorithm {
    /// The algorithm of the signature, if there is to be one.
    #[must_use]
    pub const fn signature(self) -> Option<AssertionAlgorithm> {
        match self {
            Self::RS256 => Some(AssertionAlgorithm::RS256),
            Self::PS256 => Some(AssertionAlgorithm::PS256),
            Self::ES256 => Some(AssertionAlgorithm::ES256),
            Self::EdDSA => Some(AssertionAlgorithm::EdDSA),
            Self::None => None,
        }
    }
}

/// How an object comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier<'a> {
    /// `request`: the object itself.
    Value(&'a str),
    /// `request_uri`: where it is to be fetched.
    Reference(&'a str),
}

impl<'a> Carrier<'a> {
    /// What carries the request, if it does not come as plain parameters.
    pub fn find(params: &'a Params) -> Result<Option<Self>> {
        match (params.one("request")?, params.one("request_uri")?) {
            (None, None) => Ok(None),
            (Some(object), None) => Ok(Some(Self::Value(object))),
            (None, Some(uri)) => Ok(Some(Self::Reference(uri))),
            // OIDC Core §6.1, RFC 9101 §5: one of the two.
            (Some(_), Some(_)) => {
                let text = "Send the object as request or its address as request_uri, not both.";
                Err(OAuthError::new(ErrorCode::InvalidRequest, text))
            }
        }
    }
}

/// A request object as it was sent.
#[derive(Clone, Debug)]
pub struct RequestObject {
    /// What its header says.
    pub header: Header,
    /// What it says as a JWT.
    pub claims: Claims,
    /// What was signed: header and payload as they were sent.
    pub signed: String,
    /// The signature; empty if there is none.
    pub signature: Vec<u8>,
    members: Map<String, Value>,
}

impl RequestObject {
    /// What was encrypted: a signed object, or its claims as they are, which counts as one that nobody signed.
    pub fn read_decrypted(plain: &[u8]) -> Result<Self> {
        match str::from_utf8(plain) {
            // OIDC Core §6.1: it may be encrypted without being signed.
            Ok(text) if text.trim_start().starts_with('{') => {
                let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
                Self::read(&format!("{}.{}.", part(UNSIGNED), part(text)))
            }
            Ok(text) => Self::read(text.trim()),
            Err(_) => Self::read(""),
        }
    }

    /// Takes an object in compact form apart. What is none is `invalid_request_object`.
    pub fn read(text: &str) -> Result<Self> {
        Self::parts(text).ok_or_else(|| {
            invalid(
                "The request object is not a JWT in compact form whose payload is a JSON object with each member once.",
            )
        })
    }

    fn parts(text: &str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let UniqueMembers(members) = serde_json::from_slice(&decode(payload)?).ok()?;
        Some(Self {
            header: serde_json::from_slice(&decode(header)?).ok()?,
            claims: serde_json::from_value(Value::Object(members.clone())).ok()?,
            signed: signed.to_owned(),
            signature: decode(signature)?,
            members,
        })
    }

    /// Whether there is a member of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A member that is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str)
    }

    /// The parameters in it, as they would be sent plainly. OIDC Core §6.1: numbers are numbers there, and objects objects.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, String)> {
        let members = self.members.iter().filter(|(name, _)| !OF_THE_JWT.contains(&name.as_str()));
        members.flat_map(|(name, value)| {
            let values = match value {
                // RFC 8707 §2: several resources are a list.
                Value::Array(list) if name == "resource" => list.iter().map(plain).collect(),
                value => vec![plain(value)],
            };
            values.into_iter().map(move |value| (name.as_str(), value))
        })
    }
}

/// A value as it is sent plainly; null counts as omitted, as an empty parameter does.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn invalid(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestObject, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(payload: &str) -> Result<RequestObject> {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        RequestObject::read(&format!("{}.{}.", part(r#"{"alg":"none"}"#), part(payload)))
    }

    /// OIDC Core §6.1: what stands in the object as JSON means what it means as a plain parameter. RFC 8707 §2: a list of
    /// resources is several.
    #[test]
    fn tells_the_parameters_as_they_would_be_sent_plainly() {
        let object = read(
            r#"{"iss":"app","aud":"x","exp":5,"jti":"j","max_age":60,"claims":{"id_token":{"email":null}},"state":"é",
                "nonce":null,"x":true,"resource":["https://a.example","https://b.example"],"sub":"s","nbf":1,"iat":1}"#,
        )
        .unwrap();
        let mut told: Vec<_> = object.parameters().collect();
        told.sort();
        let expected = [
            ("claims", r#"{"id_token":{"email":null}}"#),
            ("max_age", "60"),
            ("nonce", ""),
            ("resource", "https://a.example"),
            ("resource", "https://b.example"),
            ("state", "é"),
            ("x", "true"),
        ];
        assert_eq!(told, expected.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(
            (object.claims.exp, object.claims.iss.as_deref(), object.text("state")),
            (Some(5), Some("app"), Some("é"))
        );
        assert!(object.has("nonce") && !object.has("scope") && object.signature.is_empty());
    }

    /// OIDC Core §6.1: what was encrypted is an object, or the claims of one.
    #[test]
    fn reads_what_was_encrypted_as_an_object_or_as_claims() {
        let claims = RequestObject::read_decrypted(br#" {"state":"a"}"#).unwrap();
        assert_eq!((claims.header.alg.as_str(), claims.text("state"), claims.signature.len()), ("none", Some("a"), 0));
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}.AA\n", part(r#"{"alg":"ES256"}"#), part(r#"{"state":"a"}"#));
        assert_eq!(RequestObject::read_decrypted(signed.as_bytes()).unwrap().signature, [0]);
        for other in [&b""[..], b"\xff", b"[]", b"{\"a\":1,\"a\":1}", b"a.b.c.d.e"] {
            assert!(RequestObject::read_decrypted(other).is_err(), "{other:?}");
        }
    }

    /// RFC 7519 §4: a member twice.
    #[test]
    fn reads_nothing_that_two_could_read_differently() {
        for payload in ["", "[]", "{", r#"{"state":"a","state":"b"}"#, r#"{"exp":"soon"}"#, r#"{"aud":1}"#, "null"] {
            let error = read(payload).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidRequestObject, "{payload}");
        }
        for text in ["", ".", "..", "a.b.c", "e30.e30.", "a.b.c.d", "a.b.c.d.e", "a.b.c.d.e.f"] {
            let error = RequestObject::read(text).unwrap_err();
            assert!(error.text.contains("not a JWT"), "{text}: {error}");
        }
    }

    /// OIDC Core §6.1, RFC 9101 §5: `request` or `request_uri`.
    #[test]
    fn finds_what_carries_a_request() {
        let find = |query: &str| {
            let params = Params::parse(query.as_bytes()).unwrap();
            Carrier::find(&params).map(|found| found.map(|carrier| format!("{carrier:?}")))
        };
        assert_eq!(find("state=a&request=").unwrap(), None);
        assert_eq!(find("request=a.b.c").unwrap().as_deref(), Some(r#"Value("a.b.c")"#));
        assert_eq!(
            find("request_uri=https://a.example/r").unwrap().as_deref(),
            Some(r#"Reference("https://a.example/r")"#)
        );
        for query in ["request=a&request_uri=b", "request=a&request=a", "request_uri=a&request_uri=b"] {
            assert_eq!(find(query).unwrap_err().code, ErrorCode::InvalidRequest, "{query}");
        }
    }
}
