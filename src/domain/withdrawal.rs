//! Taking back what a person has allowed an app: every code, refresh chain and token that came of it ends in the same
//! transaction.

use super::events::{EventKind, NewEvent};
use super::people::Act;
use crate::ids::{ClientId, GrantId, PersonId};
use crate::store::{Grant, Result};

/// Grants that one transaction takes back, so that other writers need not wait for all of an app's.
const BATCH: u64 = 500;

/// Withdraws one grant; `None`, and nothing is done, if there is none of this identifier, or `of` names another person
/// than its own.
pub async fn withdraw(act: &Act<'_>, id: GrantId, of: Option<PersonId>) -> Result<Option<Grant>> {
    let Some(grant) = act.store.grant_by_id(id).await? else { return Ok(None) };
    if of.is_some_and(|person| person != grant.person_id) {
        return Ok(None);
    }
    let event = NewEvent::success(EventKind::ConsentWithdrawn, act.actor.clone());
    let event = event.person(grant.person_id).client(&grant.client_id).detail("scope", grant.scope.to_string());
    let event = act.event(event);
    let withdrawn = act.store.write(move |tx| {
        Box::pin(async move {
            let deleted = tx.delete_grants(&[id]).await? == 1;
            if deleted {
                tx.insert_event(event).await?;
            }
            Ok(deleted)
        })
    });
    Ok(withdrawn.await?.then_some(grant))
}

/// Withdraws whatever anybody has allowed an app; answers how many had.
pub async fn withdraw_all(act: &Act<'_>, client: &ClientId) -> Result<u64> {
    let mut total = 0;
    loop {
        let grants: Vec<_> =
            act.store.grants_to(client, None, BATCH).await?.into_iter().map(|grant| grant.id).collect();
        if grants.is_empty() {
            return Ok(total);
        }
        let event = NewEvent::success(EventKind::ConsentWithdrawn, act.actor.clone()).client(client);
        let event = act.event(event.detail("people", grants.len()));
        let write = act.store.write(move |tx| {
            Box::pin(async move {
                let deleted = tx.delete_grants(&grants).await?;
                tx.insert_event(event).await?;
                Ok(deleted)
            })
        });
        total += write.await?;
    }
}
