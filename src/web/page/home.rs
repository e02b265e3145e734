//! The page at the issuer itself: who is signed in, or how to begin.

use askama::Template;

use super::OwnLeak;
use crate::web::text::Texts;

/// The home page. Its `form#logout` posts `decision` = `logout`.
#[derive(Template)]
#[template(path = "home.html")]
pub struct Home {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The issuer, as apps know it.
    pub issuer: String,
    /// The name of who is signed in.
    pub person: Option<String>,
    /// Whether they may administer this server.
    pub admin: bool,
    /// Whether the account has just been created.
    pub welcome: bool,
    /// Their API keys that were found in public, and of which they have done nothing yet.
    pub leaks: Vec<OwnLeak>,
}

#[cfg(test)]
impl super::tests::Sampled for Home {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::api_keys::sample_leak;
        use super::tests::{CSRF, HOSTILE};
        let sample = |person: Option<&str>, admin, welcome| Self {
            t: Texts::english(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            issuer: "https://id.example.org".to_owned(),
            person: person.map(str::to_owned),
            admin,
            welcome,
            leaks: Vec::new(),
        };
        vec![
            ("home", sample(Some("Ada Lovelace"), false, false)),
            ("home_admin", sample(Some("Ada Lovelace"), true, false)),
            ("home_welcome", sample(Some("Ada Lovelace"), false, true)),
            ("home_nobody", sample(None, false, false)),
            ("home_leaks", Self { leaks: vec![sample_leak(HOSTILE)], ..sample(Some("Ada Lovelace"), false, false) }),
            ("home_hostile", sample(Some(HOSTILE), false, false)),
        ]
    }
}
