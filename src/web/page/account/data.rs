//! A copy of what is known about a person, and the end of their account.

use askama::Template;

use crate::web::text::Texts;

/// `/account/data`. `form#own-data` is answered by a file.
#[derive(Template)]
#[template(path = "account/data.html")]
pub struct OwnData {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// Whether they may delete their account.
    pub may_leave: bool,
}

/// `/account/delete`. `form#delete-account` posts `username`.
#[derive(Template)]
#[template(path = "account/delete.html")]
pub struct Deletion {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// What has to be typed.
    pub username: String,
    /// Why nothing was deleted.
    pub problem: Option<DeletionProblem>,
}

/// Why an account was not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionProblem {
    /// Another name was typed.
    AnotherName,
    /// Nobody would be left who may do everything.
    LastAdmin,
}

/// The account is gone.
#[derive(Template)]
#[template(path = "account/gone.html")]
pub struct Gone {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
}

impl Deletion {
    fn problem(&self) -> Option<&'static str> {
        let words = &self.t.account.data;
        self.problem.map(|problem| match problem {
            DeletionProblem::AnotherName => words.another_name,
            DeletionProblem::LastAdmin => words.last_admin,
        })
    }
}

#[cfg(test)]
impl crate::web::page::tests::Sampled for OwnData {
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::web::page::tests::CSRF;
        let sample = |may_leave| Self { t: Texts::sample(), base: String::new(), csrf: CSRF.to_owned(), may_leave };
        vec![("own_data", sample(true)), ("own_data_only", sample(false))]
    }
}

#[cfg(test)]
impl crate::web::page::tests::Sampled for Deletion {
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::web::page::tests::{CSRF, HOSTILE};
        let sample = |username: &str, problem| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            username: username.to_owned(),
            problem,
        };
        vec![
            ("deletion", sample("ada", None)),
            ("deletion_wrong", sample("ada", Some(DeletionProblem::AnotherName))),
            ("deletion_last", sample("ada", Some(DeletionProblem::LastAdmin))),
            ("deletion_hostile", sample(HOSTILE, None)),
        ]
    }
}

#[cfg(test)]
impl crate::web::page::tests::Sampled for Gone {
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("gone", Self { t: Texts::sample(), base: String::new() })]
    }
}
