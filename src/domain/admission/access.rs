//! Changing who may use an app.

use crate::domain::events::{EventKind, NewEvent};
use crate::domain::people::Act;
use crate::ids::{ClientId, GroupId};
use crate::store::{Access, Result};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessChange {
    /// It counts.
    Done,
    /// It is no longer as it was seen.
    Changed,
    /// The app or one of the groups is gone.
    Unknown,
}

/// Says which people may use an app; `groups` count only where the access is theirs. `seen` is what whoever asks has seen, if
/// that is to be what is replaced.
pub async fn set(
    act: &Act<'_>,
    client: &ClientId,
    access: Access,
    groups: Vec<GroupId>,
    seen: Option<(Access, Vec<GroupId>)>,
) -> Result<AccessChange> {
    let mut groups = if access == Access::Groups { groups } else { Vec::new() };
    groups.sort_unstable();
    groups.dedup();
    let names: Vec<_> = groups.iter().map(ToString::to_string).collect();
    let event = NewEvent::success(EventKind::AccessChanged, act.actor.clone()).client(client);
    let event = act.event(event.detail("access", access.word()).detail("groups", names));
    let (id, now) = (client.clone(), act.now);
    let changed = act.store.write(move |tx| {
        Box::pin(async move {
            // The client before its groups, as whoever approves does, and each held until the write: two who change the same
            // do not wait for each other, and no group is deleted in between.
            let Some(client) = tx.hold_client(&id, now).await? else { return Ok(AccessChange::Unknown) };
            for group in &groups {
                if tx.hold_group(*group).await?.is_none() {
                    return Ok(AccessChange::Unknown);
                }
            }
            if let Some(seen) = seen
                && seen != (client.access, tx.groups_of_client(&id).await?)
            {
                return Ok(AccessChange::Changed);
            }
            tx.set_client_access(&id, access, &groups).await?;
            tx.insert_event(event).await?;
            Ok(AccessChange::Done)
        })
    });
    changed.await
}
