//! A person's own address: what it is, another one, and the questions that links in mails ask.

use askama::Template;

use crate::web::text::Texts;

/// `/account/email`. Its form posts `email`.
#[derive(Template)]
#[template(path = "account/email.html")]
pub struct OwnEmail {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The address, if they have one.
    pub address: Option<String>,
    /// Whether they have shown that they read mail there.
    pub verified: bool,
    /// What was typed before.
    pub typed: String,
    /// Whether that is no address.
    pub malformed: bool,
    /// Whether a link has just been sent.
    pub sent: bool,
    /// Whether the address has just been taken.
    pub done: bool,
}

/// What a link in a mail asks before it does anything. Its form posts `link`.
#[derive(Template)]
#[template(path = "account/confirm_email.html")]
pub struct ConfirmEmail {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The path, under the issuer's, that takes the form.
    pub action: &'static str,
    /// Whether it takes a change back.
    pub undo: bool,
    /// The token of the link.
    pub link: String,
    /// The address that the account has afterwards.
    pub address: String,
    /// Whose account it is.
    pub username: String,
}

impl OwnEmail {
    /// What the field holds: an address that is not verified yet is there to be sent a link again.
    fn filled(&self) -> &str {
        match &self.address {
            Some(address) if self.typed.is_empty() && !self.verified => address,
            _ => &self.typed,
        }
    }
}

impl ConfirmEmail {
    fn title(&self) -> &'static str {
        let words = &self.t.own_email;
        if self.undo { words.undo_title } else { words.confirm_title }
    }

    fn hint(&self) -> &'static str {
        let words = &self.t.own_email;
        if self.undo { words.undo_hint } else { words.confirm_hint }
    }

    fn submit(&self) -> &'static str {
        let words = &self.t.own_email;
        if self.undo { words.undo_submit } else { words.confirm_submit }
    }
}

#[cfg(test)]
impl super::tests::Sampled for OwnEmail {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let sample = |address: Option<&str>, verified, typed: &str| Self {
            t: Texts::english(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            address: address.map(str::to_owned),
            verified,
            typed: typed.to_owned(),
            malformed: !typed.is_empty(),
            sent: !verified,
            done: verified,
        };
        vec![
            ("email", sample(Some("ada@example.com"), true, "")),
            ("email_unverified", sample(Some("ada@example.com"), false, "")),
            ("email_none", sample(None, false, "")),
            ("email_hostile", sample(Some(HOSTILE), false, HOSTILE)),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for ConfirmEmail {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let sample = |undo, address: &str, username: &str| Self {
            t: Texts::english(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            action: "/account/email/confirm",
            undo,
            link: "clv_link_x".to_owned(),
            address: address.to_owned(),
            username: username.to_owned(),
        };
        vec![
            ("email_confirm", sample(false, "ada@example.com", "ada")),
            ("email_undo", sample(true, "ada@example.com", "ada")),
            ("email_confirm_hostile", sample(false, HOSTILE, HOSTILE)),
        ]
    }
}
