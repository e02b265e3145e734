//! Second factors: what a person has beside their password, and whether what they typed is of it.
//!
//! A code counts once. What makes sure of that is one conditional `UPDATE`, so that of two who type the same code at once, one
//! is refused. Who is wrong too often has to wait, as with passwords.

pub mod authenticator_app;
pub mod half;
pub mod recovery_codes;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::authenticator_app::{AppSecret, digits};
use crate::clock::Timestamp;
use crate::domain::events::{EventKind, NewEvent, record};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::sealing::Sealer;
use crate::domain::people::guard::{Guard, HeldBack, Kind, Who};
use crate::domain::people::{Act, sign_out};
use crate::ids::{AuthenticatorAppId, PersonId, TokenHash};
use crate::store::{AuthenticatorApp, Mail, Person, Result, Store, StoreError, Tx};

/// A person needs no more.
pub const MOST_APPS: u64 = 5;
/// How long an app may be set up from one picture.
const ENROLMENT_LIFETIME: Duration = Duration::from_mins(30);

/// What looks after second factors.
pub struct FactorDesk<'a> {
    /// The database.
    pub store: &'a Store,
    /// How recovery codes are stored.
    pub hasher: &'a TokenHasher,
    /// What seals the secrets of apps.
    pub sealer: &'a Sealer,
    /// Counts what was wrong.
    pub guard: &'a Guard,
    /// Whether this server can ask for passkeys.
    pub with_passkeys: bool,
}

/// The second factors of a person.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Their authenticator apps.
    pub apps: Vec<AuthenticatorApp>,
    /// How many recovery codes they have left.
    pub recovery_codes: u64,
    /// How many passkeys.
    pub passkeys: u64,
}

impl Held {
    /// Whether there is one that they can be asked for. Recovery codes alone are none: they stand in for one.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.has_app() || self.passkeys > 0
    }

    /// Whether they set up an app: then they want to be asked at each sign-in. Who adds a passkey has one more way in.
    #[must_use]
    pub fn has_app(&self) -> bool {
        !self.apps.is_empty()
    }
}

/// What came of a code that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// It is the code of an app, and was taken.
    Code,
    /// It is a recovery code, and is used up.
    RecoveryCode,
    /// It is neither, or was taken before.
    Wrong,
    /// Too many were wrong: none is looked at for a while.
    HeldBack(HeldBack),
}

/// An app that is being set up: drawn, shown, and not yet confirmed.
#[derive(Serialize, Deserialize)]
pub struct Enrolment {
    /// What it will be called in the database, so that it is added once.
    id: AuthenticatorAppId,
    person: PersonId,
    secret: String,
    at: Timestamp,
}

/// What came of an enrolment.
#[derive(Debug)]
pub enum Enrolled {
    /// It is done; these recovery codes are new, if there were none.
    Done(Option<Vec<SecretString>>),
    /// The code does not fit.
    Wrong,
    /// The person has enough of them.
    TooMany,
    /// It was done before, by the same form.
    Again,
    /// It was too long ago.
    Spent,
}

impl Enrolment {
    /// A new one for `person`.
    #[must_use]
    pub fn draw(act: &Act<'_>, person: PersonId) -> Self {
        let secret = URL_SAFE_NO_PAD.encode(AppSecret::draw(act.entropy).as_bytes());
        Self { id: AuthenticatorAppId(act.entropy.uuid()), person, secret, at: act.now }
    }

    /// Its secret.
    #[must_use]
    pub fn secret(&self) -> Option<AppSecret> {
        AppSecret::from_bytes(&URL_SAFE_NO_PAD.decode(&self.secret).ok()?)
    }
}

impl FactorDesk<'_> {
    /// What a person has.
    pub async fn held_by(&self, person: PersonId) -> Result<Held> {
        let apps = self.store.authenticator_apps_of(person).await?;
        let passkeys = if self.with_passkeys { self.store.passkeys_of(person).await?.len() as u64 } else { 0 };
        Ok(Held { apps, recovery_codes: self.store.recovery_codes_left(person).await?, passkeys })
    }

    /// Takes what `person` typed, once; at a `device` where they have signed in before, if they have. After a few wrong ones
    /// nobody looks for a while (RFC 4226 §7.3).
    pub async fn take(&self, act: &Act<'_>, person: PersonId, device: Option<Uuid>, typed: &str) -> Result<Typed> {
        let name = person.to_string();
        let who = Who::of(&name, act.origin.address.as_deref()).at(device);
        let attempt = match self.guard.take(Kind::Code, &who, act.now) {
            Ok(attempt) => attempt,
            Err(held) => {
                if held.is_first {
                    record(act.store, act.event(held.event(act.actor.clone()).person(person))).await;
                }
                return Ok(Typed::HeldBack(held));
            }
        };
        let taken = match digits(typed) {
            Some(code) => self.take_code(act, person, &code).await?,
            None => self.take_recovery_code(act, person, typed).await?,
        };
        if taken == Typed::Wrong {
            let event = NewEvent::failure(EventKind::SecondFactor, act.actor.clone(), "wrong code").person(person);
            record(act.store, act.event(event)).await;
        } else {
            attempt.was_right();
        }
        Ok(taken)
    }

    async fn take_code(&self, act: &Act<'_>, person: PersonId, code: &str) -> Result<Typed> {
        for app in self.store.authenticator_apps_of(person).await? {
            let secret = self.open(&app)?;
            let Some(step) = secret.step_of(code, act.now) else { continue };
            let (id, now) = (app.id, act.now);
            // RFC 6238 §5.2: a code that was taken is not taken again.
            if act.store.write(move |tx| Box::pin(async move { tx.take_step(id, step, now).await })).await? {
                return Ok(Typed::Code);
            }
        }
        Ok(Typed::Wrong)
    }

    async fn take_recovery_code(&self, act: &Act<'_>, person: PersonId, typed: &str) -> Result<Typed> {
        let Some(hash) = recovery_codes::hash(self.hasher, person, typed) else { return Ok(Typed::Wrong) };
        let now = act.now;
        let event = NewEvent::success(EventKind::SecondFactor, act.actor.clone()).person(person);
        let event = act.event(event.detail("method", "recovery code"));
        let used = act.store.write(move |tx| {
            Box::pin(async move {
                let used = tx.use_recovery_code(person, &hash, now).await?;
                if used {
                    tx.insert_event(event).await?;
                }
                Ok(used)
            })
        });
        Ok(if used.await? { Typed::RecoveryCode } else { Typed::Wrong })
    }

    /// An enrolment as text for a form field.
    #[must_use]
    pub fn seal_enrolment(&self, enrolment: &Enrolment) -> String {
        let plain = serde_json::to_vec(enrolment).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(self.sealer.seal(&plain, ENROLMENT))
    }

    /// Opens an enrolment of `person`, if it is not too old.
    #[must_use]
    pub fn open_enrolment(&self, text: &str, person: PersonId, now: Timestamp) -> Option<Enrolment> {
        let plain = self.sealer.open(&URL_SAFE_NO_PAD.decode(text).ok()?, ENROLMENT)?;
        let enrolment: Enrolment = serde_json::from_slice(&plain).ok()?;
        (enrolment.person == person && now.since(enrolment.at) <= ENROLMENT_LIFETIME).then_some(enrolment)
    }

    /// Adds the app of an enrolment, if `typed` is a code of it: a secret that no app knows would shut its person out.
    /// The person is told by `alert`.
    pub async fn enrol(
        &self,
        act: &Act<'_>,
        enrolment: &Enrolment,
        (name, typed): (&str, &str),
        alert: Option<Mail>,
    ) -> Result<Enrolled> {
        let Some(secret) = enrolment.secret() else { return Ok(Enrolled::Spent) };
        let step = digits(typed).and_then(|code| secret.step_of(&code, act.now));
        let Some(last_step) = step else { return Ok(Enrolled::Wrong) };
        let (id, person) = (enrolment.id, enrolment.person);
        let app = AuthenticatorApp {
            id,
            person_id: person,
            name: name.to_owned(),
            secret: self.sealer.seal(secret.as_bytes(), &context(id, person)),
            last_step,
            confirmed_at: act.now,
            last_used_at: None,
        };
        let event = NewEvent::success(EventKind::FactorAdded, act.actor.clone()).person(person);
        let event = act.event(event.detail("factor", "authenticator app").detail("name", name));
        let (codes, rows, made) = self.new_codes(act, person);
        let now = act.now;
        let added = act.store.write(move |tx| {
            Box::pin(async move {
                // Held, so that two at once are no more than one after the other.
                tx.hold_person(person).await?;
                if tx.count_authenticator_apps(person).await? >= MOST_APPS {
                    return Ok(Err(Enrolled::TooMany));
                }
                tx.insert_authenticator_app(&app).await?;
                tx.insert_event(event).await?;
                send(tx, alert).await?;
                let has_codes = tx.recovery_codes_left(person).await? > 0;
                if !has_codes {
                    tx.replace_recovery_codes(person, rows, now).await?;
                    tx.insert_event(made).await?;
                }
                Ok(Ok(has_codes))
            })
        });
        match added.await {
            Ok(Ok(has_codes)) => Ok(Enrolled::Done((!has_codes).then_some(codes))),
            Ok(Err(refused)) => Ok(refused),
            Err(StoreError::Exists) => Ok(Enrolled::Again),
            Err(error) => Err(error),
        }
    }

    /// Gives a person new recovery codes in place of those that they have; none to whoever has no app.
    pub async fn make_recovery_codes(&self, act: &Act<'_>, person: PersonId) -> Result<Option<Vec<SecretString>>> {
        let (codes, rows, event) = self.new_codes(act, person);
        let now = act.now;
        let made = act.store.write(move |tx| {
            Box::pin(async move {
                // Held, so that of two at once the later ones are all that there are.
                tx.hold_person(person).await?;
                if tx.count_authenticator_apps(person).await? == 0 {
                    return Ok(false);
                }
                tx.replace_recovery_codes(person, rows, now).await?;
                tx.insert_event(event).await?;
                Ok(true)
            })
        });
        Ok(made.await?.then_some(codes))
    }

    fn new_codes(&self, act: &Act<'_>, person: PersonId) -> NewCodes {
        let codes = recovery_codes::draw(act.entropy);
        let hashes = codes.iter().filter_map(|code| recovery_codes::hash_of(self.hasher, person, code));
        let rows = hashes.map(|hash| (act.entropy.uuid(), hash)).collect();
        let event = NewEvent::success(EventKind::RecoveryCodesMade, act.actor.clone()).person(person);
        (codes, rows, act.event(event))
    }

    /// Removes an app of `person`; with the last one their recovery codes go, since there is nothing to recover. `false` if they
    /// have no such app. The person is told by `alert`.
    pub async fn remove_app(
        &self,
        act: &Act<'_>,
        person: PersonId,
        id: AuthenticatorAppId,
        alert: Option<Mail>,
    ) -> Result<bool> {
        let event = NewEvent::success(EventKind::FactorRemoved, act.actor.clone()).person(person);
        let event = act.event(event.detail("factor", "authenticator app"));
        let removed = act.store.write(move |tx| {
            Box::pin(async move {
                tx.hold_person(person).await?;
                if !tx.delete_authenticator_app(id, person).await? {
                    return Ok(false);
                }
                if tx.count_authenticator_apps(person).await? == 0 {
                    tx.delete_recovery_codes_of(person).await?;
                }
                tx.insert_event(event).await?;
                send(tx, alert).await?;
                Ok(true)
            })
        });
        removed.await
    }

    fn open(&self, app: &AuthenticatorApp) -> Result<AppSecret> {
        let plain = self.sealer.open(&app.secret, &context(app.id, app.person_id));
        let secret = plain.and_then(|plain| AppSecret::from_bytes(&plain));
        secret.ok_or_else(|| StoreError::Inconsistent {
            table: "authenticator_apps",
            id: app.id.to_string(),
            why: "its secret does not open".to_owned(),
        })
    }
}

/// Codes as they are shown, their rows, and the event of their making.
type NewCodes = (Vec<SecretString>, Vec<(Uuid, TokenHash)>, crate::store::Event);

/// What an enrolment is sealed for.
const ENROLMENT: &[u8] = b"an app that is being set up";

/// What a stored secret is sealed for.
fn context(id: AuthenticatorAppId, person: PersonId) -> Vec<u8> {
    format!("authenticator app {id} of {person}").into_bytes()
}

async fn send(tx: &Tx, alert: Option<Mail>) -> Result<()> {
    match alert {
        Some(alert) => tx.insert_mail(&alert).await,
        None => Ok(()),
    }
}

/// Takes every second factor from a person, who has lost them, and tells them by `alert`: they sign in by their password alone
/// from then on, or have to set one up. Whoever found what they lost may be signed in by it: every session ends, and everything
/// that apps were given. `false` if they had none.
pub async fn reset(act: &Act<'_>, person: &Person, alert: Option<Mail>) -> Result<bool> {
    let id = person.id;
    let event = act.event(NewEvent::success(EventKind::FactorsReset, act.actor.clone()).person(id));
    let now = act.now;
    let reset = act.store.write(move |tx| {
        Box::pin(async move {
            // Held, so that none is added meanwhile; sessions first, as everywhere.
            tx.hold_sessions_of(id).await?;
            tx.hold_person(id).await?;
            let codes = tx.delete_authenticator_apps_of(id).await? + tx.delete_recovery_codes_of(id).await?;
            let removed = codes + tx.delete_passkeys_of(id).await?;
            if removed == 0 {
                return Ok(false);
            }
            sign_out::end_with_the_rest(tx, id, now).await?;
            tx.revoke_authorizations_of(id, "second factors taken away", now).await?;
            tx.insert_event(event).await?;
            send(tx, alert).await?;
            Ok(true)
        })
    });
    reset.await
}
