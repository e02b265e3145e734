//! An access token that is given for something else (RFC 8693).

use std::time::Duration;

use serde_json::Map;

use super::{Mint, Prepared, PreparedAccessToken, access_token_key};
use crate::clock::Timestamp;
use crate::domain::tokens::access_token::AccessTokenClaims;
use crate::error::Result;
use crate::ids::ClientId;
use crate::protocol::certificate::{Confirmation, Thumbprint};
use crate::protocol::scope::Scope;
use crate::protocol::token_exchange::TokenType;
use crate::store::{ApiKey, Authorization};

/// What is given for something else: RFC 8693 §2.2.1.
pub struct Exchange<'a> {
    /// Whom it speaks for, as what it is given for does.
    pub sub: String,
    /// Who asked.
    pub client_id: ClientId,
    /// What was granted, before it is cut to the audience.
    pub scope: &'a Scope,
    /// Whom it is for.
    pub audience: Vec<String>,
    /// The longest life of the client's tokens, if it has one of its own.
    pub lifetime: Option<Duration>,
    /// The end of what it is given for, if that has one.
    pub until: Option<Timestamp>,
    /// The authorization to which that belongs, if a person gave one.
    pub authorization: Option<&'a Authorization>,
    /// The key for which it is given in the end, if it is.
    pub key: Option<&'a ApiKey>,
    /// The `jti` of each token for which it is given.
    pub exchanged_from: Vec<String>,
    /// The certificate that it is bound to, if it is.
    pub certificate: Option<Thumbprint>,
    /// What the answer calls it.
    pub issued_token_type: TokenType,
}

impl Mint<'_> {
    /// Draws an access token that is given for something else: always a JWT, which writes nothing, and ends no later than
    /// what it is given for.
    pub fn exchange(&self, order: Exchange<'_>, now: Timestamp) -> Result<Prepared> {
        access_token_key(&self.keys.current(), now)?;
        let scope = self.catalogue.scope_for(order.scope, &order.audience);
        let (_, usual) = self.policy(&order.audience, order.lifetime);
        let expires_in = order.until.map_or(usual, |until| usual.min(until.since(now)));
        let authorization = order.authorization;
        let claims = AccessTokenClaims {
            iss: self.issuer.as_str().to_owned(),
            exp: (now + expires_in).seconds(),
            aud: order.audience.into(),
            sub: order.sub,
            client_id: order.client_id,
            iat: now.seconds(),
            jti: self.entropy.uuid(),
            scope: scope.clone(),
            auth_time: authorization.map(|authorization| authorization.auth_time.seconds()),
            acr: authorization.and_then(|authorization| authorization.acr.clone()),
            amr: authorization.map(|authorization| authorization.amr.clone()).unwrap_or_default(),
            cnf: order.certificate.map(|x5t_s256| Confirmation { x5t_s256 }),
            authorization_id: authorization.map(|authorization| authorization.id),
            key_id: order.key.map(|key| key.id),
            key_mode: order.key.map(|key| key.mode),
            exchanged_from: order.exchanged_from,
            about: Map::new(),
        };
        Ok(Prepared {
            access_token: PreparedAccessToken::Jwt(Box::new(claims)),
            issued_token_type: Some(order.issued_token_type),
            refresh_token: None,
            id_token: None,
            scope,
            expires_in,
            issuer: self.issuer.as_str().to_owned(),
        })
    }
}
