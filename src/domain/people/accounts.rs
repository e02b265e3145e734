//! Accounts: creating, disabling, enabling and deleting a person, and setting their password, each with its
//! consequences. What is typed by an operator and what is sent by a form pass through the same rules.

use std::fmt;

use url::Url;

use super::Act;
use super::foreign_hash::ImportedHash;
pub use super::leave::delete;
use super::passwords::PasswordProblem;
use super::sign_out;
use crate::clock::Timestamp;
use crate::domain::events::{EventKind, NewEvent};
use crate::ids::PersonId;
use crate::protocol::attributes::Attributes;
use crate::protocol::claims::StandardClaims;
use crate::store::{Event, Mail, Person, Result, Role, StoreError, Tx, login_key};

const LONGEST_USERNAME: usize = 64;
const LONGEST_DISPLAY_NAME: usize = 100;
/// RFC 5321 leaves room for no longer address.
const LONGEST_EMAIL: usize = 254;

/// An account that is to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// The name to sign in with.
    pub username: String,
    /// What is known about the person. With the address one may sign in too.
    pub claims: StandardClaims,
    /// What is known beside that.
    pub attributes: Attributes,
    /// What they may do with this server, besides signing in.
    pub role: Option<Role>,
    /// How other software has kept their password.
    pub password_hash: Option<ImportedHash>,
    /// Which terms they accepted with it, if there are any.
    pub terms: Option<Url>,
}

/// Why an account cannot be made so, or a password not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountProblem {
    /// The username is empty, too long, or holds what cannot be seen.
    UsernameMalformed,
    /// Somebody signs in by this username already, or has it as address.
    UsernameTaken,
    /// The username is an address of mail, and none that its person was seen to read.
    UsernameIsAddress,
    /// That is no email address.
    EmailMalformed,
    /// Somebody has this address already, or signs in by it.
    EmailTaken,
    /// The display name is too long, or holds what cannot be seen.
    DisplayNameMalformed,
    /// The password will not do.
    Password(PasswordProblem),
}

impl fmt::Display for AccountProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UsernameMalformed => write!(
                f,
                "Choose a username of 1 to {LONGEST_USERNAME} visible characters, without a space at either end."
            ),
            Self::UsernameTaken => f.write_str("The username is taken. Choose another."),
            Self::UsernameIsAddress => {
                f.write_str("Choose a username without @, unless it is the confirmed email address of the account.")
            }
            Self::EmailMalformed => f.write_str("Give an email address of the form name@host."),
            Self::EmailTaken => f.write_str("Another account has this email address."),
            Self::DisplayNameMalformed => {
                write!(f, "Choose a display name of 1 to {LONGEST_DISPLAY_NAME} visible characters.")
            }
            Self::Password(problem) => problem.fmt(f),
        }
    }
}

impl std::error::Error for AccountProblem {}

impl NewPerson {
    /// Everything that is wrong with it, as far as it can be seen without looking at other accounts.
    #[must_use]
    pub fn problems(&self) -> Vec<AccountProblem> {
        let username = is_name(&self.username, LONGEST_USERNAME);
        let username = (!username).then_some(AccountProblem::UsernameMalformed);
        username.into_iter().chain(problems_of_claims(&self.claims)).collect()
    }

    fn person(self, password_hash: Option<String>, act: &Act<'_>) -> Person {
        let password_hash = password_hash.or_else(|| self.password_hash.map(ImportedHash::into_string));
        Person {
            id: PersonId(act.entropy.uuid()),
            claims: completed(self.claims, &self.username, act.now),
            attributes: self.attributes,
            username: self.username,
            password_hash,
            role: self.role,
            created_at: act.now,
            updated_at: act.now,
            disabled_at: None,
        }
    }
}

/// What is wrong with a username that somebody chooses for themselves, beyond [`NewPerson::problems`]: it looks like the address of
/// somebody else. Apps would take them for that person, who could make no account; and whether it is taken would tell who has an
/// address. `own` is the one at which they were seen to read mail.
#[must_use]
pub fn problem_of_own_username(username: &str, own: Option<&str>) -> Option<AccountProblem> {
    let is_own = own.is_some_and(|own| login_key(own) == login_key(username));
    (username.contains(['@', '＠', '﹫']) && !is_own).then_some(AccountProblem::UsernameIsAddress)
}

/// What is wrong with claims as those of an account, beyond what [`StandardClaims::check`] says of their form.
#[must_use]
pub fn problems_of_claims(claims: &StandardClaims) -> Vec<AccountProblem> {
    let checks = [
        (claims.email.as_deref().is_none_or(is_email), AccountProblem::EmailMalformed),
        (
            claims.name.as_deref().is_none_or(|name| is_name(name, LONGEST_DISPLAY_NAME)),
            AccountProblem::DisplayNameMalformed,
        ),
    ];
    checks.into_iter().filter(|(holds, _)| !holds).map(|(_, problem)| problem).collect()
}

/// Claims with what the server knows itself: when they changed, and where nothing else is said, that the person goes by
/// their username and nobody has seen them read mail at their address.
pub(super) fn completed(claims: StandardClaims, username: &str, now: Timestamp) -> StandardClaims {
    StandardClaims {
        preferred_username: claims.preferred_username.or_else(|| Some(username.to_owned())),
        email_verified: claims.email_verified.or(claims.email.is_some().then_some(false)),
        updated_at: Some(now.seconds()),
        ..claims
    }
}

/// The name by which a page addresses a person.
#[must_use]
pub fn display_name(person: &Person) -> &str {
    person.claims.name.as_deref().unwrap_or(&person.username)
}

/// Whether a person signs in by this name: their username or their address.
#[must_use]
pub fn signs_in_as(person: &Person, name: &str) -> bool {
    let names = [Some(person.username.as_str()), person.claims.email.as_deref()];
    names.into_iter().flatten().any(|own| login_key(own) == login_key(name))
}

/// Makes an account. `new` has no [`NewPerson::problems`]; the answer is one that only the other accounts show.
pub async fn create(
    act: &Act<'_>,
    new: NewPerson,
    password_hash: Option<String>,
) -> Result<Result<Person, AccountProblem>> {
    let (person, event) = draft(act, new, password_hash);
    let added = act.store.write(move |tx| {
        Box::pin(async move {
            tx.lock_people().await?;
            if let Some(problem) = taken(tx, &person).await? {
                return Ok(Err(problem));
            }
            tx.insert_person(&person).await?;
            tx.insert_event(event).await?;
            Ok(Ok(person))
        })
    });
    match added.await {
        // Somebody was quicker by a moment.
        Err(StoreError::Exists) => Ok(Err(AccountProblem::UsernameTaken)),
        outcome => outcome,
    }
}

/// The account and the event of its making.
pub(in crate::domain) fn draft(act: &Act<'_>, new: NewPerson, password_hash: Option<String>) -> (Person, Event) {
    let terms = new.terms.clone();
    let person = new.person(password_hash, act);
    let event = NewEvent::success(EventKind::PersonAdded, act.actor.clone());
    let event = event
        .person(person.id)
        .detail("username", person.username.as_str())
        .detail("role", person.role.map(Role::word));
    let event = terms.into_iter().fold(event, |event, terms| event.detail("terms", terms.as_str()));
    (person, act.event(event))
}

/// What of an account somebody else signs in by already: username and address are looked for among both, because a
/// username that is another person's address would catch that person's sign-ins.
pub(in crate::domain) async fn taken(tx: &Tx, person: &Person) -> Result<Option<AccountProblem>> {
    if tx.login_taken(&person.username, person.id).await? {
        return Ok(Some(AccountProblem::UsernameTaken));
    }
    match &person.claims.email {
        Some(email) if tx.login_taken(email, person.id).await? => Ok(Some(AccountProblem::EmailTaken)),
        _ => Ok(None),
    }
}

/// Sets a password and ends every link, every session and everything that apps were given: whoever knew the old one is
/// out. `false` if there is no such person.
pub async fn set_password(act: &Act<'_>, id: PersonId, password_hash: String) -> Result<bool> {
    set_password_and_tell(act, id, password_hash, None).await
}

/// The same, and sends the person a mail that tells them.
pub async fn set_password_and_tell(
    act: &Act<'_>,
    id: PersonId,
    password_hash: String,
    alert: Option<Mail>,
) -> Result<bool> {
    let event = act.event(NewEvent::success(EventKind::PasswordSet, act.actor.clone()).person(id));
    let now = act.now;
    let set = act.store.write(move |tx| {
        Box::pin(async move {
            tx.hold_sessions_of(id).await?;
            let found = replace_password(tx, id, &password_hash, now).await?;
            if found {
                tx.insert_event(event).await?;
                if let Some(alert) = alert {
                    tx.insert_mail(&alert).await?;
                }
            }
            Ok(found)
        })
    });
    set.await
}

/// Sets a password and ends what was come by with the old one. A link that is still about would undo that later. The sessions
/// are held already ([`Tx::hold_sessions_of`]), before the person: whoever begins or uses one locks them in that order.
pub(super) async fn replace_password(tx: &Tx, id: PersonId, password_hash: &str, now: Timestamp) -> Result<bool> {
    if !tx.set_password(id, password_hash, now).await? {
        return Ok(false);
    }
    tx.delete_links_of(id).await?;
    sign_out::end_with_the_rest(tx, id, now).await?;
    tx.revoke_authorizations_of(id, "password set", now).await?;
    Ok(true)
}

/// Disables a person: every session and everything that apps were given ends at once. `false` if there is no such
/// person.
pub async fn disable(act: &Act<'_>, id: PersonId) -> Result<bool> {
    let event = act.event(NewEvent::success(EventKind::PersonDisabled, act.actor.clone()).person(id));
    let now = act.now;
    let disabled = act.store.write(move |tx| {
        Box::pin(async move {
            tx.hold_sessions_of(id).await?;
            if !tx.set_person_disabled(id, Some(now)).await? {
                return Ok(false);
            }
            sign_out::end_with_the_rest(tx, id, now).await?;
            tx.revoke_authorizations_of(id, "person disabled", now).await?;
            tx.insert_event(event).await?;
            Ok(true)
        })
    });
    disabled.await
}

/// Lets a disabled person sign in again. `false` if there is no such person.
pub async fn enable(act: &Act<'_>, id: PersonId) -> Result<bool> {
    let event = act.event(NewEvent::success(EventKind::PersonEnabled, act.actor.clone()).person(id));
    let enabled = act.store.write(move |tx| {
        Box::pin(async move {
            let found = tx.set_person_disabled(id, None).await?;
            if found {
                tx.insert_event(event).await?;
            }
            Ok(found)
        })
    });
    enabled.await
}

/// Something to call a person by: not blank, of bounded length, and nothing in it that cannot be seen or that turns
/// the direction of the text around it.
fn is_name(text: &str, longest: usize) -> bool {
    !text.is_empty() && text.trim() == text && text.chars().count() <= longest && !text.chars().any(is_unseen)
}

/// A simple look: whether an address works only a message to it can tell.
fn is_email(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    text.len() <= LONGEST_EMAIL
        && !text.chars().any(|c| c.is_whitespace() || is_unseen(c))
        && parts.is_some_and(|(local, host)| !local.is_empty() && !host.is_empty() && !local.contains('@'))
}

pub(super) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

impl From<PasswordProblem> for AccountProblem {
    fn from(problem: PasswordProblem) -> Self {
        Self::Password(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(username: &str, email: Option<&str>, display_name: Option<&str>) -> Vec<AccountProblem> {
        NewPerson {
            username: username.to_owned(),
            claims: StandardClaims {
                email: email.map(str::to_owned),
                name: display_name.map(str::to_owned),
                ..StandardClaims::default()
            },
            ..NewPerson::default()
        }
        .problems()
    }

    #[test]
    fn takes_any_visible_name() {
        let longest = "é".repeat(LONGEST_USERNAME);
        for username in ["a", "ada", "Ada Lovelace", "ada@example.org", "אדה", longest.as_str()] {
            assert_eq!(problems(username, None, None), [], "{username}");
        }
    }

    #[test]
    fn refuses_a_name_that_is_blank_too_long_or_not_what_it_seems() {
        let too_long = "a".repeat(LONGEST_USERNAME + 1);
        for username in ["", " ", " ada", "ada ", "a\u{202e}da", "a\u{200b}da", "a\nda", "a\0", too_long.as_str()] {
            assert_eq!(problems(username, None, None), [AccountProblem::UsernameMalformed], "{username:?}");
        }
        let too_long = "a".repeat(LONGEST_DISPLAY_NAME + 1);
        for name in ["", "a\u{2066}b", too_long.as_str()] {
            assert_eq!(problems("ada", None, Some(name)), [AccountProblem::DisplayNameMalformed], "{name:?}");
        }
    }

    #[test]
    fn knows_an_address_when_it_sees_one() {
        let too_long = format!("{}@example.org", "a".repeat(LONGEST_EMAIL));
        for email in ["ada@example.org", "a+b@localhost", "ädä@exämple.org"] {
            assert_eq!(problems("ada", Some(email), None), [], "{email}");
        }
        for email in ["", "ada", "@example.org", "ada@", "a@b@c", "a da@example.org", "a\r\nb@c", too_long.as_str()] {
            assert_eq!(problems("ada", Some(email), None), [AccountProblem::EmailMalformed], "{email:?}");
        }
    }

    #[test]
    fn lets_nobody_call_themselves_by_the_address_of_another() {
        let of = |username, own| problem_of_own_username(username, own).is_none();
        for (username, own, expected) in [
            ("ada", None, true),
            ("ada@example.org", None, false),
            ("ada＠example.org", None, false),
            ("@ada", None, false),
            ("Ada@Example.org", Some("ada@example.org"), true),
            ("ada@exämple.org", Some("ada@xn--exmple-cua.org"), true),
            ("eve@example.org", Some("ada@example.org"), false),
        ] {
            assert_eq!(of(username, own), expected, "{username} {own:?}");
        }
    }

    #[test]
    fn tells_every_problem_at_once() {
        let all = problems("", Some("x"), Some(""));
        assert_eq!(
            all,
            [AccountProblem::UsernameMalformed, AccountProblem::EmailMalformed, AccountProblem::DisplayNameMalformed]
        );
    }
}
