//! What the letters say that people are sent, and the pages that belong to them.

use std::time::Duration;

use super::fluent::texts;
use super::{Counted, Phrase};

texts! {
    /// The words of every letter.
    pub(crate) struct Mail {
        pub greeting: Phrase,
        pub greeting_of_nobody: &'static str,
        pub once: Phrase,
        pub minutes: Counted,
        pub hours: Counted,
        pub days: Counted,
        pub sent_by: Phrase,
        pub invitation: LetterWords,
        pub password_link: LetterWords,
        pub recovery: LetterWords,
        pub password_changed: LetterWords,
        pub new_device: LetterWords,
        pub factor_added: LetterWords,
        pub factor_removed: LetterWords,
        pub sign_in_link: LetterWords,
        pub email_verification: LetterWords,
        pub email_changed: LetterWords,
        pub email_replaced: LetterWords,
        pub app: Phrase,
        pub passkey: Phrase,
        pub provider: Phrase,
        pub all_factors: &'static str,
        pub register_invitation: LetterWords,
        pub registration: LetterWords,
        pub account_exists: LetterWords,
    }
}

texts! {
    /// The words of one letter. The gap of `intro` is for the username.
    pub(crate) struct LetterWords {
        pub subject: &'static str,
        pub intro: Phrase,
        pub action: &'static str,
        pub note: &'static str,
    }
}

impl Mail {
    /// A length of time by its largest whole unit.
    pub(crate) fn length(&self, length: Duration) -> String {
        let minutes = length.as_secs().div_ceil(60);
        match minutes {
            _ if minutes > 0 && minutes.is_multiple_of(1440) => self.days.with(minutes / 1440),
            _ if minutes > 0 && minutes.is_multiple_of(60) => self.hours.with(minutes / 60),
            _ => self.minutes.with(minutes.max(1)),
        }
    }
}

texts! {
    /// The way in by a link in a mail.
    pub(crate) struct SignInLink {
        pub offer: &'static str,
        pub title: &'static str,
        pub intro: &'static str,
        pub sent: &'static str,
        pub confirm_title: &'static str,
        pub confirm: Phrase,
        pub confirm_submit: &'static str,
    }
}

texts! {
    /// A person's own address.
    pub(crate) struct OwnEmail {
        pub title: &'static str,
        pub none: &'static str,
        pub verified: &'static str,
        pub unverified: &'static str,
        pub look_after: &'static str,
        pub field: &'static str,
        pub hint: &'static str,
        pub fixed: &'static str,
        pub submit: &'static str,
        pub confirm_this: &'static str,
        pub sent: &'static str,
        pub done: &'static str,
        pub malformed: &'static str,
        pub taken: &'static str,
        pub confirm_title: &'static str,
        pub confirm: Phrase,
        pub confirm_hint: &'static str,
        pub confirm_submit: &'static str,
        pub undo_title: &'static str,
        pub undo_hint: &'static str,
        pub undo_submit: &'static str,
    }
}

texts! {
    /// The way to another password.
    pub(crate) struct Recover {
        pub forgotten: &'static str,
        pub title: &'static str,
        pub intro: &'static str,
        pub login: &'static str,
        pub submit: &'static str,
        pub incomplete: &'static str,
        pub back: &'static str,
        pub sent_title: &'static str,
        pub sent: &'static str,
        pub sent_hint: &'static str,
        pub password_title: &'static str,
        pub password_intro: Phrase,
        pub password_clears: &'static str,
        pub password_submit: &'static str,
        pub done_title: &'static str,
        pub done: &'static str,
        pub sign_in: &'static str,
    }
}
