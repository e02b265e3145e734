//! What is mailed to whoever says who they are, a link to another password or one to sign in by: who asks for it, and what is
//! said on the way.

use askama::Template;

use super::App;
use crate::domain::people::mail_desk::Wanted;
use crate::web::own_path::OwnPath;
use crate::web::text::Texts;

/// `form#recover`, or `form#sign-in-link`.
#[derive(Template)]
#[template(path = "recover/recover.html")]
pub struct Recover {
    /// What is asked for.
    pub wanted: Wanted,
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The sealed request that waits for the sign-in; empty if there is none.
    pub request: String,
    /// Where the sign-in goes on to; nowhere in particular if it is empty and no request waits.
    pub onward: Option<OwnPath>,
    /// What was typed before.
    pub login: String,
    /// Why nothing was sent.
    pub problem: Option<RecoverProblem>,
    /// The way, under the issuer's path, back to the sign-in.
    pub sign_in: String,
}

/// Why nothing was sent to whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoverProblem {
    /// Nothing of use was typed.
    Incomplete,
    /// There were too many: so many minutes until the next.
    TooMany(u64),
}

impl Recover {
    fn title(&self) -> &'static str {
        match self.wanted {
            Wanted::Recovery => self.t.recover.title,
            Wanted::SignIn => self.t.sign_in_link.title,
        }
    }

    fn intro(&self) -> &'static str {
        match self.wanted {
            Wanted::Recovery => self.t.recover.intro,
            Wanted::SignIn => self.t.sign_in_link.intro,
        }
    }

    fn problem_text(&self) -> Option<String> {
        self.problem.map(|problem| match problem {
            RecoverProblem::Incomplete => self.t.recover.incomplete.to_owned(),
            RecoverProblem::TooMany(minutes) => self.t.common.too_many_attempts.with(minutes),
        })
    }
}

/// What is said about mail when there is nothing to fill in.
#[derive(Template)]
#[template(path = "recover/notice.html")]
pub struct MailNoticePage {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// What is said.
    pub notice: MailNotice,
}

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailNotice {
    /// If there is such an account, a link is on its way.
    LinkSent,
    /// If there is such an account, a link to sign in by is on its way.
    SignInLinkSent,
    /// A link by which an account is made is on its way.
    RegistrationSent,
    /// The new password is set.
    PasswordSet,
}

impl MailNoticePage {
    fn title(&self) -> &'static str {
        let words = &self.t.recover;
        match self.notice {
            MailNotice::LinkSent | MailNotice::SignInLinkSent | MailNotice::RegistrationSent => words.sent_title,
            MailNotice::PasswordSet => words.done_title,
        }
    }

    fn text(&self) -> &'static str {
        let words = &self.t.recover;
        match self.notice {
            MailNotice::LinkSent => words.sent,
            MailNotice::SignInLinkSent => self.t.sign_in_link.sent,
            MailNotice::RegistrationSent => self.t.set_up.address_sent,
            MailNotice::PasswordSet => words.done,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        (self.notice != MailNotice::PasswordSet).then_some(self.t.recover.sent_hint)
    }

    fn way(&self) -> &'static str {
        let words = &self.t.recover;
        match self.notice {
            MailNotice::LinkSent | MailNotice::SignInLinkSent | MailNotice::RegistrationSent => words.back,
            MailNotice::PasswordSet => words.sign_in,
        }
    }
}

/// `form#follow-link`: whoever follows a link says that they mean it, since programs that look through mail open what they find
/// there.
#[derive(Template)]
#[template(path = "recover/sign_in_link.html")]
pub struct FollowSignInLink {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The sealed request that waits; empty if there is none.
    pub request: String,
    /// Where to go on to; nowhere in particular if it is empty and no request waits.
    pub onward: Option<OwnPath>,
    /// The app to sign in to; none for our own pages.
    pub app: Option<App>,
    /// The link.
    pub link: String,
    /// Whose account it is.
    pub username: String,
}

#[cfg(test)]
impl super::tests::Sampled for Recover {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST};
        let sample = |login: &str, problem| Self {
            wanted: Wanted::Recovery,
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            request: REQUEST.to_owned(),
            onward: None,
            login: login.to_owned(),
            problem,
            sign_in: format!("/login?request={REQUEST}"),
        };
        vec![
            ("recover", sample("", None)),
            ("recover_incomplete", sample("", Some(RecoverProblem::Incomplete))),
            ("recover_too_many", sample("ada", Some(RecoverProblem::TooMany(3)))),
            ("sign_in_link", Self { wanted: Wanted::SignIn, ..sample("ada", None) }),
            ("recover_hostile", sample(HOSTILE, Some(RecoverProblem::Incomplete))),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for MailNoticePage {
    fn samples() -> Vec<(&'static str, Self)> {
        let sample = |notice| Self { t: Texts::sample(), base: String::new(), notice };
        vec![
            ("recover_sent", sample(MailNotice::LinkSent)),
            ("sign_in_link_sent", sample(MailNotice::SignInLinkSent)),
            ("register_sent", sample(MailNotice::RegistrationSent)),
            ("recover_done", sample(MailNotice::PasswordSet)),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for FollowSignInLink {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST};
        let sample = |username: &str, app| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            request: REQUEST.to_owned(),
            onward: None,
            app,
            link: "link".to_owned(),
            username: username.to_owned(),
        };
        vec![
            ("follow_sign_in_link", sample("ada", Some(super::tests::app()))),
            ("follow_sign_in_link_hostile", sample(HOSTILE, None)),
        ]
    }
}
