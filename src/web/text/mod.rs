//! Every sentence that a page shows, by language: templates hold none.
//!
//! The sentences stand in Fluent files, `locales/<language>/*.ftl`, which are part of the program; here is which there
//! are. A template that names another does not compile, and a language that lacks one fails a test. Texts for developers
//! (what a rule asks) are not here: they stay English and live with their rule.

mod account;
mod api_keys;
mod claims;
mod deeds;
mod fluent;
mod languages;
mod mail;
mod passkeys;
mod passwords;
mod providers;
mod security;

pub(crate) use account::{Account, OwnPicture, ProfileWords};
pub(crate) use api_keys::ApiKeys;
pub(crate) use claims::Claims;
pub(crate) use fluent::{Counted, Phrase, Sentence};
#[cfg(test)]
pub(in crate::web) use languages::SAMPLE;
pub use languages::{LANGUAGES, Language};
pub(crate) use mail::{LetterWords, Mail, OwnEmail, Recover, SignInLink};
pub(crate) use passkeys::Passkeys;
pub(crate) use passwords::Passwords;
pub(crate) use providers::Providers;
pub(crate) use security::Security;

use fluent::{Source, texts};
use url::Url;

/// All texts of the pages in one language.
pub struct Texts {
    /// The language tag (BCP 47), for the `lang` attribute.
    pub(crate) lang: &'static str,
    /// The direction of its script, `ltr` or `rtl`.
    pub(crate) dir: &'static str,
    pub(crate) common: Common,
    pub(crate) scopes: Scopes,
    pub(crate) claims: Claims,
    pub(crate) sign_in: SignIn,
    pub(crate) select_account: SelectAccount,
    pub(crate) approval: Approval,
    pub(crate) consent: Consent,
    pub(crate) device: Device,
    pub(crate) sign_out: SignOut,
    pub(crate) set_up: SetUp,
    pub(crate) passwords: Passwords,
    pub(crate) mail: Mail,
    pub(crate) recover: Recover,
    pub(crate) sign_in_link: SignInLink,
    pub(crate) own_email: OwnEmail,
    pub(crate) own_picture: OwnPicture,
    pub(crate) home: Home,
    pub(crate) account: Account,
    pub(crate) api_keys: ApiKeys,
    pub(crate) security: Security,
    pub(crate) passkeys: Passkeys,
    pub(crate) providers: Providers,
    pub(crate) form_post: FormPost,
    pub(crate) error: Error,
}

impl Texts {
    /// The texts of `language`, as they stand in `source`.
    fn read(language: &Language, source: &mut Source) -> Self {
        Self {
            lang: language.tag,
            dir: language.dir(),
            common: source.read(&["common"]),
            scopes: source.read(&["scopes"]),
            claims: source.read(&["claims"]),
            sign_in: source.read(&["sign_in"]),
            select_account: source.read(&["select_account"]),
            approval: source.read(&["approval"]),
            consent: source.read(&["consent"]),
            device: source.read(&["device"]),
            sign_out: source.read(&["sign_out"]),
            set_up: source.read(&["set_up"]),
            passwords: source.read(&["passwords"]),
            mail: source.read(&["mail"]),
            recover: source.read(&["recover"]),
            sign_in_link: source.read(&["sign_in_link"]),
            own_email: source.read(&["own_email"]),
            own_picture: source.read(&["own_picture"]),
            home: source.read(&["home"]),
            account: source.read(&["account"]),
            api_keys: source.read(&["api_keys"]),
            security: source.read(&["security"]),
            passkeys: source.read(&["passkeys"]),
            providers: source.read(&["providers"]),
            form_post: source.read(&["form_post"]),
            error: source.read(&["error"]),
        }
    }
}

texts! {
    pub(crate) struct Common {
        pub skip: &'static str,
        /// Where people find help.
        pub support: &'static str,
        /// What is done with what is known of people.
        pub privacy: &'static str,
        /// Who runs this server.
        pub imprint: &'static str,
        pub privacy_policy: &'static str,
        pub terms: &'static str,
        pub links_of_app: Phrase,
        pub language: &'static str,
        pub too_many_attempts: Counted,
    }
}

impl Common {
    /// The links of the installation that there are, with their words.
    pub(crate) fn site_links<'u>(&self, links: &'u [Option<Url>; 3]) -> Vec<(&'u Url, &'static str)> {
        let words = [self.support, self.privacy, self.imprint];
        links.iter().zip(words).filter_map(|(link, words)| Some((link.as_ref()?, words))).collect()
    }
}

texts! {
    /// What an app asks for, said so that the person at the screen knows what happens.
    pub(crate) struct Scopes {
        pub openid: &'static str,
        pub profile: &'static str,
        pub email: &'static str,
        pub address: &'static str,
        pub phone: &'static str,
        pub offline_access: &'static str,
    }
}

impl Scopes {
    /// The words for a scope of OpenID Connect; those of an operator's own scopes stand in the configuration.
    #[must_use]
    pub(crate) fn words(&self, scope: &str) -> Option<&'static str> {
        Some(match scope {
            "openid" => self.openid,
            "profile" => self.profile,
            "email" => self.email,
            "address" => self.address,
            "phone" => self.phone,
            "offline_access" => self.offline_access,
            _ => return None,
        })
    }
}

texts! {
    pub(crate) struct SignIn {
        pub title: &'static str,
        pub to_app: Phrase,
        pub confirm_title: &'static str,
        pub confirm: &'static str,
        pub confirm_for_app: Phrase,
        pub username: &'static str,
        pub password: &'static str,
        pub remember: &'static str,
        pub submit: &'static str,
        pub submit_confirm: &'static str,
        pub register: &'static str,
        pub wrong_pair: &'static str,
        pub incomplete: &'static str,
    }
}

texts! {
    pub(crate) struct Device {
        pub title: &'static str,
        pub intro: &'static str,
        pub check: &'static str,
        pub user_code: &'static str,
        pub user_code_hint: &'static str,
        pub beware: &'static str,
        pub submit: &'static str,
        pub wrong: &'static str,
        pub question: &'static str,
        pub code: &'static str,
        pub address: &'static str,
        pub unknown_address: &'static str,
        pub elsewhere: &'static str,
        pub asked: &'static str,
        pub asked_now: &'static str,
        pub asked_minutes_ago: Counted,
        pub warning: &'static str,
        pub allowed_title: &'static str,
        pub allowed: &'static str,
        pub denied_title: &'static str,
        pub denied: &'static str,
        pub gone_title: &'static str,
        pub gone: &'static str,
        pub start_again: &'static str,
        pub another: &'static str,
        pub too_many_title: &'static str,
        pub too_many: Counted,
        pub ask_admins: &'static str,
    }
}

texts! {
    pub(crate) struct SelectAccount {
        pub title: &'static str,
        pub to_app: Phrase,
        pub to_us: &'static str,
        pub another: &'static str,
    }
}

texts! {
    pub(crate) struct Consent {
        pub title: Phrase,
        pub goes_to: Phrase,
        pub goes_to_device: &'static str,
        pub registered_itself: &'static str,
        pub described_at: Phrase,
        pub described_on_device: &'static str,
        pub signed_in_as: Phrase,
        pub not_you: &'static str,
        pub it_will: &'static str,
        pub your_choice: &'static str,
        pub new: &'static str,
        pub allowed_before: &'static str,
        pub allow: &'static str,
        pub deny: &'static str,
        pub withdraw: &'static str,
    }
}

texts! {
    /// Where an admin has to approve what an app wants.
    pub(crate) struct Approval {
        pub title: Phrase,
        pub it_wants: &'static str,
        pub reason: Phrase,
        pub reason_hint: &'static str,
        pub reason_missing: &'static str,
        pub ask: &'static str,
        pub ask_again: &'static str,
        pub waiting_title: &'static str,
        pub waiting: Phrase,
        pub waiting_hint: &'static str,
        pub refused_title: &'static str,
        pub refused: &'static str,
        pub answer: &'static str,
        pub shut_out_title: Phrase,
        pub shut_out: &'static str,
        pub without: &'static str,
        pub without_hint: &'static str,
        pub back: Phrase,
    }
}

texts! {
    pub(crate) struct SignOut {
        pub title: &'static str,
        pub question: Phrase,
        pub asked_by: Phrase,
        pub stays: &'static str,
        pub confirm: &'static str,
        pub all: &'static str,
        pub stay: &'static str,
        pub done_title: &'static str,
        pub done: &'static str,
        pub sign_in_again: &'static str,
        pub others_stay: &'static str,
        pub choose: &'static str,
        pub back_to_app: Phrase,
        pub telling_title: &'static str,
        pub telling: &'static str,
        pub go_on: &'static str,
    }
}

texts! {
    pub(crate) struct SetUp {
        pub title: &'static str,
        pub intro: &'static str,
        pub invitation_title: &'static str,
        pub invitation_intro: Phrase,
        pub username: &'static str,
        pub username_hint: &'static str,
        pub email: &'static str,
        pub display_name: &'static str,
        pub display_name_hint: &'static str,
        pub password: &'static str,
        pub password_hint: Counted,
        pub submit: &'static str,
        pub invitation_submit: &'static str,
        pub registration_title: &'static str,
        pub has_account: &'static str,
        pub problems: &'static str,
        pub username_malformed: &'static str,
        pub username_taken: &'static str,
        pub username_is_address: &'static str,
        pub email_malformed: &'static str,
        pub email_taken: &'static str,
        pub display_name_malformed: &'static str,
        pub password_short: Counted,
        pub password_long: &'static str,
        pub password_is_username: &'static str,
        pub accept_terms: Phrase,
        pub terms: &'static str,
        pub terms_not_accepted: &'static str,
        pub address_intro: &'static str,
        pub address_hosts: Phrase,
        pub address_not_allowed: &'static str,
        pub address_sent: &'static str,
    }
}

texts! {
    pub(crate) struct Home {
        pub title: &'static str,
        pub signed_in_as: Phrase,
        pub welcome: &'static str,
        pub sign_out: &'static str,
        pub console: &'static str,
        pub apps: &'static str,
        pub nobody: &'static str,
        pub nobody_chosen: &'static str,
        pub choose: &'static str,
        pub accounts: &'static str,
        pub switch: &'static str,
        pub add: &'static str,
        pub sign_in: &'static str,
        pub for_developers: &'static str,
        pub issuer: &'static str,
        pub discovery: &'static str,
    }
}

texts! {
    pub(crate) struct FormPost {
        pub title: Phrase,
        pub text: &'static str,
        pub submit: &'static str,
    }
}

texts! {
    pub(crate) struct Error {
        pub unknown_app: ErrorWords,
        pub wrong_redirect: ErrorWords,
        pub malformed: ErrorWords,
        pub stale: ErrorWords,
        pub altered: ErrorWords,
        pub form_refused: ErrorWords,
        pub link_spent: ErrorWords,
        pub by_invitation: ErrorWords,
        pub forbidden: ErrorWords,
        pub not_found: ErrorWords,
        pub busy: ErrorWords,
        pub too_many: ErrorWords,
        pub internal: ErrorWords,
        pub for_developer: &'static str,
        pub sent: &'static str,
        pub parameter: &'static str,
        pub value: &'static str,
        pub absent: &'static str,
        pub rule: &'static str,
        pub remedy: &'static str,
        pub code: &'static str,
        pub id: &'static str,
        pub time: &'static str,
        pub id_hint: &'static str,
    }
}

texts! {
    /// One error in people's words: what it is, what it means, and what to do now.
    pub(crate) struct ErrorWords {
        pub title: &'static str,
        pub text: &'static str,
        pub next: &'static str,
    }
}

#[cfg(test)]
mod tests;
