//! Whose own a client is: a client manager sees and changes only theirs.

use crate::domain::events::{EventKind, NewEvent};
use crate::domain::people::Act;
use crate::ids::{ClientId, PersonId};
use crate::store::{Result, Role};

/// What became of giving a client to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandOver {
    /// It is theirs, or nobody's.
    Done,
    /// There is no such client.
    UnknownClient,
    /// It is no longer whose it was when it was looked at.
    Changed,
    /// There is no such person, or they are no client manager: they could do nothing with it.
    NoManager,
}

/// Makes a client the own of `to`, or nobody's; `seen` is whose it was when it was looked at.
pub async fn hand_over(
    act: &Act<'_>,
    client: &ClientId,
    seen: Option<PersonId>,
    to: Option<PersonId>,
) -> Result<HandOver> {
    if let Some(person) = to {
        let found = act.store.person(person).await?;
        if !found.is_some_and(|person| person.role.is_some_and(Role::own_clients_only)) {
            return Ok(HandOver::NoManager);
        }
    }
    let word = |person: Option<PersonId>| person.map_or_else(|| "nobody".to_owned(), |person| person.to_string());
    let event = NewEvent::success(EventKind::ClientUpdated, act.actor.clone()).client(client);
    let event = act.event(event.detail("manager", word(to)).detail("manager_before", word(seen)));
    let (client, now) = (client.clone(), act.now);
    let done = act.store.write(move |tx| {
        Box::pin(async move {
            let Some(held) = tx.hold_client(&client, now).await? else { return Ok(HandOver::UnknownClient) };
            if held.managed_by != seen {
                return Ok(HandOver::Changed);
            }
            tx.set_client_manager(&client, to).await?;
            tx.insert_event(event).await?;
            Ok(HandOver::Done)
        })
    });
    done.await
}
