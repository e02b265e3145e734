//! Sign-in by password: whether these two words belong together. Why they do not, only the event log is told.

use secrecy::SecretString;

use super::Act;
use super::guard::{Guard, HeldBack, Kind, Who};
use super::known_device::KnownDevice;
use super::passwords::{PasswordError, PasswordHasher};
use crate::domain::counters::count_sign_in;
use crate::domain::events::{Actor, EventKind, NewEvent, record};
use crate::domain::hourly::HourlyCounts;
use crate::ids::SessionId;
use crate::store::{Event, Person, Result, login_key};

/// What came of an attempt.
#[derive(Clone, Debug)]
pub enum SignInOutcome {
    /// It is this person.
    Verified(Box<Person>),
    /// It is not: nobody of that name, another password, or an account that may not sign in. All three cost the same
    /// and look the same.
    Refused,
    /// There were too many wrong ones: nobody looks until later, whoever it is.
    HeldBack(HeldBack),
    /// Too many passwords are being checked just now.
    Busy,
}

/// What checks a password, and keeps others from guessing it.
pub struct SignInDesk<'a> {
    /// Checks it.
    pub passwords: &'a PasswordHasher,
    /// Counts by the hour.
    pub hourly: &'a HourlyCounts,
    /// Counts what was wrong.
    pub guard: &'a Guard,
    /// Who has signed in at the browser before.
    pub device: &'a KnownDevice,
}

/// Checks a username (or email address) and a password, and counts what came of it.
pub async fn verify(
    act: &Act<'_>,
    desk: &SignInDesk<'_>,
    login: &str,
    password: SecretString,
) -> Result<SignInOutcome> {
    let outcome = check(act, desk, login, password).await;
    let word = match &outcome {
        Ok(SignInOutcome::Verified(_)) => "verified",
        Ok(SignInOutcome::Refused) => "refused",
        Ok(SignInOutcome::HeldBack(_)) => "held_back",
        Ok(SignInOutcome::Busy) => "busy",
        Err(_) => "failed",
    };
    count_sign_in(desk.hourly, word);
    outcome
}

async fn check(act: &Act<'_>, desk: &SignInDesk<'_>, login: &str, password: SecretString) -> Result<SignInOutcome> {
    let person = act.store.person_by_login(login).await?;
    let device = person.as_ref().and_then(|person| desk.device.of(person.id, act.now));
    let name = login_key(login);
    let who = Who::of(&name, act.origin.address.as_deref()).at(device);
    let attempt = match desk.guard.take(Kind::Password, &who, act.now) {
        Ok(attempt) => attempt,
        Err(held) => {
            if held.is_first {
                let event = held.event(act.actor.clone());
                record(act.store, act.event(person.iter().fold(event, |event, person| event.person(person.id)))).await;
            }
            return Ok(SignInOutcome::HeldBack(held));
        }
    };
    let passwords = desk.passwords;
    let hash = person.as_ref().and_then(|person| person.password_hash.as_deref());
    // Nobody's password is checked too, so that time does not tell who has an account.
    let fits = match passwords.verify(password.clone(), hash).await {
        Ok(fits) => fits,
        Err(PasswordError::Busy) => {
            attempt.was_not_made();
            return Ok(SignInOutcome::Busy);
        }
        Err(error) => {
            tracing::error!(%error, "a password could not be checked");
            false
        }
    };
    if let Some(reason) = reason_against(person.as_ref(), fits) {
        record(act.store, failure(act, person.as_ref(), reason)).await;
        return Ok(SignInOutcome::Refused);
    }
    let Some(mut person) = person else { return Ok(SignInOutcome::Refused) };
    attempt.was_right();
    keep_hash_fresh(act, passwords, &mut person, password).await;
    Ok(SignInOutcome::Verified(Box::new(person)))
}

/// The event of a session that begins by a sign-in, to be written with it; `method` says how.
#[must_use]
pub fn success(act: &Act<'_>, person: &Person, sid: SessionId, method: &str) -> Event {
    let event = NewEvent::success(EventKind::SignIn, Actor::Person(person.id)).person(person.id);
    act.event(event.detail("sid", sid.to_string()).detail("method", method))
}

/// Why somebody may not sign in, for the operator.
fn reason_against(person: Option<&Person>, password_fits: bool) -> Option<&'static str> {
    match person {
        None => Some("unknown username"),
        Some(person) if person.password_hash.is_none() => Some("no password chosen yet"),
        Some(_) if !password_fits => Some("wrong password"),
        Some(person) if person.disabled_at.is_some() => Some("person disabled"),
        Some(_) => None,
    }
}

/// What was typed as an unknown username is not kept: now and then it is a password.
fn failure(act: &Act<'_>, person: Option<&Person>, reason: &str) -> Event {
    let event = NewEvent::failure(EventKind::SignIn, Actor::Anonymous, reason);
    act.event(person.into_iter().fold(event, |event, person| event.person(person.id)))
}

/// Hashes the password anew where the settings have changed. That may fail without harm: there is a next sign-in.
async fn keep_hash_fresh(act: &Act<'_>, passwords: &PasswordHasher, person: &mut Person, password: SecretString) {
    let Some(old) = person.password_hash.clone().filter(|old| passwords.needs_rehash(old)) else { return };
    let Ok(new) = passwords.hash(password).await else { return };
    let (id, written) = (person.id, new.clone());
    let write = act.store.write(move |tx| Box::pin(async move { tx.rehash_password(id, &old, &written).await }));
    match write.await {
        Ok(true) => person.password_hash = Some(new),
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "a password could not be hashed anew"),
    }
}
