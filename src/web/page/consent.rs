//! The consent page: what an app asks for, in people's words.

use askama::Template;

use super::{App, Destination};
use crate::web::text::Texts;

/// `form#consent`.
#[derive(Template)]
#[template(path = "consent.html")]
pub struct Consent {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The path, under the issuer's, to which the answer goes.
    pub action: &'static str,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The sealed request.
    pub request: String,
    /// The app that asks.
    pub app: App,
    /// The device on which it asks, if that is another one than this.
    pub device: Option<AskingDevice>,
    /// The name of who is signed in.
    pub person: String,
    /// What the app asks for, in its order.
    pub scopes: Vec<RequestedScope>,
    /// The path, under the issuer's, of "Not you?".
    pub switch_account: String,
}

/// A device that waits for the answer (RFC 8628 §5.4): what tells people whether it is the one in front of them.
#[derive(Clone, Debug)]
pub struct AskingDevice {
    /// The code that it shows.
    pub user_code: String,
    /// From where it asked.
    pub address: Option<String>,
    /// Whether the person comes from another address.
    pub is_elsewhere: bool,
    /// How many minutes ago it asked.
    pub minutes: u64,
}

/// A scope on the consent page.
#[derive(Clone, Debug)]
pub struct RequestedScope {
    /// Its name on the wire.
    pub name: String,
    /// What people read.
    pub words: String,
    /// Whether it may be unticked.
    pub optional: bool,
    /// Whether the person allowed this app the same before.
    pub allowed_before: bool,
    /// Whether the person was asked for it before and left it out: then its box is not ticked for them.
    pub declined_before: bool,
    /// What people read of claims that it releases beside what its words say.
    pub tells: Vec<String>,
}

impl RequestedScope {
    /// A scope with the words of `t`, or else those of the configuration (`configured`), or else its bare name.
    #[must_use]
    pub fn new(t: &Texts, name: impl Into<String>, configured: Option<&str>) -> Self {
        let name = name.into();
        let words = configured.or_else(|| t.scopes.words(&name)).unwrap_or(&name).to_owned();
        Self { name, words, optional: false, allowed_before: false, declined_before: false, tells: Vec::new() }
    }
}

impl RequestedScope {
    /// A claim that is asked for alone (OIDC Core §5.5), with the words of `t` or those of the configuration. It cannot be
    /// refused alone.
    #[must_use]
    pub fn claim(t: &Texts, name: &str, configured: Option<&str>, allowed_before: bool) -> Self {
        let words = configured.or_else(|| t.claims.words(name)).unwrap_or(name).to_owned();
        let name = name.to_owned();
        Self { name, words, optional: false, allowed_before, declined_before: false, tells: Vec::new() }
    }
}

impl Consent {
    fn required(&self) -> impl Iterator<Item = &RequestedScope> {
        self.scopes.iter().filter(|scope| !scope.optional)
    }

    fn optional(&self) -> impl Iterator<Item = &RequestedScope> {
        self.scopes.iter().filter(|scope| scope.optional)
    }

    /// How long ago the device asked, in words.
    fn asked(&self, device: &AskingDevice) -> String {
        match device.minutes {
            0 => self.t.device.asked_now.to_owned(),
            minutes => self.t.device.asked_minutes_ago.with(minutes),
        }
    }

    /// What is new stands out only where something else was allowed before.
    fn is_repeated(&self) -> bool {
        self.scopes.iter().any(|scope| scope.allowed_before)
    }
}

#[cfg(test)]
impl super::tests::Sampled for Consent {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST, app, device_app, hostile_app};
        let t = Texts::sample();
        let scope = |name: &str, configured: Option<&str>, optional, allowed_before| RequestedScope {
            optional,
            allowed_before,
            ..RequestedScope::new(t, name, configured)
        };
        let sample = |app, person: &str, scopes| Self {
            t,
            base: String::new(),
            action: "/consent",
            device: None,
            csrf: CSRF.to_owned(),
            request: REQUEST.to_owned(),
            app,
            person: person.to_owned(),
            scopes,
            switch_account: "/logout".to_owned(),
        };
        let client_id = url::Url::parse("https://harbour.example:8443/client.json").unwrap();
        let first = vec![
            scope("openid", None, false, false),
            RequestedScope { tells: vec!["See your department".to_owned()], ..scope("profile", None, false, false) },
            scope("email", None, true, false),
        ];
        let more = vec![
            scope("openid", None, false, true),
            scope("email", None, true, true),
            scope("boats.read", Some("See your boats and where they are moored"), false, false),
            scope("boats.write", Some("Move your boats to another berth"), true, false),
            scope("offline_access", None, true, false),
        ];
        let device = |address: Option<&str>, is_elsewhere, minutes| AskingDevice {
            user_code: "BCDF-GHJK".to_owned(),
            address: address.map(str::to_owned),
            is_elsewhere,
            minutes,
        };
        let on = |device, app| Self {
            device: Some(device),
            action: "/device/consent",
            ..sample(app, "Ada Lovelace", vec![scope("openid", None, false, false), scope("email", None, true, false)])
        };
        vec![
            ("consent_device", on(device(Some("192.0.2.7"), false, 0), device_app())),
            ("consent_device_hostile", on(device(Some(HOSTILE), true, 1), hostile_app())),
            ("consent_device_unknown", on(device(None, true, 7), device_app())),
            ("consent", sample(app(), "Ada Lovelace", first.clone())),
            ("consent_more", sample(device_app(), "Ada Lovelace", more.clone())),
            ("consent_unknown_app", sample(app().that_registered_itself(true), "Ada Lovelace", more)),
            (
                "consent_document_app",
                sample(
                    device_app().that_registered_itself(true).that_describes_itself_at(Some(&client_id)),
                    "Ada Lovelace",
                    first.clone(),
                ),
            ),
            (
                "consent_hostile",
                sample(
                    hostile_app(),
                    HOSTILE,
                    vec![
                        RequestedScope { tells: vec![HOSTILE.to_owned()], ..scope(HOSTILE, None, true, false) },
                        scope("openid", Some(HOSTILE), false, true),
                    ],
                ),
            ),
        ]
    }
}
