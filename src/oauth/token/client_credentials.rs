//! `grant_type=client_credentials`: a machine speaks for itself (RFC 6749 §4.4).
//!
//! A JWT access token costs one cached look-up, one keyed hash and one signature, and no write: it is counted and
//! logged.

use super::request::TokenRequest;
use crate::domain::tokens::issue::{self, Order, TokenResponse};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::scope::{self, Scope};

pub(super) async fn redeem(request: TokenRequest<'_>) -> Result<TokenResponse> {
    let TokenRequest { cx, client, params, now, .. } = request;
    // RFC 6749 §4.4: the grant is for confidential clients only.
    if !client.is_confidential() {
        let text = "A public client cannot use client_credentials: it has no credentials.";
        return Err(OAuthError::new(ErrorCode::UnauthorizedClient, text));
    }
    let scope = granted_scope(params.one("scope")?, &cx.catalogue.known(&client.metadata.scope))?;
    let audience = request.audience(&[], &scope)?;
    let order = Order { client, authorization: None, scope: &scope, audience, nonce: None, refresh_scope: None };
    let prepared = cx.mint().prepare(order, now)?;
    if let Some(row) = prepared.opaque_access_token() {
        cx.store.write(move |tx| Box::pin(async move { issue::write(tx, Some(&row), None).await })).await?;
    }
    // On the line that the request leaves anyway: a second one would cost as much as all of the above.
    tracing::Span::current()
        .record("grant", "client_credentials")
        .record("client", client.id.as_str())
        .record("jti", tracing::field::display(prepared.jti()))
        .record("address", &request.origin.address);
    prepared.finish(&cx.keys, now)
}

/// What is asked for, if all of it is registered; all that is registered, if nothing is asked for (RFC 6749 §3.3). What
/// speaks of a person means nothing here.
fn granted_scope(requested: Option<&str>, registered: &Scope) -> Result<Scope> {
    let Some(requested) = requested else {
        let mine = registered.iter().filter(|token| !scope::OF_A_PERSON.contains(&token.as_str()));
        return Ok(mine.cloned().collect());
    };
    let requested = Scope::parse(requested)?;
    let refused = |token: &str| scope::OF_A_PERSON.contains(&token) || !registered.contains(token);
    match requested.iter().find(|token| refused(token.as_str())) {
        None => Ok(requested),
        Some(token) => {
            let text = format!("This client cannot have the scope {} by client_credentials.", token.as_str());
            Err(OAuthError::new(ErrorCode::InvalidScope, text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §3.3: a request without scope gets a default; one that asks for more than is registered is refused.
    #[test]
    fn gives_a_machine_what_it_is_registered_for() {
        let registered = Scope::parse("openid read write").unwrap();
        let granted = |requested| granted_scope(requested, &registered).map(|scope| scope.to_string());
        assert_eq!(granted(None).unwrap(), "read write");
        assert_eq!(granted(Some("write")).unwrap(), "write");
        for refused in ["delete", "openid", "read delete", "offline_access"] {
            assert_eq!(granted(Some(refused)).unwrap_err().code, ErrorCode::InvalidScope, "{refused}");
        }
    }
}
