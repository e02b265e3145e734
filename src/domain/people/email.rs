//! The address of a person: they show that they read mail there, or have another one in its place.
//!
//! An address counts once a link was followed that was mailed to it, by whoever is signed in to the account: whoever has
//! the mailbox but not the account, or the reverse, attaches nothing. The old address is told, and can have it undone.

use std::time::Duration;

use secrecy::SecretString;

use super::accounts;
use super::{Act, links, recovery, sign_out};
use crate::clock::Timestamp;
use crate::config::LinksConfig;
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::mail::MailKind;
use crate::ids::PersonId;
use crate::protocol::claims::StandardClaims;
use crate::store::{LinkPurpose, Mail, OneTimeLink, Person, Result, login_key};

/// How many links are sent to an address in an hour, whoever asks.
const LINKS_AN_HOUR: u64 = 3;
const HOUR: Duration = Duration::from_hours(1);

/// What became of following one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Followed {
    /// The address is the person's, and they read mail there.
    Done,
    /// It was used before, has expired, or its purpose is gone.
    Spent,
    /// Somebody else has the address meanwhile.
    Taken,
}

/// Sends `person` a link to `address`, spelled as accounts have it ([`super::registration::address`]), which replaces an earlier
/// one; none if somebody else has the address, which whoever asks does not learn. `letter` writes the mail that holds it.
pub async fn ask(
    act: &Act<'_>,
    (hasher, settings): (&TokenHasher, &LinksConfig),
    person: &Person,
    address: &str,
    letter: impl FnOnce(&SecretString) -> Option<Mail>,
) -> Result<()> {
    let purpose = LinkPurpose::Email(person.id);
    let (token, link) = links::draft(act, hasher, purpose, act.now + settings.verification_lifetime);
    let link = OneTimeLink { address: Some(address.to_owned()), ..link };
    let (mail, id, address) = (letter(&token), person.id, address.to_owned());
    let hour_ago = act.now - HOUR;
    let asked = act.store.write(move |tx| {
        Box::pin(async move {
            // Held, so that of several at once the last is all that there is, and each counts those before it.
            tx.hold_person(id).await?;
            let kind = MailKind::EmailVerification.word();
            let sent = tx.mails_to_since(&address, &[kind], hour_ago).await?;
            if sent >= LINKS_AN_HOUR {
                // One that is in the mailbox already is as good as another.
                tx.delete_links_elsewhere(purpose, &address).await?;
                return Ok(());
            }
            tx.delete_links_like(purpose).await?;
            // Also where nobody is told its token: as much is written, so that the time does not tell either.
            tx.insert_link(&link).await?;
            if !tx.login_taken(&address, id).await?
                && let Some(mail) = mail
            {
                tx.insert_mail(&mail).await?;
            }
            Ok(())
        })
    });
    asked.await
}

/// Whether `person` may follow a link that was mailed to an address: it is about their account.
#[must_use]
pub fn is_for(link: &OneTimeLink, person: &Person) -> bool {
    link.purpose == LinkPurpose::Email(person.id) && link.address.is_some() && person.disabled_at.is_none()
}

/// Whether `person` has this address already.
#[must_use]
pub fn has(person: &Person, address: &str) -> bool {
    person.claims.email.as_deref().is_some_and(|own| login_key(own) == login_key(address))
}

/// Takes the address as that of its person which a link was sent to. `news` writes the mail to the old address, with the token
/// of the link by which it is had back; without one where nobody had shown that they read mail there.
pub async fn follow(
    act: &Act<'_>,
    (hasher, settings): (&TokenHasher, &LinksConfig),
    link: OneTimeLink,
    person: PersonId,
    news: impl FnOnce(&Person, Option<&SecretString>) -> Option<Mail> + Send + 'static,
) -> Result<Followed> {
    let Some(address) = link.address.clone() else { return Ok(Followed::Spent) };
    let event = |kind| act.event(NewEvent::success(kind, act.actor.clone()).person(person));
    let (changed, verified) = (event(EventKind::EmailChanged), event(EventKind::EmailVerified));
    let purpose = LinkPurpose::EmailUndo(person);
    let (token, undo) = links::draft(act, hasher, purpose, act.now + settings.email_undo_lifetime);
    let now = act.now;
    let followed = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            let Some(before) = tx.hold_person(person).await? else { return Ok(Followed::Spent) };
            if !is_for(&link, &before) {
                return Ok(Followed::Spent);
            }
            let person = with_address(&before, &address, now);
            if accounts::taken(tx, &person).await?.is_some() {
                return Ok(Followed::Taken);
            }
            if !tx.use_link(&link.hash, now).await? {
                return Ok(Followed::Spent);
            }
            tx.update_person(&person).await?;
            if has(&before, &address) {
                tx.insert_event(verified).await?;
                return Ok(Followed::Done);
            }
            tx.insert_event(changed).await?;
            let was_read = before.claims.email_verified == Some(true);
            if let Some(mail) = news(&before, was_read.then_some(&token)) {
                let undo = OneTimeLink { address: before.claims.email.clone(), ..undo };
                if was_read {
                    tx.insert_link(&undo).await?;
                }
                tx.insert_mail(&mail).await?;
            }
            Ok(Followed::Done)
        })
    });
    followed.await
}

/// Gives a person the address back that a link was sent to. Whoever changed it was somebody else, who knows the password: that
/// is good no more, they are signed out, what apps hold ends, and so do the links that they were sent, with which they could undo
/// this, and all that they have added since by which one signs in or acts.
///
/// `settings` says how far back that reaches before the change: whoever made it may have done so first.
pub async fn undo(act: &Act<'_>, settings: &LinksConfig, link: OneTimeLink) -> Result<Followed> {
    let (LinkPurpose::EmailUndo(person), Some(address)) = (link.purpose, link.address.clone()) else {
        return Ok(Followed::Spent);
    };
    let changed = NewEvent::success(EventKind::EmailChanged, act.actor.clone()).person(person);
    let changed = act.event(changed.detail("because", "undone from the old address"));
    let reset = NewEvent::success(EventKind::FactorsReset, act.actor.clone()).person(person);
    let reset = act.event(reset.detail("because", "added since the change of address that was undone"));
    let (now, changed_at) = (act.now, link.created_at);
    let since = changed_at - settings.email_undo_lifetime;
    let undone = act.store.write(move |tx| {
        Box::pin(async move {
            tx.hold_sessions_of(person).await?;
            tx.lock_people().await?;
            let Some(before) = tx.hold_person(person).await? else { return Ok(Followed::Spent) };
            let person = with_address(&before, &address, now);
            if accounts::taken(tx, &person).await?.is_some() {
                return Ok(Followed::Taken);
            }
            if !tx.use_link(&link.hash, now).await? {
                return Ok(Followed::Spent);
            }
            tx.update_person(&person).await?;
            tx.forget_password(person.id).await?;
            tx.delete_links_of(person.id).await?;
            tx.delete_email_undoing_since(person.id, changed_at).await?;
            if recovery::clear_since(tx, person.id, since).await? {
                tx.insert_event(reset).await?;
            }
            sign_out::end_with_the_rest(tx, person.id, now).await?;
            tx.revoke_authorizations_of(person.id, "change of address undone", now).await?;
            tx.insert_event(changed).await?;
            Ok(Followed::Done)
        })
    });
    undone.await
}

/// OIDC Core §5.1: `email_verified` says that the address was seen to be under the person's control.
fn with_address(person: &Person, address: &str, now: Timestamp) -> Person {
    let claims = StandardClaims {
        email: Some(address.to_owned()),
        email_verified: Some(true),
        updated_at: Some(now.seconds()),
        ..person.claims.clone()
    };
    // Each change has a time of its own, by which the next one knows that it has seen this one.
    let updated_at = now.max(person.updated_at + Duration::from_millis(1));
    Person { claims, updated_at, ..person.clone() }
}
