//! Which passwords people may choose (NIST SP 800-63B-4 §3.1.1.2): long enough, not what an attacker would try first, and not
//! one that is known from a breach. What kinds of characters it has does not count.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;
use zxcvbn::feedback::{Feedback, Warning};

use super::foreign_hash::hex;
use super::passwords::{PasswordProblem, Weakness, check_new};
use crate::config::PasswordsConfig;
use crate::protocol::claims::StandardClaims;

/// As many characters of a password are looked at for its strength, and of each word that is known of the person: the time that
/// takes grows faster than the length. A password that is weak so far counts as weak, whatever follows.
const LOOKED_AT: usize = 100;
/// As many words that are known of the person are looked for.
const MOST_WORDS: usize = 50;
/// Passwords that are looked at at once: each takes a processor for milliseconds, and sign-ins need them too.
const AT_ONCE: usize = 2;
/// The longest line of a list: 40 digits, a colon, a count.
const LONGEST_LINE: usize = 64;
/// A list of so many bytes is read as a whole at the start, to see that it is in order.
const READ_WHOLE: u64 = 8 * 1024 * 1024;
/// In a longer one, so many places are looked at.
const PLACES_LOOKED_AT: u64 = 200;

/// What passwords are held to.
#[derive(Clone, Debug)]
pub struct PasswordRules(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    minimum_length: usize,
    minimum_strength: u8,
    breached: Option<BreachedList>,
    turns: Arc<Semaphore>,
}

impl PasswordRules {
    /// Those of the settings; fails if the list of breached passwords cannot be read.
    pub fn open(settings: &PasswordsConfig) -> io::Result<Self> {
        let breached = settings.breached_list.as_deref().map(BreachedList::open).transpose()?;
        let minimum_length = usize::try_from(settings.minimum_length).unwrap_or(usize::MAX);
        let minimum_strength = u8::try_from(settings.minimum_strength).unwrap_or(u8::MAX);
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        Ok(Self(Arc::new(Rules { minimum_length, minimum_strength, breached, turns })))
    }

    /// The fewest characters.
    #[must_use]
    pub fn minimum_length(&self) -> usize {
        self.0.minimum_length
    }

    /// Whether somebody may take `password`. `words` are what is known of them, by which others would guess it: the username
    /// first, then name and address.
    pub async fn check(&self, password: &SecretString, words: &[&str]) -> Result<(), PasswordProblem> {
        let username = words.first().copied().unwrap_or_default();
        check_new(password, self.0.minimum_length, username)?;
        let rules = Arc::clone(&self.0);
        let password = password.clone();
        let words: Vec<String> = words.iter().flat_map(|word| parts(word)).take(MOST_WORDS).collect();
        let turn = Arc::clone(&rules.turns).acquire_owned().await;
        // Milliseconds of work, and a file that may be on a slow disk.
        let look = move || {
            let checked = rules.check(&password, &words);
            // The turn goes with the work: if the request is given up, the thread is busy until it ends.
            drop(turn);
            checked
        };
        let checked = tokio::task::spawn_blocking(look).await;
        checked.unwrap_or_else(|error| {
            tracing::error!(%error, "a new password was looked at for its length alone");
            Ok(())
        })
    }
}

impl Rules {
    fn check(&self, password: &SecretString, words: &[String]) -> Result<(), PasswordProblem> {
        let exposed = password.expose_secret();
        if let Some(list) = &self.breached {
            match list.holds(exposed) {
                Ok(false) => {}
                Ok(true) => return Err(PasswordProblem::Breached),
                Err(error) => tracing::error!(%error, "the list of breached passwords could not be read"),
            }
        }
        let beginning: Zeroizing<String> = Zeroizing::new(exposed.chars().take(LOOKED_AT).collect());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let strength = zxcvbn::zxcvbn(&beginning, &words);
        if u8::from(strength.score()) >= self.minimum_strength {
            return Ok(());
        }
        let warning = strength.feedback().and_then(Feedback::warning);
        Err(PasswordProblem::Weak(warning.map_or(Weakness::Guessable, weakness)))
    }
}

/// What is known of a person by which others would guess their password, the username first.
#[must_use]
pub fn words_of<'a>(username: &'a str, claims: &'a StandardClaims) -> Vec<&'a str> {
    let known = [
        &claims.name,
        &claims.email,
        &claims.given_name,
        &claims.family_name,
        &claims.nickname,
        &claims.preferred_username,
    ];
    std::iter::once(username).chain(known.into_iter().filter_map(|text| text.as_deref())).collect()
}

/// A name or address, and the words in it.
fn parts(text: &str) -> Vec<String> {
    let text: String = text.chars().take(LOOKED_AT).collect();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2);
    words.chain([&*text]).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

const fn weakness(warning: Warning) -> Weakness {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => Weakness::Keys,
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            Weakness::Repeats
        }
        Warning::SequencesLikeAbcAreEasyToGuess => Weakness::Sequence,
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Weakness::Date,
        Warning::AWordByItselfIsEasyToGuess => Weakness::Word,
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            Weakness::Name
        }
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => Weakness::Common,
    }
}

/// A file with the SHA-1 of each password that is known from a breach, in hexadecimal, one a line, in order: as
/// haveibeenpwned.com hands it out, with a count behind a colon, or only the first digits of each.
#[derive(Debug)]
struct BreachedList {
    file: File,
    length: u64,
}

impl BreachedList {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let list = Self { file, length };
        if list.length > 0 && list.line_from(0)?.is_none() {
            let text = "the file does not begin with the SHA-1 of a password in hexadecimal";
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        if !list.seems_in_order()? {
            let line = list.first_out_of_order()?;
            let text = format!(
                "line {line} is no SHA-1 in hexadecimal that comes after the line before it: take the list ordered by hash"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        Ok(list)
    }

    /// Whether each line that is looked at comes after the one before. All are looked at in a list of a few megabytes; of a long
    /// one, places all over it: one that is ordered by anything else is found out by them.
    fn seems_in_order(&self) -> io::Result<bool> {
        if self.length <= READ_WHOLE {
            return Ok(self.first_out_of_order()? == 0);
        }
        let mut before = String::new();
        for number in 0..PLACES_LOOKED_AT {
            let place = self.length / PLACES_LOOKED_AT * number;
            let Some((_, line, end)) = self.line_around(place)? else { return Ok(false) };
            let next = if end < self.length { self.line_from(end)? } else { None };
            let next_fits = next.is_none_or(|(next, _)| line <= next);
            if !next_fits || line < before {
                return Ok(false);
            }
            before = line;
        }
        Ok(true)
    }

    /// The number of the first line that does not come after the one before, or is none; 0 if there is none such.
    fn first_out_of_order(&self) -> io::Result<u64> {
        let mut reader = BufReader::new(&self.file);
        reader.rewind()?;
        let (mut before, mut line, mut number) = (Vec::new(), Vec::new(), 0);
        loop {
            line.clear();
            if (&mut reader).take(LONGEST_LINE as u64).read_until(b'\n', &mut line)? == 0 {
                return Ok(0);
            }
            number += 1;
            let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
            line.truncate(digits);
            line.make_ascii_uppercase();
            if !(5..=40).contains(&digits) || line < before {
                return Ok(number);
            }
            std::mem::swap(&mut before, &mut line);
        }
    }

    /// Finds it in the order of the lines, of which it reads a few dozen, however many there are.
    fn holds(&self, password: &str) -> io::Result<bool> {
        let hash = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()).as_ref()).to_ascii_uppercase();
        // Whatever begins before `from` is smaller, whatever begins at `to` or later is larger.
        let (mut from, mut to) = (0, self.length);
        while from < to {
            let middle = from + (to - from) / 2;
            let Some((begin, line, end)) = self.line_around(middle)? else { return Ok(false) };
            match line.as_str().cmp(hash.get(..line.len()).unwrap_or_default()) {
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Less => from = end,
                std::cmp::Ordering::Greater => to = begin,
            }
        }
        Ok(false)
    }

    /// The line in which a place lies: where it begins, its digits, and where the next begins.
    fn line_around(&self, place: u64) -> io::Result<Option<(u64, String, u64)>> {
        let before = place.saturating_sub(LONGEST_LINE as u64);
        let bytes = self.read(before, place)?;
        let begin = bytes.iter().rposition(|byte| *byte == b'\n').map_or(before, |at| before + at as u64 + 1);
        Ok(self.line_from(begin)?.map(|(line, end)| (begin, line, end)))
    }

    /// The digits of the line that begins at a place, and where the next one does.
    fn line_from(&self, begin: u64) -> io::Result<Option<(String, u64)>> {
        let bytes = self.read(begin, begin + LONGEST_LINE as u64)?;
        let length = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let digits = bytes.iter().take(length).take_while(|byte| byte.is_ascii_hexdigit());
        let digits: String = digits.map(|byte| char::from(byte.to_ascii_uppercase())).collect();
        let end = begin + length as u64 + 1;
        Ok((5..=40).contains(&digits.len()).then_some((digits, end)))
    }

    fn read(&self, from: u64, to: u64) -> io::Result<Vec<u8>> {
        let length = to.min(self.length).saturating_sub(from);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        self.file.read_exact_at(&mut bytes, from)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn rules(minimum_strength: u8, list: Option<&str>) -> (PasswordRules, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let breached = list.map(|text| {
            let path = folder.path().join("list");
            std::fs::write(&path, text).unwrap();
            BreachedList::open(&path).unwrap()
        });
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        (PasswordRules(Arc::new(Rules { minimum_length: 8, minimum_strength, breached, turns })), folder)
    }

    fn secret(text: &str) -> SecretString {
        text.into()
    }

    /// NIST SP 800-63B-4 §3.1.1.2: what would be guessed first is refused, with the reason.
    #[tokio::test]
    async fn tells_why_a_password_is_weak() {
        let (rules, _folder) = rules(2, None);
        let words = ["ada", "Ada Lovelace", "ada@analytical.example"];
        for (password, expected) in [
            ("password", PasswordProblem::Weak(Weakness::Common)),
            ("aaaaaaaaaa", PasswordProblem::Weak(Weakness::Repeats)),
            ("abcdefghij", PasswordProblem::Weak(Weakness::Sequence)),
            ("lovelace", PasswordProblem::Weak(Weakness::Guessable)),
            ("analytical", PasswordProblem::Weak(Weakness::Guessable)),
            ("short", PasswordProblem::TooShort { minimum: 8 }),
            (
                &format!("{}correct horse battery staple", "a".repeat(LOOKED_AT)),
                PasswordProblem::Weak(Weakness::Repeats),
            ),
        ] {
            assert_eq!(rules.check(&secret(password), &words).await, Err(expected), "{password}");
        }
        let long: String = (0..90).flat_map(|number: u32| [number.to_string(), " Steine, ".to_owned()]).collect();
        for password in ["correct horse battery staple", "pläne für übermorgen", &long] {
            assert_eq!(rules.check(&secret(password), &words).await, Ok(()), "{password}");
        }
        let (rules, _folder) = self::rules(0, None);
        assert_eq!(rules.check(&secret("password"), &words).await, Ok(()), "the operator asks for no more than length");
    }

    /// NIST SP 800-63B-4 §3.1.1.2: what is known from a breach is refused, however long it is.
    #[tokio::test]
    async fn finds_every_line_of_a_list_and_nothing_else() {
        let passwords: Vec<String> = (0..200).map(|number| format!("a long password, number {number}")).collect();
        let sha_1 =
            |text: &String| hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref()).to_ascii_uppercase();
        let mut lines: Vec<String> = passwords.iter().step_by(2).map(sha_1).collect();
        lines.sort();
        let counted: Vec<String> = (1..).zip(&lines).map(|(count, line)| format!("{line}:{}", count * 7_919)).collect();
        let short: Vec<&str> = lines.iter().map(|line| &line[..12]).collect();
        for text in [
            counted.join("\n"),
            counted.join("\r\n") + "\r\n",
            short.join("\n") + "\n",
            lines.join("\n").to_lowercase(),
        ] {
            let (rules, _folder) = rules(0, Some(&text));
            for (number, password) in passwords.iter().enumerate() {
                let expected = if number % 2 == 0 { Err(PasswordProblem::Breached) } else { Ok(()) };
                assert_eq!(rules.check(&secret(password), &[]).await, expected, "{password}");
            }
        }
        let (empty, _folder) = rules(0, Some(""));
        assert_eq!(empty.check(&secret(&passwords[0]), &[]).await, Ok(()));
    }

    #[tokio::test]
    async fn looks_at_so_many_at_once_and_no_more() {
        let (rules, _folder) = rules(2, None);
        let turns = Arc::clone(&rules.0.turns);
        let all = turns.acquire_many(u32::try_from(AT_ONCE).unwrap()).await.unwrap();
        let password = secret("correct horse battery staple");
        let mut waiting = Box::pin(rules.check(&password, &[]));
        assert!((&mut waiting).now_or_never().is_none());
        assert_eq!(rules.check(&secret("short"), &[]).await, Err(PasswordProblem::TooShort { minimum: 8 }));
        drop(all);
        assert_eq!(waiting.await, Ok(()));
        assert_eq!(turns.available_permits(), AT_ONCE);
    }

    #[test]
    fn refuses_a_file_that_is_no_list() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        assert!(BreachedList::open(&path).is_err());
        std::fs::write(&path, "password\n123456\n").unwrap();
        assert!(BreachedList::open(&path).is_err());
    }

    #[test]
    fn refuses_a_list_that_is_not_in_order_and_says_where() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        let (a, b, c) = ("0".repeat(40), "7F".repeat(20), "E".repeat(40));
        for (lines, at) in [
            ([a.as_str(), &c, &b], "line 3 "),
            ([&c, &a, &b], "line 2 "),
            ([&a, "password", &b], "line 2 "),
            ([&a, &b, ""], "line 3 "),
        ] {
            std::fs::write(&path, lines.map(|line| format!("{line}:12\r\n")).concat()).unwrap();
            let error = BreachedList::open(&path).unwrap_err().to_string();
            assert!(error.contains(at), "{lines:?}: {error}");
        }
        // A long one, by how often each was seen: the order in which it is handed out elsewhere.
        let hash = |number: u64| hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &number.to_le_bytes()).as_ref());
        let mut hashes: Vec<String> = (0..READ_WHOLE / 40).map(hash).collect();
        std::fs::write(&path, hashes.join("\n")).unwrap();
        let error = BreachedList::open(&path).unwrap_err().to_string();
        assert!(error.contains("line "), "{error}");
        hashes.sort();
        std::fs::write(&path, hashes.join("\n")).unwrap();
        BreachedList::open(&path).unwrap();
    }
}
