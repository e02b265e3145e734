//! `grant_type=urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693 §2.1): a narrower token for a key or a token.
//!
//! Like that of a machine, the token is counted and logged, and nothing is written.

use actix_web::HttpRequest;
use actix_web::http::header;

use super::request::TokenRequest;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::events::{Actor, Origin};
use crate::domain::exchange::{self, ExchangeDesk, Whence};
use crate::domain::people::Act;
use crate::domain::tokens::issue::{Mint, TokenResponse};
use crate::error::Result;
use crate::oauth::form;
use crate::protocol::certificate::Thumbprint;
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::protocol::token_exchange::{TokenExchange, TokenType};
use crate::store::Client;

/// What names or proves a client in the body.
const OF_A_CLIENT: [&str; 4] = ["client_id", "client_secret", "client_assertion", "client_assertion_type"];

pub(super) async fn redeem(request: TokenRequest<'_>) -> Result<TokenResponse> {
    let TokenRequest { cx, client, params, now, .. } = request;
    redeem_for(cx, &request.act(), request.mint(), Some(client), params, now).await
}

/// Whether an API key is exchanged and nothing names or proves a client: RFC 8693 §2.1 lets the server do without. The key
/// is proof enough, because it is good for as much by itself as what it is exchanged for.
pub(super) fn is_key_alone(request: &HttpRequest, params: &Params) -> bool {
    let is = |name: &str, value: &str| params.one(name).is_ok_and(|sent| sent == Some(value));
    is("grant_type", GrantType::TokenExchange.wire())
        && is("subject_token_type", TokenType::ApiKey.wire())
        && !request.headers().contains_key(header::AUTHORIZATION)
        && !params.names().any(|name| OF_A_CLIENT.contains(&name))
}

/// Exchanges such a key.
pub(super) async fn redeem_alone(
    cx: &Cx,
    params: &Params,
    origin: &Origin,
    certificate: Option<Thumbprint>,
    now: Timestamp,
) -> Result<TokenResponse> {
    let act = Act { store: &cx.store, entropy: &*cx.entropy, now, actor: Actor::Anonymous, origin };
    redeem_for(cx, &act, Mint { certificate, ..cx.mint() }, None, params, now).await
}

async fn redeem_for(
    cx: &Cx,
    act: &Act<'_>,
    mint: Mint<'_>,
    client: Option<&Client>,
    params: &Params,
    now: Timestamp,
) -> Result<TokenResponse> {
    let sent = TokenExchange::read(params)?;
    let asked = act.origin.address.as_ref().and_then(|address| address.parse().ok());
    let whence = Whence { asked, stated: form::client_address(params)? };
    let (keys, inspector) = (cx.key_desk(), cx.inspector());
    let desk = ExchangeDesk { keys, inspector, mint, ended_uses: &cx.ended_uses };
    let prepared = Box::pin(exchange::exchange(&desk, act, client, &sent, whence)).await?;
    tracing::Span::current()
        .record("grant", GrantType::TokenExchange.wire())
        .record("client", prepared.client_id().as_str())
        .record("key", prepared.key_id().map(tracing::field::display))
        .record("jti", tracing::field::display(prepared.jti()))
        .record("address", &act.origin.address);
    prepared.finish(&desk.mint, now)
}
