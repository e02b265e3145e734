//! Making keys and changing them, each act with its event in one transaction.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::draft::KeyTerms;
use super::{LEAKED, LEAKED_BEFORE, MOST, must_be_rotated};
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::people::Act;
use crate::ids::ApiKeyId;
use crate::protocol::key_mode::KeyMode;
use crate::protocol::token_format;
use crate::store::{ApiKey, ApiKeySecret, KeptAnswer, KeyOwner, Result, StoreError, Tx, TxFuture};

/// How much of a secret is kept in the clear, so that people recognize it: its prefix and four of 43 digits.
const BEGINNING: usize = 4;

/// What became of a new key.
#[derive(Debug)]
pub enum Added {
    /// It is there; its secret can be read this once.
    Done(Box<ApiKey>, SecretString),
    /// The owner has as many as they may have.
    TooMany,
    /// The same form was sent before.
    Exists,
    /// The same was asked for before, under the same idempotency key, and answered.
    Answered,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<T = ()> {
    /// It is done.
    Done(T),
    /// The key is no longer as it was seen, or gone.
    Changed,
}

/// Makes a key under this identifier: a form that is sent twice makes one. The answer that `keep` makes of it is kept in
/// the same transaction.
pub async fn add(
    act: &Act<'_>,
    hasher: &TokenHasher,
    (id, owner, mode): (ApiKeyId, KeyOwner, KeyMode),
    terms: KeyTerms,
    keep: impl FnOnce(&ApiKey, &SecretString) -> Option<KeptAnswer>,
) -> Result<Added> {
    if act.store.api_keys_of(&owner, MOST).await? >= MOST {
        return Ok(Added::TooMany);
    }
    let KeyTerms { name, scope, resources, addresses, rate_limit, quota, expires_at } = terms;
    let key = ApiKey {
        id,
        name,
        owner,
        mode,
        scope,
        resources,
        addresses,
        rate_limit,
        quota,
        created_at: act.now,
        updated_at: act.now,
        expires_at,
        disabled: None,
        leak: None,
        last_use: None,
    };
    let (secret, kept) = mint(act, hasher, mode);
    let event = act.event(event(act, EventKind::ApiKeyAdded, &key));
    let (answer, added) = (keep(&key, &secret), key.clone());
    let written = act.store.write(move |tx| {
        Box::pin(async move {
            if let Some(answer) = answer
                && !tx.keep_answer(&answer).await?
            {
                return Ok(false);
            }
            tx.insert_api_key(&added).await?;
            tx.insert_api_key_secret(added.id, &kept).await?;
            tx.insert_event(event).await?;
            Ok(true)
        })
    });
    match written.await {
        Ok(true) => Ok(Added::Done(Box::new(key), secret)),
        Ok(false) => Ok(Added::Answered),
        Err(StoreError::Exists) => Ok(Added::Exists),
        Err(error) => Err(error),
    }
}

/// Gives a key other terms, if it still is as it was when `seen` was read.
pub async fn replace(act: &Act<'_>, seen: &ApiKey, terms: KeyTerms) -> Result<Change<ApiKey>> {
    let KeyTerms { name, scope, resources, addresses, rate_limit, quota, expires_at } = terms;
    let terms = ApiKey { name, scope, resources, addresses, rate_limit, quota, expires_at, ..seen.clone() };
    // Each change has a time of its own, by which the next one knows that it has seen this one.
    let changed = ApiKey { updated_at: act.now.max(seen.updated_at + Duration::from_millis(1)), ..terms };
    let event = event(act, EventKind::ApiKeyUpdated, &changed);
    let (row, seen) = (changed.clone(), seen.updated_at);
    let done = with_event(act, event, move |tx| Box::pin(async move { tx.update_api_key(&row, seen).await }));
    Ok(if done.await? { Change::Done(changed) } else { Change::Changed })
}

/// Gives a key another secret; those that it had stay good for `overlap`, unless one was found in public: then they end
/// at once.
pub async fn rotate(
    act: &Act<'_>,
    hasher: &TokenHasher,
    key: &ApiKey,
    overlap: Duration,
) -> Result<Change<SecretString>> {
    let (secret, kept) = mint(act, hasher, key.mode);
    let (id, now) = (key.id, act.now);
    let done = with_event(act, event(act, EventKind::ApiKeyRotated, key), move |tx| {
        Box::pin(async move {
            let Some(held) = tx.hold_api_key(id).await? else { return Ok(false) };
            let overlap = if must_be_rotated(&held) { Duration::ZERO } else { overlap };
            tx.expire_api_key_secrets(id, now + overlap).await?;
            tx.insert_api_key_secret(id, &kept).await?;
            tx.change_why_disabled(id, LEAKED, LEAKED_BEFORE).await?;
            Ok(true)
        })
    });
    Ok(if done.await? { Change::Done(secret) } else { Change::Changed })
}

/// Refuses a key everything from now on; `because` is a word such as [`BY_HAND`](super::BY_HAND).
pub async fn disable(act: &Act<'_>, key: &ApiKey, because: &'static str) -> Result<Change> {
    let event = event(act, EventKind::ApiKeyDisabled, key).detail("because", because);
    let (id, now) = (key.id, act.now);
    let done = with_event(act, event, move |tx| Box::pin(async move { tx.disable_api_key(id, now, because).await }));
    Ok(if done.await? { Change::Done(()) } else { Change::Changed })
}

/// Lets a disabled key be used again; not one that [must be rotated](must_be_rotated) first, which stays as it is.
pub async fn enable(act: &Act<'_>, key: &ApiKey) -> Result<Change> {
    let id = key.id;
    let event = event(act, EventKind::ApiKeyEnabled, key);
    let done = with_event(act, event, move |tx| Box::pin(async move { tx.enable_api_key(id, LEAKED).await }));
    Ok(if done.await? { Change::Done(()) } else { Change::Changed })
}

/// Deletes a key with its secrets.
pub async fn delete(act: &Act<'_>, key: &ApiKey) -> Result<Change> {
    let id = key.id;
    let event = event(act, EventKind::ApiKeyDeleted, key);
    let done = with_event(act, event, move |tx| Box::pin(async move { tx.delete_api_key(id).await }));
    Ok(if done.await? { Change::Done(()) } else { Change::Changed })
}

/// Does `change` and records `event`, if it changed anything.
pub(super) async fn with_event(
    act: &Act<'_>,
    event: NewEvent,
    change: impl for<'tx> FnOnce(&'tx Tx) -> TxFuture<'tx, bool> + Send + 'static,
) -> Result<bool> {
    let event = act.event(event);
    let written = act.store.write(move |tx| {
        Box::pin(async move {
            let changed = change(tx).await?;
            if changed {
                tx.insert_event(event).await?;
            }
            Ok(changed)
        })
    });
    written.await
}

/// How a secret begins: as much of it as may be shown again.
#[must_use]
pub fn beginning(mode: KeyMode, secret: &str) -> &str {
    secret.get(..mode.token_kind().prefix().len() + BEGINNING).unwrap_or_default()
}

fn mint(act: &Act<'_>, hasher: &TokenHasher, mode: KeyMode) -> (SecretString, ApiKeySecret) {
    let secret = token_format::mint(mode.token_kind(), &act.entropy.bytes());
    let text = secret.expose_secret();
    let beginning = beginning(mode, text).to_owned();
    let kept = ApiKeySecret { hash: hasher.hash(text), beginning, created_at: act.now, expires_at: None };
    (secret, kept)
}

fn event(act: &Act<'_>, kind: EventKind, key: &ApiKey) -> NewEvent {
    about(NewEvent::success(kind, act.actor.clone()), key)
}

/// Says which key an event is about, and whose.
pub(super) fn about(event: NewEvent, key: &ApiKey) -> NewEvent {
    let event = event.detail("key", key.id.to_string()).detail("name", key.name.clone());
    match &key.owner {
        KeyOwner::Person(person) => event.person(*person),
        KeyOwner::Client(client) => event.client(client),
    }
}
