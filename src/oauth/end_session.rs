//! `/oauth2/end_session`: an app asks that the person be signed out here too (OpenID Connect RP-Initiated Logout 1.0).
//!
//! Decides where the browser may go afterwards; the sign-out page asks the person and does it. Without a valid
//! `id_token_hint` nobody has shown to be an app of ours, so the browser stays here.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use url::form_urlencoded;

use super::form;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::keys::jwt::{self, Expected};
use crate::domain::pending_sign_out::{LogoutFault, PendingSignOut};
use crate::domain::tokens::{hint, id_token};
use crate::error::{ErrorCode, Result};
use crate::ids::{ClientId, SessionId};
use crate::protocol::params::Params;
use crate::store::Client;

pub(super) async fn get(request: HttpRequest, cx: Data<Cx>) -> HttpResponse {
    let params = Params::parse(request.query_string().as_bytes());
    respond(&cx, params.and_then(checked)).await
}

/// OIDC RP-Initiated Logout §2: the endpoint takes GET and POST alike.
pub(super) async fn post(request: HttpRequest, body: Bytes, cx: Data<Cx>) -> HttpResponse {
    respond(&cx, form::parse(&request, &body, &[])).await
}

fn checked(params: Params) -> Result<Params> {
    params.check_all(&[])?;
    Ok(params)
}

async fn respond(cx: &Cx, params: Result<Params>) -> HttpResponse {
    let now = cx.now();
    let pending = match params {
        Ok(params) => pending(cx, &params, now).await,
        Err(error) => Err(error),
    };
    // Whatever is wrong with the request, the person can still sign out; the browser just stays here.
    let pending = pending.unwrap_or_else(|error| {
        tracing::info!(%error, "sign-out request without a way back");
        let fault = (error.code == ErrorCode::InvalidRequest).then_some(LogoutFault::Unreadable);
        PendingSignOut { client_id: None, sid: None, return_to: None, fault, started_at: now }
    });
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("request", &pending.seal(&cx.request_sealer))
        .finish();
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("{}/logout?{query}", cx.issuer().path())))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .finish()
}

#[derive(Deserialize)]
struct Hint {
    aud: ClientId,
    sid: Option<SessionId>,
}

/// OIDC RP-Initiated Logout §4: what fails its check is not used; the page tells the developer what it was.
async fn pending(cx: &Cx, params: &Params, now: Timestamp) -> Result<PendingSignOut> {
    let stays = |client_id, sid, fault| PendingSignOut { client_id, sid, return_to: None, fault, started_at: now };
    let (client_id, sid) = match asking(cx, params, now)? {
        Ok(Some(hint)) => (Some(hint.aud), hint.sid),
        Ok(None) => (None, None),
        Err(fault) => return Ok(stays(None, None, Some(fault))),
    };
    let Some(uri) = params.one("post_logout_redirect_uri")? else { return Ok(stays(client_id, sid, None)) };
    let Some(client_id) = client_id else { return Ok(stays(None, None, Some(LogoutFault::NoHint))) };
    Ok(match return_to(cx, &client_id, uri, params.one("state")?, now).await? {
        Some(uri) => PendingSignOut { return_to: Some(uri), ..stays(Some(client_id), sid, None) },
        None => stays(Some(client_id), sid, Some(LogoutFault::NotRegistered)),
    })
}

/// What the app proves by its hint: that it asks, and in which session it was signed in to.
fn asking(cx: &Cx, params: &Params, now: Timestamp) -> Result<Result<Option<Hint>, LogoutFault>> {
    let Some(hint) = params.one("id_token_hint")? else { return Ok(Ok(None)) };
    let Some(hint) = read_hint(cx, hint, now) else { return Ok(Err(LogoutFault::ForeignHint)) };
    // OIDC RP-Initiated Logout §2: a client_id must be the one that the hint was issued to.
    Ok(match params.one("client_id")? {
        Some(named) if named != hint.aud.as_str() => Err(LogoutFault::OtherClient),
        _ => Ok(Some(hint)),
    })
}

/// OIDC RP-Initiated Logout §2: the ID token may have expired, since it only says who asks for whom.
fn read_hint(cx: &Cx, hint: &str, now: Timestamp) -> Option<Hint> {
    let expected = Expected {
        typ: &[id_token::TYP],
        issuer: cx.issuer().as_str(),
        audience: None,
        leeway: std::time::Duration::ZERO,
    };
    let keys = cx.keys.current();
    let hint = hint::signed(hint, &keys, &*cx.entropy, now)?;
    jwt::verify_ignoring_expiry(&hint, &keys, now, &expected).ok()
}

/// OIDC RP-Initiated Logout §3: only to a URI that the client has registered, letter for letter, with its `state`.
async fn return_to(
    cx: &Cx,
    client: &ClientId,
    uri: &str,
    state: Option<&str>,
    now: Timestamp,
) -> Result<Option<String>> {
    let client = cx.clients.find(&cx.store, client, now).await?;
    let may_return = |client: &Client| client.disabled_at.is_none() && client.metadata.may_return_after_logout(uri);
    if !client.is_some_and(|client| may_return(&client)) {
        return Ok(None);
    }
    let Some(state) = state else { return Ok(Some(uri.to_owned())) };
    let separator = if uri.contains('?') { '&' } else { '?' };
    let state: String = form_urlencoded::byte_serialize(state.as_bytes()).collect();
    Ok(Some(format!("{uri}{separator}state={state}")))
}
