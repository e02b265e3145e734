//! The token endpoint (RFC 6749 §3.2): parse, authenticate the client, may it use this grant, redeem, render.
//!
//! One request comes without a client: that of an API key which is exchanged for itself.
//!
//! A grant fills in its own step and cannot forget a shared one. To add one: write its file, add its line to
//! [`GRANTS`]. Discovery reads the same list.

mod authorization_code;
mod client_credentials;
mod device_code;
mod refresh_token;
mod request;
mod token_exchange;

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;

use request::TokenRequest;

use super::{client_auth, error_response, form};
use crate::cx::Cx;
use crate::domain::clients::authentication::AuthenticatedClient;
use crate::domain::clients::dynamic;
use crate::domain::clients::recipient::Recipient;
use crate::domain::counters::count_token;
use crate::domain::tokens::issue::TokenResponse;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::web::client_certificate;
use crate::web::origin::origin;

/// A way to obtain tokens.
pub struct Grant {
    /// Its name on the wire.
    pub grant_type: GrantType,
    redeem: for<'a> fn(TokenRequest<'a>) -> LocalBoxFuture<'a, Result<TokenResponse>>,
}

/// Every grant of this server.
pub const GRANTS: &[Grant] = &[
    Grant { grant_type: GrantType::AuthorizationCode, redeem: |request| Box::pin(authorization_code::redeem(request)) },
    Grant { grant_type: GrantType::ClientCredentials, redeem: |request| Box::pin(client_credentials::redeem(request)) },
    Grant { grant_type: GrantType::DeviceCode, redeem: |request| Box::pin(device_code::redeem(request)) },
    Grant { grant_type: GrantType::RefreshToken, redeem: |request| Box::pin(refresh_token::redeem(request)) },
    Grant { grant_type: GrantType::TokenExchange, redeem: |request| Box::pin(token_exchange::redeem(request)) },
];

/// `POST /oauth2/token`
pub async fn token(request: HttpRequest, body: Bytes, cx: Data<Cx>) -> HttpResponse {
    match respond(&request, &body, &cx).await {
        Ok(response) => HttpResponse::Ok()
            // RFC 6749 §5.1: a response that holds tokens must not be stored.
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::PRAGMA, "no-cache"))
            .json(response),
        Err(error) => error_response::json(&request, &cx, &error),
    }
}

async fn respond(request: &HttpRequest, body: &[u8], cx: &Cx) -> Result<TokenResponse> {
    let now = cx.now();
    let origin = origin(request, &cx.config.server.trusted_proxies);
    let params = form::parse(request, body, &["resource", "audience"])?;
    if token_exchange::is_key_alone(request, &params) {
        let certificate = client_certificate::thumbprint(request, cx)?;
        let outcome = token_exchange::redeem_alone(cx, &params, &origin, certificate, now).await;
        count(cx, GrantType::TokenExchange, &outcome);
        return outcome;
    }
    let client = client_auth::authenticate(request, &params, cx, &origin, now).await?;
    let grant = grant(&params)?;
    let certificate = client_certificate::thumbprint(request, cx)?;
    let id_token_recipient = match client.metadata.id_token_encrypted_response {
        Some(encryption) => Some(Recipient::find(&client, encryption, &cx.remote_keys, now).await),
        None => None,
    };
    let request =
        TokenRequest { cx, client: &client, params: &params, origin: &origin, certificate, id_token_recipient, now };
    let outcome = match check_allowed(grant, &client) {
        Ok(()) => (grant.redeem)(request).await,
        Err(refusal) => Err(refusal),
    };
    count(cx, grant.grant_type, &outcome);
    if outcome.is_ok() {
        keep_used(cx, &client).await;
    }
    outcome
}

/// A client that registered itself stays once it has come by tokens. A database that fails is tried again with the next.
async fn keep_used(cx: &Cx, client: &AuthenticatedClient) {
    match dynamic::mark_used(&cx.store, client).await {
        Ok(true) => cx.clients.forget(&client.id),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, client = client.id.as_str(), "that a client is used could not be noted"),
    }
}

fn count(cx: &Cx, grant: GrantType, outcome: &Result<TokenResponse>) {
    let word = outcome.as_ref().map_or_else(|error| error.code.wire(), |_| "issued");
    count_token(&cx.hourly, grant.wire(), word);
}

fn grant(params: &Params) -> Result<&'static Grant> {
    let grant_type = GrantType::parse(params.required("grant_type")?)?;
    let unsupported = || OAuthError::from(ErrorCode::UnsupportedGrantType);
    GRANTS.iter().find(|grant| grant.grant_type == grant_type).ok_or_else(unsupported)
}

/// RFC 6749 §5.2, `unauthorized_client`: a client uses only the grants it is registered for.
fn check_allowed(grant: &Grant, client: &AuthenticatedClient) -> Result<()> {
    if client.metadata.may_use(grant.grant_type) {
        return Ok(());
    }
    let text = format!("This client is not registered for grant_type={}.", grant.grant_type);
    Err(OAuthError::new(ErrorCode::UnauthorizedClient, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_every_grant_that_a_client_can_register() {
        for grant_type in GrantType::ALL.iter().filter(|grant| grant.is_redeemed()) {
            assert!(GRANTS.iter().any(|grant| grant.grant_type == *grant_type), "{grant_type}");
        }
    }
}
