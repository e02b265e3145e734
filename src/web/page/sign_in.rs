//! The sign-in page in its three forms, and the choice between accounts.

use askama::Template;

use super::{App, PasskeyQuestion, ProviderButton};
use crate::domain::people::accounts::display_name;
use crate::web::browser_session::Current;
use crate::web::own_path::OwnPath;
use crate::web::text::Texts;

/// `form#login`.
#[derive(Template)]
#[template(path = "sign_in/sign_in.html")]
pub struct SignIn {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The sealed request that waits for the sign-in; empty if there is none.
    pub request: String,
    /// Where to go on to; nowhere in particular if it is empty and no request waits.
    pub onward: Option<OwnPath>,
    /// The app to sign in to; none for our own pages.
    pub app: Option<App>,
    /// What to show as username: the `login_hint`, or what was typed before.
    pub username: String,
    /// Whether `remember` is ticked.
    pub remember: bool,
    /// A first sign-in or a confirmation.
    pub kind: SignInKind,
    /// The way, under the issuer's path, to an account of one's own, where people may make one.
    pub register: Option<String>,
    /// The way, under the issuer's path, to another password, where there is one.
    pub recover: Option<String>,
    /// The way, under the issuer's path, to a link in a mail, where people may sign in by one.
    pub link: Option<String>,
    /// What passkeys are asked, where there are any.
    pub passkey: Option<PasskeyQuestion>,
    /// The other providers at which people can sign in.
    pub providers: Vec<ProviderButton>,
    /// What went wrong the last time.
    pub problem: Option<SignInProblem>,
}

/// Why the password is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInKind {
    /// Nobody is signed in.
    New,
    /// Somebody is, but the app wants a fresh proof (`prompt=login`, `max_age`): the username is fixed.
    Confirm,
}

/// Why a sign-in did not succeed, as far as a stranger may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// Unknown username or wrong password: which one is not told.
    WrongPair,
    /// A field was left empty.
    Incomplete,
    /// There were too many wrong ones: so many minutes until the next.
    TooMany(u64),
    /// A passkey that is of nobody here, or was refused.
    Passkey,
    /// A passkey that came too late.
    PasskeyLate,
}

impl SignIn {
    fn confirms(&self) -> bool {
        self.kind == SignInKind::Confirm
    }

    /// The same page for somebody else.
    fn as_another(&self) -> String {
        match &self.onward {
            Some(onward) => format!("{}&another=yes", onward.behind_sign_in()),
            None => format!("/login?request={}&another=yes", self.request),
        }
    }

    fn problem_text(&self) -> Option<String> {
        let words = &self.t.sign_in;
        Some(match self.problem? {
            SignInProblem::WrongPair => words.wrong_pair.to_owned(),
            SignInProblem::Incomplete => words.incomplete.to_owned(),
            SignInProblem::TooMany(minutes) => self.t.common.too_many_attempts.with(minutes),
            SignInProblem::Passkey => self.t.passkeys.refused.to_owned(),
            SignInProblem::PasskeyLate => self.t.passkeys.late.to_owned(),
        })
    }

    /// The cursor waits in the first field that is still to be filled.
    fn password_is_next(&self) -> bool {
        !self.username.is_empty()
    }
}

/// `/login/select`: go on as one of those who are signed in, or as somebody else.
///
/// `form#select-account` posts `account`: a session's identifier, or `another`.
#[derive(Template)]
#[template(path = "sign_in/select_account.html")]
pub struct SelectAccount {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The sealed request; empty if no app asks.
    pub request: String,
    /// Where to go on to; nowhere in particular if it is empty and no request waits.
    pub onward: Option<OwnPath>,
    /// The app that asks.
    pub app: Option<App>,
    /// Who is signed in.
    pub accounts: Vec<AccountButton>,
}

/// Somebody who is signed in at the browser.
#[derive(Clone, Debug)]
pub struct AccountButton {
    sid: String,
    name: String,
    username: String,
    /// The first letter of their name, instead of a picture.
    letter: String,
}

impl AccountButton {
    /// The button of this account.
    #[must_use]
    pub fn new(account: &Current) -> Self {
        let name = display_name(&account.person).to_owned();
        let letter = name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string());
        Self {
            sid: account.signed_in.sid.to_string(),
            name,
            username: account.person.username.clone(),
            letter: letter.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
impl super::tests::Sampled for SignIn {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST, app, hostile_app};
        let sample = |app, username: &str, kind, problem| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            request: REQUEST.to_owned(),
            onward: None,
            app,
            username: username.to_owned(),
            remember: false,
            kind,
            register: None,
            recover: None,
            link: None,
            passkey: None,
            providers: Vec::new(),
            problem,
        };
        let button = |name: &str| ProviderButton { id: name.to_lowercase(), name: name.to_owned() };
        let wrong = Some(SignInProblem::WrongPair);
        vec![
            ("sign_in", sample(Some(app()), "", SignInKind::New, None)),
            (
                "sign_in_plain",
                Self {
                    register: Some("/register".to_owned()),
                    recover: Some("/recover".to_owned()),
                    link: Some("/login/link".to_owned()),
                    ..sample(None, "", SignInKind::New, None)
                },
            ),
            (
                "sign_in_by_passkey",
                Self {
                    passkey: Some(PasskeyQuestion::sample()),
                    ..sample(Some(app()), "", SignInKind::New, Some(SignInProblem::Passkey))
                },
            ),
            ("sign_in_wrong", sample(Some(app()), "ada", SignInKind::New, wrong)),
            ("sign_in_too_many", sample(Some(app()), "ada", SignInKind::New, Some(SignInProblem::TooMany(2)))),
            (
                "sign_in_providers",
                Self {
                    providers: vec![button("Harbour"), button("Tides"), button(HOSTILE)],
                    ..sample(Some(app()), "", SignInKind::New, None)
                },
            ),
            ("sign_in_confirm", sample(Some(app()), "ada", SignInKind::Confirm, None)),
            ("sign_in_confirm_plain", sample(None, "ada", SignInKind::Confirm, wrong)),
            (
                "sign_in_to_console",
                Self {
                    request: String::new(),
                    onward: OwnPath::parse("/admin/clients?after=a"),
                    ..sample(None, "ada", SignInKind::Confirm, None)
                },
            ),
            ("sign_in_hostile", sample(Some(hostile_app()), HOSTILE, SignInKind::New, Some(SignInProblem::Incomplete))),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for SelectAccount {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST, app, hostile_app};
        let button = |name: &str, username: &str| AccountButton {
            sid: "0b8f5a52".to_owned(),
            name: name.to_owned(),
            username: username.to_owned(),
            letter: "A".to_owned(),
        };
        let sample = |app, accounts| Self {
            t: Texts::sample(),
            base: "/auth".to_owned(),
            csrf: CSRF.to_owned(),
            request: REQUEST.to_owned(),
            onward: None,
            app,
            accounts,
        };
        let (ada, eve) = (button("Ada Lovelace", "ada"), button(HOSTILE, HOSTILE));
        vec![
            ("select_account", sample(Some(app()), vec![ada.clone()])),
            ("select_account_plain", sample(None, vec![ada.clone(), button("Ada Byron", "ada@home")])),
            (
                "select_account_to_console",
                Self {
                    request: String::new(),
                    onward: OwnPath::parse("/admin/clients?after=a"),
                    ..sample(None, vec![ada.clone()])
                },
            ),
            ("select_account_hostile", sample(Some(hostile_app()), vec![ada, eve])),
        ]
    }
}
