//! The code that a person reads off a device and types elsewhere (RFC 8628 §6.1): eight letters, none of which looks like
//! another or makes a word with its neighbours.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The consonants, without Y: as the RFC proposes.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// 20^8 is about 2^34.5.
const LENGTH: usize = 8;
/// Longer than whatever somebody could mean by a code.
const LONGEST_TYPED: usize = 64;

/// A user code.
#[derive(Clone)]
pub struct UserCode(SecretString);

impl UserCode {
    /// Makes a code of random bits; there are so many more of them that every code is as likely as any other.
    #[must_use]
    pub fn from_random(random: [u8; 16]) -> Self {
        let mut number = u128::from_le_bytes(random);
        let mut text = String::with_capacity(LENGTH);
        for _ in 0..LENGTH {
            let letter = usize::try_from(number % 20).unwrap_or_default();
            text.push(LETTERS.get(letter).copied().map_or('B', char::from));
            number /= 20;
        }
        Self(SecretString::from(text))
    }

    /// Reads what somebody typed; `None` if it cannot be a code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > LONGEST_TYPED {
            return None;
        }
        // RFC 8628 §6.1: letters of either case are the same, and what parts them means nothing.
        let letters: String = typed.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
        let is_code = letters.len() == LENGTH && letters.bytes().all(|letter| LETTERS.contains(&letter));
        is_code.then(|| Self(SecretString::from(letters)))
    }

    /// As people read it: `BCDF-GHJK`.
    #[must_use]
    pub fn shown(&self) -> String {
        let (first, last) = self.0.expose_secret().split_at(LENGTH / 2);
        format!("{first}-{last}")
    }
}

/// The letters alone, to be hashed.
impl ExposeSecret<str> for UserCode {
    fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for UserCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::any;
    use proptest::proptest;

    use super::*;

    fn read(typed: &str) -> Option<String> {
        UserCode::parse(typed).map(|code| code.shown())
    }

    /// RFC 8628 §6.1: case, spaces and hyphens do not matter.
    #[test]
    fn reads_a_code_however_it_is_typed() {
        for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "BCDF\u{2013}GHJK", "b.c.d.f-g_h_j_k", "BCDFGHJK\r\n"] {
            assert_eq!(read(typed).as_deref(), Some("BCDF-GHJK"), "{typed:?}");
        }
    }

    #[test]
    fn reads_nothing_else() {
        let long = format!("{}BCDFGHJK", "-".repeat(LONGEST_TYPED));
        for typed in ["", "BCDF-GHJ", "BCDF-GHJKL", "ABCD-FGHJ", "BCDF-GHJ0", "BCDF-GHJé", "BCDF-GHJ\u{212a}", &long] {
            assert_eq!(read(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn never_prints_the_code() {
        assert_eq!(format!("{:?}", UserCode::from_random([1; 16])), "UserCode(..)");
    }

    proptest! {
        /// RFC 8628 §6.1: letters that cannot be mistaken for others.
        #[test]
        fn reads_back_whatever_it_makes(random in any::<[u8; 16]>()) {
            let code = UserCode::from_random(random).shown();
            assert_eq!(code.len(), LENGTH + 1);
            assert!(code.chars().all(|c| !"AEIOUY01".contains(c)), "{code}");
            assert_eq!(read(&code), Some(code));
        }
    }
}
