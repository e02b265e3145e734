//! What somebody asks to be mailed who is not signed in: a link to another password, one to sign in by, or one by which they
//! make an account.
//!
//! Whoever asks is answered before it is looked whether they have an account: what they typed is noted, sealed, and
//! looked at afterwards ([`MailDesk`]). So neither the answer nor its time can tell.

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{Act, links, registration};
use crate::clock::{Clock, Entropy};
use crate::config::LinksConfig;
use crate::domain::events::{Actor, EventKind, NewEvent, Origin};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::mail::{Letter, MailKind, Outbox};
use crate::ids::{MailId, PersonId};
use crate::store::{
    LinkPurpose, Mail, MailRequest, OneTimeLink, Person, RegistrationBy, Result, Store, StoreError, login_key,
};

/// How many mails of a kind a person is sent in an hour, whoever asks, as long as one of the links can still be followed.
const MAILS_AN_HOUR: u64 = 3;
const HOUR: Duration = Duration::from_hours(1);
/// Requests that are read at once.
const BATCH: u64 = 64;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A link by which somebody who forgot their password chooses another.
    Recovery,
    /// A link by which somebody signs in.
    SignIn,
}

impl Wanted {
    const ALL: [Self; 2] = [Self::Recovery, Self::SignIn];

    const fn mail(self) -> MailKind {
        match self {
            Self::Recovery => MailKind::Recovery,
            Self::SignIn => MailKind::SignInLink,
        }
    }

    const fn event(self) -> EventKind {
        match self {
            Self::Recovery => EventKind::RecoveryAsked,
            Self::SignIn => EventKind::SignInLinkAsked,
        }
    }

    const fn purpose(self, person: PersonId) -> LinkPurpose {
        match self {
            Self::Recovery => LinkPurpose::Recovery(person),
            Self::SignIn => LinkPurpose::SignIn(person),
        }
    }

    const fn lifetime(self, links: &LinksConfig) -> Duration {
        match self {
            Self::Recovery => links.recovery_lifetime,
            Self::SignIn => links.sign_in_lifetime,
        }
    }

    /// Why `person` is not sent it. Whose address nobody has verified may have been given it by somebody else, who waits for
    /// its owner to sign in to an account that is not theirs: recovery takes that account over whole, a sign-in would not.
    fn refused_because(self, person: &Person) -> Option<&'static str> {
        match self {
            _ if person.disabled_at.is_some() => Some("person disabled"),
            Self::SignIn if person.claims.email_verified != Some(true) => Some("address not verified"),
            Self::Recovery | Self::SignIn => None,
        }
    }
}

/// What somebody typed who is to be mailed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Asked {
    /// By what they say that they sign in.
    pub login: String,
    /// Where the link leads on to, as a query: `request=…` or `continue=…`; nowhere in particular if it is empty.
    #[serde(default)]
    pub onward: String,
    /// The language of the page on which they asked.
    #[serde(default)]
    pub language: Option<String>,
}

/// The same, and from where it came.
#[derive(Serialize, Deserialize)]
struct Noted {
    #[serde(flatten)]
    asked: Asked,
    address: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
}

/// Notes what somebody asks for.
pub async fn ask(act: &Act<'_>, outbox: &Outbox, wanted: Wanted, asked: Asked) -> Result<()> {
    note(act, outbox, wanted.mail(), asked).await
}

/// Notes that somebody wants to make an account with an address, which stands in the place of what others sign in by.
pub async fn ask_to_register(act: &Act<'_>, outbox: &Outbox, asked: Asked) -> Result<()> {
    note(act, outbox, MailKind::Registration, asked).await
}

async fn note(act: &Act<'_>, outbox: &Outbox, kind: MailKind, asked: Asked) -> Result<()> {
    let id = MailId(act.entropy.uuid_at(act.now));
    let Origin { address, user_agent, request_id } = act.origin.clone();
    let noted = Noted { asked, address, user_agent, request_id };
    let sealed = outbox.seal(id, &serde_json::to_vec(&noted).unwrap_or_default());
    let request = MailRequest { id, kind: kind.word().to_owned(), sealed, created_at: act.now };
    act.store.write(move |tx| Box::pin(async move { tx.insert_mail_request(&request).await })).await
}

/// What writes the letter of a link; none to somebody without an address.
type Writer<'a> = dyn Fn(Wanted, &Person, &SecretString, &Asked) -> Option<Letter> + Sync + 'a;

/// What writes to an address with which somebody wants to make an account: the letter of a link, or where there is none, that
/// there is an account already, and whose it is if they are known by that address.
type RegistrationWriter<'a> = dyn Fn(Option<&SecretString>, &Asked, Option<PersonId>) -> Option<Letter> + Sync + 'a;

/// What becomes of what was asked for.
struct Answer {
    link: Option<OneTimeLink>,
    mail: Option<Mail>,
    refusal: Option<&'static str>,
}

impl Answer {
    const fn sent(link: OneTimeLink, mail: Mail) -> Self {
        Self { link: Some(link), mail: Some(mail), refusal: None }
    }

    const fn refused(reason: &'static str) -> Self {
        Self { link: None, mail: None, refusal: Some(reason) }
    }
}

/// Where it is looked who asked, and what becomes of it.
pub struct MailDesk<'a> {
    /// The database.
    pub store: &'a Store,
    /// What is stored of a link.
    pub hasher: &'a TokenHasher,
    /// Where mail begins its way.
    pub outbox: &'a Outbox,
    /// How long a link can be followed.
    pub links: &'a LinksConfig,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Random bytes.
    pub entropy: &'a dyn Entropy,
    /// What writes the letter.
    pub letter: &'a Writer<'a>,
    /// What writes it to who has no account yet.
    pub registration: &'a RegistrationWriter<'a>,
}

impl MailDesk<'_> {
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
                let wanted = Wanted::ALL.into_iter().find(|wanted| wanted.mail().word() == request.kind);
                let wanted =
                    wanted.or_else(|| (request.kind != MailKind::Registration.word()).then_some(Wanted::Recovery));
                match self.answer(wanted, request).await {
                    Ok(()) => {}
                    // It would be the same the next time: whoever asked may ask again.
                    Err(error @ (StoreError::Inconsistent { .. } | StoreError::Exists)) => {
                        self.give_up(wanted, id, &error).await?;
                    }
                    Err(error) => failed = Err(error),
                }
            }
            failed?;
        }
    }

    async fn give_up(&self, wanted: Option<Wanted>, id: MailId, error: &StoreError) -> Result<()> {
        tracing::error!(%error, "who asked for a mail is not answered");
        let event = NewEvent::failure(event_of(wanted), Actor::Anonymous, "a row cannot be read");
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

    /// Where no link to an account is wanted, it is one by which an account is made.
    async fn answer(&self, wanted: Option<Wanted>, request: MailRequest) -> Result<()> {
        let plain = self.outbox.unseal(request.id, &request.sealed);
        let noted = plain.and_then(|plain| serde_json::from_slice::<Noted>(&plain).ok());
        let (person, asked, origin) = match noted {
            Some(Noted { asked, address, user_agent, request_id }) => {
                let person = self.store.person_by_login(&asked.login).await?;
                (person, asked, Origin { address, user_agent, request_id })
            }
            None => (None, Asked::default(), Origin::default()),
        };
        let (store, entropy, now) = (self.store, self.entropy, self.clock.now());
        let act = Act { store, entropy, now, actor: Actor::Anonymous, origin: &origin };
        let id = person.as_ref().map(|person| person.id);
        let answer = match wanted {
            Some(wanted) => self.letter_to(wanted, person, &asked, &act).await?,
            None => self.letter_to_register(person, &asked, &act).await?,
        };
        let event = match answer.refusal {
            None => NewEvent::success(event_of(wanted), Actor::Anonymous),
            Some(reason) => NewEvent::failure(event_of(wanted), Actor::Anonymous, reason),
        };
        let event = act.event(id.into_iter().fold(event, NewEvent::person));
        let answering = store.write(move |tx| {
            Box::pin(async move {
                if !tx.take_mail_request(request.id).await? {
                    return Ok(());
                }
                if let Some(link) = answer.link {
                    // Whoever types the address of somebody else must not end what they were sent before.
                    if wanted.is_some() {
                        tx.delete_links_like(link.purpose).await?;
                    }
                    tx.insert_link(&link).await?;
                }
                if let Some(mail) = answer.mail {
                    tx.insert_mail(&mail).await?;
                }
                tx.insert_event(event).await
            })
        });
        answering.await
    }

    /// The link and the mail that holds it, or why there is none.
    async fn letter_to(&self, wanted: Wanted, person: Option<Person>, asked: &Asked, act: &Act<'_>) -> Result<Answer> {
        let Some(person) = person else { return Ok(Answer::refused("nobody signs in by that")) };
        if let Some(reason) = wanted.refused_because(&person) {
            return Ok(Answer::refused(reason));
        }
        // Beyond that, one after the other: whoever asks in their name must not keep them from one that they can follow.
        let sent = self.store.mails_since(person.id, wanted.mail().word(), act.now - HOUR).await?;
        if sent >= MAILS_AN_HOUR && self.store.has_link(wanted.purpose(person.id), act.now).await? {
            return Ok(Answer::refused("too many"));
        }
        let (token, link) =
            links::draft(act, self.hasher, wanted.purpose(person.id), act.now + wanted.lifetime(self.links));
        let Some(letter) = (self.letter)(wanted, &person, &token, asked) else {
            return Ok(Answer::refused("no address"));
        };
        let mail = self.outbox.draft(&letter, act.entropy, act.now);
        Ok(Answer::sent(OneTimeLink { address: Some(letter.to), ..link }, mail))
    }

    /// The link by which an account is made and the mail that holds it, or the mail that says that there is one.
    async fn letter_to_register(&self, person: Option<Person>, asked: &Asked, act: &Act<'_>) -> Result<Answer> {
        let Ok(address) = registration::address(&asked.login) else { return Ok(Answer::refused("no address")) };
        if person.as_ref().is_some_and(|person| person.disabled_at.is_some()) {
            return Ok(Answer::refused("person disabled"));
        }
        let kinds = [MailKind::Registration, MailKind::AccountExists].map(MailKind::word);
        if self.store.mails_to_since(&address, &kinds, act.now - HOUR).await? >= MAILS_AN_HOUR {
            return Ok(Answer::refused("too many"));
        }
        let draft = |letter: Letter| self.outbox.draft(&letter, act.entropy, act.now);
        if let Some(person) = person {
            // Whose username is the address may be somebody else than who reads mail there.
            let reads_it = person.claims.email.as_deref().map(login_key).as_deref() == Some(&*address);
            let mail = (self.registration)(None, asked, reads_it.then_some(person.id)).map(draft);
            return Ok(Answer { link: None, mail, refusal: Some("somebody has the address") });
        }
        let end = act.now + self.links.registration_lifetime;
        let (token, link) = registration::draft(act, self.hasher, (RegistrationBy::OwnRequest, &address), end);
        let letter = (self.registration)(Some(&token), asked, None);
        Ok(letter.map(draft).map_or_else(|| Answer::refused("no letter"), |mail| Answer::sent(link, mail)))
    }
}

const fn event_of(wanted: Option<Wanted>) -> EventKind {
    match wanted {
        Some(wanted) => wanted.event(),
        None => EventKind::RegistrationAsked,
    }
}
