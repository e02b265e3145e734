//! The sentences of a person's own pages.

use super::deeds::Deeds;
use super::fluent::texts;
use super::{Phrase, Sentence};
use crate::protocol::user_agent::UserAgent;

texts! {
    /// What stands on them.
    pub(crate) struct Account {
        pub places: Places,
        pub devices: Devices,
        pub profile: ProfileWords,
        pub activity: ActivityWords,
        pub data: DataWords,
        pub apps: &'static str,
        pub no_apps: &'static str,
        pub withdraw: &'static str,
        pub withdrawn: &'static str,
        pub sessions: &'static str,
        pub sessions_hint: &'static str,
        pub this_one: &'static str,
        pub end: &'static str,
        pub end_others: &'static str,
        pub ended: &'static str,
        pub end_everything: &'static str,
        pub end_everything_hint: &'static str,
        pub signed_in: Phrase,
        pub from: Phrase,
        pub remembered: &'static str,
        pub since: Phrase,
        pub last_used: Phrase,
        pub back: &'static str,
        pub requests: &'static str,
        pub asked: Phrase,
        pub waiting: &'static str,
        pub approved: &'static str,
        pub refused: &'static str,
    }
}

texts! {
    /// What the parts are called.
    pub(crate) struct Places {
        pub label: &'static str,
        pub home: &'static str,
        pub profile: &'static str,
        pub security: &'static str,
        pub sessions: &'static str,
        pub apps: &'static str,
        pub api_keys: &'static str,
        pub activity: &'static str,
        pub data: &'static str,
    }
}

texts! {
    /// A person's own picture.
    pub(crate) struct OwnPicture {
        pub title: &'static str,
        pub intro: &'static str,
        pub look_after: &'static str,
        pub alt: &'static str,
        pub elsewhere: &'static str,
        pub field: &'static str,
        pub hint: &'static str,
        pub submit: &'static str,
        pub remove: &'static str,
        pub saved: &'static str,
        pub removed: &'static str,
        pub none_chosen: &'static str,
        pub unreadable: &'static str,
        pub too_large: &'static str,
    }
}

texts! {
    /// What a browser is called, by what it says of itself.
    pub(crate) struct Devices {
        /// With `browser` and `system`.
        pub browser_on_system: Sentence,
        pub on_system: Phrase,
        pub unknown: &'static str,
    }
}

impl Devices {
    /// The browser and the device that sent this `User-Agent` header, in words.
    pub(crate) fn words(&self, user_agent: Option<&str>) -> String {
        let told = user_agent.map(UserAgent::read).unwrap_or_default();
        match (told.browser, told.system) {
            (Some(browser), Some(system)) => self.browser_on_system.with(&[("browser", browser), ("system", system)]),
            (Some(browser), None) => browser.to_owned(),
            (None, Some(system)) => self.on_system.with(system),
            (None, None) => self.unknown.to_owned(),
        }
    }
}

texts! {
    /// What is told about a person.
    pub(crate) struct ProfileWords {
        pub title: &'static str,
        pub intro: &'static str,
        pub fixed: &'static str,
        pub problems: &'static str,
        pub wrong: Phrase,
        pub save: &'static str,
        pub saved: &'static str,
        pub stale: &'static str,
        pub stale_now: &'static str,
        pub nothing: &'static str,
        pub of_name: &'static str,
        pub of_reach: &'static str,
        pub of_self: &'static str,
        pub of_address: &'static str,
        pub username: &'static str,
        pub username_hint: &'static str,
        pub name: &'static str,
        pub name_hint: &'static str,
        pub given_name: &'static str,
        pub middle_name: &'static str,
        pub family_name: &'static str,
        pub nickname: &'static str,
        pub preferred_username: &'static str,
        pub preferred_username_hint: &'static str,
        pub email: &'static str,
        pub email_hint: &'static str,
        pub phone_number: &'static str,
        pub phone_number_hint: &'static str,
        pub profile: &'static str,
        pub picture: &'static str,
        pub website: &'static str,
        pub url_hint: &'static str,
        pub gender: &'static str,
        pub gender_hint: &'static str,
        pub birthdate: &'static str,
        pub birthdate_hint: &'static str,
        pub zoneinfo: &'static str,
        pub zoneinfo_hint: &'static str,
        pub locale: &'static str,
        pub locale_hint: &'static str,
        pub formatted: &'static str,
        pub street_address: &'static str,
        pub postal_code: &'static str,
        pub locality: &'static str,
        pub region: &'static str,
        pub country: &'static str,
    }
}

texts! {
    /// What happened to the account.
    pub(crate) struct ActivityWords {
        pub title: &'static str,
        pub intro: &'static str,
        pub none: &'static str,
        pub older: &'static str,
        pub latest: &'static str,
        pub by_admin: &'static str,
        pub by_server: &'static str,
        /// What happened.
        pub deed: Deeds,
    }
}

texts! {
    /// A copy of what is known, and the end of the account.
    pub(crate) struct DataWords {
        pub title: &'static str,
        pub intro: &'static str,
        pub download: &'static str,
        pub delete_title: &'static str,
        pub delete_hint: &'static str,
        pub delete_lead: &'static str,
        pub delete_intro: &'static str,
        pub type_username: Phrase,
        pub another_name: &'static str,
        pub last_admin: &'static str,
        pub delete_submit: &'static str,
        pub keep: &'static str,
        pub gone_title: &'static str,
        pub gone: &'static str,
        pub leave: &'static str,
    }
}
