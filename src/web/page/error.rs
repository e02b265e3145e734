//! The error page: what happened in people's words, and beside it what the developer of the app needs to mend it.
//!
//! It is shown to strangers, so it holds what was sent and what the rule says, never what is registered.

use askama::Template;

use crate::web::text::{ErrorWords, Texts};

/// The longest part of a sent value that is shown.
const SHOWN_CHARACTERS: usize = 300;

/// An error that is not sent back to the app.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// What happened.
    pub problem: Problem,
    /// What the developer of the app should know, where an app is at fault.
    pub details: Option<Details>,
    /// The registered error code.
    pub code: Option<&'static str>,
    /// The id under which the log says more.
    pub id: String,
    /// When it happened (RFC 3339).
    pub time: String,
}

/// What happened, as people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// `client_id` is missing, unknown, or that of a disabled client.
    UnknownApp,
    /// `redirect_uri` is missing or not among the registered ones.
    WrongRedirect,
    /// The request cannot be read.
    Malformed,
    /// The sealed request, or its page, has waited too long.
    Stale,
    /// The sealed request does not open.
    Altered,
    /// The check against forged forms failed.
    FormRefused,
    /// A one-time link is used, expired, or unknown.
    LinkSpent,
    /// Accounts are made by invitation, and there is none.
    ByInvitation,
    /// Whoever is signed in may not see this page.
    Forbidden,
    /// No such page.
    NotFound,
    /// Too many requests, here or by this visitor.
    Busy,
    /// Too many attempts of this visitor.
    TooMany,
    /// Our fault.
    Internal,
}

/// For the developer of the app.
#[derive(Clone, Debug)]
pub struct Details {
    /// The parameters that the error is about, as they arrived.
    pub parameters: Vec<SentParameter>,
    /// The rule that was not kept.
    pub rule: Rule,
    /// What to change.
    pub remedy: String,
}

/// A rule of a specification.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it asks, in our words.
    pub text: String,
    /// Where it stands, written as in the tags of our own comments.
    pub section: String,
}

impl Rule {
    /// Where it can be read.
    fn link(&self) -> Option<String> {
        if self.section.starts_with("OIDC Core ") {
            return Some("https://openid.net/specs/openid-connect-core-1_0.html".to_owned());
        }
        let (number, section) = self.section.strip_prefix("RFC ")?.split_once(" §")?;
        Some(format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}"))
    }
}

/// A parameter as it arrived; `None` if it did not.
#[derive(Clone, Debug)]
pub struct SentParameter {
    name: String,
    value: Option<String>,
}

impl SentParameter {
    /// Makes `value` fit to be shown: shortened, and with characters that cannot be seen, or that turn the direction
    /// of others, written out.
    #[must_use]
    pub fn new(name: &str, value: Option<&str>) -> Self {
        Self { name: visible(name), value: value.map(visible) }
    }
}

fn visible(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN_CHARACTERS)
        .flat_map(|c| {
            let written_out = is_unseen(c).then(|| c.escape_unicode());
            let as_it_is = if written_out.is_none() { Some(c) } else { None };
            written_out.into_iter().flatten().chain(as_it_is)
        })
        .collect();
    if text.chars().nth(SHOWN_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl ErrorPage {
    fn words(&self) -> &'static ErrorWords {
        let words = &self.t.error;
        match self.problem {
            Problem::UnknownApp => &words.unknown_app,
            Problem::WrongRedirect => &words.wrong_redirect,
            Problem::Malformed => &words.malformed,
            Problem::Stale => &words.stale,
            Problem::Altered => &words.altered,
            Problem::FormRefused => &words.form_refused,
            Problem::LinkSpent => &words.link_spent,
            Problem::ByInvitation => &words.by_invitation,
            Problem::Forbidden => &words.forbidden,
            Problem::NotFound => &words.not_found,
            Problem::Busy => &words.busy,
            Problem::TooMany => &words.too_many,
            Problem::Internal => &words.internal,
        }
    }
}

#[cfg(test)]
impl super::tests::Sampled for ErrorPage {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::HOSTILE;
        let sample = |problem, details, code| Self {
            t: Texts::sample(),
            base: String::new(),
            problem,
            details,
            code,
            id: "5f0c9d3e7a1b".to_owned(),
            time: "2026-11-23T06:39:20Z".to_owned(),
        };
        let redirect = Details {
            parameters: vec![
                SentParameter::new("client_id", Some("harbour")),
                SentParameter::new("redirect_uri", Some("https://harbour.example/callback/?next=%2Fberths")),
            ],
            rule: Rule {
                text: "redirect_uri is compared with the registered ones character by character.".to_owned(),
                section: "RFC 9700 §2.1".to_owned(),
            },
            remedy: "Send exactly the URI that is registered for the client, or register this one.".to_owned(),
        };
        let hostile = Details {
            parameters: vec![SentParameter::new(HOSTILE, Some(HOSTILE)), SentParameter::new("client_id", None)],
            rule: Rule { text: HOSTILE.to_owned(), section: HOSTILE.to_owned() },
            remedy: HOSTILE.to_owned(),
        };
        vec![
            ("error_redirect", sample(Problem::WrongRedirect, Some(redirect), Some("invalid_request"))),
            ("error_hostile", sample(Problem::UnknownApp, Some(hostile), Some("invalid_request"))),
            ("error_malformed", sample(Problem::Malformed, None, Some("invalid_request"))),
            ("error_stale", sample(Problem::Stale, None, None)),
            ("error_altered", sample(Problem::Altered, None, None)),
            ("error_form", sample(Problem::FormRefused, None, None)),
            ("error_link", sample(Problem::LinkSpent, None, None)),
            ("error_by_invitation", sample(Problem::ByInvitation, None, None)),
            ("error_forbidden", sample(Problem::Forbidden, None, None)),
            ("error_not_found", sample(Problem::NotFound, None, None)),
            ("error_busy", sample(Problem::Busy, None, Some("temporarily_unavailable"))),
            ("error_too_many", sample(Problem::TooMany, None, None)),
            ("error_internal", sample(Problem::Internal, None, Some("server_error"))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_hides_in_a_value() {
        let sent = SentParameter::new("state", Some("a\u{202e}b\n\0c\u{200b}é"));
        assert_eq!(sent.value.as_deref(), Some("a\\u{202e}b\\u{a}\\u{0}c\\u{200b}é"));
    }

    #[test]
    fn shortens_a_long_value() {
        let sent = SentParameter::new("state", Some(&"é".repeat(5000)));
        assert_eq!(sent.value.map(|value| value.chars().count()), Some(SHOWN_CHARACTERS + 1));
    }

    #[test]
    fn links_a_rule_to_its_section() {
        let link = |section: &str| Rule { text: String::new(), section: section.to_owned() }.link();
        assert_eq!(link("RFC 9700 §2.1").as_deref(), Some("https://www.rfc-editor.org/rfc/rfc9700#section-2.1"));
        assert!(link("OIDC Core §3.1.2.1").is_some_and(|url| url.starts_with("https://openid.net/specs/")));
        assert_eq!(link("our own rule"), None);
    }
}
