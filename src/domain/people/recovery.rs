//! Recovery: another password in the place of one that was forgotten, by a link in a mail ([`super::mail_desk`]).

use super::links::{self, LinkOutcome};
use super::{Act, accounts};
use crate::clock::Timestamp;
use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::ids::PersonId;
use crate::store::{Mail, OneTimeLink, Person, Result, Tx};

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
            tx.hold_sessions_of(id).await?;
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

/// Takes away what came to an account from `since` on, by which somebody signs in or acts. `false` if there was nothing.
pub(super) async fn clear_since(tx: &Tx, person: PersonId, since: Timestamp) -> Result<bool> {
    let factors = tx.delete_authenticator_apps_since(person, since).await?;
    let codes = tx.delete_recovery_codes_since(person, since).await?;
    let keys = tx.delete_passkeys_since(person, since).await? + tx.delete_api_key_secrets_since(person, since).await?;
    Ok(factors + codes + keys + tx.delete_provider_accounts_since(person, since).await? > 0)
}

/// `false` if there was nothing.
async fn clear(tx: &Tx, person: PersonId) -> Result<bool> {
    let factors = tx.delete_authenticator_apps_of(person).await? + tx.delete_recovery_codes_of(person).await?;
    let keys = tx.delete_passkeys_of(person).await? + tx.delete_api_keys_of(person).await?;
    let accounts = tx.delete_provider_accounts_of(person).await?;
    Ok(factors + keys + accounts + tx.delete_grants_of(person).await? > 0)
}
