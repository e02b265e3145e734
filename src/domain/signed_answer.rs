//! Answers that are signed for the client that reads them, so that it can show to others what it was told: `UserInfo` and
//! introspection.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::keys::jwt;
use super::keys::key_set::KeySet;
use crate::clock::Timestamp;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::algorithm::SigningAlgorithm;
use crate::protocol::issuer::Issuer;
use crate::store::Client;

/// RFC 9701 §5: the `typ` header, so that an introspection response passes for no token.
const INTROSPECTION: &str = "token-introspection+jwt";
/// `UserInfo` has no type of its own; without an end it passes for no ID token.
const USERINFO: &str = "JWT";

/// What signs, for whom.
pub struct Signer<'a> {
    /// Our keys.
    pub keys: &'a KeySet,
    /// Who answers.
    pub issuer: &'a Issuer,
    /// Who asked.
    pub client: &'a Client,
    /// The time.
    pub now: Timestamp,
}

impl Signer<'_> {
    /// OIDC Core §5.3.2: the claims, with who tells them and whom. There is never a `nonce`.
    pub fn userinfo(&self, algorithm: SigningAlgorithm, mut claims: Map<String, Value>) -> Result<String> {
        claims.insert("iss".to_owned(), json!(self.issuer.as_str()));
        claims.insert("aud".to_owned(), json!(self.client.id));
        self.sign(algorithm, USERINFO, &claims)
    }

    /// RFC 9701 §5: the answer in a claim of its own. Neither `sub` nor `exp` stands beside it, so that it passes for no
    /// access token.
    pub fn introspection(&self, answer: &impl Serialize) -> Result<String> {
        let claims = json!({
            "iss": self.issuer.as_str(),
            "aud": self.client.id,
            "iat": self.now.seconds(),
            "token_introspection": answer,
        });
        self.sign(self.client.metadata.introspection_signed_response_alg, INTROSPECTION, &claims)
    }

    fn sign(&self, algorithm: SigningAlgorithm, typ: &str, claims: &impl Serialize) -> Result<String> {
        let failed = |cause: String| OAuthError::from(ErrorCode::ServerError).because(cause);
        let key = self.keys.active(algorithm, self.now).ok_or_else(|| failed(format!("no active {algorithm} key")))?;
        jwt::sign(key, typ, claims).map_err(|error| failed(error.to_string()))
    }
}
