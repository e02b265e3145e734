//! What happened to a person's account.

use askama::Template;

use crate::web::text::Texts;

/// `/account/activity`
#[derive(Template)]
#[template(path = "account/activity.html")]
pub struct Activity {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// What happened, the latest first.
    pub deeds: Vec<OwnDeed>,
    /// Whether later deeds stand on another page.
    pub earlier: bool,
    /// Where what happened before that is told.
    pub next: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct OwnDeed {
    /// When, to the minute.
    pub at: String,
    /// What, in words.
    pub what: &'static str,
    /// The app, key or group that it is about.
    pub about: Option<String>,
    /// By whom, if not by themselves.
    pub by: Option<&'static str>,
    /// With which browser on which device.
    pub device: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// Whether it may be a sign of harm.
    pub alarming: bool,
}

#[cfg(test)]
impl crate::web::page::tests::Sampled for Activity {
    fn samples() -> Vec<(&'static str, Self)> {
        use crate::domain::people::activity::Deed;
        use crate::web::page::tests::HOSTILE;
        let t = Texts::sample();
        let deed = |deed, about: Option<&str>, device: &str, alarming| OwnDeed {
            at: "2026-11-25 17:02".to_owned(),
            what: t.account.activity.deed.words(deed),
            about: about.map(str::to_owned),
            by: (deed == Deed::GroupJoined).then_some(t.account.activity.by_admin),
            device: Some(device.to_owned()),
            address: Some(device.replace("Firefox on Linux", "192.0.2.1")),
            alarming,
        };
        let sample = |deeds, next: Option<&str>| Self {
            t,
            base: String::new(),
            deeds,
            earlier: false,
            next: next.map(str::to_owned),
        };
        let deeds = vec![
            deed(Deed::AppAllowed, Some("Harbour"), "Firefox on Linux", false),
            deed(Deed::SignedIn, None, "Firefox on Linux", false),
            deed(Deed::SignInFailed, None, "Firefox on Linux", true),
            OwnDeed { device: None, address: None, ..deed(Deed::GroupJoined, Some("Crew"), "", false) },
        ];
        vec![
            ("activity", sample(deeds, Some("/account/activity?before=5f0c9d3e"))),
            ("activity_none", Self { earlier: true, ..sample(Vec::new(), None) }),
            ("activity_hostile", sample(vec![deed(Deed::KeyMade, Some(HOSTILE), HOSTILE, false)], None)),
        ]
    }
}
