//! The second factor at the sign-in, and the pages on which people look after how they sign in.

use askama::Template;

use super::{App, PasskeyQuestion, SetUpProblem};
use crate::web::own_path::OwnPath;
use crate::web::text::Texts;

/// `/login/second`. `form#totp` posts `code`.
#[derive(Template)]
#[template(path = "sign_in/second.html")]
pub struct SecondFactor {
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
    /// What was proved by the first factor, sealed.
    pub half: String,
    /// Who signs in.
    pub person: String,
    /// Whether they have an app, of which there are codes.
    pub has_app: bool,
    /// What their passkeys are asked, if they have any.
    pub passkey: Option<PasskeyQuestion>,
    /// Whether a recovery code is asked for.
    pub recovery: bool,
    /// What went wrong the last time.
    pub problem: Option<SecondProblem>,
}

/// Why a second factor did not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondProblem {
    /// It is not right.
    Wrong,
    /// Too many were not.
    HeldBack {
        /// For so long.
        minutes: u64,
    },
    /// A passkey that is none of theirs, or was refused.
    Passkey,
    /// A passkey that came too late.
    PasskeyLate,
}

impl SecondFactor {
    fn title(&self) -> &'static str {
        let words = &self.t.security;
        if self.has_app { words.second_title } else { words.second_title_passkey }
    }

    fn problem_text(&self) -> Option<String> {
        let words = &self.t.security;
        Some(match self.problem? {
            SecondProblem::Wrong if self.recovery => words.wrong_recovery.to_owned(),
            SecondProblem::Wrong => words.wrong_code.to_owned(),
            SecondProblem::Passkey => self.t.passkeys.refused_as_second.to_owned(),
            SecondProblem::PasskeyLate => self.t.passkeys.late.to_owned(),
            SecondProblem::HeldBack { minutes } => self.t.common.too_many_attempts.with(minutes),
        })
    }

    /// The same page for a code of the other kind.
    fn by_other(&self) -> String {
        let with = if self.recovery { "" } else { "&with=recovery" };
        format!("{}{}half={}{with}", self.path("/login/second"), self.separator(), encoded(&self.half))
    }

    /// The sign-in of somebody else.
    fn as_another(&self) -> String {
        format!("{}{}another=yes", self.path("/login"), self.separator())
    }

    fn path(&self, page: &str) -> String {
        match &self.onward {
            Some(onward) => format!("{page}?continue={}", encoded(onward.as_str())),
            None if self.request.is_empty() => page.to_owned(),
            None => format!("{page}?request={}", self.request),
        }
    }

    fn separator(&self) -> char {
        if self.onward.is_none() && self.request.is_empty() { '?' } else { '&' }
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// `/account/security`: what a person has.
#[derive(Template)]
#[template(path = "account/security.html")]
pub struct SecurityPage {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// What has just been done.
    pub done: Option<SecurityDone>,
    /// Whether they have a password.
    pub has_password: bool,
    /// Their authenticator apps.
    pub apps: Vec<OwnApp>,
    /// How many recovery codes they have left.
    pub codes: u64,
    /// Whether those are few.
    pub few: bool,
    /// How many passkeys they have, where there can be any.
    pub passkeys: Option<u64>,
    /// Whether there are other providers, whose accounts can be linked.
    pub providers: bool,
}

/// What has just been done on a page about how a person signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityDone {
    /// An app was set up.
    App,
    /// An app was removed.
    Removed,
    /// The password was changed.
    Password,
}

impl SecurityDone {
    /// Its word in the address.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "app" => Some(Self::App),
            "removed" => Some(Self::Removed),
            "password" => Some(Self::Password),
            _ => None,
        }
    }
}

/// An authenticator app of a person.
#[derive(Clone, Debug)]
pub struct OwnApp {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Since when they have it, as a day.
    pub since: String,
    /// When they last used it, as a day.
    pub used: Option<String>,
}

impl SecurityPage {
    fn done_text(&self) -> Option<&'static str> {
        let words = &self.t.security;
        Some(match self.done? {
            SecurityDone::App => words.done_app,
            SecurityDone::Removed => words.done_removed,
            SecurityDone::Password => words.done_password,
        })
    }

    fn codes_text(&self) -> String {
        let words = &self.t.security;
        match self.codes {
            0 if self.apps.is_empty() => words.recovery_later.to_owned(),
            0 => words.recovery_none.to_owned(),
            more => words.recovery_left.with(more),
        }
    }
}

/// `/account/security/app`: an app is set up. `form#app` posts `name` and `code`.
#[derive(Template)]
#[template(path = "account/authenticator_app.html")]
pub struct AppEnrolment {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The sealed request that waits; empty if there is none.
    pub request: String,
    /// Where to go on to.
    pub onward: Option<OwnPath>,
    /// The app that wants more than a password, if one waits.
    pub app: Option<App>,
    /// Whether the person cannot go on without.
    pub required: bool,
    /// What is being set up, sealed.
    pub enrolment: String,
    /// The outline of the QR code.
    pub outline: String,
    /// How wide it is.
    pub width: usize,
    /// The address in it.
    pub address: String,
    /// The secret, for people to type.
    pub key: String,
    /// What was typed as its name.
    pub name: String,
    /// What went wrong the last time.
    pub problem: Option<EnrolmentProblem>,
}

/// Why an app was not set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnrolmentProblem {
    /// The code is not of this app.
    Wrong,
    /// There are too many.
    TooMany,
    /// The picture has ended.
    Spent,
}

impl AppEnrolment {
    fn problem_text(&self) -> Option<&'static str> {
        let words = &self.t.security;
        Some(match self.problem? {
            EnrolmentProblem::Wrong => words.app_wrong,
            EnrolmentProblem::TooMany => words.app_too_many,
            EnrolmentProblem::Spent => words.app_spent,
        })
    }
}

/// `/account/security/app/{id}`: whether an app is to be removed. `form#remove-app` posts nothing else.
#[derive(Template)]
#[template(path = "account/remove_app.html")]
pub struct AppRemoval {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// Which.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is the only one.
    pub last: bool,
}

/// Recovery codes, shown once.
#[derive(Template)]
#[template(path = "account/recovery_codes.html")]
pub struct RecoveryCodes {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The codes.
    pub codes: Vec<String>,
    /// For what they are, as the file says.
    pub account: String,
    /// Where the person goes on to, under the issuer's path.
    pub onward: String,
}

impl RecoveryCodes {
    /// The codes as a text file, in an address.
    fn file(&self) -> String {
        let lines = [vec![self.t.security.codes_file.with(&self.account), String::new()], self.codes.clone()].concat();
        let text = lines.join("\r\n") + "\r\n";
        // A space is `%20` in an address that is no form.
        format!("data:text/plain;charset=utf-8,{}", encoded(&text).replace('+', "%20"))
    }
}

/// `/account/security/recovery-codes`: whether new ones are to be made. `form#recovery-codes` posts nothing else.
#[derive(Template)]
#[template(path = "account/new_recovery_codes.html")]
pub struct NewRecoveryCodes {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
}

/// `/account/security/password`. `form#password` posts `old` and `new`.
#[derive(Template)]
#[template(path = "account/password.html")]
pub struct PasswordChange {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// For password managers.
    pub username: String,
    /// Whether there is an old one to be asked for.
    pub has_password: bool,
    /// The fewest characters of a new one.
    pub minimum: usize,
    /// Whether the old one was wrong.
    pub old_wrong: bool,
    /// What is wrong with the new one.
    pub problem: Option<SetUpProblem>,
}

impl PasswordChange {
    fn title(&self) -> &'static str {
        let words = &self.t.security;
        if self.has_password { words.password_title } else { words.choose_password }
    }

    fn problem_text(&self) -> Option<String> {
        if self.old_wrong {
            return Some(self.t.security.old_wrong.to_owned());
        }
        self.problem.map(|problem| problem.words(self.t, self.minimum))
    }
}

#[cfg(test)]
impl super::tests::Sampled for SecondFactor {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST, app, hostile_app};
        let sample = |app, person: &str, recovery, problem| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            request: REQUEST.to_owned(),
            onward: None,
            app,
            half: "half".to_owned(),
            person: person.to_owned(),
            has_app: true,
            passkey: None,
            recovery,
            problem,
        };
        vec![
            ("second", sample(Some(app()), "Ada Lovelace", false, None)),
            (
                "second_by_passkey",
                Self { passkey: Some(PasskeyQuestion::sample()), ..sample(Some(app()), "Ada Lovelace", false, None) },
            ),
            (
                "second_by_passkey_only",
                Self {
                    has_app: false,
                    passkey: Some(PasskeyQuestion::sample()),
                    ..sample(None, "Ada Lovelace", false, Some(SecondProblem::Passkey))
                },
            ),
            ("second_recovery", sample(None, "Ada Lovelace", true, Some(SecondProblem::Wrong))),
            ("second_held_back", sample(None, "Ada Lovelace", false, Some(SecondProblem::HeldBack { minutes: 2 }))),
            (
                "second_to_console",
                Self {
                    request: String::new(),
                    onward: OwnPath::parse("/admin/clients?after=a"),
                    ..sample(None, "Ada Lovelace", false, None)
                },
            ),
            ("second_hostile", sample(Some(hostile_app()), HOSTILE, false, Some(SecondProblem::Wrong))),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for SecurityPage {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::HOSTILE;
        let app = |name: &str, used: Option<&str>| OwnApp {
            id: "0b8f5a52".to_owned(),
            name: name.to_owned(),
            since: "2026-11-23".to_owned(),
            used: used.map(str::to_owned),
        };
        let sample = |apps: Vec<OwnApp>, codes, done| Self {
            t: Texts::sample(),
            base: String::new(),
            done,
            has_password: true,
            few: codes <= 3 && !apps.is_empty(),
            apps,
            codes,
            passkeys: Some(codes),
            providers: codes > 0,
        };
        let both = vec![app("My phone", Some("2026-11-27")), app(HOSTILE, None)];
        vec![
            ("security_none", sample(Vec::new(), 0, None)),
            ("security", sample(both.clone(), 10, Some(SecurityDone::App))),
            ("security_few", sample(both, 1, None)),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for AppEnrolment {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, app};
        use crate::domain::factors::authenticator_app::picture;
        let address = "otpauth://totp/id.example:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=id.example";
        let (outline, width) = picture(address).unwrap_or_default();
        let sample = |name: &str, required: bool, problem| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            request: String::new(),
            onward: None,
            app: required.then(app),
            required,
            enrolment: "enrolment".to_owned(),
            outline: outline.clone(),
            width,
            address: address.to_owned(),
            key: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
            name: name.to_owned(),
            problem,
        };
        vec![
            ("authenticator_app", sample("", false, None)),
            ("authenticator_app_required", sample("", true, None)),
            ("authenticator_app_wrong", sample(HOSTILE, false, Some(EnrolmentProblem::Wrong))),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for AppRemoval {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let sample = |name: &str, last| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            id: "0b8f5a52".to_owned(),
            name: name.to_owned(),
            last,
        };
        vec![("remove_app", sample("My phone", true)), ("remove_app_hostile", sample(HOSTILE, false))]
    }
}

#[cfg(test)]
impl super::tests::Sampled for RecoveryCodes {
    fn samples() -> Vec<(&'static str, Self)> {
        let codes = (0..10).map(|at| format!("7Q4K-9ZB{at}-M2XH")).collect();
        let account = "ada at id.example".to_owned();
        let page = Self { t: Texts::sample(), base: String::new(), codes, account, onward: "/account".to_owned() };
        assert!(page.file().starts_with("data:text/plain;charset=utf-8,") && page.file().contains("ada"));
        vec![("recovery_codes", page)]
    }
}

#[cfg(test)]
impl super::tests::Sampled for NewRecoveryCodes {
    fn samples() -> Vec<(&'static str, Self)> {
        let csrf = super::tests::CSRF.to_owned();
        vec![("new_recovery_codes", Self { t: Texts::sample(), base: String::new(), csrf })]
    }
}

#[cfg(test)]
impl super::tests::Sampled for PasswordChange {
    fn samples() -> Vec<(&'static str, Self)> {
        let sample = |old_wrong, problem| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: super::tests::CSRF.to_owned(),
            username: "ada".to_owned(),
            has_password: true,
            minimum: 12,
            old_wrong,
            problem,
        };
        vec![
            ("password", sample(false, None)),
            ("password_wrong", sample(true, None)),
            ("password_short", sample(false, Some(SetUpProblem::PasswordShort))),
        ]
    }
}
