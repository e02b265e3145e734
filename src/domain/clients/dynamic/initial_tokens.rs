//! Initial access tokens (RFC 7591 §3): whoever runs the server gives one to those who may register clients.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::clock::Timestamp;
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::people::Act;
use crate::ids::InitialTokenId;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{InitialToken, KeptAnswer, Result, Store};

/// The longest that a token is good.
pub const LONGEST: Duration = Duration::from_hours(365 * 24);
/// The most clients that may be registered by one token.
pub const MOST_USES: u32 = 10_000;
/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 100;

/// What a token is to be good for.
#[derive(Clone, Debug)]
pub struct Draft {
    /// For whom it is.
    pub note: String,
    /// For how long.
    pub lifetime: Duration,
    /// For how many clients.
    pub uses: u32,
}

impl Draft {
    /// What is wrong with it: the member, and what would be right.
    #[must_use]
    pub fn fault(&self) -> Option<(&'static str, String)> {
        if self.note.chars().count() > LONGEST_NOTE || self.note.chars().any(char::is_control) {
            return Some(("note", format!("The note is one line of at most {LONGEST_NOTE} characters.")));
        }
        if self.lifetime < Duration::from_secs(1) || self.lifetime > LONGEST {
            return Some(("expires_in", "The token is good for a second to 365 days.".to_owned()));
        }
        if !(1..=MOST_USES).contains(&self.uses) {
            return Some(("uses", format!("The token is good for 1 to {MOST_USES} clients.")));
        }
        None
    }
}

/// Makes a token; answers with it, which nobody can read again. The draft must be without [fault](Draft::fault). The answer
/// that `keep` makes of it is kept in the same transaction: `None`, and nothing is done, if one was kept before.
pub async fn add(
    act: &Act<'_>,
    hasher: &TokenHasher,
    draft: Draft,
    keep: impl FnOnce(&InitialToken, &SecretString) -> Option<KeptAnswer>,
) -> Result<Option<(InitialToken, SecretString)>> {
    let secret = token_format::mint(TokenKind::InitialAccess, &act.entropy.bytes());
    let token = InitialToken {
        id: InitialTokenId(act.entropy.uuid_at(act.now)),
        hash: hasher.hash(secret.expose_secret()),
        note: draft.note,
        uses: draft.uses,
        uses_left: draft.uses,
        created_at: act.now,
        expires_at: act.now + draft.lifetime,
    };
    let event = NewEvent::success(EventKind::RegistrationTokenAdded, act.actor.clone())
        .detail("id", token.id.to_string())
        .detail("uses", token.uses)
        .detail("expires_at", token.expires_at.to_rfc3339());
    let (event, added, answer) = (act.event(event), token.clone(), keep(&token, &secret));
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            if let Some(answer) = answer
                && !tx.keep_answer(&answer).await?
            {
                return Ok(false);
            }
            tx.insert_initial_token(&added).await?;
            tx.insert_event(event).await?;
            Ok(true)
        })
    });
    Ok(write.await?.then_some((token, secret)))
}

/// Deletes a token: nobody registers a client by it from now on, and those that were stay. `false` if there is none.
pub async fn delete(act: &Act<'_>, id: InitialTokenId) -> Result<bool> {
    let event = NewEvent::success(EventKind::RegistrationTokenDeleted, act.actor.clone());
    let event = act.event(event.detail("id", id.to_string()));
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            let deleted = tx.delete_initial_token(id).await?;
            if deleted {
                tx.insert_event(event).await?;
            }
            Ok(deleted)
        })
    });
    write.await
}

/// The token that was presented, if it is good at `now`. That it still is when it is used, the store sees to.
pub async fn find(
    store: &Store,
    hasher: &TokenHasher,
    presented: &str,
    now: Timestamp,
) -> Result<Option<InitialToken>> {
    let Some(presented) = token_format::parse(TokenKind::InitialAccess, presented) else { return Ok(None) };
    let found = store.initial_token(&hasher.hash(presented.expose_secret())).await?;
    Ok(found.filter(|token| token.uses_left > 0 && token.expires_at > now))
}
