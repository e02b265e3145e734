//! Which client a request comes from: the HTTP half of `domain::clients::authentication`.

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::clients::authentication::{self, AuthenticatedClient, Credentials};
use crate::domain::events::{self, Actor, EventKind, NewEvent, Origin};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::basic_auth;
use crate::protocol::params::Params;
use crate::web::cors;

/// Authenticates the client of a token, introspection or revocation request. A failure leaves an event.
pub async fn authenticate(
    request: &HttpRequest,
    params: &Params,
    cx: &Cx,
    origin: &Origin,
    now: Timestamp,
) -> Result<AuthenticatedClient> {
    let credentials = credentials(request, params)?;
    let client = cx.clients.find(&cx.store, &credentials.client_id, now).await?;
    if let Some(client) = &client {
        cors::note_client(request, client);
    }
    let is_known = client.is_some();
    let outcome = authentication::authenticate(&credentials, client, &cx.hasher, now);
    if let Err(refusal) = &outcome {
        let reason = refusal.cause.clone().unwrap_or_default();
        let mut event = NewEvent::failure(EventKind::ClientAuthentication, Actor::Anonymous, reason);
        if is_known {
            event = event.client(&credentials.client_id);
        }
        events::record(&cx.store, event.at(now, &*cx.entropy, origin)).await;
    }
    outcome
}

fn credentials(request: &HttpRequest, params: &Params) -> Result<Credentials> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let basic = match (headers.next(), headers.next()) {
        (None, _) => None,
        (Some(value), None) => {
            let text = value.to_str().map_err(|_| OAuthError::from(ErrorCode::InvalidClient))?;
            basic_auth::parse(text)?
        }
        (Some(_), Some(_)) => {
            return Err(OAuthError::new(ErrorCode::InvalidRequest, "Send one Authorization header, not several."));
        }
    };
    Credentials::choose(basic, params.one("client_id")?, params.one("client_secret")?)
}
