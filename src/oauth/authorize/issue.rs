//! Giving the client what it asked for: one transaction, then the code leaves, or the ID token.

use secrecy::{ExposeSecret, SecretString};

use super::visit::Visit;
use crate::domain::clients::recipient::Recipient;
use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::domain::grants;
use crate::domain::logout;
use crate::domain::own_claims;
use crate::domain::pending_request::PendingRequest;
use crate::domain::sessions::SignedIn;
use crate::domain::tokens::issue::Mint;
use crate::error::Result;
use crate::ids::{AuthorizationId, GrantId};
use crate::protocol::scope::Scope;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Authorization, Client, Code, CodeState, Event};

/// What the client gets.
pub(super) struct Issued {
    /// A code.
    pub code: Option<SecretString>,
    /// An ID token, signed.
    pub id_token: Option<String>,
}

/// Writes what the person allowed (and `declined`), and mints for it what the request wants back; `None` if their session has
/// ended meanwhile.
pub(super) async fn issue(
    visit: &Visit<'_>,
    client: &Client,
    request: &PendingRequest,
    who: &SignedIn,
    scope: Scope,
    declined: Scope,
) -> Result<Option<Issued>> {
    let (cx, response_type) = (visit.cx, request.response_type);
    let id_token_recipient = match client.metadata.id_token_encrypted_response {
        Some(encryption) if response_type.gives_id_token() => {
            Some(Recipient::find(client, encryption, &cx.remote_keys, visit.now).await)
        }
        _ => None,
    };
    let mint = Mint { id_token_recipient, ..cx.mint() };
    let front_channel =
        response_type.gives_id_token().then(|| mint.prepare_front_channel(client, visit.now)).transpose()?;
    visit.keep(client, who.person_id).await?;
    let secret = response_type.gives_code().then(|| token_format::mint(TokenKind::Code, &cx.entropy.bytes()));
    let authorization = authorization(visit, client, request, who, scope, &declined);
    let code = secret.as_ref().map(|secret| code(visit, request, authorization.id, secret));
    let event = event(visit, &authorization, response_type.gives_code());
    let told_of_logout = logout::is_told(&client.metadata, &authorization.scope);
    let given = authorization.clone();
    if !grants::give(&cx.store, given, declined, told_of_logout, code, event).await? {
        return Ok(None);
    }
    let id_token = match front_channel {
        None => None,
        Some(prepared) => {
            let about = match &secret {
                Some(_) => {
                    let issue = (&authorization.scope, &[][..]);
                    own_claims::in_tokens(&cx.store, &mint.catalogue, client, &authorization, issue).await?.id_token
                }
                None => own_claims::in_id_token_alone(&cx.store, &mint.catalogue, client, &authorization).await?,
            };
            let code = secret.as_ref();
            Some(mint.front_channel_id_token(&prepared, client, &authorization, code, about, visit.now)?)
        }
    };
    Ok(Some(Issued { code: secret, id_token }))
}

fn code(visit: &Visit<'_>, request: &PendingRequest, authorization_id: AuthorizationId, secret: &SecretString) -> Code {
    Code {
        // A copy of the database must not be a bunch of codes: only the keyed hash is kept.
        hash: visit.cx.hasher.hash(secret.expose_secret()),
        authorization_id,
        redirect_uri: request.redirect.uri().to_owned(),
        redirect_uri_sent: request.redirect.was_sent(),
        code_challenge: request.code_challenge.clone(),
        created_at: visit.now,
        expires_at: visit.now + visit.cx.config.tokens.code_lifetime,
        state: CodeState::Unused,
    }
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
        sub: cx.subjects.sub(&client.metadata, who.person_id),
        grant_id: GrantId(cx.entropy.uuid_at(now)),
        sid: who.sid,
        expires_at: grants::authorization_end(&client.metadata, &scope, settings, catalogue, now, redeemable_until),
        scope,
        resources: request.resources.clone(),
        // What the person left out of the scopes, no claim brings back.
        claims: request.claims.without(declined),
        nonce: request.nonce.clone(),
        acr: cx.config.acr_levels.told(&who.amr, request.wanted_levels()),
        amr: who.amr.clone(),
        auth_time: who.auth_time,
        created_at: now,
        last_used_at: now,
        revoked: None,
    }
}

fn event(visit: &Visit<'_>, authorization: &Authorization, has_code: bool) -> Event {
    let person = authorization.person_id;
    let claims = authorization.claims.beyond(&authorization.scope);
    let kind = if has_code { EventKind::CodeIssued } else { EventKind::IdTokenIssued };
    let event = NewEvent::success(kind, Actor::Person(person))
        .person(person)
        .client(&authorization.client_id)
        .detail("scope", authorization.scope.to_string())
        .detail("claims", (!claims.is_empty()).then(|| claims.to_string()))
        .detail("authorization", authorization.id.to_string());
    visit.event(event)
}
