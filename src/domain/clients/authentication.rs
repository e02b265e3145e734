//! How a client proves who it is (RFC 6749 §2.3).

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::clock::Timestamp;
use crate::domain::keys::hashing::TokenHasher;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::ClientId;
use crate::protocol::client_metadata::AuthMethod;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::Client;

/// What a request presents to say which client it comes from.
#[derive(Debug)]
pub struct Credentials {
    /// The client it claims to be.
    pub client_id: ClientId,
    /// What it shows for it.
    pub proof: Proof,
}

/// What a client shows for being who it says.
#[derive(Debug)]
pub enum Proof {
    /// Nothing: a public client.
    None,
    /// `client_secret_basic`: in the `Authorization` header.
    Basic(SecretString),
    /// `client_secret_post`: in the body.
    Post(SecretString),
}

impl Proof {
    const fn method(&self) -> AuthMethod {
        match self {
            Self::None => AuthMethod::None,
            Self::Basic(_) => AuthMethod::ClientSecretBasic,
            Self::Post(_) => AuthMethod::ClientSecretPost,
        }
    }
}

impl Credentials {
    /// Reads what the request presents: `basic` from the header, the rest from the body.
    pub fn choose(
        basic: Option<(String, SecretString)>,
        client_id: Option<&str>,
        client_secret: Option<&str>,
    ) -> Result<Self> {
        match (basic, client_id, client_secret) {
            // RFC 6749 §2.3: a client must not use more than one method in a request.
            (Some(_), _, Some(_)) => Err(OAuthError::new(
                ErrorCode::InvalidRequest,
                "Send the client secret in the Authorization header or in the body, not in both.",
            )),
            (Some((id, _)), Some(sent), None) if sent != id => Err(OAuthError::new(
                ErrorCode::InvalidRequest,
                "The client_id in the body differs from the one in the Authorization header.",
            )),
            (Some((id, secret)), _, None) => Ok(Self { client_id: ClientId(id), proof: Proof::Basic(secret) }),
            (None, Some(id), Some(secret)) => {
                Ok(Self { client_id: ClientId(id.to_owned()), proof: Proof::Post(SecretString::from(secret)) })
            }
            (None, Some(id), None) => Ok(Self { client_id: ClientId(id.to_owned()), proof: Proof::None }),
            (None, None, _) => Err(OAuthError::new(
                ErrorCode::InvalidClient,
                "The request names no client: authenticate, or send client_id if the client is public.",
            )),
        }
    }
}

/// A client that has proved who it is.
#[derive(Clone, Debug)]
pub struct AuthenticatedClient(Arc<Client>);

impl AuthenticatedClient {
    /// Whether it proved that with a secret: a public client has merely named itself.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.0.metadata.token_endpoint_auth_method != AuthMethod::None
    }
}

impl std::ops::Deref for AuthenticatedClient {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.0
    }
}

/// Checks what a request presents against what is registered. Whatever fails, the answer is the same, so that it tells
/// a stranger nothing; the `cause` tells the log.
pub fn authenticate(
    credentials: &Credentials,
    client: Option<Arc<Client>>,
    hasher: &TokenHasher,
    now: Timestamp,
) -> Result<AuthenticatedClient> {
    let Some(client) = client else { return Err(refused("unknown client")) };
    if client.disabled_at.is_some() {
        return Err(refused("the client is disabled"));
    }
    let registered = client.metadata.token_endpoint_auth_method;
    // OIDC Registration §2: the registered token_endpoint_auth_method is the one to use.
    if credentials.proof.method() != registered {
        return Err(refused(format_args!("the client is registered for {registered}")));
    }
    match &credentials.proof {
        Proof::None => Ok(AuthenticatedClient(client)),
        Proof::Basic(secret) | Proof::Post(secret) if holds(&client, secret, hasher, now) => {
            Ok(AuthenticatedClient(client))
        }
        Proof::Basic(_) | Proof::Post(_) => Err(refused("wrong secret")),
    }
}

/// Client secrets are 256 random bits, so that a keyed hash protects them as well as a slow one would.
fn holds(client: &Client, secret: &SecretString, hasher: &TokenHasher, now: Timestamp) -> bool {
    let secret = secret.expose_secret();
    // Our own secrets have a checksum; what was mistyped needs no comparison. Operators may bring others.
    if token_format::kind_of(secret) == Some(TokenKind::ClientSecret)
        && token_format::parse(TokenKind::ClientSecret, secret).is_none()
    {
        return false;
    }
    let valid = |expires_at: Option<Timestamp>| expires_at.is_none_or(|end| end > now);
    client
        .secrets
        .iter()
        .filter(|known| valid(known.expires_at))
        .any(|known| hasher.verify(secret, known.hash.as_bytes()))
}

fn refused(cause: impl std::fmt::Display) -> OAuthError {
    OAuthError::new(
        ErrorCode::InvalidClient,
        "Client authentication failed: check client_id, the secret, and the registered token_endpoint_auth_method.",
    )
    .because(cause)
}
