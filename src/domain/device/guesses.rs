//! Wrong user codes, counted by person and by address (RFC 8628 §5.1).
//!
//! Counted in this server's memory, exactly: of many that come at once never more pass than the limit, since each takes
//! its place before anybody looks whether it is right. Several servers count apart, and a server that starts anew has
//! forgotten; with 20^8 codes neither makes a guess worth its while.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::ids::PersonId;

/// For how long a wrong code counts.
pub const WINDOW: Duration = Duration::from_mins(10);
/// An address is often that of a whole house: it may be wrong as often as so many people.
const PEOPLE_AT_AN_ADDRESS: usize = 5;
/// The most subjects that are remembered. Whoever comes when there are more is told to wait: only many accounts together
/// could fill it, and theirs is what it is for.
const MOST_SUBJECTS: usize = 20_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Person(PersonId),
    Address(String),
}

/// What was guessed wrong lately.
#[derive(Debug, Default)]
pub struct Guesses(Mutex<HashMap<Subject, VecDeque<Timestamp>>>);

/// A guess that may be made. It counts as wrong unless it is taken back.
#[must_use]
#[derive(Debug)]
pub struct Guess {
    person: Subject,
    address: Option<Subject>,
    at: Timestamp,
    /// Whether no other may follow.
    pub is_last: bool,
}

impl Guesses {
    /// Takes the place of a guess of `person`, from `address`, where `limit` may be wrong; or tells after how long there
    /// is one again.
    pub fn take(&self, person: PersonId, address: Option<&str>, limit: u32, now: Timestamp) -> Result<Guess, Duration> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let person = Subject::Person(person);
        let address = address.map(|address| Subject::Address(address.to_owned()));
        let mut subjects = self.lock();
        if subjects.len() >= MOST_SUBJECTS {
            subjects.retain(|_, wrong| wrong.back().is_some_and(|last| now.since(*last) < WINDOW));
        }
        let is_full = subjects.len() >= MOST_SUBJECTS;
        let limits = [(Some(&person), limit), (address.as_ref(), limit.saturating_mul(PEOPLE_AT_AN_ADDRESS))];
        let limits = limits.into_iter().filter_map(|(subject, limit)| Some((subject?, limit)));
        for (subject, limit) in limits.clone() {
            match subjects.get_mut(subject) {
                Some(wrong) => {
                    wrong.retain(|at| now.since(*at) < WINDOW);
                    if wrong.len() >= limit {
                        let first = wrong.front().copied().unwrap_or(now);
                        return Err(WINDOW.saturating_sub(now.since(first)));
                    }
                }
                None if is_full => return Err(WINDOW),
                None => {}
            }
        }
        let mut is_last = false;
        for (subject, limit) in limits {
            let wrong = subjects.entry(subject.clone()).or_default();
            wrong.push_back(now);
            is_last |= wrong.len() >= limit;
        }
        drop(subjects);
        Ok(Guess { person, address, at: now, is_last })
    }

    /// The code was right.
    pub fn take_back(&self, guess: &Guess) {
        let mut subjects = self.lock();
        for subject in [Some(&guess.person), guess.address.as_ref()].into_iter().flatten() {
            let Some(wrong) = subjects.get_mut(subject) else { continue };
            if let Some(index) = wrong.iter().position(|at| *at == guess.at) {
                wrong.remove(index);
            }
            if wrong.is_empty() {
                subjects.remove(subject);
            }
        }
    }

    /// Each entry is whole at any moment, so that one left by a panic is as good as any.
    fn lock(&self) -> MutexGuard<'_, HashMap<Subject, VecDeque<Timestamp>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(10_000);

    fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    /// RFC 8628 §5.1: the guesses of one person are few, and the wait is told.
    #[test]
    fn takes_so_many_wrong_codes_in_so_long_a_time() {
        let guesses = Guesses::default();
        for minute in 0..3 {
            let guess = guesses.take(person(1), None, 3, NOW + Duration::from_mins(minute)).unwrap();
            assert_eq!(guess.is_last, minute == 2);
        }
        let wait = guesses.take(person(1), None, 3, NOW + Duration::from_mins(4)).unwrap_err();
        assert_eq!(wait, Duration::from_mins(6));
        assert!(guesses.take(person(2), None, 3, NOW + Duration::from_mins(4)).is_ok());
        let later = NOW + Duration::from_mins(10);
        assert!(guesses.take(person(1), None, 3, later).is_ok());
        assert!(guesses.take(person(1), None, 3, later).is_err());
    }

    #[test]
    fn counts_right_codes_for_nothing() {
        let guesses = Guesses::default();
        for _ in 0..10 {
            let guess = guesses.take(person(1), Some("192.0.2.1"), 3, NOW).unwrap();
            guesses.take_back(&guess);
        }
        assert!(guesses.lock().is_empty());
    }

    /// RFC 8628 §5.1: many accounts at one address are one who guesses.
    #[test]
    fn counts_an_address_besides_its_people() {
        let guesses = Guesses::default();
        for number in 0..5 {
            for _ in 0..3 {
                assert!(guesses.take(person(number), Some("192.0.2.1"), 3, NOW).is_ok());
            }
        }
        assert!(guesses.take(person(9), Some("192.0.2.1"), 3, NOW).is_err());
        assert!(guesses.take(person(9), Some("192.0.2.2"), 3, NOW).is_ok());
    }

    #[test]
    fn remembers_no_more_than_so_many() {
        let guesses = Guesses::default();
        for number in 0..MOST_SUBJECTS {
            assert!(guesses.take(person(number as u128), None, 3, NOW).is_ok());
        }
        assert!(guesses.take(person(u128::MAX), None, 3, NOW).is_err());
        assert!(guesses.take(person(1), None, 3, NOW).is_ok(), "who is known has not used theirs up");
        assert!(guesses.take(person(u128::MAX), None, 3, NOW + WINDOW).is_ok());
        assert!(guesses.lock().len() < 3);
    }
}
