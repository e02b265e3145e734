//! Keys that somebody found in public, reported by whoever holds their secret: they are disabled at once.

use secrecy::ExposeSecret;

use super::{LEAKED, change, must_be_rotated};
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::people::Act;
use crate::protocol::key_mode::KeyMode;
use crate::protocol::leak_report::ReportedToken;
use crate::protocol::token_format;
use crate::store::{ApiKey, Leak, Result};

/// Disables the key of a reported secret, and tells whether there is such a secret. One that a rotation has ended is no
/// danger to the key any more.
pub async fn report(act: &Act<'_>, hasher: &TokenHasher, reported: &ReportedToken) -> Result<bool> {
    let text = reported.token.expose_secret();
    let Some(presented) = KeyMode::ALL.iter().find_map(|mode| token_format::parse(mode.token_kind(), text)) else {
        return Ok(false);
    };
    let found = act.store.recall_api_key(hasher.hash(presented.expose_secret())).await?;
    let Some((key, secret)) = found else { return Ok(false) };
    // Said again, it costs no write.
    if secret.expires_at.is_none_or(|end| end > act.now) && !must_be_rotated(&key) {
        disable(act, &key, reported).await?;
    }
    Ok(true)
}

/// A key that is disabled or has expired is marked as well, so that nobody lets it be used again as it is.
async fn disable(act: &Act<'_>, key: &ApiKey, reported: &ReportedToken) -> Result<()> {
    let event = change::about(NewEvent::success(EventKind::ApiKeyLeaked, act.actor.clone()), key);
    let event = event.detail("url", reported.url.as_deref()).detail("source", reported.source.as_deref());
    let (id, leak) = (key.id, Leak { at: act.now, url: reported.url.clone() });
    let change =
        change::with_event(act, event, move |tx| Box::pin(async move { tx.leak_api_key(id, &leak, LEAKED).await }));
    change.await.map(drop)
}
