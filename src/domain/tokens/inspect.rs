//! Looking into an access token that somebody presents: is it ours, is it good now, what may it do?
//!
//! A JWT proves itself by its signature, yet it may have been revoked before its time: by its `jti`, with what it was
//! exchanged for, with its authorization, or with its client or person. Our own endpoints honour that at once; what
//! another server on the same database ended, within a second.

use crate::clock::Timestamp;
use crate::domain::api_keys::{self, LiveKey};
use crate::domain::clients::directory::ClientDirectory;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::jwt;
use crate::domain::keys::key_set::KeyRing;
use crate::domain::tokens::verified::VerifiedTokens;
use crate::error::{ErrorCode, OAuthError};
use crate::ids::{ApiKeyId, AuthorizationId, ClientId, PersonId, TokenHash};
use crate::protocol::certificate::Thumbprint;
use crate::protocol::issuer::Issuer;
use crate::protocol::scope::Scope;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Access, Authorization, Client, OpaqueAccessToken, Person, Result, Store, TokenState, Tx};

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
    /// Whom it speaks for: the person, or a client.
    pub sub: String,
    /// The person it speaks for, if any. Of a JWT only looking into it tells.
    pub person_id: Option<PersonId>,
    /// The authorization it belongs to, if a person gave one.
    pub authorization_id: Option<AuthorizationId>,
    /// The API key for which it was given, if it was.
    pub key_id: Option<ApiKeyId>,
    /// The `jti` of each token for which it was given.
    pub exchanged_from: Vec<String>,
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
    /// The API key for which it was given, if it was.
    pub key: Option<LiveKey>,
}

impl AccessToken {
    /// Revokes it, and with it what was given for it; `false` if it was already.
    pub async fn revoke(&self, tx: &Tx, now: Timestamp) -> Result<bool> {
        match self.identity {
            TokenIdentity::Jwt => tx.revoke_jwt(&self.jti, self.expires_at).await,
            TokenIdentity::Opaque(hash) => {
                // What was given for it knows its jti alone.
                tx.revoke_jwt(&self.jti, self.expires_at).await?;
                tx.revoke_access_token(&hash, now).await
            }
        }
    }

    /// Whom it speaks for, by the authorization to which it belongs.
    fn is_of(&mut self, authorization: Option<&Authorization>) {
        let Some(authorization) = authorization else { return };
        self.person_id = Some(authorization.person_id);
        if self.sub != authorization.sub {
            self.sub.clone_from(&authorization.sub);
        }
    }

    /// Cuts what was given for a key to what the key may do by now; `false` if that is nothing anywhere.
    fn keep_within(&mut self, key: &LiveKey) -> bool {
        self.person_id = key.person.as_ref().map(|person| person.id);
        self.scope = self.scope.intersection(&key.scope);
        self.audience.retain(|resource| key.key.resources.contains(resource));
        !self.audience.is_empty()
    }
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
            sub: claims.sub.clone(),
            person_id: None,
            key_id: claims.key_id,
            exchanged_from: claims.exchanged_from.clone(),
            client_id: claims.client_id.clone(),
            authorization_id: claims.authorization_id,
            scope: claims.scope.clone(),
            audience: claims.aud.to_vec(),
            certificate: claims.cnf.map(|confirmation| confirmation.x5t_s256),
            issued_at: Timestamp::from_seconds(claims.iat),
            expires_at: Timestamp::from_seconds(claims.exp),
        })
    }

    /// Whether the token is good at `now`: ours, not expired, not revoked, nor its authorization, key, client or person.
    pub async fn inspect(&self, token: &str, now: Timestamp) -> Result<Inspected> {
        let Some(mut token) = self.read(token, now).await? else { return Ok(Inspected::Bad) };
        if self.is_revoked(&token).await? {
            return Ok(Inspected::Bad);
        }
        let authorization = match token.authorization_id {
            None => None,
            Some(id) => match self.store.recall_authorization(id).await? {
                Some(authorization) => Some(authorization),
                None => return Ok(Inspected::Bad),
            },
        };
        token.is_of(authorization.as_ref());
        let key = match token.key_id {
            None => None,
            Some(id) => match api_keys::find_by_id(self.store, self.clients, id, now).await? {
                Some(key) if token.keep_within(&key) => Some(key),
                _ => return Ok(Inspected::Bad),
            },
        };
        // A key by itself is no registered client, or one that was looked at with it.
        let is_of_key_alone = key.as_ref().is_some_and(|key| key.client_id() == token.client_id);
        if !is_of_key_alone && !self.may_hold(&token.client_id, &token, now).await? {
            return Ok(Inspected::Bad);
        }
        if key.is_none() && !self.is_subject_well(&token, now).await? {
            return Ok(Inspected::Bad);
        }
        let authorization = match authorization {
            Some(authorization) if !authorization.is_live(now) => {
                return Ok(Inspected::Ended(Box::new(authorization)));
            }
            // What was given for a token to another client ends with what that token's client may, too.
            Some(authorization)
                if authorization.client_id != token.client_id
                    && !self.may_hold(&authorization.client_id, &token, now).await? =>
            {
                return Ok(Inspected::Bad);
            }
            authorization => authorization,
        };
        let person = match token.person_id {
            None => None,
            Some(id) => match self.store.recall_person(id).await? {
                Some(person) if person.disabled_at.is_none() => Some(person),
                _ => return Ok(Inspected::Bad),
            },
        };
        Ok(Inspected::Good(Box::new(LiveToken { token, authorization, person, key })))
    }

    /// Whether it was revoked, or anything for which it was given.
    async fn is_revoked(&self, token: &AccessToken) -> Result<bool> {
        if token.identity == TokenIdentity::Jwt && self.store.recall_revocation(&token.jti).await? {
            return Ok(true);
        }
        for jti in &token.exchanged_from {
            if self.store.recall_revocation(jti).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether this client may hold the token. A blocked app is nobody's: what it holds of people ends with the block.
    async fn may_hold(&self, client: &ClientId, token: &AccessToken, now: Timestamp) -> Result<bool> {
        let is_blocked = |client: &Client| token.person_id.is_some() && client.access == Access::Nobody;
        let client = self.clients.find(self.store, client, now).await?;
        Ok(client.is_some_and(|client| client.disabled_at.is_none() && !is_blocked(&client)))
    }

    /// Whether the client that a token speaks for may do anything, where another one holds it.
    async fn is_subject_well(&self, token: &AccessToken, now: Timestamp) -> Result<bool> {
        if token.person_id.is_some() || token.sub == token.client_id.as_str() {
            return Ok(true);
        }
        self.may_hold(&ClientId(token.sub.clone()), token, now).await
    }
}

fn from_opaque(row: OpaqueAccessToken) -> AccessToken {
    AccessToken {
        identity: TokenIdentity::Opaque(row.hash),
        jti: row.jti.to_string(),
        sub: row.person_id.map_or_else(|| row.client_id.to_string(), |person| person.to_string()),
        client_id: row.client_id,
        person_id: row.person_id,
        authorization_id: row.authorization_id,
        key_id: None,
        exchanged_from: Vec::new(),
        scope: row.scope,
        audience: row.audience,
        certificate: row.certificate,
        issued_at: row.created_at,
        expires_at: row.expires_at,
    }
}
