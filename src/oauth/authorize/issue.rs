//! Giving the client its code: one transaction, then the code leaves.

use secrecy::{ExposeSecret, SecretString};

use super::visit::Visit;
use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::domain::grants;
use crate::domain::logout;
use crate::domain::pending_request::PendingRequest;
use crate::domain::sessions::SignedIn;
use crate::ids::{AuthorizationId, GrantId};
use crate::protocol::scope::Scope;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Authorization, Client, Code, CodeState, Event, Result};

/// Writes what the person allowed (and `declined`), and mints the code for it; `None` if their session has ended meanwhile.
pub(super) async fn issue(
    visit: &Visit<'_>,
    client: &Client,
    request: &PendingRequest,
    who: &SignedIn,
    scope: Scope,
    declined: Scope,
) -> Result<Option<SecretString>> {
    visit.keep(client, who.person_id).await?;
    let secret = token_format::mint(TokenKind::Code, &visit.cx.entropy.bytes());
    let authorization = authorization(visit, client, request, who, scope, &declined);
    let code = Code {
        // A copy of the database must not be a bunch of codes: only the keyed hash is kept.
        hash: visit.cx.hasher.hash(secret.expose_secret()),
        authorization_id: authorization.id,
        redirect_uri: request.redirect.uri().to_owned(),
        redirect_uri_sent: request.redirect.was_sent(),
        code_challenge: request.code_challenge.clone(),
        created_at: visit.now,
        expires_at: visit.now + visit.cx.config.tokens.code_lifetime,
        state: CodeState::Unused,
    };
    let event = event(visit, &authorization);
    let told_of_logout = logout::is_told(&client.metadata, &authorization.scope);
    let given = grants::give(&visit.cx.store, authorization, declined, told_of_logout, code, event).await?;
    Ok(given.then_some(secret))
}

fn authorization(
    visit: &Visit<'_>,
    client: &Client,
    request: &PendingRequest,
    who: &SignedIn,
    scope: Scope,
    declined: &Scope,
) -> Authorization {
    let (cx, now) = (visit.cx, visit.now);
    let (settings, catalogue) = (&cx.config.tokens, &cx.catalogue());
    let redeemable_until = now + settings.code_lifetime;
    Authorization {
        id: AuthorizationId(cx.entropy.uuid_at(now)),
        client_id: client.id.clone(),
        person_id: who.person_id,
        grant_id: GrantId(cx.entropy.uuid_at(now)),
        sid: who.sid,
        expires_at: grants::authorization_end(&client.metadata, &scope, settings, catalogue, now, redeemable_until),
        scope,
        resources: request.resources.clone(),
        // What the person left out of the scopes, no claim brings back.
        claims: request.claims.without(declined),
        nonce: request.nonce.clone(),
        acr: who.acr.clone(),
        amr: who.amr.clone(),
        auth_time: who.auth_time,
        created_at: now,
        last_used_at: now,
        revoked: None,
    }
}

fn event(visit: &Visit<'_>, authorization: &Authorization) -> Event {
    let person = authorization.person_id;
    let claims = authorization.claims.beyond(&authorization.scope);
    let event = NewEvent::success(EventKind::CodeIssued, Actor::Person(person))
        .person(person)
        .client(&authorization.client_id)
        .detail("scope", authorization.scope.to_string())
        .detail("claims", (!claims.is_empty()).then(|| claims.to_string()))
        .detail("authorization", authorization.id.to_string());
    visit.event(event)
}
