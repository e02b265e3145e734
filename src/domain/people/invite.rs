//! An account and the invitation to it, made together: neither is without the other.

use secrecy::SecretString;

use super::Act;
use super::accounts::{self, AccountProblem, NewPerson};
use super::links;
use crate::config::LinksConfig;
use crate::domain::keys::hashing::TokenHasher;
use crate::store::{KeptAnswer, Mail, Person, Result, StoreError};

/// What became of it.
#[derive(Debug)]
pub enum Invited {
    /// The account, and the token of the link by which its password is chosen; none where it brings one.
    Done(Box<Person>, Option<SecretString>),
    /// The other accounts do not allow it.
    Refused(AccountProblem),
    /// The same was asked for before, under the same key, and answered.
    Answered,
}

/// Makes an account and an invitation to it, keeps the answer that `keep` makes of both and sends the mail that `letter`
/// makes of them, in one transaction. Whoever brings a password needs no invitation. `new` has no [`NewPerson::problems`].
pub async fn invite(
    act: &Act<'_>,
    hasher: &TokenHasher,
    settings: &LinksConfig,
    new: NewPerson,
    keep: impl FnOnce(&Person, Option<&SecretString>) -> Option<KeptAnswer>,
    letter: impl FnOnce(&Person, &SecretString) -> Option<Mail>,
) -> Result<Invited> {
    let (person, added) = accounts::draft(act, new, None);
    let invitation = person.password_hash.is_none().then(|| links::draft_invitation(act, hasher, settings, person.id));
    let token = invitation.as_ref().map(|(token, ..)| token.clone());
    let (answer, row) = (keep(&person, token.as_ref()), person.clone());
    let invitation = invitation.map(|(token, link, made)| {
        let mail = letter(&person, &token);
        (links::mailed(link, mail.as_ref()), made, mail)
    });
    let write = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            if let Some(problem) = accounts::taken(tx, &row).await? {
                return Ok(Some(Invited::Refused(problem)));
            }
            if let Some(answer) = answer
                && !tx.keep_answer(&answer).await?
            {
                return Ok(Some(Invited::Answered));
            }
            tx.insert_person(&row).await?;
            tx.insert_event(added).await?;
            if let Some((link, made, mail)) = invitation {
                links::insert(tx, &link, made, mail).await?;
            }
            Ok(None)
        })
    });
    match write.await {
        Ok(None) => Ok(Invited::Done(Box::new(person), token)),
        Ok(Some(outcome)) => Ok(outcome),
        // Somebody was quicker by a moment.
        Err(StoreError::Exists) => Ok(Invited::Refused(AccountProblem::UsernameTaken)),
        Err(error) => Err(error),
    }
}
