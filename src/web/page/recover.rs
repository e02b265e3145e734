//! The way to another password: who asks for it, and what is said on the way.

use askama::Template;

use crate::web::own_path::OwnPath;
use crate::web::text::Texts;

/// `form#recover`.
#[derive(Template)]
#[template(path = "recover/recover.html")]
pub struct Recover {
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
    /// A link by which an account is made is on its way.
    RegistrationSent,
    /// The new password is set.
    PasswordSet,
}

impl MailNoticePage {
    fn title(&self) -> &'static str {
        let words = &self.t.recover;
        match self.notice {
            MailNotice::LinkSent | MailNotice::RegistrationSent => words.sent_title,
            MailNotice::PasswordSet => words.done_title,
        }
    }

    fn text(&self) -> &'static str {
        let words = &self.t.recover;
        match self.notice {
            MailNotice::LinkSent => words.sent,
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
            MailNotice::LinkSent | MailNotice::RegistrationSent => words.back,
            MailNotice::PasswordSet => words.sign_in,
        }
    }
}

#[cfg(test)]
impl super::tests::Sampled for Recover {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST};
        let sample = |login: &str, problem| Self {
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
            ("register_sent", sample(MailNotice::RegistrationSent)),
            ("recover_done", sample(MailNotice::PasswordSet)),
        ]
    }
}
