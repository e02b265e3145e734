//! What admins approve apps for: unasked, in answer to a request, and taking it back.

use crate::clock::Timestamp;
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::people::Act;
use crate::ids::{ApprovalId, ApprovalRequestId, ClientId};
use crate::protocol::scope::{Scope, ScopeToken};
use crate::store::{Approval, ApprovalRequest, Event, Holder, RequestState, Result, Tx};

/// The longest answer to a person, in characters.
pub const LONGEST_ANSWER: usize = 500;

/// What an admin says to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes, for whom.
    Approve(Holder),
    /// No.
    Refuse,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It counts.
    Done,
    /// Somebody else was quicker, or the person has asked anew.
    Gone,
    /// The app or the group is gone.
    Unknown,
}

/// Approves an app for `scope`, unasked. What people at this app wait for and have now is settled with it.
pub async fn approve(act: &Act<'_>, client: &ClientId, scope: &Scope, holder: Holder) -> Result<Decided> {
    let event = given(act, client, scope, holder);
    let rows = rows(act, client, scope, holder);
    let (client, now) = (client.clone(), act.now);
    let approved = act.store.write(move |tx| {
        Box::pin(async move {
            if tx.hold_client(&client, now).await?.is_none() || !holds(tx, holder).await? {
                return Ok(Decided::Unknown);
            }
            for row in &rows {
                tx.insert_approval(row).await?;
            }
            settle(tx, &client, now).await?;
            tx.insert_event(event).await?;
            Ok(Decided::Done)
        })
    });
    approved.await
}

/// Answers a request, once.
pub async fn decide(
    act: &Act<'_>,
    request: &ApprovalRequest,
    verdict: Verdict,
    answer: Option<String>,
) -> Result<Decided> {
    let (client, person) = (request.client_id.clone(), request.person_id);
    let (event, rows, state) = match verdict {
        Verdict::Approve(holder) => {
            let event = given(act, &client, &request.scope, holder);
            (event, rows(act, &client, &request.scope, holder), RequestState::Approved)
        }
        Verdict::Refuse => {
            let event = NewEvent::success(EventKind::ApprovalRefused, act.actor.clone()).client(&client);
            let event = event.person(person).detail("scope", request.scope.to_string());
            (act.event(event), Vec::new(), RequestState::Refused)
        }
    };
    let (id, now): (ApprovalRequestId, _) = (request.id, act.now);
    let decided = act.store.write(move |tx| {
        Box::pin(async move {
            if tx.hold_client(&client, now).await?.is_none() {
                return Ok(Decided::Unknown);
            }
            if let Verdict::Approve(holder) = verdict
                && !holds(tx, holder).await?
            {
                return Ok(Decided::Unknown);
            }
            if !tx.decide_approval_request(id, state, answer.as_deref(), now).await? {
                return Ok(Decided::Gone);
            }
            for row in &rows {
                tx.insert_approval(row).await?;
            }
            if !rows.is_empty() {
                settle(tx, &client, now).await?;
            }
            tx.insert_event(event).await?;
            Ok(Decided::Done)
        })
    });
    decided.await
}

/// Takes an approval back; `false` if the app has no such one. It gives nothing new from now on; what it gave ends with
/// its tokens.
pub async fn withdraw(act: &Act<'_>, client: &ClientId, id: ApprovalId) -> Result<bool> {
    let Some(approval) = act.store.approval(client, id).await? else { return Ok(false) };
    let event = NewEvent::success(EventKind::ApprovalWithdrawn, act.actor.clone()).client(client);
    let event = act.event(told(event.detail("scope", approval.scope.to_string()), approval.holder));
    let withdrawn = act.store.write(move |tx| {
        Box::pin(async move {
            let deleted = tx.delete_approval(id).await?;
            if deleted {
                tx.insert_event(event).await?;
            }
            Ok(deleted)
        })
    });
    withdrawn.await
}

fn given(act: &Act<'_>, client: &ClientId, scope: &Scope, holder: Holder) -> Event {
    let event = NewEvent::success(EventKind::ApprovalGiven, act.actor.clone()).client(client);
    act.event(told(event.detail("scope", scope.to_string()), holder))
}

/// Says in an event whom an approval is for.
fn told(event: NewEvent, holder: Holder) -> NewEvent {
    match holder {
        Holder::Everyone => event.detail("for", "everyone"),
        Holder::Group(group) => event.detail("for", format!("group:{group}")),
        Holder::Person(person) => event.detail("for", format!("person:{person}")).person(person),
    }
}

fn rows(act: &Act<'_>, client: &ClientId, scope: &Scope, holder: Holder) -> Vec<Approval> {
    let row = |token: &ScopeToken| Approval {
        id: ApprovalId(act.entropy.uuid_at(act.now)),
        client_id: client.clone(),
        scope: token.clone(),
        holder,
        created_at: act.now,
    };
    scope.iter().map(row).collect()
}

/// Whether whom something is approved for is there; held until the transaction ends.
async fn holds(tx: &Tx, holder: Holder) -> Result<bool> {
    match holder {
        Holder::Everyone => Ok(true),
        Holder::Group(group) => Ok(tx.hold_group(group).await?.is_some()),
        Holder::Person(person) => Ok(tx.hold_person(person).await?.is_some()),
    }
}

/// Whoever waits at this app for what they now have waits no more.
async fn settle(tx: &Tx, client: &ClientId, now: Timestamp) -> Result<()> {
    for request in tx.waiting_requests_at(client).await? {
        if request.scope.is_subset_of(&tx.approved_scope(client, request.person_id).await?) {
            tx.decide_approval_request(request.id, RequestState::Approved, None, now).await?;
        }
    }
    Ok(())
}
