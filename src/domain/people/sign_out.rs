//! Sign-out: what ends with a browser session. The session's row and cookie are the business of
//! `web::browser_session`.

use super::Act;
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::sessions::SignedIn;
use crate::ids::ClientId;
use crate::store::Result;

/// Ends what apps were given in this session, except what they were given for use while the person is away
/// (`offline_access`). `asked_by` is the app that asked, if one did.
pub async fn sign_out(act: &Act<'_>, session: &SignedIn, asked_by: Option<&ClientId>) -> Result<()> {
    let event = NewEvent::success(EventKind::SignOut, act.actor.clone()).person(session.person_id);
    let event = asked_by.into_iter().fold(event, NewEvent::client).detail("sid", session.sid.to_string());
    let event = act.event(event);
    let (sid, now) = (session.sid, act.now);
    let ended = act.store.write(move |tx| {
        Box::pin(async move {
            tx.revoke_online_authorizations_of_session(sid, "signed out", now).await?;
            tx.insert_event(event).await
        })
    });
    ended.await
}
