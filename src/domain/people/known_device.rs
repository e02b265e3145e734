//! A browser at which people have signed in before: what it can show for that, sealed. It proves nobody's identity; it
//! only keeps the failures of strangers apart from theirs ([`super::guard`]).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::{Entropy, Timestamp};
use crate::domain::keys::sealing::Sealer;
use crate::ids::PersonId;

/// How long a sign-in is remembered: as long as browsers keep a cookie.
pub const REMEMBERED: Duration = Duration::from_hours(400 * 24);
/// The most people of one device.
const MOST_PEOPLE: usize = 8;
const CONTEXT: &[u8] = b"known device";

/// Who has signed in at a device, and when they last did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KnownDevice {
    id: Uuid,
    people: Vec<(PersonId, Timestamp)>,
}

impl KnownDevice {
    /// Opens what [`seal`](Self::seal) gave.
    #[must_use]
    pub fn open(text: &str, sealer: &Sealer) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        serde_json::from_slice(&sealer.open(&bytes, CONTEXT)?).ok()
    }

    /// Sealed, as text fit for a cookie.
    #[must_use]
    pub fn seal(&self, sealer: &Sealer) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sealer.seal(&plain, CONTEXT))
    }

    /// The device, if `person` has signed in at it.
    #[must_use]
    pub fn of(&self, person: PersonId, now: Timestamp) -> Option<Uuid> {
        let is_known = |(known, at): &(PersonId, Timestamp)| *known == person && now.since(*at) <= REMEMBERED;
        self.people.iter().any(is_known).then_some(self.id)
    }

    /// The same after a sign-in of `person`.
    #[must_use]
    pub fn with(mut self, person: PersonId, entropy: &dyn Entropy, now: Timestamp) -> Self {
        if self.people.is_empty() {
            self.id = entropy.uuid();
        }
        self.people.retain(|(known, _)| *known != person);
        let too_many = (self.people.len() + 1).saturating_sub(MOST_PEOPLE);
        self.people.drain(..too_many);
        self.people.push((person, now));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TestEntropy;

    const NOW: Timestamp = Timestamp::from_seconds(1_000);

    fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    #[test]
    fn knows_those_who_signed_in_lately() {
        let entropy = TestEntropy::from_seed(1);
        let mut device = KnownDevice::default().with(person(1), &entropy, NOW);
        let id = device.of(person(1), NOW).unwrap();
        assert_eq!((device.of(person(2), NOW), device.of(person(1), NOW + REMEMBERED * 2)), (None, None));
        for number in 2..=9 {
            device = device.with(person(number), &entropy, NOW);
        }
        assert_eq!(device.of(person(1), NOW), None, "the first makes room");
        assert_eq!(device.of(person(9), NOW), Some(id), "and the device is the same");
    }

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let (sealer, entropy) = (Sealer::new(&[1; 32]), TestEntropy::from_seed(1));
        let device = KnownDevice::default().with(person(1), &entropy, NOW);
        let text = device.seal(&sealer);
        assert!(KnownDevice::open(&text, &sealer).unwrap().of(person(1), NOW).is_some());
        assert!(KnownDevice::open(&text, &Sealer::new(&[2; 32])).is_none());
        for text in ["", "x", &text[1..], &text[..text.len() - 2]] {
            assert!(KnownDevice::open(text, &sealer).is_none(), "{text}");
        }
    }
}
