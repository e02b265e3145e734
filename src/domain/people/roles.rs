//! Giving and taking roles. Who may do that to whom, [`crate::domain::permission`] says.

use super::Act;
use crate::domain::events::{EventKind, NewEvent};
use crate::store::{Person, Result, Role};

/// What came of giving somebody another role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleChange {
    /// They hold it.
    Done,
    /// Their role is no longer what it was when it was looked at, or they are gone.
    Changed,
    /// Nobody would be left who may do everything.
    LastAdmin,
}

/// Gives a person another role, or takes theirs. Somebody who may do everything is always left.
pub async fn set_role(act: &Act<'_>, person: &Person, to: Option<Role>) -> Result<RoleChange> {
    let (id, from, now) = (person.id, person.role, act.now);
    let word = |role: Option<Role>| role.map_or("none", Role::word);
    let event = NewEvent::success(EventKind::RoleChanged, act.actor.clone()).person(id);
    let event = act.event(event.detail("from", word(from)).detail("to", word(to)));
    let steps_down = from.is_some_and(Role::may_everything) && !to.is_some_and(Role::may_everything);
    let changed = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            if steps_down && !tx.has_other_admin(id).await? {
                return Ok(RoleChange::LastAdmin);
            }
            if !tx.set_role(id, from, to, now).await? {
                return Ok(RoleChange::Changed);
            }
            tx.insert_event(event).await?;
            Ok(RoleChange::Done)
        })
    });
    changed.await
}
