//! `POST /oauth2/device_authorization` (RFC 8628 §3.1): a device asks for codes.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::{client_auth, error_response, form};
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::catalogue::Catalogue;
use crate::domain::device::ask::{self, Wish};
use crate::domain::events::{Actor, Origin, record};
use crate::domain::people::Act;
use crate::domain::people::guard::{Kind, Who};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::protocol::scope::Scope;
use crate::web::origin::origin;

/// RFC 8628 §3.2
#[derive(Serialize)]
struct Answer {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: u64,
    interval: u64,
}

pub(super) async fn authorize(request: HttpRequest, body: Bytes, cx: Data<Cx>) -> HttpResponse {
    match respond(&request, &body, &cx).await {
        // RFC 8628 §3.2: the codes must not be stored on their way.
        Ok(answer) => HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer),
        Err(error) => error_response::json(&request, &cx, &error),
    }
}

async fn respond(request: &HttpRequest, body: &[u8], cx: &Cx) -> Result<Answer> {
    let now = cx.now();
    let origin = origin(request, &cx.config.server.trusted_proxies);
    let params = form::parse(request, body, &["resource"])?;
    // RFC 8628 §3.1: a client authenticates as at the token endpoint.
    let client = client_auth::authenticate(request, &params, cx, &origin, now).await?;
    let wish = decide(&params, &client.metadata, &cx.catalogue())?;
    // What leaves a row, nobody does without end whom nothing tells from others.
    if !client.metadata.is_confidential() {
        hold_up(cx, &origin, now).await?;
    }
    let actor = Actor::Client(client.id.clone());
    let act = Act { store: &cx.store, entropy: &*cx.entropy, now, actor, origin: &origin };
    let settings = &cx.config.device;
    let codes = ask::ask(&act, &cx.hasher, settings, &client.id, wish).await?;
    let (uri, user_code) = (cx.issuer().join("/device"), codes.user_code.shown());
    Ok(Answer {
        device_code: codes.device_code.expose_secret().to_owned(),
        verification_uri_complete: format!("{uri}?user_code={user_code}"),
        verification_uri: uri,
        user_code,
        expires_in: settings.code_lifetime.as_secs(),
        interval: settings.interval.as_secs(),
    })
}

async fn hold_up(cx: &Cx, origin: &Origin, now: Timestamp) -> Result<()> {
    let who = Who::anybody(origin.address.as_deref());
    let Err(held) = cx.guard.take(Kind::DeviceRequest, &who, now) else { return Ok(()) };
    if held.is_first {
        record(&cx.store, held.event(Actor::Anonymous).at(now, &*cx.entropy, origin)).await;
    }
    let text = "Too many devices have asked from this address: wait before the next one.";
    Err(OAuthError::too_many(text, held.standing.reset).counted_by(vec![held.standing]))
}

fn decide(params: &Params, client: &ClientMetadata, catalogue: &Catalogue) -> Result<Wish> {
    // RFC 6749 §5.2, `unauthorized_client`: a client uses only the grants it is registered for.
    if !client.may_use(GrantType::DeviceCode) {
        let text = format!("This client is not registered for grant_type={}.", GrantType::DeviceCode);
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, text));
    }
    let scope = catalogue.grantable(&Scope::parse(params.one("scope")?.unwrap_or_default())?, client)?;
    // RFC 6749 §3.3: a server without a default scope answers a request for none with invalid_scope.
    if scope.is_empty() {
        let text = "The request asks for no scope that this server knows. Send scope, for a sign-in scope=openid.";
        return Err(OAuthError::new(ErrorCode::InvalidScope, text));
    }
    Ok(Wish { scope, resources: catalogue.check_resources(&params.all("resource")?, client)? })
}
