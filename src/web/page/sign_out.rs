//! The question before a sign-out, and the page after it.

use askama::Template;

use super::App;
use crate::web::text::Texts;

/// `form#logout`: posts `decision` = `logout`.
#[derive(Template)]
#[template(path = "sign_out/confirm.html")]
pub struct SignOut {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// What the app asked for, sealed; empty if nobody but the person asks.
    pub request: String,
    /// The app that asks.
    pub app: Option<App>,
    /// The name of who is signed in.
    pub person: String,
}

/// Nobody is signed in any more.
#[derive(Template)]
#[template(path = "sign_out/done.html")]
pub struct SignedOut {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The name of the app to go back to, and its registered `post_logout_redirect_uri`.
    pub back_to: Option<(String, String)>,
}

#[cfg(test)]
impl super::tests::Sampled for SignOut {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST, app, hostile_app};
        let sample = |app, person: &str| Self {
            t: Texts::english(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            request: REQUEST.to_owned(),
            app,
            person: person.to_owned(),
        };
        vec![
            ("sign_out", sample(Some(app()), "Ada Lovelace")),
            ("sign_out_plain", sample(None, "Ada Lovelace")),
            ("sign_out_hostile", sample(Some(hostile_app()), HOSTILE)),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for SignedOut {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::HOSTILE;
        let sample = |back_to| Self { t: Texts::english(), base: String::new(), back_to };
        let app = ("Harbour".to_owned(), "https://harbour.example/bye".to_owned());
        let hostile = (HOSTILE.to_owned(), format!("https://harbour.example/{HOSTILE}"));
        vec![
            ("signed_out", sample(None)),
            ("signed_out_back", sample(Some(app))),
            ("signed_out_hostile", sample(Some(hostile))),
        ]
    }
}
