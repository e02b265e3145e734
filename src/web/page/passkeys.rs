//! A person's passkeys, and what a page asks for one.

use askama::Template;

use crate::domain::passkeys::Asked;
use crate::web::text::Texts;

/// What a page puts to the browser; the script `passkeys.js` does.
#[derive(Clone, Debug)]
pub struct PasskeyQuestion {
    pub(super) options: String,
    pub(super) question: String,
}

impl From<Asked> for PasskeyQuestion {
    fn from(asked: Asked) -> Self {
        Self { options: asked.options, question: asked.question }
    }
}

#[cfg(test)]
impl PasskeyQuestion {
    pub(super) fn sample() -> Self {
        let options = r#"{"publicKey":{"challenge":"AAAA","rpId":"id.example","allowCredentials":[]}}"#;
        Self { options: options.to_owned(), question: "sealed-question".to_owned() }
    }
}

/// `/account/security/passkeys`
#[derive(Template)]
#[template(path = "passkeys/list.html")]
pub struct Passkeys {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// What has just been done.
    pub done: Option<&'static str>,
    /// Whether this server can have passkeys.
    pub possible: bool,
    /// The passkeys, the oldest first.
    pub passkeys: Vec<OwnPasskey>,
}

/// A passkey on these pages.
#[derive(Clone, Debug)]
pub struct OwnPasskey {
    /// What its pages begin with, under the issuer's path.
    pub path: String,
    /// Its name.
    pub name: String,
    /// When it was added, as a day.
    pub added: String,
    /// When it was last used.
    pub used: Option<String>,
    /// Whether it may be on several devices.
    pub synced: bool,
}

/// `/account/security/passkeys/new`. `form#passkey` posts `name`, `question` and `answer`.
#[derive(Template)]
#[template(path = "passkeys/new.html")]
pub struct NewPasskey {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// What the browser is asked.
    pub asked: PasskeyQuestion,
    /// What it is to be called.
    pub name: String,
    /// The longest name.
    pub longest: usize,
    /// What went wrong the last time.
    pub problem: Option<&'static str>,
}

/// `/account/security/passkeys/{id}/rename`. `form#rename` posts `name`.
#[derive(Template)]
#[template(path = "passkeys/rename.html")]
pub struct RenamePasskey {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// Which.
    pub passkey: OwnPasskey,
    /// What it is to be called.
    pub name: String,
    /// The longest name.
    pub longest: usize,
    /// What went wrong the last time.
    pub problem: Option<&'static str>,
}

/// `/account/security/passkeys/{id}/remove`, with `form#remove`.
#[derive(Template)]
#[template(path = "passkeys/remove.html")]
pub struct RemovePasskey {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// Which.
    pub passkey: OwnPasskey,
    /// Why it was not removed.
    pub problem: Option<&'static str>,
}

#[cfg(test)]
fn sample(name: &str, used: bool) -> OwnPasskey {
    OwnPasskey {
        path: "/account/security/passkeys/5f0c9d3e".to_owned(),
        name: name.to_owned(),
        added: "2026-11-23".to_owned(),
        used: used.then(|| "2026-11-25 17:02".to_owned()),
        synced: used,
    }
}

#[cfg(test)]
impl super::tests::Sampled for Passkeys {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::HOSTILE;
        let page =
            |done, possible, passkeys| Self { t: Texts::sample(), base: String::new(), done, possible, passkeys };
        let words = &Texts::sample().passkeys;
        vec![
            ("passkeys", page(Some(words.done_added), true, vec![sample("Ada’s phone", true), sample("Mac", false)])),
            ("passkeys_none", page(None, true, Vec::new())),
            ("passkeys_impossible", page(None, false, Vec::new())),
            ("passkeys_hostile", page(None, true, vec![sample(HOSTILE, true)])),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for NewPasskey {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let page = |name: &str, problem| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            asked: PasskeyQuestion::sample(),
            name: name.to_owned(),
            longest: 60,
            problem,
        };
        let words = &Texts::sample().passkeys;
        vec![
            ("passkey_new", page("Linux", None)),
            ("passkey_new_refused", page("Linux", Some(words.not_added))),
            ("passkey_new_hostile", page(HOSTILE, Some(words.name_needed))),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for RenamePasskey {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let page = |name: &str, problem| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            passkey: sample(name, true),
            name: name.to_owned(),
            longest: 60,
            problem,
        };
        vec![
            ("passkey_rename", page("Ada’s phone", None)),
            ("passkey_rename_hostile", page(HOSTILE, Some(Texts::sample().passkeys.name_needed))),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for RemovePasskey {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let page = |name: &str, problem| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            passkey: sample(name, true),
            problem,
        };
        vec![
            ("passkey_remove", page("Ada’s phone", None)),
            ("passkey_remove_hostile", page(HOSTILE, Some(Texts::sample().passkeys.last_way_in))),
        ]
    }
}
