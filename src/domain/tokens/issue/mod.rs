//! The one place that mints: access tokens (JWT or opaque), refresh tokens, ID tokens.
//!
//! Minting has three steps, because what is issued must be on disk before the response leaves, and a signature must
//! not hold up the database: [`Mint::prepare`] draws the secrets, [`write`] writes what must be remembered
//! inside the caller's transaction, [`Prepared::finish`] signs. A JWT access token for a machine client writes
//! nothing.

pub mod exchange;
pub mod front_channel;

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::clock::{Entropy, Timestamp};
use crate::config::{AccessTokenFormat, TokensConfig};
use crate::domain::catalogue::Catalogue;
use crate::domain::clients::recipient::Recipient;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::jwt;
use crate::domain::keys::key_set::{KeyRing, KeySet};
use crate::domain::keys::signing_key::SigningKey;
use crate::domain::own_claims::About;
use crate::domain::tokens::access_token::{self, AccessTokenClaims};
use crate::domain::tokens::id_token::{self, IdTokenClaims};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::{ApiKeyId, ClientId};
use crate::protocol::algorithm::SigningAlgorithm;
use crate::protocol::certificate::{Confirmation, Thumbprint};
use crate::protocol::issuer::Issuer;
use crate::protocol::scope::{self, Scope};
use crate::protocol::token_exchange::TokenType;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{self, Authorization, Client, OpaqueAccessToken, RefreshToken, TokenState, Tx};

/// A successful token response: RFC 6749 §5.1, OIDC Core §3.1.3.3.
#[derive(Debug, Serialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// What it is, if it was given for another: RFC 8693 §2.2.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<TokenType>,
    /// Always `Bearer` (RFC 6750).
    pub token_type: &'static str,
    /// Its lifetime in seconds.
    pub expires_in: u64,
    /// What it may do; left out where that is nothing, because the grammar of a scope has no empty one.
    #[serde(skip_serializing_if = "Scope::is_empty")]
    pub scope: Scope,
    /// The refresh token, if one was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The ID token, if `openid` was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
}

/// What minting needs.
pub struct Mint<'a> {
    /// Who issues.
    pub issuer: &'a Issuer,
    /// Lifetimes.
    pub settings: &'a TokensConfig,
    /// What each resource wants.
    pub catalogue: Arc<Catalogue>,
    /// How opaque values are stored.
    pub hasher: &'a TokenHasher,
    /// Where they come from.
    pub entropy: &'a dyn Entropy,
    /// What signs.
    pub keys: &'a KeyRing,
    /// The certificate that came with the request, if one did.
    pub certificate: Option<Thumbprint>,
    /// The client's key for its ID tokens, if it wants them encrypted; or why there is none.
    pub id_token_recipient: Option<Result<Recipient>>,
}

/// For whom tokens are minted.
pub struct Order<'a> {
    /// The client that asked.
    pub client: &'a Client,
    /// The authorization, if a person stands behind the request.
    pub authorization: Option<&'a Authorization>,
    /// What was granted, before it is cut to the audience.
    pub scope: &'a Scope,
    /// Whom the access token is for.
    pub audience: Vec<String>,
    /// The `nonce` of the ID token.
    pub nonce: Option<String>,
    /// What the tokens tell about the person.
    pub about: About,
    /// The scope of a new refresh token; `None` if none is due.
    pub refresh_scope: Option<Scope>,
}

/// Tokens that are drawn but not yet signed.
pub struct Prepared {
    access_token: PreparedAccessToken,
    issued_token_type: Option<TokenType>,
    refresh_token: Option<(SecretString, RefreshToken)>,
    id_token: Option<PreparedIdToken>,
    scope: Scope,
    expires_in: Duration,
    issuer: String,
}

enum PreparedAccessToken {
    Jwt(Box<AccessTokenClaims>),
    Opaque(SecretString, Box<OpaqueAccessToken>),
}

struct PreparedIdToken {
    algorithm: SigningAlgorithm,
    recipient: Option<Recipient>,
    authorization: Authorization,
    nonce: Option<String>,
    about: Map<String, Value>,
    exp: Timestamp,
}

impl Mint<'_> {
    /// Draws the secrets and decides on forms and lifetimes. Fails where nothing could sign them, before anything is
    /// used up for them.
    pub fn prepare(&self, order: Order<'_>, now: Timestamp) -> Result<Prepared> {
        let keys = self.keys.current();
        access_token_key(&keys, now)?;
        let scope = self.catalogue.scope_for(order.scope, &order.audience);
        let (format, expires_in) = self.policy(&order.audience, order.client.metadata.access_token_lifetime);
        let certificate = self.binding(order.client)?;
        let jti = self.entropy.uuid();
        let access_token = match format {
            AccessTokenFormat::Jwt => self.jwt(&order, &scope, jti, certificate, (now, now + expires_in)),
            AccessTokenFormat::Opaque => self.opaque(&order, &scope, jti, certificate, (now, now + expires_in)),
        };
        let refresh_token = match (order.authorization, order.refresh_scope) {
            (Some(authorization), Some(scope)) => {
                // RFC 8705 §4: whoever authenticates is bound by that; a public client by its certificate alone.
                let certificate = certificate.filter(|_| !order.client.metadata.is_confidential());
                Some(self.refresh_token(authorization, scope, certificate, now))
            }
            _ => None,
        };
        let id_token = match order.authorization {
            Some(authorization) if order.scope.contains(scope::OPENID) => {
                let algorithm = order.client.metadata.id_token_signed_response_alg;
                id_token_key(&keys, algorithm, now)?;
                let exp = now + self.settings.id_token_lifetime;
                let (nonce, about) = (order.nonce, order.about.id_token);
                let recipient = self.recipient(order.client)?;
                Some(PreparedIdToken { algorithm, recipient, authorization: authorization.clone(), nonce, about, exp })
            }
            _ => None,
        };
        Ok(Prepared {
            access_token,
            issued_token_type: None,
            refresh_token,
            id_token,
            scope,
            expires_in,
            issuer: self.issuer.as_str().to_owned(),
        })
    }

    /// OIDC Core §10.2: the key that the ID token is encrypted to. Without it there is none, nor anything beside it.
    fn recipient(&self, client: &Client) -> Result<Option<Recipient>> {
        match (client.metadata.id_token_encrypted_response, &self.id_token_recipient) {
            (None, _) => Ok(None),
            (Some(_), Some(found)) => found.clone().map(Some),
            (Some(_), None) => Err(server_error("nobody looked for the key that the ID token is encrypted to")),
        }
    }

    /// The form and the lifetime of a token for `audience`, of a client that may have set a lifetime of its own.
    fn policy(&self, audience: &[String], of_client: Option<Duration>) -> (AccessTokenFormat, Duration) {
        let usual = of_client.unwrap_or(self.settings.access_token_lifetime);
        let (format, of_resources) = self.catalogue.token_policy(audience, usual);
        (format, of_client.map_or(of_resources, |of_client| of_client.min(of_resources)))
    }

    /// RFC 8705 §3: what the tokens of such a client are bound to. Without it there are none, whatever the grant.
    pub fn binding(&self, client: &Client) -> Result<Option<Thumbprint>> {
        if !client.metadata.tls_client_certificate_bound_access_tokens {
            return Ok(None);
        }
        self.certificate.map(Some).ok_or_else(|| {
            let text = "The tokens of this client are bound to its certificate, and none came with the request: connect \
                        by mutual TLS.";
            OAuthError::new(ErrorCode::InvalidRequest, text).because("no client certificate to bind to")
        })
    }

    fn jwt(
        &self,
        order: &Order<'_>,
        scope: &Scope,
        jti: Uuid,
        certificate: Option<Thumbprint>,
        (now, exp): (Timestamp, Timestamp),
    ) -> PreparedAccessToken {
        let authorization = order.authorization;
        PreparedAccessToken::Jwt(Box::new(AccessTokenClaims {
            iss: self.issuer.as_str().to_owned(),
            exp: exp.seconds(),
            aud: order.audience.clone().into(),
            sub: subject(&order.client.id, authorization),
            client_id: order.client.id.clone(),
            iat: now.seconds(),
            jti,
            scope: scope.clone(),
            auth_time: authorization.map(|authorization| authorization.auth_time.seconds()),
            acr: authorization.and_then(|authorization| authorization.acr.clone()),
            amr: authorization.map(|authorization| authorization.amr.clone()).unwrap_or_default(),
            cnf: certificate.map(|x5t_s256| Confirmation { x5t_s256 }),
            authorization_id: authorization.map(|authorization| authorization.id),
            key_id: None,
            key_mode: None,
            exchanged_from: Vec::new(),
            about: order.about.access_token.clone(),
        }))
    }

    fn opaque(
        &self,
        order: &Order<'_>,
        scope: &Scope,
        jti: Uuid,
        certificate: Option<Thumbprint>,
        (now, expires_at): (Timestamp, Timestamp),
    ) -> PreparedAccessToken {
        let token = token_format::mint(TokenKind::AccessToken, &self.entropy.bytes());
        let row = OpaqueAccessToken {
            hash: self.hasher.hash(token.expose_secret()),
            jti,
            client_id: order.client.id.clone(),
            person_id: order.authorization.map(|authorization| authorization.person_id),
            authorization_id: order.authorization.map(|authorization| authorization.id),
            scope: scope.clone(),
            audience: order.audience.clone(),
            certificate,
            created_at: now,
            expires_at,
            state: TokenState::Good,
        };
        PreparedAccessToken::Opaque(token, Box::new(row))
    }

    fn refresh_token(
        &self,
        authorization: &Authorization,
        scope: Scope,
        certificate: Option<Thumbprint>,
        now: Timestamp,
    ) -> (SecretString, RefreshToken) {
        let token = token_format::mint(TokenKind::RefreshToken, &self.entropy.bytes());
        let idle_end = now + self.settings.refresh_token_idle_lifetime;
        let row = RefreshToken {
            hash: self.hasher.hash(token.expose_secret()),
            authorization_id: authorization.id,
            scope,
            certificate,
            created_at: now,
            expires_at: idle_end.min(authorization.expires_at),
            state: store::RefreshState::Live,
        };
        (token, row)
    }
}

impl Prepared {
    /// The refresh token that will follow, if one is due.
    #[must_use]
    pub fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref().map(|(_, row)| row)
    }

    /// What has to be written for the access token, if it is opaque.
    #[must_use]
    pub fn opaque_access_token(&self) -> Option<OpaqueAccessToken> {
        match &self.access_token {
            PreparedAccessToken::Opaque(_, row) => Some((**row).clone()),
            PreparedAccessToken::Jwt(_) => None,
        }
    }

    /// The `jti` of the access token, for the log.
    #[must_use]
    pub fn jti(&self) -> Uuid {
        match &self.access_token {
            PreparedAccessToken::Opaque(_, row) => row.jti,
            PreparedAccessToken::Jwt(claims) => claims.jti,
        }
    }

    /// The client of the access token, for the log.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        match &self.access_token {
            PreparedAccessToken::Opaque(_, row) => &row.client_id,
            PreparedAccessToken::Jwt(claims) => &claims.client_id,
        }
    }

    /// The API key for which the access token is given, for the log.
    #[must_use]
    pub fn key_id(&self) -> Option<ApiKeyId> {
        match &self.access_token {
            PreparedAccessToken::Opaque(..) => None,
            PreparedAccessToken::Jwt(claims) => claims.key_id,
        }
    }

    /// Signs and encrypts, once everything is on disk.
    pub fn finish(self, mint: &Mint<'_>, now: Timestamp) -> Result<TokenResponse> {
        let keys = mint.keys.current();
        let access_token = match self.access_token {
            PreparedAccessToken::Opaque(token, _) => token.expose_secret().to_owned(),
            PreparedAccessToken::Jwt(claims) => sign(access_token_key(&keys, now)?, access_token::TYP, &*claims)?,
        };
        let id_token = match self.id_token {
            None => None,
            Some(ordered) => {
                let key = id_token_key(&keys, ordered.algorithm, now)?;
                let at_hash = id_token::left_half(ordered.algorithm, &access_token);
                let claims = IdTokenClaims::new(&self.issuer, &ordered.authorization, ordered.nonce, now, ordered.exp);
                let signed = sign(key, id_token::TYP, &claims.beside_token(at_hash).about(ordered.about))?;
                match ordered.recipient {
                    None => Some(signed),
                    Some(recipient) => Some(recipient.encrypt_jwt(&signed, mint.entropy)?),
                }
            }
        };
        Ok(TokenResponse {
            access_token,
            issued_token_type: self.issued_token_type,
            token_type: "Bearer",
            expires_in: self.expires_in.as_secs(),
            scope: self.scope,
            refresh_token: self.refresh_token.map(|(token, _)| token.expose_secret().to_owned()),
            id_token,
        })
    }
}

/// Writes what must be remembered of an issue: called inside the transaction that makes it happen.
pub async fn write(
    tx: &Tx,
    access_token: Option<&OpaqueAccessToken>,
    refresh_token: Option<&RefreshToken>,
) -> store::Result<()> {
    if let Some(row) = access_token {
        tx.insert_access_token(row).await?;
    }
    if let Some(row) = refresh_token {
        tx.insert_refresh_token(row).await?;
    }
    Ok(())
}

fn subject(client: &ClientId, authorization: Option<&Authorization>) -> String {
    // RFC 9068 §2.2: where no person is involved, sub names the client.
    authorization.map_or_else(|| client.to_string(), |authorization| authorization.sub.clone())
}

/// ES256 costs a tenth of RS256; RS256 is there for a server that was given no other key.
fn access_token_key(keys: &KeySet, now: Timestamp) -> Result<&SigningKey> {
    keys.active(SigningAlgorithm::ES256, now)
        .or_else(|| keys.active(SigningAlgorithm::RS256, now))
        .or_else(|| keys.active(SigningAlgorithm::EdDSA, now))
        .ok_or_else(|| server_error("no active signing key"))
}

fn id_token_key(keys: &KeySet, algorithm: SigningAlgorithm, now: Timestamp) -> Result<&SigningKey> {
    keys.active(algorithm, now).ok_or_else(|| server_error(format_args!("no active {algorithm} key")))
}

fn sign(key: &SigningKey, typ: &str, claims: &impl Serialize) -> Result<String> {
    jwt::sign(key, typ, claims).map_err(server_error)
}

fn server_error(cause: impl std::fmt::Display) -> OAuthError {
    OAuthError::from(ErrorCode::ServerError).because(cause)
}
