//! The client as the one to whom something is encrypted: with a key that it has registered, or publishes at its `jwks_uri`.

use super::remote_keys::RemoteKeys;
use crate::clock::{Entropy, Timestamp};
use crate::domain::keys::jwe::{self, Sealing};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::client_metadata::{ClientKey, ClientKeys};
use crate::protocol::encryption::Encryption;
use crate::store::Client;

/// A client's key, and how it wants to be encrypted to.
#[derive(Clone, Debug)]
pub struct Recipient {
    key: ClientKey,
    encryption: Encryption,
}

impl Recipient {
    /// Finds the key. Where the client has none that fits, it is told so: what it wants encrypted is never sent as it is.
    pub async fn find(
        client: &Client,
        encryption: Encryption,
        remote_keys: &RemoteKeys,
        now: Timestamp,
    ) -> Result<Self> {
        let found = |keys: &ClientKeys| keys.recipient(encryption.alg).filter(|key| jwe::takes(&key.material)).cloned();
        let key = match (&client.metadata.jwks, &client.metadata.jwks_uri) {
            (Some(keys), _) => found(keys),
            (None, Some(uri)) => {
                let keys = remote_keys.find_recipient(&client.id, uri.as_str(), encryption.alg, now).await;
                found(&*keys.map_err(|problem| {
                    invalid(
                        "The answer would be encrypted, but the keys at the client's jwks_uri cannot be had."
                            .to_owned(),
                    )
                    .because(format_args!("jwks_uri: {problem}"))
                })?)
            }
            (None, None) => None,
        };
        let key = key.ok_or_else(|| {
            invalid(format!(
                "The answer would be encrypted with {}, but the client has no key for that: in its jwks, or at its jwks_uri, \
                 there must be one of that kind without use, or whose use is enc.",
                encryption.alg
            ))
        })?;
        Ok(Self { key, encryption })
    }

    /// Encrypts a JWT: RFC 7519 §5.2, RFC 7519 §11.2: signed first, and said to be one.
    pub fn encrypt_jwt(&self, jwt: &str, entropy: &dyn Entropy) -> Result<String> {
        self.encrypt(jwt.as_bytes(), Some("JWT"), entropy)
    }

    /// Encrypts JSON that nobody signed.
    pub fn encrypt_json(&self, json: &[u8], entropy: &dyn Entropy) -> Result<String> {
        self.encrypt(json, None, entropy)
    }

    fn encrypt(&self, plain: &[u8], cty: Option<&'static str>, entropy: &dyn Entropy) -> Result<String> {
        let (key, kid) = (&self.key.material, self.key.kid.as_deref());
        let sealing = Sealing { key, kid, encryption: self.encryption, cty };
        let cause = || format!("encryption with {} failed", self.encryption.alg);
        sealing.seal(plain, entropy).map_err(|_| OAuthError::from(ErrorCode::ServerError).because(cause()))
    }
}

fn invalid(text: String) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, text)
}
