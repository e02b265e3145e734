//! What people are told of the password that they chose.

use super::Phrase;
use super::fluent::texts;
use crate::domain::people::passwords::Weakness;

texts! {
    pub(crate) struct Passwords {
        /// The gap is for one of the sentences below.
        pub weak: Phrase,
        pub keys: &'static str,
        pub repeats: &'static str,
        pub sequence: &'static str,
        pub date: &'static str,
        pub word: &'static str,
        pub name: &'static str,
        pub common: &'static str,
        pub guessable: &'static str,
        pub breached: &'static str,
    }
}

impl Passwords {
    /// Why a password would be guessed before long, and what to do.
    pub(crate) fn weak(&self, weakness: Weakness) -> String {
        self.weak.with(match weakness {
            Weakness::Keys => self.keys,
            Weakness::Repeats => self.repeats,
            Weakness::Sequence => self.sequence,
            Weakness::Date => self.date,
            Weakness::Word => self.word,
            Weakness::Name => self.name,
            Weakness::Common => self.common,
            Weakness::Guessable => self.guessable,
        })
    }
}
