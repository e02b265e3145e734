//! Sign-out: the end of a browser session and of what ends with it. The cookie is the business of
//! `web::browser_session`.

use super::Act;
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::sessions::SignedIn;
use crate::domain::tokens::ended::SIGNED_OUT;
use crate::ids::{ClientId, PersonId, SessionId};
use crate::store::Result;

/// Ends this session and what apps were given in it, except what they were given for use while the person is away
/// (`offline_access`). `asked_by` is the app that asked, if one did.
pub async fn sign_out(act: &Act<'_>, session: &SignedIn, asked_by: Option<&ClientId>) -> Result<()> {
    end_session(act, session.person_id, session.sid, asked_by).await.map(drop)
}

/// The same for a session that is not the one of whoever asks: of `person`, by its identifier. `false`, and nothing is
/// recorded, if somebody was quicker.
pub async fn end_session(act: &Act<'_>, person: PersonId, sid: SessionId, asked_by: Option<&ClientId>) -> Result<bool> {
    let event = NewEvent::success(EventKind::SignOut, act.actor.clone()).person(person);
    let event = asked_by.into_iter().fold(event, NewEvent::client).detail("sid", sid.to_string());
    let event = act.event(event);
    let now = act.now;
    let ended = act.store.write(move |tx| {
        Box::pin(async move {
            let found = tx.delete_session_by_sid(sid).await?;
            tx.revoke_online_authorizations_of_session(sid, SIGNED_OUT, now).await?;
            if found {
                tx.insert_event(event).await?;
            }
            Ok(found)
        })
    });
    ended.await
}

/// Signs a person out everywhere.
pub async fn end_all(act: &Act<'_>, person: PersonId) -> Result<()> {
    for session in act.store.sessions_of(person, act.now).await? {
        end_session(act, person, session.sid, None).await?;
    }
    Ok(())
}
