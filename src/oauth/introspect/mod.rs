//! `POST /oauth2/introspect` (RFC 7662): a resource server asks what a token may do.
//!
//! A caller learns of a token that was issued to it, or that is meant for a resource it is the server of. Of all others
//! it learns that they are not active, which is also all that it learns of unknown ones. A resource that is none any more has
//! no servers, and a scope that is none is not told.

mod answer;
mod api_key;

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::ExposeSecret;

use self::answer::{Introspection, OfKey, OfLimits};
use super::{client_auth, error_response, form};
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::catalogue::Catalogue;
use crate::domain::clients::authentication::AuthenticatedClient;
use crate::domain::events::{Actor, Origin};
use crate::domain::own_claims;
use crate::domain::people::Act;
use crate::domain::tokens::ended;
use crate::domain::tokens::inspect::{Inspected, LiveToken};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::certificate::Confirmation;
use crate::protocol::params::Params;
use crate::protocol::scope;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Client, RefreshState};
use crate::web::origin::origin;

/// RFC 9701 §4
const SIGNED: &str = "application/token-introspection+jwt";

pub(super) async fn introspect(request: HttpRequest, body: Bytes, cx: Data<Cx>) -> HttpResponse {
    respond(&request, &body, &cx).await.unwrap_or_else(|error| error_response::json(&request, &cx, &error))
}

async fn respond(request: &HttpRequest, body: &[u8], cx: &Cx) -> Result<HttpResponse> {
    let origin = origin(request, &cx.config.server.trusted_proxies);
    let params = form::parse(request, body, &[])?;
    let caller = client_auth::authenticate(request, &params, cx, &origin, cx.now()).await?;
    let encryption = caller.metadata.introspection_encrypted_response;
    // Nothing is told, or counted, that cannot be encrypted.
    let signer = cx.signer(&caller, encryption).await?;
    let answer = answer(cx, &caller, &params, &origin).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    // RFC 9701 §6: who wants it encrypted gets nothing else, whatever it accepts.
    if encryption.is_none() && !wants_jwt(request) {
        return Ok(response.json(answer));
    }
    Ok(response.content_type(SIGNED).body(signer.introspection(&answer)?))
}

/// RFC 9701 §4: whether the caller asks for a signed answer.
fn wants_jwt(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT).filter_map(|accept| accept.to_str().ok());
    let types = accepted.flat_map(|accept| accept.split(','));
    types.filter_map(|item| item.split(';').next()).any(|media_type| media_type.trim().eq_ignore_ascii_case(SIGNED))
}

async fn answer(cx: &Cx, caller: &AuthenticatedClient, params: &Params, origin: &Origin) -> Result<Introspection> {
    let now = cx.now();
    // RFC 7662 §2.1: callers authenticate, so that tokens cannot be guessed at; a public client has not.
    if !caller.is_confidential() {
        let text = "Introspection is for clients that authenticate.";
        return Err(OAuthError::new(ErrorCode::InvalidClient, text).because("public client at introspection"));
    }
    let token = params.required("token")?;
    if token_format::kind_of(token) == Some(TokenKind::RefreshToken) {
        return refresh_token(cx, caller, token, now).await;
    }
    let (store, entropy, actor) = (&cx.store, &*cx.entropy, Actor::Client(caller.id.clone()));
    let act = Act { store, entropy, now, actor, origin };
    if matches!(token_format::kind_of(token), Some(TokenKind::LiveApiKey | TokenKind::TestApiKey)) {
        return api_key::answer(cx, &act, caller, params, token).await;
    }
    let catalogue = cx.catalogue();
    match cx.inspector().inspect(token, now).await? {
        Inspected::Good(live) if may_know(caller, &live, &catalogue) => {
            let about = own_claims::at_introspection(&cx.store, &catalogue, &live).await?;
            return Ok(Introspection { about, ..describe(cx, &catalogue, *live) });
        }
        Inspected::Ended(authorization) => {
            ended::note(&act, &cx.ended_uses, &authorization, "introspection").await;
        }
        Inspected::Good(_) | Inspected::Bad => {}
    }
    Ok(Introspection::default())
}

/// RFC 7662 §2.2, §4: what the caller has no business with is not active, as far as it can tell.
fn may_know(caller: &Client, live: &LiveToken, catalogue: &Catalogue) -> bool {
    let is_theirs = live.token.client_id == caller.id && catalogue.knows_any(&live.token.audience);
    is_theirs || live.token.audience.iter().any(|audience| catalogue.is_server_of(&caller.metadata, audience))
}

fn describe(cx: &Cx, catalogue: &Catalogue, live: LiveToken) -> Introspection {
    let token = live.token;
    // Who may not see the profile gets no name either, which is often an address.
    let person = live.person.filter(|_| token.scope.contains(scope::PROFILE));
    // What was given for a key tells as much of it; its limits are for those who use the key.
    let key = live.key.map(|live| OfKey::new(&live.key, OfLimits::default()));
    Introspection {
        active: true,
        scope: Some(catalogue.known(&token.scope)),
        client_id: Some(token.client_id.0),
        username: person.map(|person| person.username),
        token_type: Some("Bearer"),
        exp: Some(token.expires_at.seconds()),
        iat: Some(token.issued_at.seconds()),
        sub: Some(token.sub),
        aud: Some(token.audience.into()),
        iss: Some(cx.issuer().as_str().to_owned()),
        jti: Some(token.jti),
        auth_time: live.authorization.as_ref().map(|authorization| authorization.auth_time.seconds()),
        acr: live.authorization.and_then(|authorization| authorization.acr),
        cnf: token.certificate.map(|x5t_s256| Confirmation { x5t_s256 }),
        key,
        ..Introspection::default()
    }
}

/// A refresh token is between its client and us.
async fn refresh_token(cx: &Cx, caller: &Client, token: &str, now: Timestamp) -> Result<Introspection> {
    let inactive = Introspection::default();
    let Some(token) = token_format::parse(TokenKind::RefreshToken, token) else { return Ok(inactive) };
    let hash = cx.hasher.hash(token.expose_secret());
    let Some((token, authorization)) = cx.store.refresh_token_and_authorization(&hash).await? else {
        return Ok(inactive);
    };
    let is_live = token.state == RefreshState::Live && token.expires_at > now && authorization.is_live(now);
    if !is_live || authorization.client_id != caller.id {
        return Ok(inactive);
    }
    Ok(Introspection {
        active: true,
        scope: Some(token.scope),
        client_id: Some(authorization.client_id.0),
        exp: Some(token.expires_at.seconds()),
        iat: Some(token.created_at.seconds()),
        sub: Some(authorization.sub),
        iss: Some(cx.issuer().as_str().to_owned()),
        cnf: token.certificate.map(|x5t_s256| Confirmation { x5t_s256 }),
        ..inactive
    })
}
