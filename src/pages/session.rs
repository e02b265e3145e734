//! Beginning the session of a person who has just proved who they are: what sign-in, set-up and invitation share.

use actix_web::Error;

use crate::domain::events::Actor;
use crate::domain::people::{sign_in, sign_out};
use crate::domain::sessions::SignedIn;
use crate::ids::SessionId;
use crate::store::Person;
use crate::web::browser_session;
use crate::web::posted::Posted;

/// Signs `person` in at the browser that sent `posted`. Whoever was signed in there and is somebody else, is signed
/// out; the same person keeps their session's identifier, so that other tabs go on.
pub(super) async fn begin(posted: &Posted, person: &Person, remember: bool, method: &str) -> Result<SessionId, Error> {
    let visit = &posted.visit;
    let before = posted.current.as_ref().map(|current| &current.signed_in);
    let same = before.filter(|before| before.person_id == person.id);
    if let Some(other) = before.filter(|before| before.person_id != person.id) {
        let ended = sign_out::sign_out(&visit.act(Actor::Person(other.person_id)), other, None).await;
        ended.map_err(|error| visit.failed(&error))?;
    }
    let sid = same.map_or_else(|| SessionId(visit.cx.entropy.uuid()), |same| same.sid);
    let remember = remember || same.is_some_and(|same| same.remember);
    let event = sign_in::success(&visit.act(Actor::Person(person.id)), person, sid, method);
    let signed_in = SignedIn::by_password(sid, person.id, remember, visit.now);
    browser_session::begin(&visit.request, &signed_in, person, &event);
    Ok(sid)
}
