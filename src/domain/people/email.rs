//! A person's address: another one counts once they have followed a link that was sent there.

use std::time::Duration;

use secrecy::SecretString;

use super::{Act, accounts, links, sign_out};
use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::mail::MailKind;
use crate::store::{LinkPurpose, Mail, OneTimeLink, Person, Result, login_key};

/// How many such mails a person may ask for in an hour.
const MAILS_AN_HOUR: u64 = 5;
const HOUR: Duration = Duration::from_hours(1);
/// How long a change of address can be undone from the old one.
pub const UNDO_LIFETIME: Duration = Duration::from_hours(7 * 24);

/// What came of asking for a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A link is on its way, unless the address is somebody else's: that is not told.
    Done,
    /// They have asked too often.
    TooOften,
}

/// What came of following one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// The address is what the link says.
    Done,
    /// It was used before, has expired, or has become wrong.
    Spent,
}

/// The news for the address that a person had before.
pub struct Notice {
    /// The link by which the change is undone.
    pub link: OneTimeLink,
    /// The mail that holds it.
    pub mail: Mail,
}

/// Sends a person a link to `address`; `letter` makes the mail of its token.
pub async fn ask(
    act: &Act<'_>,
    hasher: &TokenHasher,
    lifetime: Duration,
    person: &Person,
    address: String,
    letter: impl FnOnce(&SecretString) -> Option<Mail>,
) -> Result<Asked> {
    let kind = MailKind::EmailVerification.word();
    if act.store.mails_since(person.id, kind, act.now - HOUR).await? >= MAILS_AN_HOUR {
        return Ok(Asked::TooOften);
    }
    let purpose = LinkPurpose::Email(person.id);
    let (token, link) = links::draft(act, hasher, purpose, act.now + lifetime);
    let link = OneTimeLink { address: Some(address.clone()), ..link };
    let event = NewEvent::success(EventKind::LinkMade, act.actor.clone()).person(person.id);
    let event = act.event(event.detail("purpose", "email"));
    let (mail, id) = (letter(&token), person.id);
    let asking = act.store.write(move |tx| {
        Box::pin(async move {
            tx.delete_links_like(purpose).await?;
            if let Some(mail) = mail
                && !tx.login_taken(&address, id).await?
            {
                tx.insert_link(&link).await?;
                tx.insert_mail(&mail).await?;
            }
            tx.insert_event(event).await
        })
    });
    asking.await?;
    Ok(Asked::Done)
}

/// The link by which a change of the address that `person` has is undone, with the mail that `letter` makes of it; none
/// if they have none, or keep it.
pub fn notice(
    act: &Act<'_>,
    hasher: &TokenHasher,
    person: &Person,
    next: &str,
    letter: impl FnOnce(&SecretString) -> Option<Mail>,
) -> Option<Notice> {
    let old = person.claims.email.clone().filter(|old| login_key(old) != login_key(next))?;
    let purpose = LinkPurpose::EmailUndo(person.id);
    let (token, link) = links::draft(act, hasher, purpose, act.now + UNDO_LIFETIME);
    let mail = letter(&token)?;
    Some(Notice { link: OneTimeLink { address: Some(old), ..link }, mail })
}

/// Takes the address of a link that its person followed: it is theirs, and they read mail there. `person` is as they
/// were seen, when `notice` was written.
pub async fn confirm(
    act: &Act<'_>,
    link: OneTimeLink,
    person: Person,
    notice: Option<Notice>,
) -> Result<Followed> {
    let changed = act.event(event_of(&person, act.actor.clone(), notice.is_some()));
    let now = act.now;
    let confirming = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            let (Some(mut held), Some(address)) = (tx.hold_person(person.id).await?, link.address) else {
                return Ok(Followed::Spent);
            };
            let as_seen = held.claims.email == person.claims.email && held.disabled_at.is_none();
            if !as_seen || tx.login_taken(&address, held.id).await? || !tx.use_link(&link.hash, now).await? {
                return Ok(Followed::Spent);
            }
            held.claims.email = Some(address);
            held.claims.email_verified = Some(true);
            held.claims = accounts::completed(held.claims, &held.username, now);
            held.updated_at = now.max(held.updated_at + Duration::from_millis(1));
            tx.update_person(&held).await?;
            if let Some(Notice { link, mail }) = notice {
                tx.insert_link(&link).await?;
                tx.insert_mail(&mail).await?;
            }
            tx.insert_event(changed).await?;
            Ok(Followed::Done)
        })
    });
    confirming.await
}

fn event_of(person: &Person, actor: Actor, is_new: bool) -> NewEvent {
    let kind = if is_new || person.claims.email.is_none() { EventKind::EmailChanged } else { EventKind::EmailVerified };
    NewEvent::success(kind, actor).person(person.id)
}

/// Undoes a change of address, by the link that was sent to the old one. Whoever made the change may still be signed in,
/// so that every session, every link and everything that apps hold ends.
pub async fn undo(act: &Act<'_>, link: OneTimeLink, person: Person) -> Result<Followed> {
    let event = NewEvent::success(EventKind::EmailChanged, Actor::Anonymous).person(person.id);
    let event = act.event(event.detail("undone", true));
    let (now, id) = (act.now, person.id);
    let undoing = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            let (Some(mut held), Some(address)) = (tx.hold_person(id).await?, link.address) else {
                return Ok(Followed::Spent);
            };
            if tx.login_taken(&address, id).await? || !tx.use_link(&link.hash, now).await? {
                return Ok(Followed::Spent);
            }
            held.claims.email = Some(address);
            held.claims.email_verified = Some(true);
            held.claims = accounts::completed(held.claims, &held.username, now);
            held.updated_at = now.max(held.updated_at + Duration::from_millis(1));
            tx.update_person(&held).await?;
            tx.delete_links_of(id).await?;
            sign_out::end_with_the_rest(tx, id, now).await?;
            tx.revoke_authorizations_of(id, "change of address undone", now).await?;
            tx.insert_event(event).await?;
            Ok(Followed::Done)
        })
    });
    undoing.await
}
