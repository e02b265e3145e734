//! The page at the issuer itself: who is signed in, or how to begin.

use askama::Template;
use url::Url;

use super::OwnLeak;
use crate::web::text::Texts;

/// The home page. Its `form#logout` posts `decision` = `logout` or `all`.
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
    /// Whether others are signed in at the browser.
    pub others: bool,
    /// Whether they may administer this server.
    pub admin: bool,
    /// Whether the account has just been created.
    pub welcome: bool,
    /// Their API keys that were found in public, and of which they have done nothing yet.
    pub leaks: Vec<OwnLeak>,
    /// The apps that they can start from here.
    pub apps: Vec<AppTile>,
}

/// An app that a person can start.
#[derive(Clone, Debug)]
pub struct AppTile {
    name: String,
    /// Its first letter, instead of a picture.
    letter: String,
    host: String,
    start: String,
}

impl AppTile {
    /// The tile of the app `name`, which starts there.
    #[must_use]
    pub fn new(name: String, start: &Url) -> Self {
        let letter = name.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string());
        let host = start.host_str().unwrap_or_default();
        let host = start.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Self { letter: letter.unwrap_or_default(), host, start: start.to_string(), name }
    }
}

#[cfg(test)]
impl super::tests::Sampled for Home {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::api_keys::sample_leak;
        use super::tests::{CSRF, HOSTILE};
        let sample = |person: Option<&str>, admin, welcome| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            issuer: "https://id.example.org".to_owned(),
            person: person.map(str::to_owned),
            others: false,
            admin,
            welcome,
            leaks: Vec::new(),
            apps: Vec::new(),
        };
        let tile = |name: &str, start: &str| AppTile::new(name.to_owned(), &Url::parse(start).unwrap());
        let tiles = vec![
            tile("Harbour master", "https://harbour.example/start?iss=https%3A%2F%2Fid.example.org"),
            tile("tide tables", "https://tides.example:8443/start"),
            tile("Überfahrten und Fahrpläne der Reederei", "https://fahrplan.example/"),
        ];
        vec![
            ("home", sample(Some("Ada Lovelace"), false, false)),
            ("home_admin", sample(Some("Ada Lovelace"), true, false)),
            ("home_welcome", sample(Some("Ada Lovelace"), false, true)),
            ("home_nobody", sample(None, false, false)),
            ("home_nobody_chosen", Self { others: true, ..sample(None, false, false) }),
            ("home_several", Self { others: true, ..sample(Some("Ada Lovelace"), false, false) }),
            ("home_apps", Self { apps: tiles, ..sample(Some("Ada Lovelace"), true, false) }),
            (
                "home_apps_hostile",
                Self {
                    apps: vec![tile(HOSTILE, "https://harbour.example/\"><script>alert(1)</script>")],
                    ..sample(Some(HOSTILE), false, false)
                },
            ),
            ("home_leaks", Self { leaks: vec![sample_leak(HOSTILE)], ..sample(Some("Ada Lovelace"), false, false) }),
            ("home_hostile", sample(Some(HOSTILE), false, false)),
        ]
    }
}
