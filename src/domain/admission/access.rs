//! Changing who may use an app.

use crate::domain::events::{EventKind, NewEvent};
use crate::domain::people::Act;
use crate::ids::{ClientId, GroupId};
use crate::store::{Access, Result};

/// Says which people may use an app; `groups` count only where the access is theirs. `false`, and nothing is changed, if
/// the app or one of the groups is gone.
pub async fn set(act: &Act<'_>, client: &ClientId, access: Access, groups: Vec<GroupId>) -> Result<bool> {
    let groups = if access == Access::Groups { groups } else { Vec::new() };
    let names: Vec<_> = groups.iter().map(ToString::to_string).collect();
    let event = NewEvent::success(EventKind::AccessChanged, act.actor.clone()).client(client);
    let event = act.event(event.detail("access", access.word()).detail("groups", names));
    let (id, now) = (client.clone(), act.now);
    let changed = act.store.write(move |tx| {
        Box::pin(async move {
            // Held, so that no group is deleted between the look and the write.
            for group in &groups {
                if tx.hold_group(*group).await?.is_none() {
                    return Ok(false);
                }
            }
            if tx.hold_client(&id, now).await?.is_none() {
                return Ok(false);
            }
            tx.set_client_access(&id, access, &groups).await?;
            tx.insert_event(event).await?;
            Ok(true)
        })
    });
    changed.await
}
