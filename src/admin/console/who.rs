//! Names for the identifiers that events and grants hold.

use std::collections::HashMap;

use crate::ids::PersonId;
use crate::store::{Result, Store};

/// The usernames of some people.
pub(super) struct Names(HashMap<PersonId, String>);

impl Names {
    /// Reads those of `ids`, all at once.
    pub async fn read(store: &Store, ids: impl IntoIterator<Item = PersonId>) -> Result<Self> {
        let mut ids: Vec<_> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let people = if ids.is_empty() { Vec::new() } else { store.people(ids).await? };
        Ok(Self(people.into_iter().map(|person| (person.id, person.username)).collect()))
    }

    /// The username, or the identifier of somebody who is gone.
    pub fn of(&self, id: PersonId) -> String {
        self.0.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }
}
