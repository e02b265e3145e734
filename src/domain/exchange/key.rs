//! An API key, exchanged. Each exchange counts as a use of the key.

use super::desk::{ExchangeDesk, Holding, Whence, terms, unacceptable};
use crate::domain::api_keys::LiveKey;
use crate::domain::people::Act;
use crate::domain::tokens::issue::Prepared;
use crate::domain::tokens::issue::exchange::Exchange;
use crate::error::{OAuthError, Result};
use crate::protocol::token_exchange::TokenExchange;
use crate::store::{Client, KeyOwner};

pub(super) async fn exchange(
    desk: &ExchangeDesk<'_>,
    act: &Act<'_>,
    client: Option<&Client>,
    request: &TokenExchange<'_>,
    whence: Whence,
) -> Result<Prepared> {
    let keys = &desk.keys;
    let origin = |live: &LiveKey| match client {
        Some(client) if is_owner(client, live) => Some(whence.asked),
        Some(client) if serves(client, live) => Some(whence.stated),
        Some(_) => None,
        None => Some(whence.asked),
    };
    let (live, from) = keys.find_where(act, request.subject_token, origin).await?.ok_or_else(not_good)?;
    let server = client.filter(|client| !is_owner(client, &live));
    let person = live.person.as_ref().map(|person| person.id);
    let holding = Holding { audience: &live.key.resources, scope: &live.scope, person };
    let (audience, scope) = terms(desk, server, &holding, request).await?;
    // RFC 8705 §3: as with every token of that client.
    let binding = server.or(live.client.as_deref()).map(|client| desk.mint.binding(client));
    let certificate = binding.transpose()?.flatten();
    if let Some(wait) = keys.admit(act, &live, from).await?.retry_after {
        let text = "This key was used as often as it may be: ask again after the seconds that Retry-After says.";
        return Err(OAuthError::too_many(text, wait).because("limit of the key reached"));
    }
    let order = Exchange {
        sub: live.subject(),
        client_id: server.map_or_else(|| live.client_id(), |server| server.id.clone()),
        scope: &scope,
        audience,
        lifetime: server.or(live.client.as_deref()).and_then(|client| client.metadata.access_token_lifetime),
        until: live.ends_at,
        authorization: None,
        key: Some(&live.key),
        exchanged_from: Vec::new(),
        certificate,
        issued_token_type: request.issued_token_type,
    };
    desk.mint.exchange(order, act.now)
}

fn is_owner(client: &Client, live: &LiveKey) -> bool {
    matches!(&live.key.owner, KeyOwner::Client(owner) if *owner == client.id)
}

fn serves(client: &Client, live: &LiveKey) -> bool {
    live.key.resources.iter().any(|resource| client.metadata.serves(resource))
}

/// Whatever is wrong, the answer is the same, so that it tells nothing about a key that was found.
fn not_good() -> OAuthError {
    unacceptable(
        "The subject_token is no API key that is good now, from where you are, for you to exchange. If it is a token, \
         change subject_token_type.",
    )
}
