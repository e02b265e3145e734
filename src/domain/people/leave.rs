//! The end of an account: by the word of whose it is, or of somebody who looks after accounts.

use super::Act;
use super::sign_out::{EverywhereEnded, end_sessions_of};
use crate::domain::events::{EventKind, NewEvent};
use crate::ids::{PersonId, SessionId};
use crate::store::{Result, Role};

/// What came of it.
#[derive(Clone, Debug)]
pub enum Left {
    /// The account is gone, and these sessions with it.
    Done(EverywhereEnded),
    /// Nobody would be left who may do everything.
    LastAdmin,
    /// It was gone already.
    Gone,
}

/// Deletes the account of `person`, who says so in the session `here`, with all that hangs off it; events stay. Whoever is the
/// last to administer the server stays.
pub async fn leave(act: &Act<'_>, person: PersonId, here: SessionId) -> Result<Left> {
    end(act, person, Some(here)).await
}

/// The same, by somebody else's word. `false` if there is no such person.
pub async fn delete(act: &Act<'_>, person: PersonId) -> Result<bool> {
    Ok(matches!(end(act, person, None).await?, Left::Done(_)))
}

async fn end(act: &Act<'_>, person: PersonId, here: Option<SessionId>) -> Result<Left> {
    let event = act.event(NewEvent::success(EventKind::PersonDeleted, act.actor.clone()).person(person));
    let now = act.now;
    let ended = act.store.write(move |tx| {
        Box::pin(async move {
            tx.hold_sessions_of(person).await?;
            if here.is_some() {
                tx.lock_people().await?;
            }
            let Some(leaving) = tx.hold_person(person).await? else { return Ok(Left::Gone) };
            let may_everything = leaving.role.is_some_and(Role::may_everything);
            if here.is_some() && may_everything && !tx.has_other_admin(person).await? {
                return Ok(Left::LastAdmin);
            }
            let ended = end_sessions_of(tx, person, here, now).await?;
            tx.delete_person(person).await?;
            tx.insert_event(event).await?;
            Ok(Left::Done(ended))
        })
    });
    ended.await
}
