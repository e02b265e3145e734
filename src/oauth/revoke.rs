//! `POST /oauth2/revoke` (RFC 7009): a client gives a token back.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::ExposeSecret;

use super::{client_auth, error_response, form};
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::events::{Actor, EventKind, NewEvent, Origin};
use crate::domain::tokens::inspect::AccessToken;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::{AuthorizationId, ClientId};
use crate::protocol::token_format::{self, TokenKind};
use crate::store::Client;
use crate::web::origin::origin;

pub(super) async fn revoke(request: HttpRequest, body: Bytes, cx: Data<Cx>) -> HttpResponse {
    match respond(&request, &body, &cx).await {
        // RFC 7009 §2.2: 200 also for a token that is unknown or has ended: what the client wants is so.
        Ok(()) => HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish(),
        Err(error) => error_response::json(&request, &cx, &error),
    }
}

async fn respond(request: &HttpRequest, body: &[u8], cx: &Cx) -> Result<()> {
    let now = cx.now();
    let origin = origin(request, &cx.config.server.trusted_proxies);
    let params = form::parse(request, body, &[])?;
    let client = client_auth::authenticate(request, &params, cx, &origin, now).await?;
    // The token says what it is; RFC 7009 §2.1 lets a server do without token_type_hint.
    let token = params.required("token")?;
    if token_format::kind_of(token) == Some(TokenKind::RefreshToken) {
        return revoke_refresh_token(cx, &client, token, &origin, now).await;
    }
    match cx.inspector().read(token, now).await? {
        Some(token) => revoke_access_token(cx, &client, token, &origin, now).await,
        None => Ok(()),
    }
}

/// RFC 7009 §2.1: with a refresh token go all access tokens of the same authorization.
async fn revoke_refresh_token(cx: &Cx, client: &Client, token: &str, origin: &Origin, now: Timestamp) -> Result<()> {
    let Some(token) = token_format::parse(TokenKind::RefreshToken, token) else { return Ok(()) };
    let hash = cx.hasher.hash(token.expose_secret());
    let Some((_, authorization)) = cx.store.refresh_token_and_authorization(&hash).await? else { return Ok(()) };
    let id = authorization.id;
    check_owner(client, &authorization.client_id)?;
    let event = event(client, "refresh_token", Some(id)).person(authorization.person_id).at(now, &*cx.entropy, origin);
    cx.store
        .write(move |tx| {
            Box::pin(async move {
                if tx.revoke_authorization(id, "revoked by the client", now).await? {
                    tx.insert_event(event).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

async fn revoke_access_token(
    cx: &Cx,
    client: &Client,
    token: AccessToken,
    origin: &Origin,
    now: Timestamp,
) -> Result<()> {
    check_owner(client, &token.client_id)?;
    let event = event(client, "access_token", token.authorization_id).detail("jti", token.jti.as_str()).at(
        now,
        &*cx.entropy,
        origin,
    );
    cx.store
        .write(move |tx| {
            Box::pin(async move {
                if token.revoke(tx, now).await? {
                    tx.insert_event(event).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// RFC 7009 §2.1: a token that was issued to another client is refused, and the client told so.
fn check_owner(client: &Client, owner: &ClientId) -> Result<()> {
    if client.id == *owner {
        return Ok(());
    }
    Err(OAuthError::new(ErrorCode::InvalidGrant, "This token was issued to another client.").because("foreign client"))
}

fn event(client: &Client, kind: &str, authorization: Option<AuthorizationId>) -> NewEvent {
    let event = NewEvent::success(EventKind::TokenRevoked, Actor::Client(client.id.clone())).client(&client.id);
    let event = event.detail("token_type", kind);
    match authorization {
        Some(id) => event.detail("authorization", id.to_string()),
        None => event,
    }
}
