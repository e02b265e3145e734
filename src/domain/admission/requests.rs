//! What a person says to an app's wish that needs an admin's approval: they ask for it, or go on without.

use crate::domain::events::{EventKind, NewEvent};
use crate::domain::people::Act;
use crate::ids::{ApprovalRequestId, ClientId, PersonId};
use crate::protocol::scope::Scope;
use crate::store::{ApprovalRequest, RequestState, Result};

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 500;

/// Asks the admins, in place of what the person asked for at this app before.
pub async fn ask(act: &Act<'_>, person: PersonId, client: &ClientId, scope: &Scope, reason: &str) -> Result<()> {
    let event = NewEvent::success(EventKind::ApprovalRequested, act.actor.clone()).person(person).client(client);
    let event = act.event(event.detail("scope", scope.to_string()));
    let asked = request(act, person, client, scope, reason, RequestState::Waiting);
    let written = act.store.write(move |tx| {
        Box::pin(async move {
            tx.put_approval_request(&asked).await?;
            tx.insert_event(event).await
        })
    });
    written.await
}

/// Remembers that the person went on without it, so that they are not asked each time. What waits for an answer goes on
/// waiting, if it is for as much.
pub async fn pass(act: &Act<'_>, person: PersonId, client: &ClientId, scope: &Scope) -> Result<()> {
    let passed = request(act, person, client, scope, "", RequestState::Passed);
    let scope = scope.clone();
    let written = act.store.write(move |tx| {
        Box::pin(async move {
            let waits = tx.waiting_request(passed.person_id, &passed.client_id).await?;
            if waits.is_some_and(|waiting| scope.is_subset_of(&waiting.scope)) {
                return Ok(());
            }
            tx.put_approval_request(&passed).await
        })
    });
    written.await
}

fn request(
    act: &Act<'_>,
    person: PersonId,
    client: &ClientId,
    scope: &Scope,
    reason: &str,
    state: RequestState,
) -> ApprovalRequest {
    ApprovalRequest {
        id: ApprovalRequestId(act.entropy.uuid_at(act.now)),
        person_id: person,
        client_id: client.clone(),
        scope: scope.clone(),
        reason: reason.chars().take(LONGEST_REASON).collect(),
        state,
        answer: None,
        asked_at: act.now,
        decided_at: None,
    }
}
