//! An access token of this server, exchanged by whom it was issued to, or by the server of a resource that it is for.

use super::desk::{ExchangeDesk, Holding, terms, unacceptable};
use crate::domain::events::{self, EventKind, NewEvent};
use crate::domain::people::Act;
use crate::domain::tokens::ended;
use crate::domain::tokens::inspect::{AccessToken, Inspected, LiveToken, TokenIdentity};
use crate::domain::tokens::issue::Prepared;
use crate::domain::tokens::issue::exchange::Exchange;
use crate::error::{OAuthError, Result};
use crate::protocol::certificate::Thumbprint;
use crate::protocol::token_exchange::{TokenExchange, TokenType};
use crate::store::Client;

pub(super) async fn exchange(
    desk: &ExchangeDesk<'_>,
    act: &Act<'_>,
    client: &Client,
    request: &TokenExchange<'_>,
) -> Result<Prepared> {
    let live = find(desk, act, request).await?;
    if !may_exchange(client, &live) {
        let event = NewEvent::failure(EventKind::TokenExchangeRefused, act.actor.clone(), "foreign token");
        let event = event.client(&client.id).detail("jti", live.token.jti.as_str());
        let event = live.token.person_id.into_iter().fold(event, NewEvent::person);
        events::record(act.store, act.event(event)).await;
        return Err(not_good().because("foreign token"));
    }
    let token = &live.token;
    let holding = Holding { audience: &token.audience, scope: &token.scope, person: token.person_id };
    let (audience, scope) = terms(desk, Some(client), &holding, request).await?;
    let certificate = binding(desk, client, token)?;
    let mut exchanged_from = token.exchanged_from.clone();
    exchanged_from.push(token.jti.clone());
    let order = Exchange {
        sub: token.sub.clone(),
        client_id: client.id.clone(),
        scope: &scope,
        audience,
        lifetime: client.metadata.access_token_lifetime,
        until: Some(token.expires_at),
        authorization: live.authorization.as_ref(),
        key: live.key.as_ref().map(|live| &live.key),
        exchanged_from,
        certificate,
        issued_token_type: request.issued_token_type,
    };
    desk.mint.exchange(order, act.now)
}

/// RFC 8693 §2.1: the token is checked as what it is said to be.
async fn find(desk: &ExchangeDesk<'_>, act: &Act<'_>, request: &TokenExchange<'_>) -> Result<Box<LiveToken>> {
    match desk.inspector.inspect(request.subject_token, act.now).await? {
        Inspected::Good(live)
            if request.subject_token_type != TokenType::Jwt || live.token.identity == TokenIdentity::Jwt =>
        {
            Ok(live)
        }
        Inspected::Ended(authorization) => {
            ended::note(act, desk.ended_uses, &authorization, "token exchange").await;
            Err(not_good().because("its authorization has ended"))
        }
        Inspected::Good(_) | Inspected::Bad => Err(not_good()),
    }
}

/// RFC 8705 §3: what is given for a bound token is bound to the same certificate, and only to whoever has it: otherwise an
/// exchange would set it free.
fn binding(desk: &ExchangeDesk<'_>, client: &Client, token: &AccessToken) -> Result<Option<Thumbprint>> {
    if token.certificate.is_none() {
        return desk.mint.binding(client);
    }
    if token.certificate == desk.mint.certificate {
        return Ok(token.certificate);
    }
    let text = "The subject_token is bound to a client certificate, which did not come with this request: connect by mutual \
                TLS with the certificate with which it was asked for.";
    Err(unacceptable(text).because("not the certificate that the token is bound to"))
}

fn may_exchange(client: &Client, live: &LiveToken) -> bool {
    live.token.client_id == client.id || live.token.audience.iter().any(|resource| client.metadata.serves(resource))
}

/// Whatever is wrong, the answer is the same, so that it tells nothing about a token that was found.
fn not_good() -> OAuthError {
    unacceptable(
        "The subject_token is no access token of this server that is good now and for you to exchange. If it is an API \
         key, change subject_token_type.",
    )
}
