//! Recovery codes: how they look, and what is stored of them. Pure.

use secrecy::{ExposeSecret, SecretString};

use crate::clock::Entropy;
use crate::domain::keys::hashing::TokenHasher;
use crate::ids::{PersonId, TokenHash};

/// How many a person is given.
pub const GIVEN: usize = 10;
/// So many left, and the person should make new ones.
pub const FEW: u64 = 3;
/// Letters and digits that nobody takes for each other: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 60 random bits. The keyed hash and the limit on tries leave no way to guess one.
const LENGTH: usize = 12;
const GROUP: usize = 4;

/// New codes, as their person is shown them.
#[must_use]
pub fn draw(entropy: &dyn Entropy) -> Vec<SecretString> {
    (0..GIVEN).map(|_| SecretString::from(one(entropy.bytes()))).collect()
}

fn one(bytes: [u8; LENGTH]) -> String {
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What was typed, as it was given; `None` if it cannot be a code.
fn read(typed: &str) -> Option<String> {
    let read = |letter: char| match letter.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let letters: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(read).collect();
    let fits = letters.len() == LENGTH && letters.bytes().all(|byte| ALPHABET.contains(&byte));
    fits.then_some(letters)
}

/// The hash under which a code of `person` is stored; `None` if `typed` cannot be one.
#[must_use]
pub fn hash(hasher: &TokenHasher, person: PersonId, typed: &str) -> Option<TokenHash> {
    read(typed).map(|code| hasher.hash(&format!("recovery code {person} {code}")))
}

/// The same of a code that was just made.
pub(super) fn hash_of(hasher: &TokenHasher, person: PersonId, code: &SecretString) -> Option<TokenHash> {
    hash(hasher, person, code.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TestEntropy;

    #[test]
    fn gives_ten_codes_that_can_be_told_apart_and_typed() {
        let codes = draw(&TestEntropy::from_seed(1));
        let codes: std::collections::BTreeSet<_> = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
        assert_eq!(codes.len(), GIVEN);
        for code in &codes {
            assert_eq!(code.len(), LENGTH + 2, "{code}");
            let letters = read(code).unwrap();
            for typed in [code.to_lowercase(), letters.clone(), format!(" {} ", code.replace('-', " "))] {
                assert_eq!(read(&typed).as_ref(), Some(&letters), "{typed}");
            }
        }
    }

    #[test]
    fn reads_what_people_take_for_other_letters() {
        assert_eq!(read("ilo0-1111-2222").as_deref(), Some("110011112222"));
        for typed in ["", "1111-2222", "1111-2222-33334", "1111-2222-333u", "123456", "1111-2222-333é"] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }

    #[test]
    fn is_stored_as_a_code_of_one_person_only() {
        let hasher = TokenHasher::new(&[3; 32]);
        let (ada, eve) = (PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(2)));
        let code = "1111-2222-3333";
        assert_eq!(hash(&hasher, ada, code), hash(&hasher, ada, "111122223333"));
        assert_ne!(hash(&hasher, ada, code), hash(&hasher, eve, code));
        assert_eq!(hash(&hasher, ada, "123456"), None);
    }
}
