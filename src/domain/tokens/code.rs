//! A code, redeemed once, for its client, with the verifier of its challenge: RFC 6749 §4.1.3. The token endpoint does it
//! for whoever authenticates as the client, the console for an admin who tries the client out.

use secrecy::{ExposeSecret, SecretString};

use super::issue::{self, Mint, Order, TokenResponse};
use crate::clock::Timestamp;
use crate::domain::admission;
use crate::domain::events::{self, EventKind, NewEvent};
use crate::domain::grants;
use crate::domain::own_claims;
use crate::domain::people::Act;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::ClientId;
use crate::protocol::pkce::CodeVerifier;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Authorization, Client, Code, CodeState, OpaqueAccessToken, RefreshToken};

/// What is sent to redeem a code.
pub struct CodeRequest<'a> {
    /// The code.
    pub code: SecretString,
    /// The `redirect_uri`, if one is sent.
    pub redirect_uri: Option<&'a str>,
    /// The `code_verifier`, if one is sent.
    pub code_verifier: Option<CodeVerifier>,
    /// For which of the granted resources the access token is to be: RFC 8707 §2.2.
    pub resources: Vec<&'a str>,
}

/// A code that this server issued, and what it stands for. Whether it may be redeemed is another question.
pub struct IssuedCode {
    code: Code,
    /// What the person allowed.
    pub authorization: Authorization,
}

/// Looks a code up.
pub async fn find(act: &Act<'_>, mint: &Mint<'_>, code: &SecretString) -> Result<IssuedCode> {
    let unknown = || invalid_grant("This is no code of this server.").because("unknown code");
    let code = token_format::parse(TokenKind::Code, code.expose_secret()).ok_or_else(unknown)?;
    let found = act.store.code_and_authorization(&mint.hasher.hash(code.expose_secret())).await?;
    found.map(|(code, authorization)| IssuedCode { code, authorization }).ok_or_else(unknown)
}

/// Redeems a code for `client`, and writes that `act`'s actor did.
pub async fn redeem(
    act: &Act<'_>,
    mint: &Mint<'_>,
    client: &Client,
    issued: &IssuedCode,
    sent: &CodeRequest<'_>,
) -> Result<TokenResponse> {
    let IssuedCode { code, authorization } = issued;
    if let Err(refusal) = decide(code, authorization, &client.id, sent, act.now) {
        return Err(refuse(act, client, authorization, refusal).await?);
    }
    let catalogue = &*mint.catalogue;
    let scope = catalogue.still_granted(&authorization.scope, &client.metadata)?;
    let scope = admission::still_granted(act.store, catalogue, client, authorization.person_id, scope).await?;
    let audience = catalogue.audience_for(&sent.resources, &authorization.resources, &scope, &client.metadata)?;
    let refresh_scope =
        grants::refresh_token_is_due(&client.metadata, &authorization.scope).then(|| authorization.scope.clone());
    let about = own_claims::in_tokens(act.store, catalogue, client, authorization, (&scope, &audience)).await?;
    let prepared = mint.prepare(
        Order {
            client,
            authorization: Some(authorization),
            scope: &scope,
            audience,
            nonce: authorization.nonce.clone(),
            about,
            refresh_scope,
        },
        act.now,
    )?;
    let (access_token, refresh_token) = (prepared.opaque_access_token(), prepared.refresh_token().cloned());
    match apply(act, client, issued, access_token, refresh_token).await? {
        Redemption::Redeemed => prepared.finish(mint, act.now),
        Redemption::AlreadyUsed => Err(refuse(act, client, authorization, Refusal::Replayed).await?),
        Redemption::Revoked => Err(refuse(act, client, authorization, Refusal::Revoked).await?),
    }
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
    sent: &CodeRequest<'_>,
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
    match sent.redirect_uri {
        Some(uri) if *uri != *code.redirect_uri => return Err(Refusal::RedirectUri),
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
    act: &Act<'_>,
    client: &Client,
    issued: &IssuedCode,
    access_token: Option<OpaqueAccessToken>,
    refresh_token: Option<RefreshToken>,
) -> Result<Redemption> {
    let IssuedCode { code, authorization } = issued;
    let (hash, id, now) = (code.hash, code.authorization_id, act.now);
    let event = NewEvent::success(EventKind::CodeRedeemed, act.actor.clone())
        .client(&client.id)
        .person(authorization.person_id)
        .detail("authorization", id.to_string());
    let event = act.event(event);
    let authorization = authorization.clone();
    // A person who may not sign in has no live authorization: what disables them revokes them all.
    let redeemed = act
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
async fn refuse(act: &Act<'_>, client: &Client, authorization: &Authorization, refusal: Refusal) -> Result<OAuthError> {
    let replayed = refusal == Refusal::Replayed;
    let kind = if replayed { EventKind::CodeReused } else { EventKind::CodeRedeemed };
    let event = NewEvent::failure(kind, act.actor.clone(), format!("{refusal:?}"))
        .client(&client.id)
        .person(authorization.person_id)
        .detail("authorization", authorization.id.to_string());
    let event = act.event(event);
    if replayed {
        let (id, now) = (authorization.id, act.now);
        // RFC 6749 §4.1.2: all tokens issued by a code that is used again should be revoked.
        act.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.revoke_authorization(id, "code reused", now).await?;
                    tx.insert_event(event).await
                })
            })
            .await?;
    } else {
        events::record(act.store, event).await;
    }
    Ok(invalid_grant(refusal.text()).because(format_args!("{refusal:?}")))
}

fn invalid_grant(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidGrant, text)
}
