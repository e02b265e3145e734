//! The apps that a person has allowed something.

use askama::Template;

use crate::web::text::Texts;

/// `/account/apps`. Each app has a form that posts `grant`.
#[derive(Template)]
#[template(path = "account/apps.html")]
pub struct ConnectedApps {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// Whether access has just been withdrawn.
    pub withdrawn: bool,
    /// The apps, the latest used first.
    pub apps: Vec<ConnectedApp>,
    /// What the person has asked the admins for, the latest first.
    pub requests: Vec<OwnRequest>,
}

/// What a person has asked the admins for, on that page.
#[derive(Clone, Debug)]
pub struct OwnRequest {
    /// The app's name.
    pub name: String,
    /// What the app wants, in people's words.
    pub wants: Vec<String>,
    /// When they asked, as a day.
    pub asked: String,
    /// What became of it, in a word.
    pub state: &'static str,
    /// What the admin said.
    pub answer: Option<String>,
}

/// An app on that page.
#[derive(Clone, Debug)]
pub struct ConnectedApp {
    /// What the form posts.
    pub grant: String,
    /// Its name.
    pub name: String,
    /// What it may do, in people's words.
    pub may: Vec<String>,
    /// Since when, as a day.
    pub since: String,
    /// When it last used that, as a day.
    pub used: String,
}

#[cfg(test)]
impl crate::web::page::tests::Sampled for ConnectedApps {
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::web::page::tests::{CSRF, HOSTILE};
        let app = |name: &str, may: &str| ConnectedApp {
            grant: "5f0c9d3e".to_owned(),
            name: name.to_owned(),
            may: vec![may.to_owned(), "See your email address".to_owned()],
            since: "2026-11-23".to_owned(),
            used: "2026-11-25".to_owned(),
        };
        let request = |name: &str, state, answer: Option<&str>| OwnRequest {
            name: name.to_owned(),
            wants: vec![name.to_owned()],
            asked: "2026-11-24".to_owned(),
            state,
            answer: answer.map(str::to_owned),
        };
        let sample = |withdrawn, apps, requests| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            withdrawn,
            apps,
            requests,
        };
        let apps = vec![app("Harbour", "See your profile"), app("Tide tables", "See your profile")];
        vec![
            ("apps", sample(false, apps, vec![request("Harbour", "waiting", None)])),
            ("apps_none", sample(true, Vec::new(), Vec::new())),
            (
                "apps_hostile",
                sample(false, vec![app(HOSTILE, HOSTILE)], vec![request(HOSTILE, "refused", Some(HOSTILE))]),
            ),
        ]
    }
}
