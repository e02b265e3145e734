//! What is said where people sign in through other providers.

use super::fluent::texts;
use super::{ErrorWords, Phrase};

texts! {
    pub(crate) struct Providers {
        pub or: &'static str,
        pub with: Phrase,
        pub title: &'static str,
        pub hint: &'static str,
        pub none: &'static str,
        pub look_after: &'static str,
        pub since: Phrase,
        pub last_used: Phrase,
        pub unlink: Phrase,
        pub link: Phrase,
        pub linked: &'static str,
        pub unlinked: &'static str,
        pub last_way_in: &'static str,
        pub back: &'static str,
        pub register_title: &'static str,
        pub register_intro: Phrase,
        pub register_email: Phrase,
        pub register_submit: &'static str,
        pub denied: ErrorWords,
        pub failed: ErrorWords,
        pub stale: ErrorWords,
        pub no_account: ErrorWords,
        pub sign_in_first: ErrorWords,
        pub of_somebody_else: ErrorWords,
        pub disabled: ErrorWords,
        pub to_sign_in: &'static str,
        pub to_accounts: &'static str,
    }
}
