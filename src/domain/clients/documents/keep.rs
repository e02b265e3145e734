//! Keeping a client that describes itself in a document, once a person has to do with it.

use std::time::Duration;

use crate::domain::events::{EventKind, NewEvent};
use crate::domain::people::Act;
use crate::store::{Client, Result, StoreError};

/// Writes such a client down as its document describes it now; `true` if that was news. It goes again if it has not been used
/// after `unused_lifetime`. Nothing is done for any other client.
pub async fn keep(act: &Act<'_>, client: &Client, unused_lifetime: Duration) -> Result<bool> {
    if !client.is_of_document() {
        return Ok(false);
    }
    let kept = act.store.client(&client.id, act.now).await?;
    if kept.as_ref().is_some_and(|kept| kept.metadata.to_json() == client.metadata.to_json()) {
        return Ok(false);
    }
    let is_new = kept.is_none();
    let kind = if is_new { EventKind::ClientRegistered } else { EventKind::ClientUpdated };
    let event = act.event(NewEvent::success(kind, act.actor.clone()).client(&client.id).detail("by", "document"));
    let (now, mut newest) = (act.now, client.clone());
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            match tx.hold_client(&newest.id, now).await? {
                // Somebody else let it in meanwhile, or an administrator had to do with it: whoever asks next brings the news again.
                Some(kept) if is_new || !kept.is_of_document() || kept.updated_at != newest.updated_at => {
                    return Ok(false);
                }
                Some(_) => {
                    tx.update_client(&newest.id, &newest.metadata, now).await?;
                }
                None => {
                    newest.registration.iter_mut().for_each(|own| own.unused_until = Some(now + unused_lifetime));
                    tx.insert_client(&newest).await?;
                }
            }
            tx.insert_event(event).await?;
            Ok(true)
        })
    });
    match write.await {
        // Somebody else let it in at the same moment.
        Err(StoreError::Exists) => Ok(false),
        written => written,
    }
}
