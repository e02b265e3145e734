//! Looking after the passkeys of an account: their names, and their end.

use crate::domain::events::{EventKind, NewEvent};
use crate::domain::people::Act;
use crate::store::{Mail, Passkey, Result};

/// What came of removing a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is gone.
    Done,
    /// The account has no password, no other passkey and no other provider: nobody could sign in to it any more.
    LastWayIn,
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

/// Removes it and tells its person by `alert`, unless they could not sign in any more: by a password, another passkey, or an
/// account at one of the providers that there are (`providers`). One that has gone meanwhile is as wanted.
pub async fn remove(act: &Act<'_>, passkey: &Passkey, providers: Vec<String>, alert: Option<Mail>) -> Result<Removed> {
    let (id, person) = (passkey.id, passkey.person_id);
    let event = NewEvent::success(EventKind::PasskeyRemoved, act.actor.clone()).person(person);
    let event = act.event(event.detail("passkey", id.to_string()).detail("name", &*passkey.name));
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            // Held, so that two who remove the last two passkeys see each other.
            let holder = tx.hold_person(person).await?;
            let has_password = holder.is_some_and(|holder| holder.password_hash.is_some());
            if !has_password && tx.count_passkeys(person).await? <= 1 {
                let accounts = tx.provider_accounts_of(person).await?;
                if !accounts.iter().any(|account| providers.contains(&account.provider)) {
                    return Ok(Removed::LastWayIn);
                }
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
