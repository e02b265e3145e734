//! Beginning the session of a person who has just proved who they are: what sign-in, set-up and invitation share.

use std::borrow::Cow;

use actix_web::Error;

use crate::clock::Timestamp;
use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::domain::passkeys::sign_in::{AMR, PasskeyProof};
use crate::domain::people::{sign_in, sign_out};
use crate::domain::sessions::{AMR_CODE, AMR_MAIL, AMR_PASSWORD, AMR_SEVERAL, MOST_ACCOUNTS, SignedIn};
use crate::ids::SessionId;
use crate::store::Person;
use crate::web::browser_session::Current;
use crate::web::posted::Posted;
use crate::web::{browser_session, known_devices};

/// How a person has proved who they are.
pub(super) struct Proved {
    /// By which methods: `amr` (RFC 8176 §2).
    pub amr: Vec<String>,
    /// Whether they want to stay signed in when the browser closes.
    pub remember: bool,
    /// How, in the word of the event.
    pub method: Cow<'static, str>,
    /// When, if it was not just now.
    pub auth_time: Option<Timestamp>,
    /// Whether all sessions of theirs have just ended: apps were told so, and what begins now has another identifier (OIDC
    /// Back-Channel Logout §2.6: an app ends the session that `sid` names).
    pub anew: bool,
}

/// How a person has proved it once more.
pub(super) struct Second {
    /// By which methods: `amr` (RFC 8176 §2).
    methods: Vec<String>,
    /// How, in the word of the event.
    word: &'static str,
}

impl Second {
    /// By a one-time code.
    pub fn code() -> Self {
        Self { methods: [AMR_CODE, AMR_SEVERAL].map(str::to_owned).to_vec(), word: "code" }
    }

    /// By a recovery code, which stands in for a one-time code.
    pub fn recovery_code() -> Self {
        Self { word: "recovery code", ..Self::code() }
    }

    /// By a passkey that they have just made.
    pub fn new_passkey() -> Self {
        Self { methods: AMR.map(str::to_owned).to_vec(), word: "passkey" }
    }

    /// By a passkey.
    pub fn passkey(proof: &PasskeyProof) -> Self {
        Self { methods: proof.amr.clone(), word: "passkey" }
    }
}

impl Proved {
    /// By a passkey.
    pub fn by_passkey(proof: &PasskeyProof) -> Self {
        Self::now(proof.amr.clone(), "passkey")
    }

    /// By a password that they typed or have just chosen.
    pub fn by_password(method: &'static str) -> Self {
        Self::now(vec![AMR_PASSWORD.to_owned()], method)
    }

    /// By a link in a mail.
    pub fn by_link() -> Self {
        Self::now(vec![AMR_MAIL.to_owned()], "link")
    }

    const fn now(amr: Vec<String>, method: &'static str) -> Self {
        Self { amr, remember: false, method: Cow::Borrowed(method), auth_time: None, anew: false }
    }

    /// The same, and by a second factor.
    pub fn and_by(mut self, second: &Second) -> Self {
        add(&mut self.amr, &second.methods);
        self.method = Cow::Owned(format!("{}, {}", self.method, second.word));
        self
    }
}

/// By the word of the event, those that make an account or take one over by a link.
const FIRST_SIGN_INS: [&str; 4] = ["registration", "provider_registration", "set_up", "invitation"];

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
    let goes_on = same.filter(|_| !proved.anew);
    let sid = goes_on.map_or_else(|| SessionId(visit.cx.entropy.uuid()), |same| same.sid);
    let remember = proved.remember || same.is_some_and(|same| same.remember);
    let event = sign_in::success(&visit.act(Actor::Person(person.id)), person, sid, &proved.method);
    let auth_time = proved.auth_time.unwrap_or(visit.now);
    let signed_in = SignedIn { sid, person_id: person.id, auth_time, amr: proved.amr, remember };
    browser_session::begin(&visit.request, &signed_in, person, &event);
    // Whoever has just chosen their first password knows that they are here.
    if !FIRST_SIGN_INS.contains(&&*proved.method) && !known_devices::knows(&visit.request, &visit.cx, person.id) {
        visit.cx.tell(|| visit.letters().new_device(person, &visit.origin, visit.now)).await;
    }
    known_devices::remember(&visit.request, &visit.cx, person.id);
    Ok(sid)
}

/// Lets the session of `current` rise, which has been proved by these methods too: it goes on under another key. When its
/// person signed in stays as it was, since they have not done so again.
pub(super) fn raise(posted: &Posted, current: &Current, second: &Second) {
    let visit = &posted.visit;
    let mut signed_in = current.signed_in.clone();
    add(&mut signed_in.amr, &second.methods);
    let event = NewEvent::success(EventKind::SecondFactor, Actor::Person(current.person.id)).person(current.person.id);
    let event = event.detail("sid", signed_in.sid.to_string()).detail("method", second.methods.join(" "));
    let event = event.at(visit.now, &*visit.cx.entropy, &visit.origin);
    browser_session::rise(&visit.request, &signed_in, &current.person, &event);
}

fn add(amr: &mut Vec<String>, methods: &[String]) {
    for method in methods {
        if !amr.contains(method) {
            amr.push(method.clone());
        }
    }
}
