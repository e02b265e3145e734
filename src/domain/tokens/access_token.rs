//! The claims of a JWT access token (RFC 9068).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::ids::{ApiKeyId, AuthorizationId, ClientId};
use crate::protocol::certificate::Confirmation;
use crate::protocol::key_mode::KeyMode;
use crate::protocol::scope::Scope;

/// The `typ` header of a JWT access token: RFC 9068 §2.1.
pub const TYP: &str = "at+jwt";

/// One audience as a string, several as an array: RFC 7519 §4.1.3 allows both, and most APIs expect the string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Audience {
    /// The members, in order.
    #[must_use]
    pub fn to_vec(&self) -> Vec<String> {
        match self {
            Self::One(audience) => vec![audience.clone()],
            Self::Several(audiences) => audiences.clone(),
        }
    }
}

impl From<Vec<String>> for Audience {
    fn from(mut audiences: Vec<String>) -> Self {
        if audiences.len() == 1 { Self::One(audiences.swap_remove(0)) } else { Self::Several(audiences) }
    }
}

/// The claims of a JWT access token: RFC 9068 §2.2.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// The issuer.
    pub iss: String,
    /// When it ends, in Unix seconds.
    pub exp: i64,
    /// Whom it is for.
    pub aud: Audience,
    /// Whom it speaks for: a person, or a client.
    pub sub: String,
    /// The client it was issued to.
    pub client_id: ClientId,
    /// When it was issued, in Unix seconds.
    pub iat: i64,
    /// Its identifier.
    pub jti: Uuid,
    /// What it may do; left out where that is nothing.
    #[serde(default, skip_serializing_if = "Scope::is_empty")]
    pub scope: Scope,
    /// When the person signed in: RFC 9068 §2.2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// How well: RFC 9068 §2.2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// By which methods: RFC 9068 §2.2.1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The certificate it is bound to: RFC 8705 §3.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// The authorization it belongs to, so that revoking that ends this token at our own endpoints at once. Private to
    /// this server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_id: Option<AuthorizationId>,
    /// The API key for which it was given, so that it ends with that key at our own endpoints at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<ApiKeyId>,
    /// What that key is for, so that no API takes one for trying things out for another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_mode: Option<KeyMode>,
    /// The `jti` of the token for which it was given, and of those for which that was: it ends with each of them at our
    /// own endpoints. Private to this server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanged_from: Vec<String>,
    /// What rules of the settings tell of the person: RFC 9068 §2.2.2. It is for the API; we look at the person.
    #[serde(flatten, skip_deserializing)]
    pub about: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7519 §4.1.3: a single audience may be a plain string.
    #[test]
    fn writes_one_audience_as_a_string_and_several_as_an_array() {
        let one = Audience::from(vec!["https://api.example".to_owned()]);
        assert_eq!(serde_json::to_string(&one).unwrap(), r#""https://api.example""#);
        let several = Audience::from(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(serde_json::to_string(&several).unwrap(), r#"["a","b"]"#);
        assert_eq!(several.to_vec(), ["a", "b"]);
    }
}
