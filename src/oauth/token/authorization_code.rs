//! `grant_type=authorization_code` (RFC 6749 §4.1.3): a code is redeemed once, by whom it was issued to, with the
//! verifier of its challenge.

use secrecy::{ExposeSecret, SecretString};

use super::request::TokenRequest;
use crate::clock::Timestamp;
use crate::domain::admission;
use crate::domain::events::{self, Actor, EventKind, NewEvent};
use crate::domain::grants;
use crate::domain::tokens::issue::{self, Order, TokenResponse};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::ClientId;
use crate::protocol::pkce::CodeVerifier;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Authorization, Code, CodeState, OpaqueAccessToken, RefreshToken};

pub(super) async fn redeem(request: TokenRequest<'_>) -> Result<TokenResponse> {
    let TokenRequest { cx, client, now, .. } = request;
    let sent = CodeRequest::parse(&request)?;
    let (code, authorization) = find(&request, &sent).await?;
    if let Err(refusal) = decide(&code, &authorization, &client.id, &sent, now) {
        return Err(refuse(&request, &authorization, refusal).await?);
    }
    let scope = cx.catalogue.still_granted(&authorization.scope, &client.metadata)?;
    let person = authorization.person_id;
    let scope = admission::still_granted(&cx.store, &cx.catalogue, client, person, scope).await?;
    let audience = request.audience(&authorization.resources, &scope)?;
    let refresh_scope =
        grants::refresh_token_is_due(&client.metadata, &authorization.scope).then(|| authorization.scope.clone());
    let prepared = cx.mint().prepare(
        Order {
            client,
            authorization: Some(&authorization),
            scope: &scope,
            audience,
            nonce: authorization.nonce.clone(),
            refresh_scope,
        },
        now,
    )?;
    let (access_token, refresh_token) = (prepared.opaque_access_token(), prepared.refresh_token().cloned());
    let redeemed = apply(&request, &code, &authorization, access_token, refresh_token).await?;
    match redeemed {
        Redemption::Redeemed => prepared.finish(&cx.keys, now),
        Redemption::AlreadyUsed => Err(refuse(&request, &authorization, Refusal::Replayed).await?),
        Redemption::Revoked => Err(refuse(&request, &authorization, Refusal::Revoked).await?),
    }
}

/// What a client sends to redeem a code.
struct CodeRequest {
    code: SecretString,
    redirect_uri: Option<String>,
    code_verifier: Option<CodeVerifier>,
}

impl CodeRequest {
    fn parse(request: &TokenRequest<'_>) -> Result<Self> {
        let params = request.params;
        Ok(Self {
            code: SecretString::from(params.required("code")?),
            redirect_uri: params.one("redirect_uri")?.map(str::to_owned),
            code_verifier: params.one("code_verifier")?.map(CodeVerifier::parse).transpose()?,
        })
    }
}

async fn find(request: &TokenRequest<'_>, sent: &CodeRequest) -> Result<(Code, Authorization)> {
    let cx = request.cx;
    let unknown = || invalid_grant("This is no code of this server.").because("unknown code");
    let code = token_format::parse(TokenKind::Code, sent.code.expose_secret()).ok_or_else(unknown)?;
    cx.store.code_and_authorization(&cx.hasher.hash(code.expose_secret())).await?.ok_or_else(unknown)
}

/// Why a code is not redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    OtherClient,
    Replayed,
    Expired,
    Revoked,
    RedirectUri,
    VerifierMissing,
    VerifierWrong,
    VerifierUnasked,
}

impl Refusal {
    const fn text(self) -> &'static str {
        match self {
            Self::OtherClient => "This code was issued to another client.",
            Self::Replayed => "This code was used before: a code works once. What it gave has been revoked.",
            Self::Expired => "This code has expired: redeem it as soon as it arrives.",
            Self::Revoked => "This code has been revoked.",
            Self::RedirectUri => "redirect_uri must be the one of the authorization request.",
            Self::VerifierMissing => "code_verifier is missing: the authorization request had a code_challenge.",
            Self::VerifierWrong => "code_verifier does not belong to the code_challenge of the authorization request.",
            Self::VerifierUnasked => {
                "The authorization request had no code_challenge, so there can be no code_verifier."
            }
        }
    }
}

fn decide(
    code: &Code,
    authorization: &Authorization,
    client: &ClientId,
    sent: &CodeRequest,
    now: Timestamp,
) -> Result<(), Refusal> {
    // RFC 6749 §4.1.3: the code must have been issued to this client.
    if authorization.client_id != *client {
        return Err(Refusal::OtherClient);
    }
    // RFC 6749 §4.1.2: a code must not be used more than once.
    if code.state != CodeState::Unused {
        return Err(Refusal::Replayed);
    }
    if code.expires_at <= now {
        return Err(Refusal::Expired);
    }
    if !authorization.is_live(now) {
        return Err(Refusal::Revoked);
    }
    // RFC 6749 §4.1.3: redirect_uri must be there if it was in the authorization request, and be identical.
    match &sent.redirect_uri {
        Some(uri) if *uri != code.redirect_uri => return Err(Refusal::RedirectUri),
        None if code.redirect_uri_sent => return Err(Refusal::RedirectUri),
        _ => {}
    }
    match (&code.code_challenge, &sent.code_verifier) {
        (Some(_), None) => Err(Refusal::VerifierMissing),
        // RFC 7636 §4.6: the verifier, transformed, must equal the challenge.
        (Some(challenge), Some(verifier)) if !challenge.verify(verifier) => Err(Refusal::VerifierWrong),
        // RFC 9700 §4.8.2: a verifier without a challenge is the sign of a PKCE downgrade.
        (None, Some(_)) => Err(Refusal::VerifierUnasked),
        _ => Ok(()),
    }
}

/// What became of an attempt to redeem a code.
#[derive(Debug)]
enum Redemption {
    /// What it gives is written.
    Redeemed,
    /// Somebody was quicker.
    AlreadyUsed,
    /// Its authorization was revoked meanwhile.
    Revoked,
}

/// Redeems the code and writes what it gives, in one transaction.
async fn apply(
    request: &TokenRequest<'_>,
    code: &Code,
    authorization: &Authorization,
    access_token: Option<OpaqueAccessToken>,
    refresh_token: Option<RefreshToken>,
) -> Result<Redemption> {
    let TokenRequest { cx, client, now, .. } = *request;
    let (hash, id) = (code.hash, code.authorization_id);
    let event = NewEvent::success(EventKind::CodeRedeemed, Actor::Client(client.id.clone()))
        .client(&client.id)
        .person(authorization.person_id)
        .detail("authorization", id.to_string())
        .at(now, &*cx.entropy, request.origin);
    let authorization = authorization.clone();
    // A person who may not sign in has no live authorization: what disables them revokes them all.
    let redeemed = cx
        .store
        .write(move |tx| {
            Box::pin(async move {
                if !grants::hold_and_note_use(tx, &authorization, now).await? {
                    return Ok(Redemption::Revoked);
                }
                if !tx.redeem_code(&hash, id, now).await? {
                    let is_live = tx.use_authorization(id, now).await?;
                    return Ok(if is_live { Redemption::AlreadyUsed } else { Redemption::Revoked });
                }
                issue::write(tx, access_token.as_ref(), refresh_token.as_ref()).await?;
                tx.insert_event(event).await?;
                Ok(Redemption::Redeemed)
            })
        })
        .await?;
    Ok(redeemed)
}

/// Turns a refusal into its error, with its consequences: a replay revokes whatever the first use gave.
async fn refuse(request: &TokenRequest<'_>, authorization: &Authorization, refusal: Refusal) -> Result<OAuthError> {
    let TokenRequest { cx, client, now, .. } = *request;
    let replayed = refusal == Refusal::Replayed;
    let kind = if replayed { EventKind::CodeReused } else { EventKind::CodeRedeemed };
    let event = NewEvent::failure(kind, Actor::Client(client.id.clone()), format!("{refusal:?}"))
        .client(&client.id)
        .person(authorization.person_id)
        .detail("authorization", authorization.id.to_string())
        .at(now, &*cx.entropy, request.origin);
    if replayed {
        let id = authorization.id;
        // RFC 6749 §4.1.2: all tokens issued by a code that is used again should be revoked.
        cx.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.revoke_authorization(id, "code reused", now).await?;
                    tx.insert_event(event).await
                })
            })
            .await?;
    } else {
        events::record(&cx.store, event).await;
    }
    Ok(invalid_grant(refusal.text()).because(format_args!("{refusal:?}")))
}

fn invalid_grant(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidGrant, text)
}
