//! All keys at once, as requests use them: an immutable set, replaced as a whole when keys change.
//!
//! A set is right at every moment of its life, because each question carries the time: nothing needs to run when a key
//! begins or ceases to sign. Its documents are written once, when it is built.

use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use serde::Serialize;

use zeroize::Zeroizing;

use super::decryption_key::DecryptionKey;
use super::jwe::Failed;
use super::jwk::Jwk;
use super::rotation::{KeyRecord, KeyState, active_for};
use super::signing_key::SigningKey;
use crate::clock::{Entropy, Timestamp};
use crate::protocol::algorithm::{KeyAlgorithm, SigningAlgorithm};
use crate::protocol::jwe::Jwe;

/// A JWKS document as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwksDocument {
    /// The text.
    pub json: Bytes,
    /// The `ETag` that goes with it, in its quotation marks.
    pub etag: String,
}

impl JwksDocument {
    fn of(keys: &[(&KeyRecord, &Jwk)], moment: Timestamp) -> Self {
        #[derive(Serialize)]
        struct Jwks<'a> {
            keys: Vec<&'a Jwk>,
        }
        let published = keys.iter().filter(|(record, _)| record.life.is_published(record.algorithm, moment));
        let jwks = Jwks { keys: published.map(|(_, jwk)| *jwk).collect() };
        // A struct of strings always has a JSON form.
        let json = serde_json::to_string(&jwks).unwrap_or_default();
        let mut etag = String::from("\"");
        for byte in digest(&SHA256, json.as_bytes()).as_ref().iter().take(16) {
            let _ = write!(etag, "{byte:02x}");
        }
        etag.push('"');
        Self { json: json.into(), etag }
    }
}

/// The keys: those that sign, and those that others encrypt to.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<SigningKey>,
    decryption_keys: Vec<DecryptionKey>,
    /// What is published until each moment at which a key leaves, and at last what stays.
    leaving: Vec<(Timestamp, JwksDocument)>,
    staying: JwksDocument,
}

impl KeySet {
    /// A set of keys that sign.
    #[must_use]
    pub fn new(keys: Vec<SigningKey>) -> Self {
        Self::with(keys, Vec::new())
    }

    /// A set of both kinds.
    #[must_use]
    pub fn with(mut keys: Vec<SigningKey>, mut decryption_keys: Vec<DecryptionKey>) -> Self {
        let order = |a: &KeyRecord, b: &KeyRecord| {
            let order = |key: &KeyRecord| (key.algorithm, key.life.created_at);
            order(a).cmp(&order(b)).then_with(|| a.kid.cmp(&b.kid))
        };
        keys.sort_by(|a, b| order(a.record(), b.record()));
        decryption_keys.sort_by(|a, b| order(a.record(), b.record()));
        let signing = keys.iter().map(|key| (key.record(), key.jwk()));
        let entries: Vec<_> = signing.chain(decryption_keys.iter().map(|key| (key.record(), key.jwk()))).collect();
        let mut ends: Vec<_> = entries.iter().filter_map(|(key, _)| key.life.leaves(key.algorithm)).collect();
        ends.sort_unstable();
        ends.dedup();
        let just_before = |end: Timestamp| end - std::time::Duration::from_millis(1);
        let leaving = ends.iter().map(|end| (*end, JwksDocument::of(&entries, just_before(*end)))).collect();
        let staying = JwksDocument::of(&entries, ends.last().copied().unwrap_or_default());
        Self { keys, decryption_keys, leaving, staying }
    }

    /// The key that signs with `algorithm`.
    #[must_use]
    pub fn active(&self, algorithm: SigningAlgorithm, now: Timestamp) -> Option<&SigningKey> {
        let record = active_for(algorithm.into(), self.keys.iter().map(SigningKey::record), now)?;
        self.keys.iter().find(|key| key.kid() == record.kid)
    }

    /// Opens what was encrypted to one of these: that of the name in its header, or each that fits.
    pub fn open(&self, jwe: &Jwe, entropy: &dyn Entropy, now: Timestamp) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let kid = jwe.header.kid.as_deref();
        let fits = |key: &&DecryptionKey| {
            let record = key.record();
            let is_named = kid.is_none_or(|kid| kid == record.kid);
            is_named
                && record.algorithm.decrypts(jwe.header.encryption.alg)
                && record.life.state(now) != KeyState::Expired
        };
        self.decryption_keys.iter().filter(fits).find_map(|key| key.open(jwe, entropy).ok()).ok_or(Failed)
    }

    /// The published key that signs, of that name.
    #[must_use]
    pub fn find(&self, kid: &str, now: Timestamp) -> Option<&SigningKey> {
        let published = |key: &&SigningKey| key.kid() == kid && key.record().life.state(now) != KeyState::Expired;
        self.keys.iter().find(published)
    }

    /// The algorithms that can sign now.
    pub fn algorithms(&self, now: Timestamp) -> impl Iterator<Item = SigningAlgorithm> {
        SigningAlgorithm::ALL.iter().copied().filter(move |algorithm| self.active(*algorithm, now).is_some())
    }

    /// What there are keys for now: each can be followed by another.
    pub fn key_algorithms(&self, now: Timestamp) -> impl Iterator<Item = KeyAlgorithm> {
        let decrypting = self.decryption_keys.iter().map(DecryptionKey::record);
        let all = self.records().chain(decrypting);
        let of = move |algorithm| active_for(algorithm, all.clone(), now).is_some();
        KeyAlgorithm::ALL.iter().copied().filter(move |algorithm| of(*algorithm))
    }

    /// When a key next begins or ceases to sign; `None` if none is to.
    #[must_use]
    pub fn next_signing_change(&self, now: Timestamp) -> Option<Timestamp> {
        let lives = self.keys.iter().map(|key| &key.record().life);
        lives.flat_map(|life| [Some(life.signs_from), life.signs_until]).flatten().filter(|moment| *moment > now).min()
    }

    /// Every key that signs or has signed, those that have left JWKS too.
    pub fn records(&self) -> impl Iterator<Item = &KeyRecord> + Clone {
        self.keys.iter().map(SigningKey::record)
    }

    /// What is published now.
    #[must_use]
    pub fn jwks(&self, now: Timestamp) -> &JwksDocument {
        self.leaving.iter().find(|(end, _)| now < *end).map_or(&self.staying, |(_, document)| document)
    }
}

/// The set in use, shared by all threads.
#[derive(Debug)]
pub struct KeyRing(RwLock<Arc<KeySet>>);

impl KeyRing {
    /// A ring that begins with `keys`.
    #[must_use]
    pub fn new(keys: KeySet) -> Self {
        Self(RwLock::new(Arc::new(keys)))
    }

    /// The set in use: take it once for a request, so that all of the request sees the same keys.
    #[must_use]
    pub fn current(&self) -> Arc<KeySet> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another set in its place.
    pub fn replace(&self, keys: KeySet) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TestEntropy;
    use crate::domain::keys::private_key::PrivateKey;
    use crate::domain::keys::rotation::KeyLife;
    use crate::protocol::algorithm::SigningAlgorithm::{ES256, EdDSA, RS256};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn key(seed: u64, algorithm: SigningAlgorithm, times: (i64, Option<i64>, Option<i64>)) -> SigningKey {
        let life = KeyLife {
            created_at: at(0),
            signs_from: at(times.0),
            signs_until: times.1.map(at),
            published_until: times.2.map(at),
        };
        SigningKey::new(&PrivateKey::generate(algorithm, &TestEntropy::from_seed(seed)).unwrap(), life).unwrap()
    }

    fn kids(document: &JwksDocument) -> Vec<String> {
        let json: serde_json::Value = serde_json::from_slice(&document.json).unwrap();
        json["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn follows_a_rotation_by_the_clock_alone() {
        let old = key(100, ES256, (0, Some(10), Some(20)));
        let new = key(200, ES256, (10, None, None));
        let (old_kid, new_kid) = (old.kid().to_owned(), new.kid().to_owned());
        let set = KeySet::new(vec![old, new]);
        let signer = |now| set.active(ES256, at(now)).unwrap().kid().to_owned();
        assert_eq!([signer(0), signer(9), signer(10)], [old_kid.clone(), old_kid.clone(), new_kid.clone()]);
        assert_eq!(kids(set.jwks(at(0))).len(), 2);
        assert_eq!(set.jwks(at(0)), set.jwks(at(19)));
        assert_eq!(kids(set.jwks(at(20))), std::slice::from_ref(&new_kid));
        assert_ne!(set.jwks(at(19)).etag, set.jwks(at(20)).etag);
        assert!(set.find(&old_kid, at(19)).is_some());
        assert!(set.find(&old_kid, at(20)).is_none());
        assert!(set.find("unheard of", at(0)).is_none());
    }

    #[test]
    fn knows_which_algorithms_can_sign() {
        let set = KeySet::new(vec![key(300, EdDSA, (0, None, None)), key(301, ES256, (50, None, None))]);
        assert_eq!(set.algorithms(at(0)).collect::<Vec<_>>(), [ES256, EdDSA], "the first that is to come will do");
        assert_eq!(set.algorithms(at(50)).collect::<Vec<_>>(), [ES256, EdDSA]);
        assert!(set.active(RS256, at(50)).is_none());
    }

    #[test]
    fn tells_when_other_keys_will_sign() {
        let set = KeySet::new(vec![key(350, EdDSA, (0, Some(70), None)), key(351, ES256, (50, None, Some(90)))]);
        let next = |now| set.next_signing_change(at(now));
        assert_eq!([next(0), next(49), next(50), next(70)], [Some(at(50)), Some(at(50)), Some(at(70)), None]);
    }

    #[test]
    fn publishes_an_empty_set_where_there_is_no_key() {
        assert_eq!(KeySet::new(vec![]).jwks(at(0)).json, r#"{"keys":[]}"#);
    }

    #[test]
    fn publishes_the_same_document_whatever_the_order_of_rows() {
        let keys =
            [key(400, EdDSA, (0, None, None)), key(401, ES256, (0, None, None)), key(402, ES256, (0, None, None))];
        let forwards = KeySet::new(keys.to_vec());
        let backwards = KeySet::new(keys.into_iter().rev().collect());
        assert_eq!(forwards.jwks(at(0)), backwards.jwks(at(0)));
    }

    #[test]
    fn publishes_no_private_member() {
        let set = KeySet::new(vec![key(500, ES256, (0, None, None)), key(501, EdDSA, (0, None, None))]);
        let json: serde_json::Value = serde_json::from_slice(&set.jwks(at(0)).json).unwrap();
        for key in json["keys"].as_array().unwrap() {
            assert!(["d", "p", "q", "dp", "dq", "qi", "k"].iter().all(|member| key.get(member).is_none()));
        }
    }

    #[test]
    fn replaces_the_set_without_disturbing_who_holds_the_old_one() {
        let ring = KeyRing::new(KeySet::new(vec![key(600, EdDSA, (0, None, None))]));
        let held = ring.current();
        ring.replace(KeySet::new(vec![]));
        assert!(held.active(EdDSA, at(0)).is_some());
        assert!(ring.current().active(EdDSA, at(0)).is_none());
    }
}
