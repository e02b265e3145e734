//! A device comes back with its code: it is told to wait, or gets its tokens, once (RFC 8628 §3.4, §3.5).

use std::time::Duration;

use secrecy::ExposeSecret;

use super::polls::Polls;
use crate::clock::Timestamp;
use crate::domain::admission;
use crate::domain::events::{self, EventKind, NewEvent};
use crate::domain::grants;
use crate::domain::own_claims;
use crate::domain::people::Act;
use crate::domain::tokens::issue::{self, Mint, Order, TokenResponse};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::{AuthorizationId, ClientId};
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Authorization, Client, DeviceCode, DeviceCodeState, OpaqueAccessToken, RefreshToken};

/// RFC 8628 §3.5: by how much a device that asks too often has to slow down.
const SLOWER_BY: Duration = Duration::from_secs(5);
/// Slower than that no device is made: it would come too late to its answer, and each step is a write.
const SLOWEST: Duration = Duration::from_mins(1);

/// Answers a device of `client` that sent `device_code`, and names the `resources` that its token is to be for.
pub async fn redeem(
    act: &Act<'_>,
    mint: &Mint<'_>,
    polls: &Polls,
    client: &Client,
    device_code: &str,
    resources: &[&str],
) -> Result<TokenResponse> {
    let unknown = || invalid_grant("This is no device code of this server.").because("unknown device code");
    let sent = token_format::parse(TokenKind::DeviceCode, device_code).ok_or_else(unknown)?;
    let hash = mint.hasher.hash(sent.expose_secret());
    let code = act.store.device_code(&hash).await?.ok_or_else(unknown)?;
    match decide(&code, &client.id, act.now) {
        Step::Fetch(id) => fetch(act, mint, client, &code, id, resources).await,
        Step::Wait => Err(wait(act, polls, &code).await?),
        Step::Refuse(refusal) => Err(refuse(act, client, refusal).await),
    }
}

/// What a device that asks is in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Fetch(AuthorizationId),
    Wait,
    Refuse(Refusal),
}

/// Why a device gets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    OtherClient,
    Used,
    Denied,
    Expired,
    TakenBack,
}

impl Refusal {
    fn error(self) -> OAuthError {
        let (code, text) = match self {
            Self::OtherClient => (ErrorCode::InvalidGrant, "This device code was issued to another client."),
            Self::Used => (ErrorCode::InvalidGrant, "This device code was used before: a code works once."),
            Self::Denied => (ErrorCode::AccessDenied, "The person did not allow it."),
            Self::Expired => (ErrorCode::ExpiredToken, "The codes have ended without an answer: ask for new ones."),
            Self::TakenBack => (ErrorCode::AccessDenied, "What the person allowed was taken back."),
        };
        OAuthError::new(code, text).because(format_args!("{self:?}"))
    }

    /// Whether there is more to it than a person who said no or nothing.
    const fn is_worth_recording(self) -> bool {
        matches!(self, Self::OtherClient | Self::Used | Self::TakenBack)
    }
}

fn decide(code: &DeviceCode, client: &ClientId, now: Timestamp) -> Step {
    // RFC 8628 §3.4: the code must have been issued to this client.
    if code.client_id != *client {
        return Step::Refuse(Refusal::OtherClient);
    }
    match code.state {
        DeviceCodeState::Redeemed => Step::Refuse(Refusal::Used),
        DeviceCodeState::Denied => Step::Refuse(Refusal::Denied),
        // RFC 8628 §3.5: an ended code is `expired_token`, and there is no use in asking again.
        _ if code.expires_at <= now => Step::Refuse(Refusal::Expired),
        DeviceCodeState::Allowed(id) => Step::Fetch(id),
        DeviceCodeState::Waiting => Step::Wait,
    }
}

/// RFC 8628 §3.5: `authorization_pending`; for whoever asks too often `slow_down`, and from then on a longer interval.
async fn wait(act: &Act<'_>, polls: &Polls, code: &DeviceCode) -> Result<OAuthError> {
    if !polls.is_too_soon(&code.hash, code.interval, act.now) {
        return Ok(ErrorCode::AuthorizationPending.into());
    }
    if code.interval + SLOWER_BY <= SLOWEST {
        let hash = code.hash;
        act.store
            .write(move |tx| Box::pin(async move { tx.slow_device_down(&hash, SLOWER_BY, SLOWEST).await }))
            .await?;
    }
    Ok(ErrorCode::SlowDown.into())
}

/// Gives the device its tokens.
async fn fetch(
    act: &Act<'_>,
    mint: &Mint<'_>,
    client: &Client,
    code: &DeviceCode,
    id: AuthorizationId,
    resources: &[&str],
) -> Result<TokenResponse> {
    let live = act.store.authorization(id).await?.filter(|authorization| authorization.is_live(act.now));
    let Some(authorization) = live else { return Err(refuse(act, client, Refusal::TakenBack).await) };
    let catalogue = &*mint.catalogue;
    let scope = catalogue.still_granted(&authorization.scope, &client.metadata)?;
    let scope = admission::still_granted(act.store, catalogue, client, authorization.person_id, scope).await?;
    let audience = catalogue.audience_for(resources, &authorization.resources, &scope, &client.metadata)?;
    let refresh_scope =
        grants::refresh_token_is_due(&client.metadata, &authorization.scope).then(|| authorization.scope.clone());
    let about = own_claims::in_tokens(act.store, catalogue, client, &authorization, (&scope, &audience)).await?;
    let order = Order {
        client,
        authorization: Some(&authorization),
        scope: &scope,
        audience,
        nonce: None,
        about,
        refresh_scope,
    };
    let prepared = mint.prepare(order, act.now)?;
    let (access_token, refresh_token) = (prepared.opaque_access_token(), prepared.refresh_token().cloned());
    match apply(act, client, code, authorization, access_token, refresh_token).await? {
        Ok(()) => prepared.finish(mint, act.now),
        Err(refusal) => Err(refuse(act, client, refusal).await),
    }
}

/// Redeems the code and writes what it gives, in one transaction.
async fn apply(
    act: &Act<'_>,
    client: &Client,
    code: &DeviceCode,
    authorization: Authorization,
    access_token: Option<OpaqueAccessToken>,
    refresh_token: Option<RefreshToken>,
) -> Result<Result<(), Refusal>> {
    let (hash, now) = (code.hash, act.now);
    let event = NewEvent::success(EventKind::DeviceRedeemed, act.actor.clone())
        .client(&client.id)
        .person(authorization.person_id)
        .detail("authorization", authorization.id.to_string());
    let event = act.event(event);
    let redeemed = act.store.write(move |tx| {
        Box::pin(async move {
            if !grants::hold_and_note_use(tx, &authorization, now).await? {
                return Ok(Err(Refusal::TakenBack));
            }
            if !tx.redeem_device_code(&hash, authorization.id, now).await? {
                let is_live = tx.use_authorization(authorization.id, now).await?;
                return Ok(Err(if is_live { Refusal::Used } else { Refusal::TakenBack }));
            }
            issue::write(tx, access_token.as_ref(), refresh_token.as_ref()).await?;
            tx.insert_event(event).await?;
            Ok(Ok(()))
        })
    });
    Ok(redeemed.await?)
}

async fn refuse(act: &Act<'_>, client: &Client, refusal: Refusal) -> OAuthError {
    if refusal.is_worth_recording() {
        let reason = format!("{refusal:?}");
        let event = NewEvent::failure(EventKind::DeviceRedeemed, act.actor.clone(), reason).client(&client.id);
        events::record(act.store, act.event(event)).await;
    }
    refusal.error()
}

fn invalid_grant(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidGrant, text)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::TokenHash;
    use crate::protocol::scope::Scope;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    fn code(state: DeviceCodeState) -> DeviceCode {
        DeviceCode {
            hash: TokenHash([1; 32]),
            user_code_hash: TokenHash([2; 32]),
            client_id: ClientId("tv".to_owned()),
            scope: Scope::empty(),
            resources: Vec::new(),
            address: None,
            state,
            interval: Duration::from_secs(5),
            created_at: NOW,
            expires_at: NOW + Duration::from_mins(10),
        }
    }

    /// RFC 8628 §3.4, RFC 8628 §3.5: each state has its answer, and another client none but that.
    #[test]
    fn answers_by_what_became_of_the_request() {
        let id = AuthorizationId(Uuid::from_u128(1));
        let (during, after) = (NOW, NOW + Duration::from_mins(10));
        let expired = Step::Refuse(Refusal::Expired);
        for (state, in_time, too_late) in [
            (DeviceCodeState::Waiting, Step::Wait, expired),
            (DeviceCodeState::Allowed(id), Step::Fetch(id), expired),
            (DeviceCodeState::Denied, Step::Refuse(Refusal::Denied), Step::Refuse(Refusal::Denied)),
            (DeviceCodeState::Redeemed, Step::Refuse(Refusal::Used), Step::Refuse(Refusal::Used)),
        ] {
            let tv = ClientId("tv".to_owned());
            assert_eq!(decide(&code(state), &tv, during), in_time, "{state:?}");
            assert_eq!(decide(&code(state), &tv, after), too_late, "{state:?}");
            let other = decide(&code(state), &ClientId("radio".to_owned()), during);
            assert_eq!(other, Step::Refuse(Refusal::OtherClient), "{state:?}");
        }
    }

    /// RFC 8628 §3.5: the codes of the errors.
    #[test]
    fn names_each_refusal_as_the_specification_does() {
        for (refusal, code) in [
            (Refusal::OtherClient, "invalid_grant"),
            (Refusal::Used, "invalid_grant"),
            (Refusal::Denied, "access_denied"),
            (Refusal::Expired, "expired_token"),
            (Refusal::TakenBack, "access_denied"),
        ] {
            let error = refusal.error();
            assert_eq!((error.code.wire(), error.code.status()), (code, 400), "{refusal:?}");
        }
    }
}
