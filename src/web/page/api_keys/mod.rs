//! A person's API keys: the list, one key, making and changing one, its secret, and its end.

mod form;
mod one;

use askama::Template;

use crate::web::text::Texts;

pub use form::{ApiKeyChoice, ApiKeyForm, ApiKeyTyped};
pub use one::{ApiKeyDeletion, ApiKeyPage, ApiKeyRotation, ApiKeySecretPage, OldSecrets, OwnSecret};

/// `/account/api-keys`
#[derive(Template)]
#[template(path = "account/api_keys.html")]
pub struct ApiKeys {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// Whether a key has just been deleted.
    pub deleted: bool,
    /// The keys, the newest first.
    pub keys: Vec<OwnKey>,
}

/// A key of the person who looks.
#[derive(Clone, Debug)]
pub struct OwnKey {
    /// The path of its page, under the issuer's.
    pub path: String,
    /// What they call it.
    pub name: String,
    /// How its newest secret begins.
    pub beginning: String,
    /// How it is doing.
    pub state: OwnKeyState,
    /// Whether it is for trying things out.
    pub test: bool,
    /// Whether nobody has used it for long.
    pub unused: bool,
    /// What it may do, in people's words.
    pub may: Vec<String>,
    /// Where it is good.
    pub resources: Vec<String>,
    /// From where it may be used; from everywhere if there are none.
    pub addresses: Vec<String>,
    /// How often it may be used.
    pub limits: Vec<String>,
    /// When it was made, as a day.
    pub made: String,
    /// When it ends.
    pub ends: Option<String>,
    /// When it was last used.
    pub used: Option<String>,
    /// From where, if that is known.
    pub used_from: Option<String>,
    /// That it was found in public.
    pub leak: Option<OwnLeak>,
}

/// How a key is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnKeyState {
    /// It may be used.
    Active,
    /// It is switched off.
    Disabled,
    /// Its time is over.
    Expired,
}

/// That a key was found in public, as its owner is told.
#[derive(Clone, Debug)]
pub struct OwnLeak {
    /// What the key is called.
    pub name: String,
    /// The path of its page, under the issuer's.
    pub path: String,
    /// Where it stood, if that was told. Never a link: a stranger wrote it.
    pub url: Option<String>,
    /// Whether it has another secret since.
    pub rotated: bool,
}

impl OwnKey {
    fn state(&self, t: &'static Texts) -> &'static str {
        match self.state {
            OwnKeyState::Active => t.api_keys.active,
            OwnKeyState::Disabled => t.api_keys.disabled,
            OwnKeyState::Expired => t.api_keys.expired,
        }
    }

    const fn is_active(&self) -> bool {
        matches!(self.state, OwnKeyState::Active)
    }

    const fn is_disabled(&self) -> bool {
        matches!(self.state, OwnKeyState::Disabled)
    }
}

#[cfg(test)]
pub(super) fn sample_key(text: &str, state: OwnKeyState, leak: Option<OwnLeak>) -> OwnKey {
    OwnKey {
        path: "/account/api-keys/5f0c9d3e".to_owned(),
        name: text.to_owned(),
        beginning: "clv_key_live_4nZq".to_owned(),
        state,
        test: state == OwnKeyState::Expired,
        unused: state == OwnKeyState::Disabled,
        may: vec![text.to_owned()],
        resources: vec!["https://api.example.org".to_owned()],
        addresses: vec!["192.0.2.0/24".to_owned()],
        limits: vec!["100/minute".to_owned()],
        made: "2026-11-23".to_owned(),
        ends: Some("2027-11-23".to_owned()),
        used: Some("2026-11-25 17:02".to_owned()),
        used_from: Some(text.to_owned()),
        leak,
    }
}

#[cfg(test)]
pub(super) fn sample_leak(text: &str) -> OwnLeak {
    let path = "/account/api-keys/5f0c9d3e".to_owned();
    OwnLeak { name: text.to_owned(), path, url: Some(text.to_owned()), rotated: false }
}

#[cfg(test)]
impl super::tests::Sampled for ApiKeys {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::HOSTILE;
        let sample = |deleted, keys| Self { t: Texts::sample(), base: String::new(), deleted, keys };
        let bare = OwnKey {
            may: Vec::new(),
            resources: Vec::new(),
            addresses: Vec::new(),
            limits: Vec::new(),
            ends: None,
            used: None,
            used_from: None,
            ..sample_key("Backup", OwnKeyState::Active, None)
        };
        vec![
            ("api_keys", sample(false, vec![bare, sample_key("Nightly report", OwnKeyState::Expired, None)])),
            ("api_keys_none", sample(true, Vec::new())),
            ("api_keys_hostile", {
                sample(false, vec![sample_key(HOSTILE, OwnKeyState::Disabled, Some(sample_leak(HOSTILE)))])
            }),
        ]
    }
}
