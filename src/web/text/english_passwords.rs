//! What people are told of the password that they chose, in English.

use super::{Passwords, Phrase};

pub(super) const PASSWORDS: Passwords = Passwords {
    weak: Phrase::new("{} Add a word or two that don’t belong together."),
    keys: "This password follows the keys of a keyboard.",
    repeats: "This password repeats itself.",
    sequence: "This password is a sequence, like abc or 6543.",
    date: "This password is a date or a year.",
    word: "This password is a single word.",
    name: "This password is a name.",
    common: "Many people choose this password, or one like it.",
    guessable: "This password is easy to guess.",
    breached: "This password is known from a breach somewhere, so others would try it first. Choose another one.",
};
