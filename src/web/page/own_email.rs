//! A person's own address: what it is, another one in its place, and what the links say that are mailed for that.

use askama::Template;

use crate::web::letters::{EMAIL_LINK, EMAIL_UNDO};
use crate::web::text::Texts;

/// `form#confirm-email` sends a link to the address that there is, `form#own-email` one to another (`email`).
#[derive(Template)]
#[template(path = "account/email.html")]
pub struct OwnEmail {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The address, if there is one.
    pub address: Option<String>,
    /// Whether the person was seen to read mail there.
    pub verified: bool,
    /// Whether they may have another one.
    pub may_change: bool,
    /// What was typed before.
    pub typed: String,
    /// What came of it.
    pub outcome: OwnEmailOutcome,
}

/// How the forms stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnEmailOutcome {
    /// Nothing was sent yet.
    Open,
    /// A link is on its way.
    Sent,
    /// One was followed.
    Done,
    /// That is no address.
    Malformed,
    /// There were too many links: so many minutes until the next.
    TooMany(u64),
    /// Somebody else has the address meanwhile.
    Taken,
}

impl OwnEmail {
    fn good(&self) -> Option<&'static str> {
        match self.outcome {
            OwnEmailOutcome::Sent => Some(self.t.own_email.sent),
            OwnEmailOutcome::Done => Some(self.t.own_email.done),
            _ => None,
        }
    }

    fn problem(&self) -> Option<String> {
        match self.outcome {
            OwnEmailOutcome::Malformed => Some(self.t.own_email.malformed.to_owned()),
            OwnEmailOutcome::TooMany(minutes) => Some(self.t.common.too_many_attempts.with(minutes)),
            OwnEmailOutcome::Taken => Some(self.t.own_email.taken.to_owned()),
            _ => None,
        }
    }
}

/// `form#follow-link`: whoever follows a link says that they mean it, since programs that look through mail open what they find
/// there.
#[derive(Template)]
#[template(path = "account/email_link.html")]
pub struct FollowEmailLink {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The link.
    pub link: String,
    /// The address that it was sent to.
    pub address: String,
    /// Whose account it is.
    pub username: String,
    /// Whether the address is one to have back.
    pub is_undo: bool,
}

impl FollowEmailLink {
    fn title(&self) -> &'static str {
        if self.is_undo { self.t.own_email.undo_title } else { self.t.own_email.confirm_title }
    }

    fn hint(&self) -> &'static str {
        if self.is_undo { self.t.own_email.undo_hint } else { self.t.own_email.confirm_hint }
    }

    fn submit(&self) -> &'static str {
        if self.is_undo { self.t.own_email.undo_submit } else { self.t.own_email.confirm_submit }
    }

    const fn path(&self) -> &'static str {
        if self.is_undo { EMAIL_UNDO } else { EMAIL_LINK }
    }
}

#[cfg(test)]
impl super::tests::Sampled for OwnEmail {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let sample = |address: Option<&str>, outcome| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            address: address.map(str::to_owned),
            verified: outcome == OwnEmailOutcome::Done,
            may_change: true,
            typed: String::new(),
            outcome,
        };
        let ada = Some("ada@example.org");
        vec![
            ("own_email", sample(ada, OwnEmailOutcome::Open)),
            ("own_email_none", sample(None, OwnEmailOutcome::Open)),
            ("own_email_fixed", Self { may_change: false, ..sample(ada, OwnEmailOutcome::Done) }),
            ("own_email_sent", sample(ada, OwnEmailOutcome::Sent)),
            ("own_email_malformed", Self { typed: "ada".to_owned(), ..sample(ada, OwnEmailOutcome::Malformed) }),
            ("own_email_too_many", sample(ada, OwnEmailOutcome::TooMany(12))),
            ("own_email_taken", sample(ada, OwnEmailOutcome::Taken)),
            (
                "own_email_hostile",
                Self { typed: HOSTILE.to_owned(), ..sample(Some(HOSTILE), OwnEmailOutcome::Malformed) },
            ),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for FollowEmailLink {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let sample = |text: &str, is_undo| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            link: "link".to_owned(),
            address: text.to_owned(),
            username: "ada".to_owned(),
            is_undo,
        };
        vec![
            ("email_link", sample("ada@new.example", false)),
            ("email_undo", sample("ada@example.org", true)),
            ("email_link_hostile", Self { username: HOSTILE.to_owned(), ..sample(HOSTILE, false) }),
        ]
    }
}
