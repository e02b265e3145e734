//! Creating an account: the first administrator's and that of somebody who was invited, by a one-time link, or one's own.

use askama::Template;

use super::App;
use crate::web::brand::Base;
use crate::web::own_path::OwnPath;
use crate::web::text::Texts;

/// `form#set-up`.
#[derive(Template)]
#[template(path = "set_up/set_up.html")]
pub struct SetUp {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: Base,
    /// The path, under the issuer's, that takes the form.
    pub action: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// Whose account it is.
    pub kind: SetUpKind,
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

/// Whose account it is.
pub enum SetUpKind {
    /// The first administrator's, by this one-time link.
    FirstAdmin(String),
    /// That of somebody who was invited by this one-time link. It exists already and only lacks a password: the username is
    /// fixed.
    Invitation(String),
    /// One's own. No address is asked for: nobody could say yet whose it is.
    Registration {
        /// The sealed request that waits; empty if there is none.
        request: String,
        /// Where to go on to; nowhere in particular if it is empty and no request waits.
        onward: Option<OwnPath>,
        /// The app that sent the person here, if one did.
        app: Option<App>,
        /// The way, under the issuer's path, to the sign-in of who has an account.
        sign_in: String,
    },
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

    fn link(&self) -> Option<&str> {
        match &self.kind {
            SetUpKind::FirstAdmin(link) | SetUpKind::Invitation(link) => Some(link),
            SetUpKind::Registration { .. } => None,
        }
    }

    fn is_invitation(&self) -> bool {
        matches!(self.kind, SetUpKind::Invitation(_))
    }

    fn asks_for_email(&self) -> bool {
        matches!(self.kind, SetUpKind::FirstAdmin(_))
    }

    fn title(&self) -> &'static str {
        let words = &self.t.set_up;
        match self.kind {
            SetUpKind::FirstAdmin(_) => words.title,
            SetUpKind::Invitation(_) => words.invitation_title,
            SetUpKind::Registration { .. } => words.registration_title,
        }
    }

    /// The cursor waits in the first field that is wrong, or else in the first one that is to be filled.
    fn is_first(&self, field: &str) -> bool {
        let start = if self.is_invitation() { "password" } else { "username" };
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
        let sample = |kind, text: &str, problems| Self {
            t: Texts::english(),
            base: Base::default(),
            action: "/set-up".to_owned(),
            csrf: CSRF.to_owned(),
            kind,
            username: text.to_owned(),
            email: text.to_owned(),
            display_name: text.to_owned(),
            password_minimum: 12,
            problems,
        };
        let registration = |app| SetUpKind::Registration {
            request: "sealed".to_owned(),
            onward: None,
            app,
            sign_in: "/login?request=sealed".to_owned(),
        };
        vec![
            ("set_up", sample(SetUpKind::FirstAdmin("link".to_owned()), "", vec![])),
            (
                "set_up_problems",
                sample(
                    SetUpKind::FirstAdmin("link".to_owned()),
                    "ada",
                    vec![UsernameTaken, EmailMalformed, PasswordShort],
                ),
            ),
            (
                "set_up_invitation",
                Self {
                    email: "ada@example.org".to_owned(),
                    display_name: "Ada Lovelace".to_owned(),
                    ..sample(SetUpKind::Invitation("link".to_owned()), "ada", vec![])
                },
            ),
            ("register", sample(registration(Some(super::tests::app())), "", vec![])),
            ("register_problems", sample(registration(None), "ada", vec![UsernameTaken, PasswordShort])),
            (
                "set_up_hostile",
                sample(
                    SetUpKind::FirstAdmin(HOSTILE.to_owned()),
                    HOSTILE,
                    vec![UsernameMalformed, DisplayNameMalformed, PasswordLong],
                ),
            ),
        ]
    }
}
