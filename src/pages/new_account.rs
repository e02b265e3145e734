//! What set-up and invitation share: the link, the new password, and the problems of what was typed.

use actix_web::Error;
use secrecy::SecretString;

use crate::domain::people::accounts::AccountProblem;
use crate::domain::people::guard::{Kind, Who};
use crate::domain::people::links;
use crate::domain::people::password_rules::words_of;
use crate::domain::people::passwords::{PasswordError, PasswordProblem};
use crate::protocol::params::Params;
use crate::store::{OneTimeLink, Person};
use crate::web::limits;
use crate::web::page::{Problem, SetUpProblem, Terms};
use crate::web::visit::Visit;

/// A link that can still be followed, with its token.
pub(super) struct OpenLink {
    pub token: String,
    pub link: OneTimeLink,
}

/// The link of `params`.
pub(super) async fn open_link(visit: &Visit, params: &Params) -> Result<OpenLink, Error> {
    let token = visit.value(params, "link")?.unwrap_or_default().to_owned();
    let link = links::open(&visit.cx.store, &visit.cx.hasher, &token, visit.now).await;
    let link = link.map_err(|error| visit.failed(&error))?;
    let who = Who::anybody(visit.origin.address.as_deref());
    if let Err(held) = visit.cx.guard.judge(Kind::Link, &who, link.is_some(), visit.now) {
        return Err(limits::refuse(visit, &held).await);
    }
    Ok(OpenLink { token, link: link.ok_or_else(|| visit.refuse(Problem::LinkSpent))? })
}

/// What a form says of the account, as it was typed.
pub(super) struct Typed {
    pub username: String,
    pub email: String,
    pub display_name: String,
    pub password: SecretString,
    pub accepts_terms: bool,
}

impl Typed {
    /// A form in which nothing stands yet.
    pub fn empty() -> Self {
        Self {
            username: String::new(),
            email: String::new(),
            display_name: String::new(),
            password: String::new().into(),
            accepts_terms: false,
        }
    }

    /// Reads the fields; what is missing is empty.
    pub fn read(visit: &Visit, fields: &Params) -> Result<Self, Error> {
        let field = |name: &str| Ok::<_, Error>(visit.value(fields, name)?.unwrap_or_default().to_owned());
        Ok(Self {
            username: field("username")?,
            email: field("email")?,
            display_name: field("display_name")?,
            password: SecretString::from(field("password")?),
            accepts_terms: accepts_terms(visit, fields)?,
        })
    }

    /// That the terms were not accepted, if there are any.
    pub fn terms_problem(&self, visit: &Visit) -> Option<SetUpProblem> {
        terms_problem(visit, self.accepts_terms)
    }

    /// What is wrong with the password, for an account of this name.
    pub async fn password_problem(&self, visit: &Visit, username: &str) -> Option<AccountProblem> {
        let words = [username, &self.display_name, &self.email];
        visit.cx.password_rules.check(&self.password, &words).await.err().map(AccountProblem::Password)
    }

    /// The same for the account of somebody who is known.
    pub async fn password_problem_of(&self, visit: &Visit, person: &Person) -> Option<AccountProblem> {
        let rules = &visit.cx.password_rules;
        rules
            .check(&self.password, &words_of(&person.username, &person.claims))
            .await
            .err()
            .map(AccountProblem::Password)
    }

    /// The hash to keep.
    pub async fn hash(&self, visit: &Visit) -> Result<String, Error> {
        visit.cx.passwords.hash(self.password.clone()).await.map_err(|error| {
            tracing::error!(request_id = visit.origin.request_id, %error, "a new password could not be hashed");
            visit.refuse(if error == PasswordError::Busy { Problem::Busy } else { Problem::Internal })
        })
    }
}

/// Whether the terms were accepted.
pub(super) fn accepts_terms(visit: &Visit, fields: &Params) -> Result<bool, Error> {
    Ok(visit.value(fields, "accept_terms")?.is_some())
}

/// That they were not, where there are any.
pub(super) fn terms_problem(visit: &Visit, accepted: bool) -> Option<SetUpProblem> {
    (visit.cx.config.people.terms.is_some() && !accepted).then_some(SetUpProblem::TermsNotAccepted)
}

/// The terms as the page shows them.
pub(super) fn terms(visit: &Visit, accepted: bool) -> Option<Terms> {
    visit.cx.config.people.terms.clone().map(|url| Terms { url, accepted })
}

/// The fewest characters of a password.
pub(super) fn minimum_length(visit: &Visit) -> usize {
    visit.cx.password_rules.minimum_length()
}

/// A problem as the page tells it.
pub(super) fn shown(problem: AccountProblem) -> SetUpProblem {
    match problem {
        AccountProblem::UsernameMalformed => SetUpProblem::UsernameMalformed,
        AccountProblem::UsernameTaken => SetUpProblem::UsernameTaken,
        AccountProblem::UsernameIsAddress => SetUpProblem::UsernameIsAddress,
        AccountProblem::EmailMalformed => SetUpProblem::EmailMalformed,
        AccountProblem::EmailTaken => SetUpProblem::EmailTaken,
        AccountProblem::DisplayNameMalformed => SetUpProblem::DisplayNameMalformed,
        AccountProblem::Password(PasswordProblem::TooShort { .. }) => SetUpProblem::PasswordShort,
        AccountProblem::Password(PasswordProblem::TooLong) => SetUpProblem::PasswordLong,
        AccountProblem::Password(PasswordProblem::IsUsername) => SetUpProblem::PasswordIsUsername,
        AccountProblem::Password(PasswordProblem::Weak(weakness)) => SetUpProblem::PasswordWeak(weakness),
        AccountProblem::Password(PasswordProblem::Breached) => SetUpProblem::PasswordBreached,
    }
}
