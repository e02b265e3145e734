//! The question before a sign-out, and the pages after it.

use askama::Template;
use url::Url;

use super::App;
use crate::web::text::Texts;

/// `form#logout`: posts `decision` = `logout` or `all`.
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
    /// Whether others are, too.
    pub others: bool,
    /// What the developer of the app has to change, if a fault of its request keeps the browser here.
    pub remedy: Option<&'static str>,
}

/// Who was signed in is not any more.
#[derive(Template)]
#[template(path = "sign_out/done.html")]
pub struct SignedOut {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The name of the app to go back to, and its registered `post_logout_redirect_uri`.
    pub back_to: Option<(String, String)>,
    /// Whether others are signed in at the browser still.
    pub others: bool,
    /// What the developer of the app has to change, if a fault of its request keeps the browser here.
    pub remedy: Option<&'static str>,
}

/// Nobody is signed in any more, and apps are told in frames of this page. Send it with [`super::PageHeaders::with_script`]
/// and [`super::PageHeaders::with_frames`]: a script file of ours goes on when they have been told; without scripts, the page
/// does after some seconds.
#[derive(Template)]
#[template(path = "sign_out/telling.html")]
pub struct TellingApps {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// What apps have registered to be loaded.
    pub frames: Vec<Url>,
    /// Where the browser goes on to: an app's registered `post_logout_redirect_uri`, or a page of ours.
    pub onward: String,
}

#[cfg(test)]
impl super::tests::Sampled for TellingApps {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::HOSTILE;
        let sample = |frame: &str, onward: &str| Self {
            t: Texts::sample(),
            base: String::new(),
            frames: vec![Url::parse(frame).unwrap()],
            onward: onward.to_owned(),
        };
        vec![
            ("telling_apps", sample("https://harbour.example/out?iss=https%3A%2F%2Fa.example&sid=1", "/logout")),
            ("telling_apps_hostile", sample(&format!("https://harbour.example/{HOSTILE}"), HOSTILE)),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for SignOut {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST, app, hostile_app};
        let sample = |app, person: &str, remedy| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            request: REQUEST.to_owned(),
            app,
            person: person.to_owned(),
            others: false,
            remedy,
        };
        vec![
            ("sign_out", sample(Some(app()), "Ada Lovelace", None)),
            ("sign_out_of_several", Self { others: true, ..sample(None, "Ada Lovelace", None) }),
            ("sign_out_plain", sample(None, "Ada Lovelace", None)),
            ("sign_out_fault", sample(None, "Ada Lovelace", Some("Send the id_token_hint, too."))),
            ("sign_out_hostile", sample(Some(hostile_app()), HOSTILE, Some(HOSTILE))),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for SignedOut {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::HOSTILE;
        let sample = |back_to, remedy| Self { t: Texts::sample(), base: String::new(), back_to, others: false, remedy };
        let app = ("Harbour".to_owned(), "https://harbour.example/bye".to_owned());
        let hostile = (HOSTILE.to_owned(), format!("https://harbour.example/{HOSTILE}"));
        vec![
            ("signed_out", sample(None, None)),
            ("signed_out_others_stay", Self { others: true, ..sample(None, None) }),
            ("signed_out_fault", sample(None, Some("Send the id_token_hint, too."))),
            ("signed_out_back", sample(Some(app), None)),
            ("signed_out_hostile", sample(Some(hostile), Some(HOSTILE))),
        ]
    }
}
