//! Looking after the passkeys of an account: their names, and their end.

use super::LONGEST_NAME;
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::people::Act;
use crate::store::{Mail, Passkey, Result};

/// What came of removing a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is gone.
    Done,
    /// The account has no password and no other passkey: nobody could sign in to it any more.
    LastWayIn,
}

/// What somebody typed as a name, if it will do for one.
#[must_use]
pub fn name(typed: &str) -> Option<&str> {
    let name = typed.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    fits.then_some(name)
}

/// Gives it another name. One that has gone meanwhile has none.
pub async fn rename(act: &Act<'_>, passkey: &Passkey, name: &str) -> Result<()> {
    let (id, person, name) = (passkey.id, passkey.person_id, name.to_owned());
    let event = NewEvent::success(EventKind::PasskeyRenamed, act.actor.clone()).person(person);
    let event = event.detail("passkey", id.to_string()).detail("from", &*passkey.name).detail("to", &*name);
    let event = act.event(event);
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            if tx.rename_passkey(id, person, &name).await? {
                tx.insert_event(event).await?;
            }
            Ok(())
        })
    });
    write.await
}

/// Removes it, and tells its person by `alert`. One that has gone meanwhile is as wanted.
pub async fn remove(act: &Act<'_>, passkey: &Passkey, alert: Option<Mail>) -> Result<Removed> {
    let (id, person) = (passkey.id, passkey.person_id);
    let event = NewEvent::success(EventKind::PasskeyRemoved, act.actor.clone()).person(person);
    let event = act.event(event.detail("passkey", id.to_string()).detail("name", &*passkey.name));
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            // Held, so that two who remove the last two passkeys see each other.
            let holder = tx.hold_person(person).await?;
            let has_password = holder.is_some_and(|holder| holder.password_hash.is_some());
            if !has_password && tx.count_passkeys(person).await? <= 1 {
                return Ok(Removed::LastWayIn);
            }
            if tx.delete_passkey(id, person).await? {
                tx.insert_event(event).await?;
                if let Some(alert) = alert {
                    tx.insert_mail(&alert).await?;
                }
            }
            Ok(Removed::Done)
        })
    });
    write.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_name_that_can_be_read() {
        assert_eq!(name(" Ada’s phone "), Some("Ada’s phone"));
        assert_eq!(name(&"é".repeat(LONGEST_NAME)).map(|name| name.chars().count()), Some(LONGEST_NAME));
        for typed in ["", "  ", "a\nb", &"a".repeat(LONGEST_NAME + 1)] {
            assert_eq!(name(typed), None, "{typed:?}");
        }
    }
}
