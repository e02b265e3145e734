//! A person answers a device: yes or no, once. Of two answers at once one counts.

use std::iter;

use secrecy::ExposeSecret;

use crate::config::{AcrLevels, TokensConfig};
use crate::domain::catalogue::Catalogue;
use crate::domain::events::{self, EventKind, NewEvent};
use crate::domain::grants;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::logout;
use crate::domain::people::Act;
use crate::domain::people::guard::{Guard, HeldBack, Kind, Who};
use crate::domain::sessions::SignedIn;
use crate::domain::subjects::Subjects;
use crate::ids::{AuthorizationId, GrantId};
use crate::protocol::claims_request::ClaimsRequest;
use crate::protocol::scope::Scope;
use crate::protocol::user_code::UserCode;
use crate::store::{Authorization, Client, DeviceCode, Result};

/// What became of a code that somebody typed.
#[derive(Debug)]
pub enum Typed {
    /// The device that waits for it.
    Right(Box<DeviceCode>),
    /// No device waits for it.
    Wrong,
    /// There were too many wrong ones.
    TooMany(HeldBack),
}

/// Looks up a code that `who` typed. A wrong one is counted and leaves an event.
pub async fn recognize(
    act: &Act<'_>,
    guard: &Guard,
    hasher: &TokenHasher,
    who: &SignedIn,
    code: Option<&UserCode>,
) -> Result<Typed> {
    // RFC 8628 §5.1: a short code needs a limit on guesses. Its place is taken first, so that many at once gain nothing.
    let person = who.person_id.to_string();
    let guesser = Who::of(&person, act.origin.address.as_deref());
    let guess = match guard.take(Kind::UserCode, &guesser, act.now) {
        Ok(guess) => guess,
        Err(held) => return Ok(Typed::TooMany(held)),
    };
    let found = match code {
        Some(code) => waiting(act, hasher, code).await?,
        None => None,
    };
    if let Some(found) = found {
        guess.was_right();
        return Ok(Typed::Right(Box::new(found)));
    }
    let event = NewEvent::failure(EventKind::UserCodeEntered, act.actor.clone(), "wrong code").person(who.person_id);
    events::record(act.store, act.event(event)).await;
    Ok(Typed::Wrong)
}

/// The device that waits for a code.
pub async fn waiting(act: &Act<'_>, hasher: &TokenHasher, code: &UserCode) -> Result<Option<DeviceCode>> {
    act.store.waiting_device_code(&hasher.hash(code.expose_secret()), act.now).await
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It counts.
    Done,
    /// Somebody was quicker, or the code has ended.
    Gone,
    /// The session of who answered has ended meanwhile.
    SignedOut,
}

/// What a person allows a device.
pub struct Allowance<'a> {
    /// The client on the device.
    pub client: &'a Client,
    /// What it asked for.
    pub code: &'a DeviceCode,
    /// Who allows it.
    pub who: &'a SignedIn,
    /// What they allow.
    pub scope: Scope,
    /// What they could have allowed, and left out.
    pub declined: Scope,
}

/// Allows a device something: the grant remembers it, as after any consent, and the device can fetch its tokens.
pub async fn allow(
    act: &Act<'_>,
    settings: &TokensConfig,
    catalogue: &Catalogue,
    subjects: &Subjects,
    levels: &AcrLevels,
    allowance: Allowance<'_>,
) -> Result<Answered> {
    let Allowance { client, code, who, scope, declined } = allowance;
    let now = act.now;
    let authorization = Authorization {
        id: AuthorizationId(act.entropy.uuid_at(now)),
        client_id: client.id.clone(),
        person_id: who.person_id,
        sub: subjects.sub(&client.metadata, who.person_id),
        grant_id: GrantId(act.entropy.uuid_at(now)),
        sid: who.sid,
        expires_at: grants::authorization_end(&client.metadata, &scope, settings, catalogue, now, code.expires_at),
        scope,
        resources: code.resources.clone(),
        claims: ClaimsRequest::default(),
        nonce: None,
        acr: levels.told(&who.amr, iter::empty()),
        amr: who.amr.clone(),
        auth_time: who.auth_time,
        created_at: now,
        last_used_at: now,
        revoked: None,
    };
    let told_of_logout = logout::is_told(&client.metadata, &authorization.scope);
    let event = NewEvent::success(EventKind::DeviceAllowed, act.actor.clone())
        .person(who.person_id)
        .client(&client.id)
        .detail("scope", authorization.scope.to_string())
        .detail("device_address", code.address.clone())
        .detail("authorization", authorization.id.to_string());
    let (event, hash) = (act.event(event), code.hash);
    let answered = act.store.write(move |tx| {
        Box::pin(async move {
            if !tx.hold_session(authorization.sid, now).await? {
                return Ok(Answered::SignedOut);
            }
            if !tx.allow_device_code(&hash, authorization.id, now).await? {
                return Ok(Answered::Gone);
            }
            grants::write(tx, authorization, &declined, told_of_logout).await?;
            tx.insert_event(event).await?;
            Ok(Answered::Done)
        })
    });
    answered.await
}

/// Refuses a device what it asked for.
pub async fn deny(act: &Act<'_>, code: &DeviceCode, who: &SignedIn) -> Result<Answered> {
    let event = NewEvent::success(EventKind::DeviceDenied, act.actor.clone())
        .person(who.person_id)
        .client(&code.client_id)
        .detail("device_address", code.address.clone());
    let (event, hash, now) = (act.event(event), code.hash, act.now);
    let answered = act.store.write(move |tx| {
        Box::pin(async move {
            if !tx.deny_device_code(&hash, now).await? {
                return Ok(Answered::Gone);
            }
            tx.insert_event(event).await?;
            Ok(Answered::Done)
        })
    });
    answered.await
}
