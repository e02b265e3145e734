//! How a client proves who it is (RFC 6749 §2.3).

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::clock::Timestamp;
use crate::domain::keys::hashing::TokenHasher;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::ClientId;
use crate::protocol::client_assertion::{Assertion, JWT_BEARER};
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
    /// `client_secret_jwt` or `private_key_jwt`: signed. Checked by [`assertion`](super::assertion).
    Assertion(Box<Assertion>),
}

impl Credentials {
    /// The same where the body holds an assertion (RFC 7521 §4.2), of which `client_id` repeats the subject if it is sent.
    pub fn of_assertion(kind: Option<&str>, text: &str, client_id: Option<&str>) -> Result<Self> {
        let Some(kind) = kind else {
            return Err(OAuthError::new(
                ErrorCode::InvalidRequest,
                "Send client_assertion_type with client_assertion.",
            ));
        };
        if kind != JWT_BEARER {
            let text = format!("The client_assertion_type must be {JWT_BEARER}.");
            return Err(OAuthError::new(ErrorCode::InvalidClient, text));
        }
        let assertion = Assertion::read(text).map(Box::new);
        let subject = assertion.as_ref().and_then(|assertion| assertion.claims.sub.clone());
        let (Some(assertion), Some(subject)) = (assertion, subject) else {
            let text = "The client_assertion is not a signed JWT whose sub is the client_id.";
            return Err(OAuthError::new(ErrorCode::InvalidClient, text));
        };
        if client_id.is_some_and(|sent| sent != subject) {
            let text = "The client_id in the body differs from the sub of the client_assertion.";
            return Err(OAuthError::new(ErrorCode::InvalidClient, text));
        }
        Ok(Self { client_id: ClientId(subject), proof: Proof::Assertion(assertion) })
    }

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
    /// A client whose proof was found good.
    pub(super) const fn proven(client: Arc<Client>) -> Self {
        Self(client)
    }

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
    proof: &Proof,
    client: Option<Arc<Client>>,
    hasher: &TokenHasher,
    now: Timestamp,
) -> Result<AuthenticatedClient> {
    let (method, secret) = match proof {
        Proof::None => return admit(client, AuthMethod::None).map(AuthenticatedClient),
        Proof::Basic(secret) => (AuthMethod::ClientSecretBasic, secret),
        Proof::Post(secret) => (AuthMethod::ClientSecretPost, secret),
        Proof::Assertion(_) => return Err(refused("an assertion is checked elsewhere")),
    };
    let client = admit(client, method)?;
    if holds(&client, secret, hasher, now) { Ok(AuthenticatedClient(client)) } else { Err(refused("wrong secret")) }
}

/// The client, if it may authenticate by this method.
pub(super) fn admit(client: Option<Arc<Client>>, method: AuthMethod) -> Result<Arc<Client>> {
    let Some(client) = client else { return Err(refused("unknown client")) };
    if client.disabled_at.is_some() {
        return Err(refused("the client is disabled"));
    }
    let registered = client.metadata.token_endpoint_auth_method;
    // OIDC Registration §2: the registered token_endpoint_auth_method is the one to use.
    if method != registered {
        return Err(refused(format_args!("the client is registered for {registered}")));
    }
    Ok(client)
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
    client.secrets.iter().filter(|known| known.is_valid(now)).any(|known| hasher.verify(secret, known.hash.as_bytes()))
}

pub(super) fn refused(cause: impl std::fmt::Display) -> OAuthError {
    OAuthError::new(
        ErrorCode::InvalidClient,
        "Client authentication failed: check client_id, the secret, key or certificate, and the registered token_endpoint_auth_method.",
    )
    .because(cause)
}
