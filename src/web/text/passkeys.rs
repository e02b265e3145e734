//! The sentences of passkeys.

use super::fluent::texts;
use super::{Counted, Phrase};

texts! {
    pub(crate) struct Passkeys {
        // Signing in.
        pub sign_in: &'static str,
        pub confirm: &'static str,
        pub cancelled: &'static str,
        pub refused: &'static str,
        pub late: &'static str,
        pub refused_as_second: &'static str,
        pub use_one: &'static str,
        // The list.
            pub several: Counted,
        pub look_after: &'static str,
        pub title: &'static str,
        pub intro: &'static str,
        pub none: &'static str,
        pub impossible: &'static str,
        pub added: Phrase,
        pub used: Phrase,
        pub unused: &'static str,
        pub synced: &'static str,
        pub on_one_device: &'static str,
        pub add: &'static str,
        pub rename: &'static str,
        pub remove: &'static str,
        pub back: &'static str,
        pub back_to_security: &'static str,
        pub done_added: &'static str,
        pub done_renamed: &'static str,
        pub done_removed: &'static str,
        // Another one.
        pub new_title: &'static str,
        pub new_intro: &'static str,
        pub unsupported: &'static str,
        pub name: &'static str,
        pub name_hint: &'static str,
        pub name_needed: &'static str,
        pub new_submit: &'static str,
        pub known: &'static str,
        pub too_many: &'static str,
        pub not_added: &'static str,
        // Another name.
        pub rename_title: Phrase,
        pub rename_submit: &'static str,
        // The end.
        pub remove_title: Phrase,
        pub remove_what: &'static str,
        pub remove_submit: &'static str,
        pub keep: &'static str,
        pub last_way_in: &'static str,
    }
}
