//! One-time links: the one that makes the first owner, and invitations to choose a password. A link is used in the
//! same transaction that makes the change, so it works once, however many follow it at the same moment.

use secrecy::{ExposeSecret, SecretString};

use super::Act;
use super::accounts::{self, AccountProblem, NewPerson};
use crate::clock::Timestamp;
use crate::config::LinksConfig;
use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::domain::keys::hashing::TokenHasher;
use crate::ids::{PersonId, TokenHash};
use crate::protocol::issuer::Issuer;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Event, LinkPurpose, Mail, OneTimeLink, Person, Result, Role, Store, Tx, login_key};

/// What came of using a link.
#[derive(Clone, Debug)]
pub enum LinkOutcome {
    /// It was used, for this person.
    Done(Box<Person>),
    /// It was used before, has expired, or its purpose is gone.
    Spent,
    /// Something else has to be chosen; the link is still good.
    Refused(AccountProblem),
}

/// A link for the first admin, which replaces an earlier one; `None` if there is an admin already.
pub async fn make_set_up(act: &Act<'_>, hasher: &TokenHasher, settings: &LinksConfig) -> Result<Option<SecretString>> {
    let (token, link) = draft(act, hasher, LinkPurpose::SetUp, act.now + settings.set_up_lifetime);
    let event = NewEvent::success(EventKind::LinkMade, act.actor.clone());
    let event = act.event(event.detail("purpose", "set_up"));
    let made = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            if tx.has_admin().await? {
                return Ok(false);
            }
            tx.insert_link(&link).await?;
            tx.insert_event(event).await?;
            Ok(true)
        })
    });
    Ok(made.await?.then_some(token))
}

/// A link by which a person chooses their password, which replaces every earlier one of theirs.
pub async fn make_invitation(
    act: &Act<'_>,
    hasher: &TokenHasher,
    settings: &LinksConfig,
    person: PersonId,
) -> Result<SecretString> {
    send_invitation(act, hasher, settings, person, |_| None).await
}

/// The same, with the mail that `letter` makes of it.
pub async fn send_invitation(
    act: &Act<'_>,
    hasher: &TokenHasher,
    settings: &LinksConfig,
    person: PersonId,
    letter: impl FnOnce(&SecretString) -> Option<Mail>,
) -> Result<SecretString> {
    let (token, link, event) = draft_invitation(act, hasher, settings, person);
    let mail = letter(&token);
    let link = mailed(link, mail.as_ref());
    let made = act.store.write(move |tx| {
        Box::pin(async move {
            tx.delete_links_of(person).await?;
            insert(tx, &link, event, mail).await
        })
    });
    made.await?;
    Ok(token)
}

/// Writes an invitation, the event of its making, and the mail that holds it.
pub(super) async fn insert(tx: &Tx, link: &OneTimeLink, made: Event, mail: Option<Mail>) -> Result<()> {
    tx.insert_link(link).await?;
    if let Some(mail) = mail {
        tx.insert_mail(&mail).await?;
    }
    tx.insert_event(made).await
}

/// A link as it is mailed, if it is: it holds only as long as its person reads mail there.
pub(super) fn mailed(mut link: OneTimeLink, mail: Option<&Mail>) -> OneTimeLink {
    link.address = mail.map(|mail| mail.recipient.clone());
    link
}

/// Whether a link still leads to `person`: who may not sign in follows none, and one that was mailed ends with the address that
/// it was sent to. Whoever reads mail at an address that was mistyped, or given up, is somebody else.
#[must_use]
pub fn still_reaches(link: &OneTimeLink, person: &Person) -> bool {
    let email = person.claims.email.as_deref().map(login_key);
    let is_theirs = |address: &String| email.as_deref() == Some(&*login_key(address));
    person.disabled_at.is_none() && link.address.as_ref().is_none_or(is_theirs)
}

/// An invitation's token, its row, and the event of its making.
pub(super) fn draft_invitation(
    act: &Act<'_>,
    hasher: &TokenHasher,
    settings: &LinksConfig,
    person: PersonId,
) -> (SecretString, OneTimeLink, Event) {
    let purpose = LinkPurpose::Invitation(person);
    let (token, link) = draft(act, hasher, purpose, act.now + settings.invitation_lifetime);
    let event = NewEvent::success(EventKind::LinkMade, act.actor.clone());
    let event = act.event(event.person(person).detail("purpose", "invitation"));
    (token, link, event)
}

pub(super) fn draft(
    act: &Act<'_>,
    hasher: &TokenHasher,
    purpose: LinkPurpose,
    expires_at: Timestamp,
) -> (SecretString, OneTimeLink) {
    let token = token_format::mint(TokenKind::Link, &act.entropy.bytes());
    let hash = hasher.hash(token.expose_secret());
    (token, OneTimeLink { hash, purpose, address: None, created_at: act.now, expires_at, used_at: None })
}

/// The address to give to whoever may use a set-up link.
#[must_use]
pub fn set_up_url(issuer: &Issuer, token: &SecretString) -> String {
    issuer.join(&format!("/set-up?link={}", token.expose_secret()))
}

/// The address to give to whoever is invited.
#[must_use]
pub fn invitation_url(issuer: &Issuer, token: &SecretString) -> String {
    issuer.join(&format!("/invitation?link={}", token.expose_secret()))
}

/// The link with this token, if it can still be followed.
pub async fn open(store: &Store, hasher: &TokenHasher, token: &str, now: Timestamp) -> Result<Option<OneTimeLink>> {
    if token_format::parse(TokenKind::Link, token).is_none() {
        return Ok(None);
    }
    let link = store.link(&hasher.hash(token)).await?;
    Ok(link.filter(|link| link.used_at.is_none() && link.expires_at > now))
}

/// Makes the first admin by a set-up link. `new` has no problems of its own.
pub async fn set_up(act: &Act<'_>, link: TokenHash, new: NewPerson, password_hash: String) -> Result<LinkOutcome> {
    let (person, added) = accounts::draft(act, NewPerson { role: Some(Role::Owner), ..new }, Some(password_hash));
    let used = NewEvent::success(EventKind::LinkUsed, Actor::Person(person.id)).person(person.id);
    let used = act.event(used.detail("purpose", "set_up"));
    let now = act.now;
    let outcome = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            // Both may change until the very moment: only this transaction can say that neither did.
            if tx.has_admin().await? {
                return Ok(LinkOutcome::Spent);
            }
            if let Some(problem) = accounts::taken(tx, &person).await? {
                return Ok(LinkOutcome::Refused(problem));
            }
            if !tx.use_link(&link, now).await? {
                return Ok(LinkOutcome::Spent);
            }
            tx.insert_person(&person).await?;
            tx.insert_event(used).await?;
            tx.insert_event(added).await?;
            Ok(LinkOutcome::Done(Box::new(person)))
        })
    });
    outcome.await
}

/// Sets the password of an invited person by their link, and tells them by `alert`. As with every new password, what hung off
/// the old one ends ([`accounts::set_password`]).
pub async fn accept_invitation(
    act: &Act<'_>,
    link: OneTimeLink,
    person: PersonId,
    password_hash: String,
    alert: Option<Mail>,
) -> Result<LinkOutcome> {
    let event = |kind| NewEvent::success(kind, Actor::Person(person)).person(person);
    let used = act.event(event(EventKind::LinkUsed).detail("purpose", "invitation"));
    let set = act.event(event(EventKind::PasswordSet));
    let now = act.now;
    let outcome = act.store.write(move |tx| {
        Box::pin(async move {
            tx.hold_sessions_of(person).await?;
            let Some(person) = tx.hold_person(person).await? else { return Ok(LinkOutcome::Spent) };
            if !still_reaches(&link, &person) || !tx.use_link(&link.hash, now).await? {
                return Ok(LinkOutcome::Spent);
            }
            accounts::replace_password(tx, person.id, &password_hash, now).await?;
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
