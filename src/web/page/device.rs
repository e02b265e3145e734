//! The pages for a device on which nobody likes to type: where its code is entered, and what came of it. The question in
//! between is the consent page.

use askama::Template;

use crate::web::text::Texts;

/// `form#device`.
#[derive(Template)]
#[template(path = "device/code.html")]
pub struct DeviceCodePage {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// What stands in the field.
    pub user_code: String,
    /// Whether no device waits for it.
    pub wrong: bool,
    /// The name of who is signed in.
    pub person: String,
    /// The path, under the issuer's, of "Not you?".
    pub switch_account: String,
}

/// What came of it.
#[derive(Template)]
#[template(path = "device/notice.html")]
pub struct DeviceNoticePage {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// What it is.
    pub notice: DeviceNotice,
}

/// What came of a code.
#[derive(Clone, Debug)]
pub enum DeviceNotice {
    /// The device was let in.
    Allowed,
    /// The device was refused.
    Denied,
    /// It was answered before, or has ended.
    Gone,
    /// There were too many wrong codes; in so many minutes there may be others.
    TooMany(u64),
    /// The person may not use the app of this name.
    ShutOut(String),
    /// An admin would have to approve something first.
    NeedsApproval {
        /// The app's name.
        app: String,
        /// What, in words.
        wants: Vec<String>,
    },
}

impl DeviceNoticePage {
    fn title(&self) -> String {
        let t = self.t;
        match &self.notice {
            DeviceNotice::Allowed => t.device.allowed_title.to_owned(),
            DeviceNotice::Denied => t.device.denied_title.to_owned(),
            DeviceNotice::Gone => t.device.gone_title.to_owned(),
            DeviceNotice::TooMany(_) => t.device.too_many_title.to_owned(),
            DeviceNotice::ShutOut(app) => t.approval.shut_out_title.with(app),
            DeviceNotice::NeedsApproval { app, .. } => t.approval.title.with(app),
        }
    }

    fn text(&self) -> String {
        let t = self.t;
        match &self.notice {
            DeviceNotice::Allowed => t.device.allowed.to_owned(),
            DeviceNotice::Denied => t.device.denied.to_owned(),
            DeviceNotice::Gone => t.device.gone.to_owned(),
            DeviceNotice::TooMany(minutes) => t.device.too_many.with(minutes),
            DeviceNotice::ShutOut(_) => t.approval.shut_out.to_owned(),
            DeviceNotice::NeedsApproval { .. } => t.approval.it_wants.to_owned(),
        }
    }

    fn next(&self) -> Option<&'static str> {
        match &self.notice {
            DeviceNotice::Gone => Some(self.t.device.start_again),
            DeviceNotice::NeedsApproval { .. } => Some(self.t.device.ask_admins),
            _ => None,
        }
    }

    fn can_try_again(&self) -> bool {
        matches!(self.notice, DeviceNotice::Gone)
    }
}

#[cfg(test)]
impl super::tests::Sampled for DeviceCodePage {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let sample = |user_code: &str, wrong, person: &str| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            user_code: user_code.to_owned(),
            wrong,
            person: person.to_owned(),
            switch_account: "/login?another=yes".to_owned(),
        };
        vec![
            ("device", sample("", false, "Ada Lovelace")),
            ("device_prefilled", sample("BCDF-GHJK", false, "Ada Lovelace")),
            ("device_hostile", sample(HOSTILE, true, HOSTILE)),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for DeviceNoticePage {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::HOSTILE;
        let sample = |notice| Self { t: Texts::sample(), base: String::new(), notice };
        let wants = vec!["Move your boats".to_owned(), HOSTILE.to_owned()];
        vec![
            ("device_allowed", sample(DeviceNotice::Allowed)),
            ("device_denied", sample(DeviceNotice::Denied)),
            ("device_gone", sample(DeviceNotice::Gone)),
            ("device_too_many", sample(DeviceNotice::TooMany(7))),
            ("device_shut_out", sample(DeviceNotice::ShutOut(HOSTILE.to_owned()))),
            ("device_needs_approval", sample(DeviceNotice::NeedsApproval { app: HOSTILE.to_owned(), wants })),
        ]
    }
}
