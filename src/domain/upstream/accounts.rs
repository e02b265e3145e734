//! Writing down who is who at a provider: linking, taking away, new people, each with its event.

use secrecy::ExposeSecret;
use serde_json::json;

use super::account::{UpstreamAccount, UpstreamTokens};
use crate::config::ProviderConfig;
use crate::domain::events::{Actor, EventKind, NewEvent, record};
use crate::domain::keys::sealing::Sealer;
use crate::domain::people::Act;
use crate::domain::people::accounts::{AccountProblem, NewPerson, draft, taken};
use crate::ids::{PersonId, ProviderAccountId};
use crate::store::{Person, ProviderAccount, Result, StoreError};

/// An account at a provider, ready to be written.
#[derive(Clone, Debug)]
pub struct Link {
    /// At which provider.
    pub provider: String,
    /// Whose it is there.
    pub account: UpstreamAccount,
    /// The tokens from there, sealed, where they are kept.
    pub tokens: Option<Vec<u8>>,
}

/// What came of taking an account away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlinked {
    /// It is not linked any more.
    Done,
    /// It was not this person's.
    NotTheirs,
    /// It is all by what they could sign in.
    LastWayIn,
}

/// What came of making an account here.
pub type Registered = std::result::Result<Person, RegisterProblem>;

/// Why no account was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterProblem {
    /// Something of what was typed.
    Account(AccountProblem),
    /// The account at the provider has been linked meanwhile.
    LinkedMeanwhile,
}

/// What the tokens of an account are sealed for.
fn context(provider: &str, subject: &str) -> Vec<u8> {
    format!("provider tokens\0{provider}\0{subject}").into_bytes()
}

impl Link {
    /// The account, with the tokens sealed if the settings keep them.
    #[must_use]
    pub fn new(provider: &ProviderConfig, account: UpstreamAccount, tokens: &UpstreamTokens, sealer: &Sealer) -> Self {
        let kept = provider.keep_tokens.then(|| {
            let text = json!({
                "access_token": tokens.access_token.expose_secret(),
                "refresh_token": tokens.refresh_token.as_ref().map(ExposeSecret::expose_secret),
                "expires_in": tokens.expires_in,
            });
            sealer.seal(text.to_string().as_bytes(), &context(&provider.id, &account.subject))
        });
        Self { provider: provider.id.clone(), account, tokens: kept }
    }

    fn row(self, act: &Act<'_>, person: PersonId) -> ProviderAccount {
        ProviderAccount {
            id: ProviderAccountId(act.entropy.uuid()),
            provider: self.provider,
            label: self.account.label(),
            subject: self.account.subject,
            person_id: person,
            tokens: self.tokens,
            linked_at: act.now,
            last_used_at: act.now,
        }
    }
}

/// Opens the tokens of an account that are kept; `None` if there are none, or they do not open.
#[must_use]
pub fn kept_tokens(account: &ProviderAccount, sealer: &Sealer) -> Option<serde_json::Value> {
    let plain = sealer.open(account.tokens.as_deref()?, &context(&account.provider, &account.subject))?;
    serde_json::from_slice(&plain).ok()
}

fn event_of_link(act: &Act<'_>, kind: EventKind, person: PersonId, provider: &str) -> crate::store::Event {
    act.event(NewEvent::success(kind, act.actor.clone()).person(person).detail("provider", provider))
}

/// Links an account with a person; `false` if it is linked already, with whomever, or there is no such person any more.
pub async fn link(act: &Act<'_>, person: PersonId, link: Link) -> Result<bool> {
    let event = event_of_link(act, EventKind::ProviderLinked, person, &link.provider);
    let row = link.row(act, person);
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            let is_here = tx.hold_person(person).await?.is_some_and(|person| person.disabled_at.is_none());
            if !is_here || !tx.insert_provider_account(&row).await? {
                return Ok(false);
            }
            tx.insert_event(event).await?;
            Ok(true)
        })
    });
    write.await
}

/// Notes that somebody signs in by a linked account; `false` if it is not theirs any more.
pub async fn note_use(act: &Act<'_>, known: &ProviderAccount, link: Link) -> Result<bool> {
    let used = ProviderAccount {
        label: link.account.label().or_else(|| known.label.clone()),
        tokens: link.tokens,
        last_used_at: act.now,
        ..known.clone()
    };
    act.store.write(move |tx| Box::pin(async move { tx.use_provider_account(&used).await })).await
}

/// Takes an account away from a person, unless they could not sign in any more: by a password, a passkey, or an account at
/// another of the providers that there are now (`in_use`).
pub async fn unlink(act: &Act<'_>, person: PersonId, id: ProviderAccountId, in_use: Vec<String>) -> Result<Unlinked> {
    let known = act.store.provider_accounts_of(person).await?.into_iter().find(|account| account.id == id);
    let Some(known) = known else { return Ok(Unlinked::NotTheirs) };
    let event = event_of_link(act, EventKind::ProviderUnlinked, person, &known.provider);
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            let Some(held) = tx.hold_person(person).await? else { return Ok(Unlinked::NotTheirs) };
            let accounts = tx.provider_accounts_of(person).await?;
            let another = accounts.iter().any(|account| account.id != id && in_use.contains(&account.provider));
            if held.password_hash.is_none() && !another && tx.count_passkeys(person).await? == 0 {
                return Ok(Unlinked::LastWayIn);
            }
            if !tx.delete_provider_account(id, person).await? {
                return Ok(Unlinked::NotTheirs);
            }
            tx.insert_event(event).await?;
            Ok(Unlinked::Done)
        })
    });
    write.await
}

/// Makes an account here for somebody whom a provider vouches for. `new` has no [`NewPerson::problems`].
pub async fn register(act: &Act<'_>, new: NewPerson, link: Link) -> Result<Registered> {
    let (person, added) = draft(act, new, None);
    let linked = event_of_link(act, EventKind::ProviderLinked, person.id, &link.provider);
    let row = link.row(act, person.id);
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            if let Some(problem) = taken(tx, &person).await? {
                return Ok(Err(RegisterProblem::Account(problem)));
            }
            if tx.provider_account_exists(&row.provider, &row.subject).await? {
                return Ok(Err(RegisterProblem::LinkedMeanwhile));
            }
            tx.insert_person(&person).await?;
            if !tx.insert_provider_account(&row).await? {
                return Err(StoreError::Exists);
            }
            tx.insert_event(added).await?;
            tx.insert_event(linked).await?;
            Ok(Ok(person))
        })
    });
    match write.await {
        // Somebody was quicker by a moment.
        Err(StoreError::Exists) => Ok(Err(RegisterProblem::Account(AccountProblem::UsernameTaken))),
        outcome => outcome,
    }
}

/// Records that nobody was signed in by a provider, and why.
pub async fn note_failure(act: &Act<'_>, provider: &str, reason: &str) {
    let event = NewEvent::failure(EventKind::SignIn, Actor::Anonymous, reason).detail("provider", provider);
    record(act.store, act.event(event)).await;
}
