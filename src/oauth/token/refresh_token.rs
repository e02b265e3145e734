//! `grant_type=refresh_token` (RFC 6749 §6): tokens anew, without the person.

use secrecy::ExposeSecret;

use super::request::TokenRequest;
use crate::domain::admission;
use crate::domain::events::{self, Actor, EventKind, NewEvent};
use crate::domain::grants;
use crate::domain::own_claims;
use crate::domain::tokens::ended;
use crate::domain::tokens::issue::{self, Order, TokenResponse};
use crate::domain::tokens::refresh_chain::{self, Rotation};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::scope::Scope;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Authorization, Event, OpaqueAccessToken, RefreshToken};

pub(super) async fn redeem(request: TokenRequest<'_>) -> Result<TokenResponse> {
    let TokenRequest { cx, client, params, now, .. } = request;
    let (token, authorization) = find(&request).await?;
    let granted = cx.catalogue().still_granted(&token.scope, &client.metadata)?;
    let person = authorization.person_id;
    let granted = admission::still_granted(&cx.store, &cx.catalogue(), client, person, granted).await?;
    let scope = narrow(params.one("scope")?, &granted)?;
    let audience = request.audience(&authorization.resources, &scope)?;
    let mint = request.mint();
    let issue = (&scope, audience.as_slice());
    let about = own_claims::in_tokens(&cx.store, &mint.catalogue, client, &authorization, issue).await?;
    let prepared = mint.prepare(
        Order {
            client,
            authorization: Some(&authorization),
            scope: &scope,
            audience,
            nonce: None,
            about,
            // RFC 6749 §6: the new refresh token has the scope of the old one, however narrow this request is.
            refresh_scope: Some(token.scope.clone()),
        },
        now,
    )?;
    let Some(successor) = prepared.refresh_token().cloned() else { return Err(ErrorCode::ServerError.into()) };
    match apply(&request, &token, &authorization, successor, prepared.opaque_access_token()).await? {
        Rotation::Rotated => prepared.finish(&mint, now),
        Rotation::Reused => Err(invalid_grant(
            "This refresh token was used before. As it may have been stolen, all that it gave has been revoked.",
        )
        .because("refresh token reused")),
        Rotation::Dead => Err(dead()),
    }
}

/// The token and its authorization, if they are this client's.
async fn find(request: &TokenRequest<'_>) -> Result<(RefreshToken, Authorization)> {
    let TokenRequest { cx, client, params, .. } = *request;
    let unknown = || invalid_grant("This is no refresh token of this server.").because("unknown refresh token");
    let sent = token_format::parse(TokenKind::RefreshToken, params.required("refresh_token")?).ok_or_else(unknown)?;
    let hash = cx.hasher.hash(sent.expose_secret());
    let (token, authorization) = cx.store.refresh_token_and_authorization(&hash).await?.ok_or_else(unknown)?;
    // RFC 6749 §6: a refresh token is bound to the client to which it was issued.
    if authorization.client_id != client.id {
        let event = failure(request, EventKind::TokenRefreshed, &authorization, "foreign client");
        events::record(&cx.store, event).await;
        return Err(invalid_grant("This refresh token was issued to another client.").because("foreign client"));
    }
    // RFC 8705 §4: that of a public client is bound to the certificate with which it was asked for.
    if token.certificate.is_some() && token.certificate != request.certificate {
        let event = failure(request, EventKind::TokenRefreshed, &authorization, "another client certificate");
        events::record(&cx.store, event).await;
        let text =
            "This refresh token is bound to a client certificate, which did not come with it: connect by mutual TLS.";
        return Err(invalid_grant(text).because("not the certificate that the refresh token is bound to"));
    }
    Ok((token, authorization))
}

/// RFC 6749 §6: the scope can narrow, never widen; left out, it stays.
fn narrow(requested: Option<&str>, granted: &Scope) -> Result<Scope> {
    let Some(requested) = requested else { return Ok(granted.clone()) };
    let requested = Scope::parse(requested)?;
    if requested.is_subset_of(granted) {
        return Ok(requested);
    }
    Err(OAuthError::new(ErrorCode::InvalidScope, "The scope must not go beyond what was granted at first."))
}

/// Rotates the chain and writes what the rotation gives, in one transaction. A replay commits its revocation.
async fn apply(
    request: &TokenRequest<'_>,
    token: &RefreshToken,
    authorization: &Authorization,
    successor: RefreshToken,
    access_token: Option<OpaqueAccessToken>,
) -> Result<Rotation> {
    let TokenRequest { cx, client, now, .. } = *request;
    let presented = token.hash;
    let grace = cx.config.tokens.refresh_token_grace;
    let (entropy, origin, client) = (cx.entropy.clone(), request.origin.clone(), client.id.clone());
    let id = token.authorization_id.to_string();
    let authorization = authorization.clone();
    let rotation = cx
        .store
        .write(move |tx| {
            Box::pin(async move {
                // A person who may not sign in has no live authorization: what disables them revokes them all.
                let rotation = if grants::hold_and_note_use(tx, &authorization, now).await? {
                    refresh_chain::rotate(tx, &presented, &successor, now, grace).await?
                } else {
                    Rotation::Dead
                };
                let actor = Actor::Client(client.clone());
                let event = match &rotation {
                    Rotation::Rotated => {
                        issue::write(tx, access_token.as_ref(), None).await?;
                        NewEvent::success(EventKind::TokenRefreshed, actor)
                    }
                    Rotation::Reused => NewEvent::failure(EventKind::RefreshTokenReused, actor, "reused"),
                    Rotation::Dead => match &authorization.revoked {
                        Some(revoked) => ended::event(actor, revoked, "refresh"),
                        None => NewEvent::failure(EventKind::TokenRefreshed, actor, "expired or revoked"),
                    },
                };
                let event = event.person(authorization.person_id).client(&client).detail("authorization", id);
                tx.insert_event(event.at(now, &*entropy, &origin)).await?;
                Ok(rotation)
            })
        })
        .await?;
    Ok(rotation)
}

fn failure(request: &TokenRequest<'_>, kind: EventKind, authorization: &Authorization, reason: &str) -> Event {
    let client = &request.client.id;
    NewEvent::failure(kind, Actor::Client(client.clone()), reason)
        .client(client)
        .detail("authorization", authorization.id.to_string())
        .at(request.now, &*request.cx.entropy, request.origin)
}

fn dead() -> OAuthError {
    invalid_grant("This refresh token has expired or was revoked: send the person to sign in again.")
        .because("expired or revoked")
}

fn invalid_grant(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidGrant, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6749 §6: no more than was granted originally.
    #[test]
    fn narrows_the_scope_and_never_widens_it() {
        let granted = Scope::parse("openid read write").unwrap();
        assert_eq!(narrow(None, &granted).unwrap(), granted);
        assert_eq!(narrow(Some("read"), &granted).unwrap().to_string(), "read");
        for refused in ["read delete", "admin"] {
            assert_eq!(narrow(Some(refused), &granted).unwrap_err().code, ErrorCode::InvalidScope);
        }
    }
}
