//! Recovery: another password in the place of one that was forgotten, by a link in a mail.
//!
//! Whoever asks is answered before it is looked whether they have an account: what they typed is noted, sealed, and
//! looked at afterwards ([`RecoveryDesk`]). So neither the answer nor its time can tell.

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::links::{self, LinkOutcome};
use super::{Act, accounts};
use crate::clock::{Clock, Entropy};
use crate::domain::events::{Actor, EventKind, NewEvent, Origin};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::mail::{Letter, MailKind, Outbox};
use crate::ids::{MailId, PersonId};
use crate::store::{LinkPurpose, Mail, MailRequest, OneTimeLink, Person, Result, Store, StoreError, Tx};

/// How many such mails a person is sent in an hour, whoever asks.
const MAILS_AN_HOUR: u64 = 3;
const HOUR: Duration = Duration::from_hours(1);
/// Requests that are read at once.
const BATCH: u64 = 64;

/// What somebody typed, and from where it came.
#[derive(Serialize, Deserialize)]
struct Typed {
    login: String,
    address: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
}

/// Notes that somebody who says that they sign in by `login` forgot their password.
pub async fn ask(act: &Act<'_>, outbox: &Outbox, login: &str) -> Result<()> {
    let id = MailId(act.entropy.uuid_at(act.now));
    let origin = act.origin.clone();
    let typed = Typed {
        login: login.to_owned(),
        address: origin.address,
        user_agent: origin.user_agent,
        request_id: origin.request_id,
    };
    let sealed = outbox.seal(id, &serde_json::to_vec(&typed).unwrap_or_default());
    let request = MailRequest { id, kind: MailKind::Recovery.word().to_owned(), sealed, created_at: act.now };
    act.store.write(move |tx| Box::pin(async move { tx.insert_mail_request(&request).await })).await
}

/// Where it is looked who asked, and what becomes of it.
pub struct RecoveryDesk<'a> {
    /// The database.
    pub store: &'a Store,
    /// What is stored of a link.
    pub hasher: &'a TokenHasher,
    /// Where mail begins its way.
    pub outbox: &'a Outbox,
    /// How long a link can be followed.
    pub lifetime: Duration,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Random bytes.
    pub entropy: &'a dyn Entropy,
    /// The mail that says so; none to somebody without an address.
    pub letter: &'a (dyn Fn(&Person, &SecretString) -> Option<Letter> + Sync),
}

impl RecoveryDesk<'_> {
    /// Answers everything that was asked for. Where the database fails for one, the others are answered all the same.
    pub async fn answer_waiting(&self) -> Result<()> {
        loop {
            let requests = self.store.mail_requests(BATCH).await?;
            if requests.is_empty() {
                return Ok(());
            }
            let mut failed = Ok(());
            for request in requests {
                let id = request.id;
                match self.answer(request).await {
                    Ok(()) => {}
                    // It would be the same the next time: whoever asked may ask again.
                    Err(error @ (StoreError::Inconsistent { .. } | StoreError::Exists)) => {
                        self.give_up(id, &error).await?;
                    }
                    Err(error) => failed = Err(error),
                }
            }
            failed?;
        }
    }

    async fn give_up(&self, id: MailId, error: &StoreError) -> Result<()> {
        tracing::error!(%error, "who asked for a mail is not answered");
        let event = NewEvent::failure(EventKind::RecoveryAsked, Actor::Anonymous, "a row cannot be read");
        let event = event.at(self.clock.now(), self.entropy, &Origin::default());
        let given_up = self.store.write(move |tx| {
            Box::pin(async move {
                if tx.take_mail_request(id).await? {
                    tx.insert_event(event).await?;
                }
                Ok(())
            })
        });
        given_up.await
    }

    async fn answer(&self, request: MailRequest) -> Result<()> {
        let plain = self.outbox.unseal(request.id, &request.sealed);
        let typed = plain.and_then(|plain| serde_json::from_slice::<Typed>(&plain).ok());
        let (person, origin) = match typed {
            Some(typed) => {
                let Typed { login, address, user_agent, request_id } = typed;
                (self.store.person_by_login(&login).await?, Origin { address, user_agent, request_id })
            }
            None => (None, Origin::default()),
        };
        let (store, entropy, now) = (self.store, self.entropy, self.clock.now());
        let act = Act { store, entropy, now, actor: Actor::Anonymous, origin: &origin };
        let answer = match person {
            None => Err((None, "nobody signs in by that")),
            Some(person) if person.disabled_at.is_some() => Err((Some(person), "person disabled")),
            Some(person) => {
                let sent = store.mails_since(person.id, MailKind::Recovery.word(), now - HOUR).await?;
                if sent < MAILS_AN_HOUR {
                    self.draft(&act, &person).ok_or((Some(person), "no address"))
                } else {
                    Err((Some(person), "too many"))
                }
            }
        };
        let event = match &answer {
            Ok((link, _)) => with_person(NewEvent::success(EventKind::RecoveryAsked, Actor::Anonymous), link),
            Err((person, reason)) => {
                let event = NewEvent::failure(EventKind::RecoveryAsked, Actor::Anonymous, *reason);
                person.iter().fold(event, |event, person| event.person(person.id))
            }
        };
        let event = act.event(event);
        let answering = store.write(move |tx| {
            Box::pin(async move {
                if !tx.take_mail_request(request.id).await? {
                    return Ok(());
                }
                if let Ok((link, mail)) = answer {
                    tx.delete_links_like(link.purpose).await?;
                    tx.insert_link(&link).await?;
                    tx.insert_mail(&mail).await?;
                }
                tx.insert_event(event).await
            })
        });
        answering.await
    }

    fn draft(&self, act: &Act<'_>, person: &Person) -> Option<(OneTimeLink, Mail)> {
        let purpose = LinkPurpose::Recovery(person.id);
        let (token, link) = links::draft(act, self.hasher, purpose, act.now + self.lifetime);
        let letter = (self.letter)(person, &token)?;
        let mail = self.outbox.draft(&letter, act.entropy, act.now);
        Some((OneTimeLink { address: Some(letter.to), ..link }, mail))
    }
}

fn with_person(event: NewEvent, link: &OneTimeLink) -> NewEvent {
    match link.purpose {
        LinkPurpose::Recovery(person) | LinkPurpose::Invitation(person) => event.person(person),
        LinkPurpose::SetUp | LinkPurpose::Registration(_) => event,
    }
}

/// Sets the password of whom a link reached, and notes that they read mail at their address. What hung off the old
/// password ends ([`accounts::set_password`]); nobody is signed in by it, so that whatever else a sign-in asks for is
/// still asked for, unless [`clears`] says that it may be somebody else's.
pub async fn accept(
    act: &Act<'_>,
    link: OneTimeLink,
    person: Person,
    password_hash: String,
    alert: Option<Mail>,
) -> Result<LinkOutcome> {
    let event = |kind| NewEvent::success(kind, Actor::Person(person.id)).person(person.id);
    let used = act.event(event(EventKind::LinkUsed).detail("purpose", "recovery"));
    let set = act.event(event(EventKind::PasswordSet));
    let cleared = act.event(event(EventKind::FactorsReset).detail("because", "the address was not verified"));
    let (now, id) = (act.now, person.id);
    let outcome = act.store.write(move |tx| {
        Box::pin(async move {
            let Some(mut person) = tx.hold_person(id).await? else { return Ok(LinkOutcome::Spent) };
            if !is_sent_to(&link, &person) || !tx.use_link(&link.hash, now).await? {
                return Ok(LinkOutcome::Spent);
            }
            if clears(&person) && clear(tx, id).await? {
                tx.insert_event(cleared).await?;
            }
            if person.claims.email_verified != Some(true) {
                person.claims.email_verified = Some(true);
                tx.update_person(&person).await?;
            }
            accounts::replace_password(tx, id, &password_hash, now).await?;
            tx.insert_event(used).await?;
            tx.insert_event(set).await?;
            if let Some(alert) = alert {
                tx.insert_mail(&alert).await?;
            }
            Ok(LinkOutcome::Done(Box::new(Person { password_hash: Some(password_hash), ..person })))
        })
    });
    outcome.await
}

/// Whether a link was sent to the address that `person` has.
#[must_use]
pub fn is_sent_to(link: &OneTimeLink, person: &Person) -> bool {
    link.address.is_some() && links::still_reaches(link, person)
}

/// Whether recovery takes away what else there is at the account by which somebody signs in or acts. As long as nobody has shown
/// that they read mail at its address, whoever made the account may be somebody else, who waits for the owner of the address to
/// recover it. Whom an admin gave a role, they know: there a mailbox takes no second factor away.
#[must_use]
pub fn clears(person: &Person) -> bool {
    person.claims.email_verified != Some(true) && person.role.is_none()
}

/// `false` if there was nothing.
async fn clear(tx: &Tx, person: PersonId) -> Result<bool> {
    let factors = tx.delete_authenticator_apps_of(person).await? + tx.delete_recovery_codes_of(person).await?;
    let keys = tx.delete_passkeys_of(person).await? + tx.delete_api_keys_of(person).await?;
    let accounts = tx.delete_provider_accounts_of(person).await?;
    Ok(factors + keys + accounts + tx.delete_grants_of(person).await? > 0)
}
