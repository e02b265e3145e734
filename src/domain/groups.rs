//! Groups of people: making, changing and deleting them, and who is in them. What a group is good for, apps say: they can
//! be limited to groups, and be approved for them.

use std::time::Duration;

use super::events::{EventKind, NewEvent};
use super::people::Act;
use crate::ids::{GroupId, PersonId};
use crate::store::{Group, KeptAnswer, Result, StoreError};

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 64;
/// The longest description, in characters.
pub const LONGEST_DESCRIPTION: usize = 300;

/// A group's name and description, which fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupWords {
    name: String,
    description: String,
}

/// Why a group cannot be called or described so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupProblem {
    /// The name is empty, too long, or holds what cannot be seen.
    NameMalformed,
    /// Another group has this name.
    NameTaken,
    /// The description is too long, or holds what cannot be seen.
    DescriptionMalformed,
}

impl std::fmt::Display for GroupProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NameMalformed => write!(f, "Choose a name of 1 to {LONGEST_NAME} visible characters."),
            Self::NameTaken => f.write_str("Another group has this name. Choose another."),
            Self::DescriptionMalformed => {
                write!(f, "Describe it in at most {LONGEST_DESCRIPTION} visible characters, on one line.")
            }
        }
    }
}

impl GroupWords {
    /// What somebody typed, without the spaces around it.
    pub fn parse(name: &str, description: &str) -> Result<Self, GroupProblem> {
        let (name, description) = (name.trim(), description.trim());
        let is_readable = |text: &str, most: usize| text.chars().count() <= most && !text.chars().any(char::is_control);
        if name.is_empty() || !is_readable(name, LONGEST_NAME) {
            return Err(GroupProblem::NameMalformed);
        }
        if !is_readable(description, LONGEST_DESCRIPTION) {
            return Err(GroupProblem::DescriptionMalformed);
        }
        Ok(Self { name: name.to_owned(), description: description.to_owned() })
    }
}

/// What became of a new group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupAdded {
    /// It is there.
    Done(Group),
    /// Another one has the name, or this very identifier.
    NameTaken,
    /// The same was asked for before, under the same key, and answered.
    Answered,
}

/// What became of a change to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupChange {
    /// The group as it is now.
    Done(Group),
    /// It is no longer as it was seen, or gone.
    Changed,
    /// Another one has the name.
    NameTaken,
}

/// Makes a group, under this identifier: a form that is sent twice makes one. The answer that `keep` makes of it is kept in
/// the same transaction.
pub async fn add(
    act: &Act<'_>,
    id: GroupId,
    words: GroupWords,
    keep: impl FnOnce(&Group) -> Option<KeptAnswer>,
) -> Result<GroupAdded> {
    let event = NewEvent::success(EventKind::GroupAdded, act.actor.clone()).detail("group", id.to_string());
    let event = act.event(event.detail("name", words.name.clone()));
    let group =
        Group { id, name: words.name, description: words.description, created_at: act.now, updated_at: act.now };
    let (answer, added) = (keep(&group), group.clone());
    let written = act.store.write(move |tx| {
        Box::pin(async move {
            if let Some(answer) = answer
                && !tx.keep_answer(&answer).await?
            {
                return Ok(false);
            }
            tx.insert_group(&added).await?;
            tx.insert_event(event).await?;
            Ok(true)
        })
    });
    match written.await {
        Ok(true) => Ok(GroupAdded::Done(group)),
        Ok(false) => Ok(GroupAdded::Answered),
        Err(StoreError::Exists) => Ok(GroupAdded::NameTaken),
        Err(error) => Err(error),
    }
}

/// Gives a group another name and description, if it still is as it was when `seen` was read.
pub async fn update(act: &Act<'_>, seen: &Group, words: GroupWords) -> Result<GroupChange> {
    let event = NewEvent::success(EventKind::GroupUpdated, act.actor.clone()).detail("group", seen.id.to_string());
    let event = act.event(event.detail("name", words.name.clone()));
    // Each change has a time of its own, by which the next one knows that it has seen this one.
    let updated_at = act.now.max(seen.updated_at + Duration::from_millis(1));
    let group = Group { name: words.name, description: words.description, updated_at, ..seen.clone() };
    let (changed, seen) = (group.clone(), seen.updated_at);
    let written = act.store.write(move |tx| {
        Box::pin(async move {
            let updated = tx.update_group(&changed, seen).await?;
            if updated {
                tx.insert_event(event).await?;
            }
            Ok(updated)
        })
    });
    match written.await {
        Ok(true) => Ok(GroupChange::Done(group)),
        Ok(false) => Ok(GroupChange::Changed),
        // A unique name that exists is an ordinary outcome.
        Err(StoreError::Exists) => Ok(GroupChange::NameTaken),
        Err(error) => Err(error),
    }
}

/// Deletes a group with its memberships, and what was approved for it; `false` if it is gone.
pub async fn delete(act: &Act<'_>, group: &Group) -> Result<bool> {
    let event = NewEvent::success(EventKind::GroupDeleted, act.actor.clone()).detail("group", group.id.to_string());
    let event = act.event(event.detail("name", group.name.clone()));
    let id = group.id;
    let deleted = act.store.write(move |tx| {
        Box::pin(async move {
            let deleted = tx.delete_group(id).await?;
            if deleted {
                tx.insert_event(event).await?;
            }
            Ok(deleted)
        })
    });
    deleted.await
}

/// Takes a person into a group; `false` if they were in it, or one of both is gone.
pub async fn join(act: &Act<'_>, group: GroupId, person: PersonId) -> Result<bool> {
    let event = NewEvent::success(EventKind::GroupJoined, act.actor.clone()).person(person);
    let (event, now) = (act.event(event.detail("group", group.to_string())), act.now);
    let joined = act.store.write(move |tx| {
        Box::pin(async move {
            let are_there = tx.hold_group(group).await?.is_some() && tx.hold_person(person).await?.is_some();
            let joined = are_there && tx.join_group(group, person, now).await?;
            if joined {
                tx.insert_event(event).await?;
            }
            Ok(joined)
        })
    });
    joined.await
}

/// Takes a person out of a group; `false` if they were not in it.
pub async fn leave(act: &Act<'_>, group: GroupId, person: PersonId) -> Result<bool> {
    let event = NewEvent::success(EventKind::GroupLeft, act.actor.clone()).person(person);
    let event = act.event(event.detail("group", group.to_string()));
    let left = act.store.write(move |tx| {
        Box::pin(async move {
            let left = tx.leave_group(group, person).await?;
            if left {
                tx.insert_event(event).await?;
            }
            Ok(left)
        })
    });
    left.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_name_that_people_can_read() {
        let parse = |name: &str, description: &str| GroupWords::parse(name, description);
        assert_eq!(parse(" Harbour crew ", " ").unwrap().name, "Harbour crew");
        let long = "x".repeat(LONGEST_NAME + 1);
        for name in ["", "  ", "a\nb", "a\u{7}", &long] {
            assert_eq!(parse(name, "").unwrap_err(), GroupProblem::NameMalformed, "{name:?}");
        }
        for description in ["a\nb".to_owned(), "x".repeat(LONGEST_DESCRIPTION + 1)] {
            assert_eq!(parse("crew", &description).unwrap_err(), GroupProblem::DescriptionMalformed);
        }
    }
}
