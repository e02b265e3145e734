//! Changing an account that is still as whoever asks has seen it.

use std::time::Duration;

use super::Act;
use super::accounts::{self, AccountProblem};
use crate::domain::events::{EventKind, NewEvent};
use crate::ids::PersonId;
use crate::protocol::attributes::Attributes;
use crate::protocol::claims::StandardClaims;
use crate::store::{Person, Picture, Result};

/// What is to change about a person; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The name to sign in with.
    pub username: Option<String>,
    /// Everything that is told by the standard claims.
    pub claims: Option<StandardClaims>,
    /// Everything that is known beside that.
    pub attributes: Option<Attributes>,
    /// The picture, and with it the claim of that name.
    pub picture: Option<PictureChange>,
}

/// What is to become of the picture on an account.
#[derive(Clone, Debug)]
pub enum PictureChange {
    /// This one is kept here, in the place of any other.
    Kept(Picture),
    /// There is to be none.
    Gone,
}

/// What became of a change.
#[derive(Clone, Debug)]
pub enum ChangeOutcome {
    /// The person as they are now.
    Done(Box<Person>),
    /// There is no such person.
    Unknown,
    /// They are no longer as they were seen.
    Changed,
    /// The other accounts do not allow it.
    Refused(AccountProblem),
}

/// Changes what is known about a person, and by what they sign in. None of it has problems of its own
/// ([`accounts::NewPerson::problems`]). `is_as_seen` is asked in the transaction that writes, so that of two who saw the
/// same person one changes them.
pub async fn update_if(
    act: &Act<'_>,
    id: PersonId,
    change: Change,
    is_as_seen: impl FnOnce(&Person) -> bool + Send + 'static,
) -> Result<ChangeOutcome> {
    let event = act.event(NewEvent::success(EventKind::PersonUpdated, act.actor.clone()).person(id));
    let now = act.now;
    let changed = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            let Some(person) = tx.hold_person(id).await? else { return Ok(ChangeOutcome::Unknown) };
            if !is_as_seen(&person) {
                return Ok(ChangeOutcome::Changed);
            }
            let username = change.username.unwrap_or_else(|| person.username.clone());
            let mut claims = change.claims.unwrap_or_else(|| person.claims.clone());
            match &change.picture {
                None => {}
                Some(PictureChange::Kept(picture)) => claims.picture = Some(picture.address.clone()),
                Some(PictureChange::Gone) => claims.picture = None,
            }
            let claims = accounts::completed(claims, &username, now);
            let attributes = change.attributes.unwrap_or_else(|| person.attributes.clone());
            // Each change has a time of its own, by which the next one knows that it has seen this one.
            let updated_at = now.max(person.updated_at + Duration::from_millis(1));
            let person = Person { username, claims, attributes, updated_at, ..person };
            if let Some(problem) = accounts::taken(tx, &person).await? {
                return Ok(ChangeOutcome::Refused(problem));
            }
            if let Some(PictureChange::Kept(picture)) = &change.picture {
                tx.insert_picture(id, picture).await?;
            }
            tx.update_person(&person).await?;
            tx.insert_event(event).await?;
            Ok(ChangeOutcome::Done(Box::new(person)))
        })
    });
    changed.await
}
