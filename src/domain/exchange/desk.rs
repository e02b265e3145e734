//! What an exchange needs, and what every exchange is bound by.

use std::net::IpAddr;

use super::bounds;
use crate::domain::admission;
use crate::domain::api_keys::KeyDesk;
use crate::domain::tokens::ended::EndedUses;
use crate::domain::tokens::inspect::Inspector;
use crate::domain::tokens::issue::Mint;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::PersonId;
use crate::protocol::scope::Scope;
use crate::protocol::token_exchange::TokenExchange;
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
pub(super) struct Holding<'a> {
    pub audience: &'a [String],
    pub scope: &'a Scope,
    pub person: Option<PersonId>,
}

/// Whom the new token is for and what it may do. `client` is bound by its own registration as well.
pub(super) async fn terms(
    desk: &ExchangeDesk<'_>,
    client: Option<&Client>,
    holding: &Holding<'_>,
    request: &TokenExchange<'_>,
) -> Result<(Vec<String>, Scope)> {
    let (store, catalogue) = (desk.keys.store, &*desk.mint.catalogue);
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
pub(super) fn unacceptable(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, text)
}
