//! `/oauth2/userinfo` (OIDC Core §5.3): what the scopes of an access token let an app know about a person.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::{error_response, form};
use crate::cx::Cx;
use crate::domain::events::Actor;
use crate::domain::own_claims;
use crate::domain::people::Act;
use crate::domain::requested_claims;
use crate::domain::signed_answer::Told;
use crate::domain::tokens::ended;
use crate::domain::tokens::inspect::{Inspected, LiveToken};
use crate::domain::userinfo;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::web::origin::origin;
use crate::web::{bearer, client_certificate, cors};

pub(super) async fn get(request: HttpRequest, cx: Data<Cx>) -> HttpResponse {
    let token = bearer::token(&request);
    respond(&request, &cx, token).await
}

/// RFC 6750 §2.2: by POST, the token may also be in the body.
pub(super) async fn post(request: HttpRequest, body: Bytes, cx: Data<Cx>) -> HttpResponse {
    let token = bearer::token(&request).and_then(|token| from_body(&request, &body, token));
    respond(&request, &cx, token).await
}

async fn respond(request: &HttpRequest, cx: &Cx, token: Result<Option<String>>) -> HttpResponse {
    let token = match token {
        Ok(Some(token)) => token,
        // RFC 6750 §3.1: a request without any credentials is told the scheme, and no error code.
        Ok(None) => return error_response::bearer(request, cx, None),
        Err(error) => return error_response::bearer(request, cx, Some(&error)),
    };
    match answer(request, cx, &token).await {
        Ok(Told::Plain(claims)) => HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(claims),
        Ok(Told::Jwt(jwt)) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type("application/jwt")
            .body(jwt),
        Err(error) => error_response::bearer(request, cx, Some(&error)),
    }
}

fn from_body(request: &HttpRequest, body: &[u8], in_header: Option<String>) -> Result<Option<String>> {
    if body.is_empty() || (in_header.is_some() && !form::is_form(request)) {
        return Ok(in_header);
    }
    let params = form::parse(request, body, &[])?;
    match (in_header, params.one("access_token")?) {
        // RFC 6750 §2: a token must not be sent in more than one way.
        (Some(_), Some(_)) => {
            Err(OAuthError::new(ErrorCode::InvalidRequest, "Send the access token in one place, not in two."))
        }
        (in_header, in_body) => Ok(in_header.or(in_body.map(str::to_owned))),
    }
}

async fn inspect(request: &HttpRequest, cx: &Cx, token: &str) -> Result<Box<LiveToken>> {
    let now = cx.now();
    match cx.inspector().inspect(token, now).await? {
        Inspected::Good(live) => return Ok(live),
        Inspected::Ended(authorization) => {
            let origin = origin(request, &cx.config.server.trusted_proxies);
            let (store, entropy, actor) = (&cx.store, &*cx.entropy, Actor::Anonymous);
            let act = Act { store, entropy, now, actor, origin: &origin };
            ended::note(&act, &cx.ended_uses, &authorization, "userinfo").await;
        }
        Inspected::Bad => {}
    }
    Err(ErrorCode::InvalidToken.into())
}

async fn answer(request: &HttpRequest, cx: &Cx, token: &str) -> Result<Told> {
    let live = inspect(request, cx, token).await?;
    client_certificate::must_fit(&live.token, request, cx)?;
    let client = cx.clients.find(&cx.store, &live.token.client_id, cx.now()).await?;
    if let Some(client) = client.as_ref().filter(|_| cors::is_cross_origin(request)) {
        cors::note_client(request, client);
    }
    let asked = requested_claims::at_userinfo(&cx.store, &cx.clients, &live, cx.now()).await?;
    let own = own_claims::at_userinfo(&cx.store, &cx.catalogue(), &live, &asked).await?;
    let claims = userinfo::claims(*live, &asked, own, cx.issuer())?;
    let Some(client) = client else { return Ok(Told::Plain(claims)) };
    let encryption = client.metadata.userinfo_encrypted_response;
    cx.signer(&client, encryption).await?.userinfo(claims)
}
