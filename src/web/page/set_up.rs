//! Creating an account: the first administrator's and that of somebody who was invited, by a one-time link, or one's own.

use askama::Template;
use url::Url;

use super::App;
use crate::domain::people::passwords::Weakness;
use crate::web::own_path::OwnPath;
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
    /// What has to be accepted, if anything.
    pub terms: Option<Terms>,
    /// What has to be typed again.
    pub problems: Vec<SetUpProblem>,
}

/// The page that whoever makes an account has to accept.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Where it is.
    pub url: Url,
    /// Whether they had said so.
    pub accepted: bool,
}

/// Whose account it is.
pub enum SetUpKind {
    /// The first administrator's, by this one-time link.
    FirstAdmin(String),
    /// That of somebody who was invited by this one-time link. It exists already and only lacks a password: the username is
    /// fixed.
    Invitation(String),
    /// That of somebody who chooses another password by a one-time link: the username is fixed.
    Recovery {
        /// The link.
        link: String,
        /// Whether the other ways into the account are removed with that.
        clears: bool,
    },
    /// One's own. The address, if there is one, is that of the link: whoever typed one would not have shown whose it is.
    Registration {
        /// The one-time link that led here; empty if none did.
        link: String,
        /// The sealed request that waits; empty if there is none.
        request: String,
        /// Where to go on to; nowhere in particular if it is empty and no request waits.
        onward: Option<OwnPath>,
        /// The app that sent the person here, if one did.
        app: Option<Box<App>>,
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
    /// The username is an address, and not their own.
    UsernameIsAddress,
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
    /// The password would be guessed before long.
    PasswordWeak(Weakness),
    /// The password is known from a breach.
    PasswordBreached,
    /// The terms were not accepted.
    TermsNotAccepted,
    /// There were too many accounts from there: so many minutes until the next.
    TooMany(u64),
}

impl SetUpProblem {
    /// The `name` and `id` of the field; none where no field is wrong, and the form as a whole has to wait.
    pub(super) const fn field(self) -> Option<&'static str> {
        Some(match self {
            Self::UsernameMalformed | Self::UsernameTaken | Self::UsernameIsAddress => "username",
            Self::EmailMalformed | Self::EmailTaken => "email",
            Self::DisplayNameMalformed => "display_name",
            Self::TermsNotAccepted => "accept_terms",
            Self::PasswordShort
            | Self::PasswordLong
            | Self::PasswordIsUsername
            | Self::PasswordWeak(_)
            | Self::PasswordBreached => "password",
            Self::TooMany(_) => return None,
        })
    }

    /// What is wrong, in words, where a password needs `minimum` characters.
    pub(super) fn words(self, t: &Texts, minimum: usize) -> String {
        let words = &t.set_up;
        match self {
            Self::UsernameMalformed => words.username_malformed.to_owned(),
            Self::UsernameTaken => words.username_taken.to_owned(),
            Self::UsernameIsAddress => words.username_is_address.to_owned(),
            Self::EmailMalformed => words.email_malformed.to_owned(),
            Self::EmailTaken => words.email_taken.to_owned(),
            Self::DisplayNameMalformed => words.display_name_malformed.to_owned(),
            Self::PasswordShort => words.password_short.with(minimum),
            Self::PasswordLong => words.password_long.to_owned(),
            Self::PasswordIsUsername => words.password_is_username.to_owned(),
            Self::PasswordWeak(weakness) => t.passwords.weak(weakness),
            Self::PasswordBreached => t.passwords.breached.to_owned(),
            Self::TermsNotAccepted => words.terms_not_accepted.to_owned(),
            Self::TooMany(minutes) => t.common.too_many_attempts.with(minutes),
        }
    }
}

impl SetUp {
    fn words(&self, problem: SetUpProblem) -> String {
        problem.words(self.t, self.password_minimum)
    }

    fn problem_with(&self, field: &str) -> Option<String> {
        self.problems.iter().find(|problem| problem.field() == Some(field)).map(|problem| self.words(*problem))
    }

    fn link(&self) -> Option<&str> {
        match &self.kind {
            SetUpKind::FirstAdmin(link)
            | SetUpKind::Invitation(link)
            | SetUpKind::Recovery { link, .. }
            | SetUpKind::Registration { link, .. } => Some(link.as_str()).filter(|link| !link.is_empty()),
        }
    }

    fn is_for_somebody_known(&self) -> bool {
        matches!(self.kind, SetUpKind::Invitation(_) | SetUpKind::Recovery { .. })
    }

    fn submit(&self) -> &'static str {
        match self.kind {
            SetUpKind::Invitation(_) => self.t.set_up.invitation_submit,
            SetUpKind::Recovery { .. } => self.t.recover.password_submit,
            SetUpKind::FirstAdmin(_) | SetUpKind::Registration { .. } => self.t.set_up.submit,
        }
    }

    fn asks_for_email(&self) -> bool {
        matches!(self.kind, SetUpKind::FirstAdmin(_))
    }

    fn title(&self) -> &'static str {
        let words = &self.t.set_up;
        match self.kind {
            SetUpKind::FirstAdmin(_) => words.title,
            SetUpKind::Invitation(_) => words.invitation_title,
            SetUpKind::Recovery { .. } => self.t.recover.password_title,
            SetUpKind::Registration { .. } => words.registration_title,
        }
    }

    /// The cursor waits in the first field that is wrong, or else in the first one that is to be filled.
    fn is_first(&self, field: &str) -> bool {
        let start = if self.is_for_somebody_known() { "password" } else { "username" };
        self.problems.first().map_or(Some(start), |problem| problem.field()) == Some(field)
    }

    fn password_hint(&self) -> String {
        self.t.set_up.password_hint.with(self.password_minimum)
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
            t: Texts::sample(),
            base: String::new(),
            action: "/set-up".to_owned(),
            csrf: CSRF.to_owned(),
            email: if matches!(kind, SetUpKind::FirstAdmin(_)) { text.to_owned() } else { String::new() },
            kind,
            username: text.to_owned(),
            display_name: text.to_owned(),
            password_minimum: 12,
            terms: None,
            problems,
        };
        let terms = |accepted| Some(Terms { url: Url::parse("https://id.example/terms").unwrap(), accepted });
        let recovery = |clears| SetUpKind::Recovery { link: "link".to_owned(), clears };
        let registration = |app: Option<App>| SetUpKind::Registration {
            link: String::new(),
            request: "sealed".to_owned(),
            onward: None,
            app: app.map(Box::new),
            sign_in: "/login?request=sealed".to_owned(),
        };
        let by_link = SetUpKind::Registration {
            link: "link".to_owned(),
            request: String::new(),
            onward: None,
            app: None,
            sign_in: "/login".to_owned(),
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
            ("register", Self { terms: terms(false), ..sample(registration(Some(super::tests::app())), "", vec![]) }),
            (
                "register_by_link",
                Self { email: "ada@example.org".to_owned(), terms: terms(true), ..sample(by_link, "", vec![]) },
            ),
            (
                "register_terms",
                Self { terms: terms(false), ..sample(registration(None), "ada", vec![SetUpProblem::TermsNotAccepted]) },
            ),
            ("register_weak", sample(registration(None), "ada", vec![SetUpProblem::PasswordWeak(Weakness::Repeats)])),
            ("register_too_many", sample(registration(None), "ada", vec![SetUpProblem::TooMany(17)])),
            ("register_problems", sample(registration(None), "ada", vec![UsernameTaken, PasswordShort])),
            ("recover_password", sample(recovery(false), "ada", vec![PasswordShort])),
            ("recover_unverified", sample(recovery(true), "ada", vec![])),
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
