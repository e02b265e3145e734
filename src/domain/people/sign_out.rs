//! Sign-out: the end of a browser session and of what ends with it. The cookie is the business of
//! `web::browser_session`.

use super::Act;
use crate::clock::Timestamp;
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::logout;
use crate::domain::sessions::SignedIn;
use crate::domain::tokens::ended::SIGNED_OUT;
use crate::ids::{ClientId, PersonId, SessionId};
use crate::store::{Result, Tx};

/// Ends this session and what apps were given in it, except what they were given for use while the person is away
/// (`offline_access`). `asked_by` is the app that asked, if one did. Answers which apps are told, for those that want to
/// hear of it in the browser.
pub async fn sign_out(act: &Act<'_>, session: &SignedIn, asked_by: Option<&ClientId>) -> Result<Vec<ClientId>> {
    Ok(end(act, session.person_id, session.sid, asked_by).await?.unwrap_or_default())
}

/// The same for a session that is not the one of whoever asks: of `person`, by its identifier. `false`, and nothing is
/// recorded, if somebody was quicker.
pub async fn end_session(act: &Act<'_>, person: PersonId, sid: SessionId, asked_by: Option<&ClientId>) -> Result<bool> {
    Ok(end(act, person, sid, asked_by).await?.is_some())
}

async fn end(
    act: &Act<'_>,
    person: PersonId,
    sid: SessionId,
    asked_by: Option<&ClientId>,
) -> Result<Option<Vec<ClientId>>> {
    let event = NewEvent::success(EventKind::SignOut, act.actor.clone()).person(person);
    let event = asked_by.into_iter().fold(event, NewEvent::client).detail("sid", sid.to_string());
    let event = act.event(event);
    let now = act.now;
    let ended = act.store.write(move |tx| {
        Box::pin(async move {
            let found = tx.delete_session_by_sid(sid).await?;
            // OIDC Back-Channel Logout §2.7: what was not given for use while the person is away ends with the session.
            tx.revoke_online_authorizations_of_session(sid, SIGNED_OUT, now).await?;
            if !found {
                return Ok(None);
            }
            let told = logout::queue(tx, person, &[sid], now).await?;
            tx.insert_event(event).await?;
            Ok(Some(told))
        })
    });
    ended.await
}

/// Ends every session of a person, as part of what ends all that they had.
pub(in crate::domain) async fn end_with_the_rest(tx: &Tx, person: PersonId, now: Timestamp) -> Result<()> {
    let sids = tx.delete_sessions_of(person).await?;
    logout::queue(tx, person, &sids, now).await.map(drop)
}

/// What ended when a person signed out everywhere.
#[derive(Clone, Debug, Default)]
pub struct EverywhereEnded {
    /// The sessions, at whatever browser.
    pub sessions: Vec<SessionId>,
    /// The apps that are told of the session at the browser that asked, for those that want to hear of it there.
    pub told_here: Vec<ClientId>,
}

/// Signs a person out everywhere, by their own word, given in the session `here`, or by that of somebody who looks after
/// accounts: ends every session, and everything that apps were given, also for use while the person is away. What they have
/// allowed stays allowed: an app gets it again by a new sign-in.
pub async fn end_everywhere(act: &Act<'_>, person: PersonId, here: Option<SessionId>) -> Result<EverywhereEnded> {
    let event = act.event(NewEvent::success(EventKind::SignOutEverywhere, act.actor.clone()).person(person));
    let now = act.now;
    let ended = act.store.write(move |tx| {
        Box::pin(async move {
            let ended = end_sessions_of(tx, person, here, now).await?;
            tx.revoke_authorizations_of(person, "signed out everywhere", now).await?;
            tx.insert_event(event).await?;
            Ok(ended)
        })
    });
    ended.await
}

/// Ends every session of a person, of whom the session `here` asks for it, if they do themselves.
pub(super) async fn end_sessions_of(
    tx: &Tx,
    person: PersonId,
    here: Option<SessionId>,
    now: Timestamp,
) -> Result<EverywhereEnded> {
    let sessions = tx.delete_sessions_of(person).await?;
    let (this, others): (Vec<_>, Vec<_>) = sessions.iter().partition(|sid| Some(**sid) == here);
    let told_here = logout::queue(tx, person, &this, now).await?;
    logout::queue(tx, person, &others, now).await?;
    Ok(EverywhereEnded { sessions, told_here })
}
