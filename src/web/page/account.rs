//! A person's own pages: the apps they have allowed something, and where they are signed in.

use askama::Template;

use crate::web::brand::Base;
use crate::web::text::Texts;

/// `/account/apps`. Each app has a form that posts `grant`.
#[derive(Template)]
#[template(path = "account/apps.html")]
pub struct ConnectedApps {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: Base,
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

/// `/account/sessions`. Each session but this one has a form that posts `sid`; `form#end-others` ends all others.
#[derive(Template)]
#[template(path = "account/sessions.html")]
pub struct Sessions {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: Base,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// Whether something has just been ended.
    pub ended: bool,
    /// The sessions, the latest used first.
    pub sessions: Vec<OwnSession>,
}

/// A session on that page.
#[derive(Clone, Debug)]
pub struct OwnSession {
    /// What the form posts.
    pub sid: String,
    /// When it began.
    pub began: String,
    /// When it was last used.
    pub used: String,
    /// Whether it is the one in which the page is read.
    pub current: bool,
}

impl Sessions {
    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.current)
    }
}

#[cfg(test)]
impl super::tests::Sampled for ConnectedApps {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
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
            t: Texts::english(),
            base: Base::default(),
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

#[cfg(test)]
impl super::tests::Sampled for Sessions {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::CSRF;
        let session = |current| OwnSession {
            sid: "5f0c9d3e".to_owned(),
            began: "2026-11-23 06:39".to_owned(),
            used: "2026-11-25 17:02".to_owned(),
            current,
        };
        let sample = |ended, sessions| Self {
            t: Texts::english(),
            base: Base::default(),
            csrf: CSRF.to_owned(),
            ended,
            sessions,
        };
        vec![
            ("sessions", sample(false, vec![session(true), session(false), session(false)])),
            ("sessions_one", sample(true, vec![session(true)])),
        ]
    }
}
