//! Beginning the session of a person who has just proved who they are: what sign-in, set-up and invitation share.

use actix_web::Error;

use crate::domain::events::Actor;
use crate::domain::people::{sign_in, sign_out};
use crate::domain::sessions::{AMR_PASSWORD, MOST_ACCOUNTS, SignedIn};
use crate::ids::SessionId;
use crate::store::Person;
use crate::web::browser_session;
use crate::web::posted::Posted;

/// How a person has proved who they are.
pub(super) struct Proved {
    /// By which methods: `amr` (RFC 8176 §2).
    pub amr: Vec<String>,
    /// Whether they want to stay signed in when the browser closes.
    pub remember: bool,
    /// How, in the word of the event.
    pub method: &'static str,
}

impl Proved {
    /// By a password that they typed or have just chosen.
    pub fn by_password(method: &'static str) -> Self {
        Self { amr: vec![AMR_PASSWORD.to_owned()], remember: false, method }
    }
}

/// Signs `person` in at the browser that sent `posted`, and makes them current there. Whoever else is signed in there stays
/// so; the same person keeps their session's identifier, so that other tabs go on.
pub(super) async fn begin(posted: &Posted, person: &Person, proved: Proved) -> Result<SessionId, Error> {
    let visit = &posted.visit;
    let accounts = visit.accounts().await?;
    let (same, others): (Vec<_>, Vec<_>) =
        accounts.all().iter().map(|account| &account.signed_in).partition(|before| before.person_id == person.id);
    // Those who came first make room.
    for other in others.iter().take((others.len() + 1).saturating_sub(MOST_ACCOUNTS)) {
        let ended = sign_out::sign_out(&visit.act(Actor::Person(other.person_id)), other, None).await;
        ended.map_err(|error| visit.failed(&error))?;
    }
    let same = same.first();
    let sid = same.map_or_else(|| SessionId(visit.cx.entropy.uuid()), |same| same.sid);
    let remember = proved.remember || same.is_some_and(|same| same.remember);
    let event = sign_in::success(&visit.act(Actor::Person(person.id)), person, sid, proved.method);
    let signed_in = SignedIn { sid, person_id: person.id, auth_time: visit.now, amr: proved.amr, remember };
    browser_session::begin(&visit.request, &signed_in, person, &event);
    Ok(sid)
}
