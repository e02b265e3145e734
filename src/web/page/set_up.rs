//! Creating an account by a one-time link: the first administrator's, or that of somebody who was invited.

use askama::Template;

use crate::web::text::Texts;

/// `form#set-up`.
#[derive(Template)]
#[template(path = "set_up/set_up.html")]
pub struct SetUp {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The path, under the issuer's, that takes the form.
    pub action: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The secret of the one-time link.
    pub link: String,
    /// Whether the account exists already and only lacks a password: username and email are then fixed.
    pub invitation: bool,
    /// What was typed before, or what the account has.
    pub username: String,
    /// As `username`.
    pub email: String,
    /// As `username`.
    pub display_name: String,
    /// The fewest characters of a password.
    pub password_minimum: usize,
    /// What has to be typed again.
    pub problems: Vec<SetUpProblem>,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUpProblem {
    /// The username holds other characters than it may, too many, or none.
    UsernameMalformed,
    /// Another account has the username.
    UsernameTaken,
    /// That is no email address.
    EmailMalformed,
    /// Another account has the address.
    EmailTaken,
    /// The display name is too long, or holds control characters.
    DisplayNameMalformed,
    /// The password is shorter than the fewest characters.
    PasswordShort,
    /// The password is too long to be hashed.
    PasswordLong,
    /// The password is the username.
    PasswordIsUsername,
}

impl SetUpProblem {
    /// The `name` and `id` of the field.
    const fn field(self) -> &'static str {
        match self {
            Self::UsernameMalformed | Self::UsernameTaken => "username",
            Self::EmailMalformed | Self::EmailTaken => "email",
            Self::DisplayNameMalformed => "display_name",
            Self::PasswordShort | Self::PasswordLong | Self::PasswordIsUsername => "password",
        }
    }
}

impl SetUp {
    fn words(&self, problem: SetUpProblem) -> String {
        let words = &self.t.set_up;
        match problem {
            SetUpProblem::UsernameMalformed => words.username_malformed.to_owned(),
            SetUpProblem::UsernameTaken => words.username_taken.to_owned(),
            SetUpProblem::EmailMalformed => words.email_malformed.to_owned(),
            SetUpProblem::EmailTaken => words.email_taken.to_owned(),
            SetUpProblem::DisplayNameMalformed => words.display_name_malformed.to_owned(),
            SetUpProblem::PasswordShort => words.password_short.with(self.password_minimum.to_string()),
            SetUpProblem::PasswordLong => words.password_long.to_owned(),
            SetUpProblem::PasswordIsUsername => words.password_is_username.to_owned(),
        }
    }

    fn problem_with(&self, field: &str) -> Option<String> {
        self.problems.iter().find(|problem| problem.field() == field).map(|problem| self.words(*problem))
    }

    /// The cursor waits in the first field that is wrong, or else in the first one that is to be filled.
    fn is_first(&self, field: &str) -> bool {
        let start = if self.invitation { "password" } else { "username" };
        self.problems.first().map_or(start, |problem| problem.field()) == field
    }

    fn password_hint(&self) -> String {
        self.t.set_up.password_hint.with(self.password_minimum.to_string())
    }
}

#[cfg(test)]
impl super::tests::Sampled for SetUp {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        use SetUpProblem::{
            DisplayNameMalformed, EmailMalformed, PasswordLong, PasswordShort, UsernameMalformed, UsernameTaken,
        };
        let sample = |invitation, text: &str, problems| Self {
            t: Texts::english(),
            base: String::new(),
            action: "/set-up".to_owned(),
            csrf: CSRF.to_owned(),
            link: "link".to_owned(),
            invitation,
            username: text.to_owned(),
            email: text.to_owned(),
            display_name: text.to_owned(),
            password_minimum: 12,
            problems,
        };
        vec![
            ("set_up", sample(false, "", vec![])),
            ("set_up_problems", sample(false, "ada", vec![UsernameTaken, EmailMalformed, PasswordShort])),
            (
                "set_up_invitation",
                Self {
                    email: "ada@example.org".to_owned(),
                    display_name: "Ada Lovelace".to_owned(),
                    ..sample(true, "ada", vec![])
                },
            ),
            ("set_up_hostile", sample(false, HOSTILE, vec![UsernameMalformed, DisplayNameMalformed, PasswordLong])),
        ]
    }
}
