//! Adding the people of a report, a batch a transaction: whatever happens in between, everybody is there as a whole or
//! not at all, and who is missing is added by the same file again.

use secrecy::SecretString;

use super::Entry;
use crate::config::LinksConfig;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::people::{Act, accounts, links};
use crate::store::{Mail, Person, Result};

/// People that are added in one transaction: others who write wait no longer than for these.
const AT_A_TIME: usize = 100;

/// The mail to somebody with the token of their link, if there is one to write.
pub type Letter<'a> = dyn Fn(&Person, &SecretString) -> Option<Mail> + Sync + 'a;

/// What it takes to invite those who are added.
#[derive(Clone, Copy)]
pub struct Invitation<'a> {
    /// What is stored of a link.
    pub hasher: &'a TokenHasher,
    /// How long a link is good.
    pub settings: &'a LinksConfig,
    /// The mail that holds it.
    pub letter: &'a Letter<'a>,
}

/// Somebody who was added.
#[derive(Debug)]
pub struct Added {
    /// Who.
    pub person: Person,
    /// The token of the link by which they choose a password, if they are invited.
    pub token: Option<SecretString>,
}

/// What an import did.
#[derive(Debug, Default)]
pub struct Applied {
    /// Who was added.
    pub added: Vec<Added>,
    /// Who was left out, because meanwhile somebody else was given their username or address.
    pub overtaken: Vec<String>,
}

/// Adds the people of a [`super::Report`] without faults.
pub async fn apply(act: &Act<'_>, to_add: Vec<Entry>, invitation: Option<Invitation<'_>>) -> Result<Applied> {
    let mut applied = Applied::default();
    let mut entries = to_add.into_iter().peekable();
    while entries.peek().is_some() {
        let batch = entries.by_ref().take(AT_A_TIME).collect();
        let (added, overtaken) = add(act, batch, invitation).await?;
        applied.added.extend(added);
        applied.overtaken.extend(overtaken);
    }
    Ok(applied)
}

async fn add(
    act: &Act<'_>,
    batch: Vec<Entry>,
    invitation: Option<Invitation<'_>>,
) -> Result<(Vec<Added>, Vec<String>)> {
    let draft = |entry: Entry| {
        let (person, event) = accounts::draft(act, entry.new, None);
        // Who brings a password needs none.
        let link = invitation.filter(|_| person.password_hash.is_none()).map(|of| {
            let (token, link, made) = links::draft_invitation(act, of.hasher, of.settings, person.id);
            let mail = (of.letter)(&person, &token);
            (token, links::mailed(link, mail.as_ref()), made, mail)
        });
        (person, event, link)
    };
    let drafts: Vec<_> = batch.into_iter().map(draft).collect();
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            let (mut added, mut overtaken) = (Vec::new(), Vec::new());
            for (person, event, link) in drafts {
                if accounts::taken(tx, &person).await?.is_some() {
                    overtaken.push(person.username);
                    continue;
                }
                tx.insert_person(&person).await?;
                tx.insert_event(event).await?;
                let mut token = None;
                if let Some((secret, link, made, mail)) = link {
                    links::insert(tx, &link, made, mail).await?;
                    token = Some(secret);
                }
                added.push(Added { person, token });
            }
            Ok((added, overtaken))
        })
    });
    write.await
}
