//! Where a person is signed in.

use askama::Template;

use crate::web::text::Texts;

/// `/account/sessions`. Each session but this one has a form that posts `sid`; `form#end-others` ends all others, and
/// `form#end-everything` signs out everywhere.
#[derive(Template)]
#[template(path = "account/sessions.html")]
pub struct Sessions {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
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
    /// Browser and device, in words.
    pub device: String,
    /// From which address it was begun, if that is known.
    pub address: Option<String>,
    /// When it began.
    pub began: String,
    /// When it was last used.
    pub used: String,
    /// Whether it outlives the browser's window.
    pub remembered: bool,
    /// Whether it is the one in which the page is read.
    pub current: bool,
}

impl Sessions {
    fn has_others(&self) -> bool {
        self.sessions.iter().any(|session| !session.current)
    }
}

#[cfg(test)]
impl crate::web::page::tests::Sampled for Sessions {
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::web::page::tests::{CSRF, HOSTILE};
        let session = |device: &str, address: Option<&str>, current: bool| OwnSession {
            sid: "5f0c9d3e".to_owned(),
            device: device.to_owned(),
            address: address.map(str::to_owned),
            remembered: !current,
            began: "2026-11-23 06:39".to_owned(),
            used: "2026-11-25 17:02".to_owned(),
            current,
        };
        let sample =
            |ended, sessions| Self { t: Texts::sample(), base: String::new(), csrf: CSRF.to_owned(), ended, sessions };
        let here = || session("Firefox on Linux", Some("192.0.2.1"), true);
        let others = vec![
            here(),
            session("Safari on iPhone", Some("2001:db8:85a3::8a2e:370:7334"), false),
            session("an unknown program", None, false),
        ];
        vec![
            ("sessions", sample(false, others)),
            ("sessions_one", sample(true, vec![here()])),
            ("sessions_hostile", sample(false, vec![session(HOSTILE, Some(HOSTILE), false)])),
        ]
    }
}
