//! Answers that are signed for the client that reads them, so that it can show to others what it was told, and encrypted
//! where it wants that: `UserInfo` and introspection.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::clients::recipient::Recipient;
use super::keys::jwt;
use super::keys::key_set::KeySet;
use crate::clock::{Entropy, Timestamp};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::algorithm::SigningAlgorithm;
use crate::protocol::issuer::Issuer;
use crate::store::Client;

/// RFC 9701 §5: the `typ` header, so that an introspection response passes for no token.
const INTROSPECTION: &str = "token-introspection+jwt";
/// `UserInfo` has no type of its own; without an end it passes for no ID token.
const USERINFO: &str = "JWT";

/// What `UserInfo` tells, as the client wants it.
pub enum Told {
    /// The claims as they are.
    Plain(Map<String, Value>),
    /// Signed, encrypted, or both.
    Jwt(String),
}

/// What signs and encrypts, for whom.
pub struct Signer<'a> {
    /// Our keys.
    pub keys: Arc<KeySet>,
    /// Who answers.
    pub issuer: &'a Issuer,
    /// Who asked.
    pub client: &'a Client,
    /// The key of whoever asked, where the answer is encrypted: found before anything is done.
    pub recipient: Option<Recipient>,
    /// Randomness.
    pub entropy: &'a dyn Entropy,
    /// The time.
    pub now: Timestamp,
}

impl Signer<'_> {
    /// OIDC Core §5.3.2: a client that wants it signed or encrypted gets nothing else, whatever it accepts. What is only
    /// encrypted is JSON inside.
    pub fn userinfo(&self, claims: Map<String, Value>) -> Result<Told> {
        match (self.client.metadata.userinfo_signed_response_alg, &self.recipient) {
            (None, None) => Ok(Told::Plain(claims)),
            (Some(algorithm), _) => self.encrypted(self.signed_userinfo(algorithm, claims)?).map(Told::Jwt),
            (None, Some(recipient)) => {
                let claims = Value::Object(claims).to_string();
                recipient.encrypt_json(claims.as_bytes(), self.entropy).map(Told::Jwt)
            }
        }
    }

    /// OIDC Core §5.3.2: the claims, with who tells them and whom. There is never a `nonce`.
    fn signed_userinfo(&self, algorithm: SigningAlgorithm, mut claims: Map<String, Value>) -> Result<String> {
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
        self.encrypted(self.sign(self.client.metadata.introspection_signed_response_alg, INTROSPECTION, &claims)?)
    }

    /// RFC 9701 §5: signed, then encrypted.
    fn encrypted(&self, jwt: String) -> Result<String> {
        match &self.recipient {
            None => Ok(jwt),
            Some(recipient) => recipient.encrypt_jwt(&jwt, self.entropy),
        }
    }

    fn sign(&self, algorithm: SigningAlgorithm, typ: &str, claims: &impl Serialize) -> Result<String> {
        let failed = |cause: String| OAuthError::from(ErrorCode::ServerError).because(cause);
        let key = self.keys.active(algorithm, self.now).ok_or_else(|| failed(format!("no active {algorithm} key")))?;
        jwt::sign(key, typ, claims).map_err(|error| failed(error.to_string()))
    }
}
