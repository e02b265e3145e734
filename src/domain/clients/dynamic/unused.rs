//! Clients that registered themselves and that nobody uses: they go, so that what anybody may fill does not fill up.

use crate::clock::{Entropy, Timestamp};
use crate::domain::events::{Actor, EventKind, NewEvent, Origin};
use crate::ids::ClientId;
use crate::store::{Client, Result, Store};

/// Notes that a client has come by tokens, and stays; `true` if that was news.
pub async fn mark_used(store: &Store, client: &Client) -> Result<bool> {
    if client.registration.as_ref().is_none_or(|own| own.unused_until.is_none()) {
        return Ok(false);
    }
    let id = client.id.clone();
    store.write(move |tx| Box::pin(async move { tx.mark_client_used(&id).await })).await
}

/// Removes the clients that nobody has used in time, each with its event; answers with how many.
pub async fn remove_unused(store: &Store, entropy: &dyn Entropy, batch: u64, now: Timestamp) -> Result<u64> {
    let mut removed = 0;
    loop {
        let unused = store.unused_clients(now, batch).await?;
        for id in &unused {
            removed += u64::from(remove(store, entropy, id, now).await?);
        }
        if unused.is_empty() {
            return Ok(removed);
        }
    }
}

async fn remove(store: &Store, entropy: &dyn Entropy, id: &ClientId, now: Timestamp) -> Result<bool> {
    let event = NewEvent::success(EventKind::ClientDeleted, Actor::System).client(id).detail("because", "unused");
    let event = event.at(now, entropy, &Origin::default());
    let unused = id.clone();
    let write = store.write(move |tx| {
        Box::pin(async move {
            let deleted = tx.delete_unused_client(&unused, now).await?;
            if deleted {
                tx.insert_event(event).await?;
            }
            Ok(deleted)
        })
    });
    write.await
}
