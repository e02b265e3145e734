//! The life of a key in time, and how one follows another: pure rules on four timestamps.
//!
//! A key is published in JWKS from the moment it exists, so that everybody has fetched it before it signs. It signs for
//! a while, then stays published until all that it signed has expired (OIDC Core §10.1.1). Nothing has to happen at
//! these moments: whoever looks at a key with the time in hand sees its state.
//!
//! A key that others encrypt to lives by the same four: it is there for everybody until it would have stopped signing, and
//! then only opens what comes from those who have not fetched the next one.

use std::fmt;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::protocol::algorithm::KeyAlgorithm;

/// How far the clocks of servers and verifiers may differ: so much longer an old key stays published.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// When a key does what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyLife {
    /// When it was made, and published.
    pub created_at: Timestamp,
    /// When it begins to sign, or the one before it stops being there for apps.
    pub signs_from: Timestamp,
    /// When it stops signing; `None` as long as no other key is to follow.
    pub signs_until: Option<Timestamp>,
    /// When it leaves JWKS and is trusted no more.
    pub published_until: Option<Timestamp>,
}

impl KeyLife {
    /// The life of a key that signs from its first moment: where there was none before.
    #[must_use]
    pub const fn starting(now: Timestamp) -> Self {
        Self { created_at: now, signs_from: now, signs_until: None, published_until: None }
    }

    /// Whether apps are to use the key, if it is for `algorithm`: what checks signatures is there for as long as one may
    /// have to be checked, what others encrypt to only as long as they should.
    #[must_use]
    pub fn is_published(&self, algorithm: KeyAlgorithm, now: Timestamp) -> bool {
        match self.state(now) {
            KeyState::Next | KeyState::Active => true,
            KeyState::Retired => algorithm.signing().is_some(),
            KeyState::Expired => false,
        }
    }

    /// When it leaves JWKS, once that is known.
    #[must_use]
    pub fn leaves(&self, algorithm: KeyAlgorithm) -> Option<Timestamp> {
        let signs = algorithm.signing().is_some();
        if signs { self.published_until } else { self.signs_until.into_iter().chain(self.published_until).min() }
    }

    /// What the key is doing.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> KeyState {
        let has_passed = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment <= now);
        if has_passed(self.published_until) {
            KeyState::Expired
        } else if has_passed(self.signs_until) {
            KeyState::Retired
        } else if self.signs_from > now {
            KeyState::Next
        } else {
            KeyState::Active
        }
    }
}

/// What a key is doing at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published, not yet signing.
    Next,
    /// Signing.
    Active,
    /// No longer signing; what it signed is still good.
    Retired,
    /// Gone from JWKS.
    Expired,
}

impl KeyState {
    /// The state in a word, for people and programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Expired => "expired",
        }
    }
}

/// A key without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// The thumbprint of the public half.
    pub kid: String,
    /// What it is for.
    pub algorithm: KeyAlgorithm,
    /// When it does what.
    pub life: KeyLife,
}

/// The key that signs with `algorithm` at `now`: the one that began last, should several be signing. Where none is, since
/// the clock was set back, the first that is to come: it is published, and without it there would be no tokens.
#[must_use]
pub fn active_for<'a>(
    algorithm: KeyAlgorithm,
    keys: impl IntoIterator<Item = &'a KeyRecord, IntoIter: Clone>,
    now: Timestamp,
) -> Option<&'a KeyRecord> {
    let keys = keys.into_iter().filter(|key| key.algorithm == algorithm);
    let in_state = |state| keys.clone().filter(move |key| key.life.state(now) == state);
    let order = |key: &&KeyRecord| (key.life.signs_from, key.life.created_at);
    in_state(KeyState::Active).max_by_key(order).or_else(|| in_state(KeyState::Next).min_by_key(order))
}

/// A new life for a key that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// Which key.
    pub kid: String,
    /// Its life from now on.
    pub life: KeyLife,
}

/// What a rotation does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The life of the key to be made.
    pub new: KeyLife,
    /// What becomes of the keys there are.
    pub changes: Vec<KeyChange>,
}

/// Plans the next key of an algorithm. It is published at once and signs after `publish_before`; those that sign now
/// stop at that moment, and stay published for `longest_token_lifetime` more.
pub fn plan_rotation(
    keys: &[KeyRecord],
    algorithm: KeyAlgorithm,
    now: Timestamp,
    publish_before: Duration,
    longest_token_lifetime: Duration,
) -> Result<Rotation, RotationError> {
    let of_algorithm = || keys.iter().filter(|key| key.algorithm == algorithm);
    if let Some(next) = of_algorithm().find(|key| key.life.state(now) == KeyState::Next) {
        return Err(RotationError::UnderWay { kid: next.kid.clone(), signs_from: next.life.signs_from });
    }
    let signing: Vec<_> = of_algorithm().filter(|key| key.life.state(now) == KeyState::Active).collect();
    if signing.is_empty() {
        return Ok(Rotation { new: KeyLife::starting(now), changes: Vec::new() });
    }
    // OIDC Core §10.1.1: the new key is published before it signs, the old one while its signatures are still good.
    let handover = now + publish_before;
    // What was encrypted to the old key by those who had not seen the new one can come for as long as it takes them to see it.
    let overlap = if algorithm.signing().is_some() { longest_token_lifetime } else { publish_before };
    let changes = signing.into_iter().map(|key| KeyChange {
        kid: key.kid.clone(),
        life: KeyLife {
            signs_until: Some(handover),
            published_until: Some(handover + overlap + CLOCK_SKEW),
            ..key.life
        },
    });
    Ok(Rotation { new: KeyLife { signs_from: handover, ..KeyLife::starting(now) }, changes: changes.collect() })
}

/// Plans an emergency: the key stops signing and leaves JWKS at once, so that whatever it signed is worthless. Another
/// key of its algorithm takes over; without one nothing is changed.
pub fn plan_retirement(keys: &[KeyRecord], kid: &str, now: Timestamp) -> Result<Vec<KeyChange>, RotationError> {
    let key = keys.iter().find(|key| key.kid == kid).ok_or(RotationError::Unknown)?;
    let state = key.life.state(now);
    if state == KeyState::Expired {
        return Err(RotationError::AlreadyGone);
    }
    let signs_until = Some(key.life.signs_until.map_or(now, |until| until.min(now)));
    let retired = KeyLife { signs_until, published_until: Some(now), ..key.life };
    let mut changes = vec![KeyChange { kid: key.kid.clone(), life: retired }];
    if state != KeyState::Retired {
        changes.extend(successor(keys, key, now)?);
    }
    Ok(changes)
}

/// Makes sure that a key other than `leaving` signs with its algorithm from now on, and until further notice.
fn successor(keys: &[KeyRecord], leaving: &KeyRecord, now: Timestamp) -> Result<Option<KeyChange>, RotationError> {
    let others = keys.iter().filter(|key| key.algorithm == leaving.algorithm && key.kid != leaving.kid);
    let usable = others.filter(|key| matches!(key.life.state(now), KeyState::Active | KeyState::Next));
    let key = usable.max_by_key(|key| key.life.signs_from).ok_or(RotationError::LastOne)?;
    let signs_from = key.life.signs_from.min(now);
    let life = KeyLife { signs_from, signs_until: None, published_until: None, ..key.life };
    Ok((life != key.life).then(|| KeyChange { kid: key.kid.clone(), life }))
}

/// Why the keys stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RotationError {
    /// A next key is waiting already.
    UnderWay {
        /// Which one.
        kid: String,
        /// When it begins to sign.
        signs_from: Timestamp,
    },
    /// There is no key of that name.
    Unknown,
    /// The key has left JWKS already.
    AlreadyGone,
    /// No other key could sign in its place.
    LastOne,
}

impl fmt::Display for RotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnderWay { kid, signs_from } => {
                write!(f, "a rotation is under way: key {kid} begins to sign at {}", signs_from.to_rfc3339())
            }
            Self::Unknown => f.write_str("there is no signing key of that name: `claviger keys list` shows them"),
            Self::AlreadyGone => f.write_str("the key has left JWKS already"),
            Self::LastOne => f.write_str(
                "no other key of this algorithm could sign in its place: run `claviger keys rotate` first, then retire \
                 this one",
            ),
        }
    }
}

impl std::error::Error for RotationError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::algorithm::KeyAlgorithm::{ES256, EcdhEs, RS256};

    const DAY: Duration = Duration::from_hours(24);
    const HOUR: Duration = Duration::from_hours(1);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn key(kid: &str, life: KeyLife) -> KeyRecord {
        KeyRecord { kid: kid.into(), algorithm: RS256, life }
    }

    fn life(signs_from: i64, signs_until: Option<i64>, published_until: Option<i64>) -> KeyLife {
        KeyLife {
            created_at: at(0),
            signs_from: at(signs_from),
            signs_until: signs_until.map(at),
            published_until: published_until.map(at),
        }
    }

    fn apply(keys: &mut [KeyRecord], changes: &[KeyChange]) {
        for change in changes {
            keys.iter_mut().find(|key| key.kid == change.kid).unwrap().life = change.life;
        }
    }

    fn states(keys: &[KeyRecord], now: Timestamp) -> Vec<KeyState> {
        keys.iter().map(|key| key.life.state(now)).collect()
    }

    #[test]
    fn passes_through_its_states_in_order() {
        use KeyState::{Active, Expired, Next, Retired};
        let life = life(10, Some(20), Some(30));
        for (moment, state) in
            [(0, Next), (9, Next), (10, Active), (19, Active), (20, Retired), (29, Retired), (30, Expired)]
        {
            assert_eq!(life.state(at(moment)), state, "at {moment}");
        }
        assert_eq!(KeyLife::starting(at(5)).state(at(5)), Active);
        assert_eq!(KeyLife::starting(at(5)).state(at(i64::MAX / 1000)), Active);
    }

    #[test]
    fn signs_at_once_where_there_was_no_key() {
        let other = KeyRecord { algorithm: ES256, ..key("other", life(0, None, None)) };
        let gone = key("gone", life(0, Some(1), Some(2)));
        let rotation = plan_rotation(&[other, gone], RS256, at(100), DAY, HOUR).unwrap();
        assert_eq!(rotation, Rotation { new: KeyLife::starting(at(100)), changes: vec![] });
    }

    /// OIDC Core §10.1.1: the next key is published before it signs, the old one until what it signed has expired; at
    /// every moment exactly one signs.
    #[test]
    fn hands_over_from_key_to_key_without_a_gap() {
        use KeyState::{Active, Expired, Next, Retired};
        let mut keys = vec![key("old", life(0, None, None))];
        let start = at(1000);
        let rotation = plan_rotation(&keys, RS256, start, DAY, HOUR).unwrap();
        apply(&mut keys, &rotation.changes);
        keys.push(key("new", rotation.new));
        let handover = start + DAY;
        let millisecond = Duration::from_millis(1);
        let expiry_of_the_last_signature = handover + HOUR;
        let table = [
            (start, [Active, Next], "old"),
            (handover - millisecond, [Active, Next], "old"),
            (handover, [Retired, Active], "new"),
            (expiry_of_the_last_signature, [Retired, Active], "new"),
            (expiry_of_the_last_signature + CLOCK_SKEW, [Expired, Active], "new"),
        ];
        for (now, expected, signer) in table {
            assert_eq!(states(&keys, now), expected, "at {now:?}");
            assert_eq!(active_for(RS256, &keys, now).unwrap().kid, signer);
            assert_eq!(active_for(ES256, &keys, now), None);
        }
    }

    #[test]
    fn lets_the_first_key_sign_if_the_clock_was_set_back_to_before_it() {
        let keys = [key("second", life(300, None, None)), key("first", life(100, Some(300), Some(400)))];
        for (moment, signs) in [(50, "first"), (100, "first"), (299, "first"), (300, "second")] {
            assert_eq!(active_for(RS256, &keys, at(moment)).unwrap().kid, signs, "at {moment}");
        }
        assert_eq!(active_for(ES256, &keys, at(50)), None);
        // While the clock was wrong, the sweep took the first.
        assert_eq!(active_for(RS256, &keys[..1], at(150)).unwrap().kid, "second");
        // What has stopped signing does not begin again.
        assert_eq!(active_for(RS256, &keys[1..], at(350)), None);
    }

    /// A key for encryption is taken out of JWKS when the next one has been there long enough, and opens for as long again.
    #[test]
    fn opens_what_is_encrypted_to_it_for_a_while_after_nobody_should() {
        let mut keys = vec![KeyRecord { algorithm: EcdhEs, ..key("old", life(0, None, None)) }];
        let rotation = plan_rotation(&keys, EcdhEs, at(1000), HOUR, DAY).unwrap();
        apply(&mut keys, &rotation.changes);
        let (old, handover) = (keys[0].life, at(1000) + HOUR);
        let published = |now| (old.is_published(EcdhEs, now), rotation.new.is_published(EcdhEs, now));
        assert_eq!(published(at(1000)), (true, true));
        assert_eq!(published(handover), (false, true));
        assert_eq!((old.leaves(EcdhEs), rotation.new.leaves(EcdhEs)), (Some(handover), None));
        assert_eq!(old.state(handover + HOUR), KeyState::Retired);
        assert_eq!(old.state(handover + HOUR + CLOCK_SKEW), KeyState::Expired);
        let signing = life(0, Some(10), Some(20));
        assert!(signing.is_published(ES256, at(10)) && !signing.is_published(EcdhEs, at(10)));
        assert_eq!((signing.leaves(ES256), signing.leaves(EcdhEs)), (Some(at(20)), Some(at(10))));
    }

    #[test]
    fn starts_no_second_rotation_before_the_first_is_through() {
        let keys = [key("old", life(0, Some(100), Some(200))), key("next", life(100, None, None))];
        let error = plan_rotation(&keys, RS256, at(50), DAY, HOUR).unwrap_err();
        assert_eq!(error, RotationError::UnderWay { kid: "next".into(), signs_from: at(100) });
        assert!(plan_rotation(&keys, RS256, at(100), DAY, HOUR).is_ok());
    }

    #[test]
    fn retires_a_key_at_once_and_lets_another_take_over() {
        use KeyState::{Active, Expired};
        let rotating = || vec![key("old", life(0, Some(100), Some(200))), key("next", life(100, None, None))];
        let table = [
            // The signing key is lost: the next one signs before its time.
            ("old", at(50), rotating(), vec![Expired, Active]),
            // The next key is lost before it signed: the old one goes on, without an end.
            ("next", at(50), rotating(), vec![Active, Expired]),
            // A key that signs no more is lost.
            ("old", at(150), rotating(), vec![Expired, Active]),
        ];
        for (kid, now, mut keys, expected) in table {
            let changes = plan_retirement(&keys, kid, now).unwrap();
            apply(&mut keys, &changes);
            assert_eq!(states(&keys, now), expected, "{kid} at {now:?}");
            assert_eq!(states(&keys, at(1_000_000)), expected, "{kid}, much later");
        }
    }

    #[test]
    fn retires_no_key_that_nobody_could_replace() {
        let other = KeyRecord { algorithm: ES256, ..key("other", life(0, None, None)) };
        let keys = [key("only", life(0, None, None)), key("retired", life(0, Some(10), None)), other];
        assert_eq!(plan_retirement(&keys, "only", at(50)), Err(RotationError::LastOne));
        assert_eq!(plan_retirement(&keys, "other", at(50)), Err(RotationError::LastOne));
        assert!(plan_retirement(&keys, "retired", at(50)).is_ok());
        assert_eq!(plan_retirement(&keys, "unheard of", at(50)), Err(RotationError::Unknown));
        let gone = [key("gone", life(0, Some(10), Some(20)))];
        assert_eq!(plan_retirement(&gone, "gone", at(50)), Err(RotationError::AlreadyGone));
    }
}
