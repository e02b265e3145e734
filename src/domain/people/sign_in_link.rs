//! Sign-in by a link in a mail: it works once, for whoever the account is of that reads mail at its address.

use super::Act;
use super::links::LinkOutcome;
use super::recovery::is_sent_to;
use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::store::{LinkPurpose, OneTimeLink, Person, Result};

/// Whether `person` may sign in by a link: it was mailed to the address that they have, and they were seen to read mail there.
#[must_use]
pub fn lets_in(link: &OneTimeLink, person: &Person) -> bool {
    link.purpose == LinkPurpose::SignIn(person.id)
        && is_sent_to(link, person)
        && person.claims.email_verified == Some(true)
}

/// Uses a link of `person`. Whoever is signed in by it is asked for all that is asked for after a password.
pub async fn accept(act: &Act<'_>, link: OneTimeLink, person: Person) -> Result<LinkOutcome> {
    let used = NewEvent::success(EventKind::LinkUsed, Actor::Person(person.id)).person(person.id);
    let used = act.event(used.detail("purpose", "sign_in"));
    let now = act.now;
    let outcome = act.store.write(move |tx| {
        Box::pin(async move {
            let Some(person) = tx.hold_person(person.id).await? else { return Ok(LinkOutcome::Spent) };
            if !lets_in(&link, &person) || !tx.use_link(&link.hash, now).await? {
                return Ok(LinkOutcome::Spent);
            }
            tx.insert_event(used).await?;
            Ok(LinkOutcome::Done(Box::new(person)))
        })
    });
    outcome.await
}
