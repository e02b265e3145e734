//! Exchanging an API key or an access token for a token that is good for no more, nowhere else and no longer (RFC 8693).
//!
//! | what is exchanged | by whom |
//! |---|---|
//! | an API key | whoever shows nothing but the key, the client that owns it, the server of one of its resources |
//! | an access token | the client that it was issued to, the server of one of its resources |
//!
//! Everybody else learns only that it is not good. Why it is so: `docs/decisions/0026-an-exchange-never-widens.md`.

mod bounds;
mod key;
mod token;

use std::net::IpAddr;

use crate::domain::admission;
use crate::domain::api_keys::KeyDesk;
use crate::domain::people::Act;
use crate::domain::tokens::ended::EndedUses;
use crate::domain::tokens::inspect::Inspector;
use crate::domain::tokens::issue::{Mint, Prepared};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::PersonId;
use crate::protocol::scope::Scope;
use crate::protocol::token_exchange::{TokenExchange, TokenType};
use crate::store::Client;

/// What exchanging needs.
pub struct ExchangeDesk<'a> {
    /// What looks into keys.
    pub keys: KeyDesk<'a>,
    /// What looks into tokens.
    pub inspector: Inspector<'a>,
    /// What makes the new token.
    pub mint: Mint<'a>,
    /// Whose tokens were lately used after their end.
    pub ended_uses: &'a EndedUses,
}

/// From where a key comes that is exchanged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whence {
    /// The address of whoever asks.
    pub asked: Option<IpAddr>,
    /// What they say about their own caller; only the server of a resource is believed.
    pub stated: Option<IpAddr>,
}

/// What is exchanged, as far as it bounds what is given for it.
struct Holding<'a> {
    audience: &'a [String],
    scope: &'a Scope,
    person: Option<PersonId>,
}

/// Exchanges what the request presents. `client` has authenticated; without one, an API key is exchanged for itself.
///
/// Errors: `invalid_request` for what is not good, or not for this client to exchange (RFC 8693 §2.2.2); `invalid_target`
/// and `invalid_scope` for more than it is good for; 429 for a key that is beyond its limits.
pub async fn exchange(
    desk: &ExchangeDesk<'_>,
    act: &Act<'_>,
    client: Option<&Client>,
    request: &TokenExchange<'_>,
    whence: Whence,
) -> Result<Prepared> {
    match (request.subject_token_type, client) {
        (TokenType::ApiKey, client) => key::exchange(desk, act, client, request, whence).await,
        (TokenType::AccessToken | TokenType::Jwt, Some(client)) => token::exchange(desk, act, client, request).await,
        // RFC 8693 §5: whoever finds a token must not be able to make others of it.
        (TokenType::AccessToken | TokenType::Jwt, None) => Err(ErrorCode::InvalidClient.into()),
    }
}

/// Whom the new token is for and what it may do. `client` is bound by its own registration as well.
async fn terms(
    desk: &ExchangeDesk<'_>,
    client: Option<&Client>,
    holding: &Holding<'_>,
    request: &TokenExchange<'_>,
) -> Result<(Vec<String>, Scope)> {
    let (store, catalogue) = (desk.keys.store, desk.mint.catalogue);
    if let (Some(client), Some(person)) = (client, holding.person)
        && !admission::is_admitted(store, client, person).await?
    {
        return Err(unacceptable("An administrator of this server does not let this person use this client."));
    }
    let audience =
        bounds::audience(catalogue, client.map(|client| &client.metadata), holding.audience, &request.targets)?;
    let mut held = bounds::exchangeable(catalogue, holding.scope);
    // What it is the server of, it enforces itself; elsewhere it has what it could have asked for.
    if let Some(client) = client.filter(|client| !audience.iter().all(|resource| client.metadata.serves(resource))) {
        held = held.intersection(&client.metadata.scope);
        held = held.without(&admission::withheld(store, catalogue, client, holding.person, &held).await?);
    }
    Ok((audience, bounds::narrow(request.scope.as_ref(), held)?))
}

/// RFC 8693 §2.2.2: what is not good, or not acceptable, is an `invalid_request`.
fn unacceptable(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, text)
}
