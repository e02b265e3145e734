//! Looking into an access token that somebody presents: is it ours, is it good now, what may it do?
//!
//! A JWT proves itself by its signature, yet it may have been revoked before its time: by its `jti`, with its
//! authorization, or with its client or person. Our own endpoints honour that at once; what another server on the same
//! database ended, within a second.

use crate::clock::Timestamp;
use crate::domain::clients::directory::ClientDirectory;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::jwt;
use crate::domain::keys::key_set::KeyRing;
use crate::domain::tokens::verified::VerifiedTokens;
use crate::error::{ErrorCode, OAuthError};
use crate::ids::{AuthorizationId, ClientId, PersonId, TokenHash};
use crate::protocol::certificate::Thumbprint;
use crate::protocol::issuer::Issuer;
use crate::protocol::scope::Scope;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Access, Authorization, Client, OpaqueAccessToken, Person, Result, Store, TokenState};

/// What looking into tokens needs.
pub struct Inspector<'a> {
    /// Who must have issued it.
    pub issuer: &'a Issuer,
    /// What is known of tokens, people and authorizations.
    pub store: &'a Store,
    /// What is known of clients.
    pub clients: &'a ClientDirectory,
    /// What verifies JWTs.
    pub keys: &'a KeyRing,
    /// The JWTs that were verified lately.
    pub verified: &'a VerifiedTokens,
    /// How opaque tokens are stored.
    pub hasher: &'a TokenHasher,
}

/// An access token as it was issued.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// How it is told from others: the hash of an opaque one, the `jti` of a JWT.
    pub identity: TokenIdentity,
    /// Its identifier.
    pub jti: String,
    /// The client it was issued to.
    pub client_id: ClientId,
    /// The person it speaks for, if any.
    pub person_id: Option<PersonId>,
    /// The authorization it belongs to, if a person gave one.
    pub authorization_id: Option<AuthorizationId>,
    /// What it may do.
    pub scope: Scope,
    /// Whom it is for.
    pub audience: Vec<String>,
    /// The certificate that it is bound to, if it is.
    pub certificate: Option<Thumbprint>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl AccessToken {
    /// RFC 8705 §3: a token that is bound to a certificate is good only beside that one.
    pub fn must_come_with(&self, presented: Option<Thumbprint>) -> Result<(), OAuthError> {
        if self.certificate.is_none() || self.certificate == presented {
            return Ok(());
        }
        let text = "This access token is bound to a client certificate, which did not come with it: connect by mutual TLS \
                    with the certificate with which it was asked for.";
        Err(OAuthError::new(ErrorCode::InvalidToken, text).because("not the certificate that the token is bound to"))
    }
}

/// How a token is told from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenIdentity {
    /// By the keyed hash under which it is stored.
    Opaque(TokenHash),
    /// By its `jti`.
    Jwt,
}

/// What looking into a token finds.
#[derive(Clone, Debug)]
pub enum Inspected {
    /// It is good now.
    Good(Box<LiveToken>),
    /// It would be, had not this authorization been revoked or ended, to which it belongs.
    Ended(Box<Authorization>),
    /// It is not: no token of ours, or one that has expired or was revoked itself, or whose client or person may not.
    Bad,
}

/// An access token that is good now.
#[derive(Clone, Debug)]
pub struct LiveToken {
    /// The token.
    pub token: AccessToken,
    /// The authorization, if a person gave one.
    pub authorization: Option<Authorization>,
    /// The person, if it speaks for one.
    pub person: Option<Person>,
}

impl Inspector<'_> {
    /// The token as it was issued, if it is ours and has not expired, revoked or not.
    pub async fn read(&self, token: &str, now: Timestamp) -> Result<Option<AccessToken>> {
        if token_format::kind_of(token).is_some() {
            if token_format::parse(TokenKind::AccessToken, token).is_none() {
                return Ok(None);
            }
            let stored = self.store.recall_access_token(self.hasher.hash(token)).await?;
            // As with a JWT, one from the future is not good: it was made while a clock was wrong.
            let is_timely = |row: &OpaqueAccessToken| row.expires_at > now && row.created_at <= now + jwt::CLOCK_SKEW;
            return Ok(stored.filter(|row| row.state == TokenState::Good && is_timely(row)).map(from_opaque));
        }
        Ok(self.read_jwt(token, now))
    }

    fn read_jwt(&self, token: &str, now: Timestamp) -> Option<AccessToken> {
        let verified = self.verified.verify(token, self.issuer.as_str(), &self.keys.current(), now)?;
        let claims = &verified.claims;
        Some(AccessToken {
            identity: TokenIdentity::Jwt,
            jti: claims.jti.to_string(),
            person_id: claims.authorization_id.and_then(|_| claims.sub.parse().ok()),
            client_id: claims.client_id.clone(),
            authorization_id: claims.authorization_id,
            scope: claims.scope.clone(),
            audience: claims.aud.to_vec(),
            certificate: claims.cnf.map(|confirmation| confirmation.x5t_s256),
            issued_at: Timestamp::from_seconds(claims.iat),
            expires_at: Timestamp::from_seconds(claims.exp),
        })
    }

    /// Whether the token is good at `now`: ours, not expired, not revoked, nor its authorization, client or person.
    pub async fn inspect(&self, token: &str, now: Timestamp) -> Result<Inspected> {
        let Some(token) = self.read(token, now).await? else { return Ok(Inspected::Bad) };
        if token.identity == TokenIdentity::Jwt && self.store.recall_revocation(&token.jti).await? {
            return Ok(Inspected::Bad);
        }
        let client = self.clients.find(self.store, &token.client_id, now).await?;
        // A blocked app is nobody's: what it holds of people ends with the block.
        let is_blocked = |client: &Client| token.person_id.is_some() && client.access == Access::Nobody;
        if client.is_none_or(|client| client.disabled_at.is_some() || is_blocked(&client)) {
            return Ok(Inspected::Bad);
        }
        let authorization = match token.authorization_id {
            None => None,
            Some(id) => match self.store.recall_authorization(id).await? {
                Some(authorization) if authorization.is_live(now) => Some(authorization),
                Some(authorization) => return Ok(Inspected::Ended(Box::new(authorization))),
                None => return Ok(Inspected::Bad),
            },
        };
        let person = match token.person_id {
            None => None,
            Some(id) => match self.store.recall_person(id).await? {
                Some(person) if person.disabled_at.is_none() => Some(person),
                _ => return Ok(Inspected::Bad),
            },
        };
        Ok(Inspected::Good(Box::new(LiveToken { token, authorization, person })))
    }
}

fn from_opaque(row: OpaqueAccessToken) -> AccessToken {
    AccessToken {
        identity: TokenIdentity::Opaque(row.hash),
        jti: row.jti.to_string(),
        client_id: row.client_id,
        person_id: row.person_id,
        authorization_id: row.authorization_id,
        scope: row.scope,
        audience: row.audience,
        certificate: row.certificate,
        issued_at: row.created_at,
        expires_at: row.expires_at,
    }
}
