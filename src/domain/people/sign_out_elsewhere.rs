//! Ending sessions that are not the one of whoever asks: one by its identifier, or all of a person.

use super::Act;
use crate::domain::events::{EventKind, NewEvent};
use crate::ids::PersonId;
use crate::store::{Result, Session};

/// Ends every session of a person, and what apps were given in them, as [`end`] does; answers how many
/// there were.
pub async fn end_all(act: &Act<'_>, person: PersonId) -> Result<u64> {
    let sessions = act.store.sessions_of(person, act.now).await?;
    let mut ended = 0;
    for session in sessions {
        ended += u64::from(end(act, &session).await?);
    }
    Ok(ended)
}

/// Ends one session; `false`, and nothing is recorded, if somebody was quicker.
pub async fn end(act: &Act<'_>, session: &Session) -> Result<bool> {
    let (person, sid, now) = (session.person_id, session.sid, act.now);
    let event = NewEvent::success(EventKind::SignOut, act.actor.clone()).person(person);
    let event = act.event(event.detail("sid", sid.to_string()));
    let ended = act.store.write(move |tx| {
        Box::pin(async move {
            if !tx.delete_session_by_sid(sid).await? {
                return Ok(false);
            }
            tx.revoke_online_authorizations_of_session(sid, "signed out", now).await?;
            tx.insert_event(event).await?;
            Ok(true)
        })
    });
    ended.await
}
