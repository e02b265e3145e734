//! One key: its page, its secret the one time that it is shown, another secret, and its end.

use askama::Template;
use secrecy::{ExposeSecret, SecretString};

use super::{OwnKey, OwnLeak};
use crate::web::text::Texts;

/// `/account/api-keys/{id}`. `form#api-key` posts `action`: `disable` or `enable`.
#[derive(Template)]
#[template(path = "account/api_key.html")]
pub struct ApiKeyPage {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// What has just been done, in a sentence.
    pub done: Option<&'static str>,
    /// The key.
    pub key: OwnKey,
    /// Its secrets that are good, the newest first.
    pub secrets: Vec<OwnSecret>,
}

impl ApiKeyPage {
    /// A key that was found in public is not switched on before it has another secret.
    fn may_enable(&self) -> bool {
        self.key.leak.as_ref().is_none_or(|leak: &OwnLeak| leak.rotated)
    }
}

/// A secret, as far as it can be told.
#[derive(Clone, Debug)]
pub struct OwnSecret {
    /// How it begins.
    pub beginning: String,
    /// When it was made.
    pub made: String,
    /// When it ends, after a rotation.
    pub ends: Option<String>,
}

/// The answer to making a key, or rotating one.
#[derive(Template)]
#[template(path = "account/api_key_secret.html")]
pub struct ApiKeySecretPage {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The path of the key's page, under the issuer's.
    pub path: String,
    /// What the key is called.
    pub name: String,
    /// The secret.
    pub secret: SecretString,
    /// What becomes of the secrets that it had.
    pub before: OldSecrets,
    /// Whether the key has to be switched on before the secret is of use.
    pub disabled: bool,
}

/// What becomes of the secrets that a key had.
#[derive(Clone, Debug)]
pub enum OldSecrets {
    /// It had none.
    None,
    /// They are no good any more.
    Ended,
    /// They stay good until then.
    GoodUntil(String),
}

impl ApiKeySecretPage {
    fn secret(&self) -> &str {
        self.secret.expose_secret()
    }
}

/// `/account/api-keys/{id}/rotate`. `form#rotate` posts `overlap`.
#[derive(Template)]
#[template(path = "account/rotate_api_key.html")]
pub struct ApiKeyRotation {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The path of the key's page, under the issuer's.
    pub path: String,
    /// What the key is called.
    pub name: String,
    /// For how long the old secret can stay good: what is posted, in the order of the words for it.
    pub overlaps: [&'static str; 4],
    /// Whether the old one was found in public, and ends at once.
    pub leaked: bool,
}

impl ApiKeyRotation {
    fn choices(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.overlaps.into_iter().zip(self.t.api_keys.overlaps)
    }
}

/// `/account/api-keys/{id}/delete`. `form#delete` deletes.
#[derive(Template)]
#[template(path = "account/delete_api_key.html")]
pub struct ApiKeyDeletion {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The key.
    pub key: OwnKey,
}

#[cfg(test)]
mod samples {
    use super::super::{OwnKeyState, sample_key, sample_leak};
    use super::*;
    use crate::web::page::tests::{CSRF, HOSTILE, Sampled};

    impl Sampled for ApiKeyPage {
        fn samples() -> Vec<(&'static str, Self)> {
            let secret = |ends: Option<&str>| OwnSecret {
                beginning: "clv_key_live_4nZq".to_owned(),
                made: "2026-11-23 06:39".to_owned(),
                ends: ends.map(str::to_owned),
            };
            let sample = |done, key| Self {
                t: Texts::sample(),
                base: String::new(),
                csrf: CSRF.to_owned(),
                done,
                key,
                secrets: vec![secret(None), secret(Some("2026-11-26 17:02"))],
            };
            let t = &Texts::sample().api_keys;
            vec![
                ("api_key", sample(None, sample_key("Backup", OwnKeyState::Active, None))),
                ("api_key_disabled", {
                    sample(Some(t.done_disabled), sample_key("Backup", OwnKeyState::Disabled, None))
                }),
                ("api_key_hostile", {
                    sample(None, sample_key(HOSTILE, OwnKeyState::Disabled, Some(sample_leak(HOSTILE))))
                }),
            ]
        }
    }

    impl Sampled for ApiKeySecretPage {
        fn samples() -> Vec<(&'static str, Self)> {
            let sample = |name: &str, before, disabled| Self {
                t: Texts::sample(),
                base: String::new(),
                path: "/account/api-keys/5f0c9d3e".to_owned(),
                name: name.to_owned(),
                secret: SecretString::from(["clv_key_", "live_", &"4nZq".repeat(12), "x"].concat()),
                before,
                disabled,
            };
            vec![
                ("api_key_secret", sample("Backup", OldSecrets::None, false)),
                ("api_key_secret_again", {
                    sample("Backup", OldSecrets::GoodUntil("2026-11-26 17:02".to_owned()), false)
                }),
                ("api_key_secret_hostile", sample(HOSTILE, OldSecrets::Ended, true)),
            ]
        }
    }

    impl Sampled for ApiKeyRotation {
        fn samples() -> Vec<(&'static str, Self)> {
            let sample = |name: &str, leaked| Self {
                t: Texts::sample(),
                base: String::new(),
                csrf: CSRF.to_owned(),
                path: "/account/api-keys/5f0c9d3e".to_owned(),
                name: name.to_owned(),
                overlaps: ["0", "1h", "1d", "7d"],
                leaked,
            };
            vec![("rotate_api_key", sample("Backup", false)), ("rotate_api_key_hostile", sample(HOSTILE, true))]
        }
    }

    impl Sampled for ApiKeyDeletion {
        fn samples() -> Vec<(&'static str, Self)> {
            let sample = |key| Self { t: Texts::sample(), base: String::new(), csrf: CSRF.to_owned(), key };
            vec![
                ("delete_api_key", sample(sample_key("Backup", OwnKeyState::Active, None))),
                ("delete_api_key_hostile", sample(sample_key(HOSTILE, OwnKeyState::Expired, None))),
            ]
        }
    }
}
