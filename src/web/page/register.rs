//! Where whoever wants an account of their own first says at which address they read mail.

use askama::Template;

use super::App;
use crate::web::own_path::OwnPath;
use crate::web::text::Texts;

/// `form#register-address`: posts `email`.
#[derive(Template)]
#[template(path = "register/address.html")]
pub struct RegisterAddress {
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
    /// The app that sent the person here, if one did.
    pub app: Option<App>,
    /// What was typed before.
    pub email: String,
    /// Of which hosts an address has to be; of any if there are none.
    pub domains: Vec<String>,
    /// Why nothing was sent.
    pub problem: Option<AddressProblem>,
    /// The way, under the issuer's path, to the sign-in of who has an account.
    pub sign_in: String,
}

/// Why nothing was sent to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressProblem {
    /// That is no address.
    Malformed,
    /// People with addresses of that host make no accounts here.
    NotAllowed,
    /// There were too many: so many minutes until the next.
    TooMany(u64),
}

impl RegisterAddress {
    fn problem_text(&self) -> Option<String> {
        self.problem.map(|problem| match problem {
            AddressProblem::Malformed => self.t.set_up.email_malformed.to_owned(),
            AddressProblem::NotAllowed => self.t.set_up.address_not_allowed.to_owned(),
            AddressProblem::TooMany(minutes) => self.t.common.too_many_attempts.with(minutes),
        })
    }

    fn hosts(&self) -> Option<String> {
        (!self.domains.is_empty()).then(|| self.domains.join(", "))
    }
}

#[cfg(test)]
impl super::tests::Sampled for RegisterAddress {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST, app, hostile_app};
        let sample = |app, email: &str, problem| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            request: REQUEST.to_owned(),
            onward: None,
            app,
            email: email.to_owned(),
            domains: Vec::new(),
            problem,
            sign_in: format!("/login?request={REQUEST}"),
        };
        let domains = || vec!["example.com".to_owned(), "example.org".to_owned()];
        vec![
            ("register_address", sample(Some(app()), "", None)),
            ("register_address_hosts", Self { domains: domains(), ..sample(None, "", None) }),
            (
                "register_address_not_allowed",
                Self { domains: domains(), ..sample(None, "ada@elsewhere.example", Some(AddressProblem::NotAllowed)) },
            ),
            ("register_address_too_many", sample(None, "ada@example.com", Some(AddressProblem::TooMany(3)))),
            ("register_address_hostile", sample(Some(hostile_app()), HOSTILE, Some(AddressProblem::Malformed))),
        ]
    }
}
