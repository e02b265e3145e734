//! Our keys between their table and memory: made at the first start, loaded, added, rotated, retired.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;

use super::decryption_key::DecryptionKey;
use super::key_error::KeyError;
use super::key_set::KeySet;
use super::private_key::PrivateKey;
use super::rotation::{self, KeyLife, KeyRecord, KeyState, RotationError};
use super::sealing::Sealer;
use super::signing_key::SigningKey;
use crate::clock::{Entropy, Timestamp};
use crate::domain::events::{Actor, EventKind, NewEvent, Origin};
use crate::protocol::algorithm::KeyAlgorithm;
use crate::store::{self, Event, Store, StoreError, StoredKey};

/// What every server signs with from the first day. OIDC Core §15.1 demands RS256; ES256 costs a tenth of it.
const FIRST: [KeyAlgorithm; 2] = [KeyAlgorithm::RS256, KeyAlgorithm::ES256];

/// What keeping keys needs.
#[derive(Clone)]
pub struct Keeper {
    /// Where they rest.
    pub store: Store,
    /// What they are sealed under.
    pub sealer: Arc<Sealer>,
    /// Randomness for new ones.
    pub entropy: Arc<dyn Entropy>,
}

impl Keeper {
    /// Every key, parsed. One that does not open is an error: the wrong key-encryption key must not go unnoticed.
    pub async fn load(&self) -> Result<KeySet, KeeperError> {
        let (mut signing, mut decrypting) = (Vec::new(), Vec::new());
        for stored in self.store.signing_keys().await? {
            let (key, life) = (self.open(&stored)?, life(&stored));
            match stored.algorithm.signing() {
                Some(_) => signing.push(SigningKey::new(&key, life)?),
                None => decrypting.push(DecryptionKey::new(&key, life)?),
            }
        }
        Ok(KeySet::with(signing, decrypting))
    }

    /// Makes the keys that every server has, unless they are there: those that sign at the first start only, those that
    /// others encrypt to whenever there is none. Answers with what was made now.
    pub async fn ensure(&self, now: Timestamp) -> Result<Vec<KeyAlgorithm>, KeeperError> {
        let mut made = Vec::new();
        for algorithm in missing(&self.store.signing_keys().await?, now) {
            made.push(self.seal(&self.generate(algorithm).await?, KeyLife::starting(now)));
        }
        if made.is_empty() {
            return Ok(Vec::new());
        }
        let made: Vec<_> = made.into_iter().map(|key| (self.added(&key, now), key)).collect();
        Ok(self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    tx.lock_signing_keys().await?;
                    // Another server may have been quicker.
                    let missing = missing(&tx.signing_keys().await?, now);
                    let mut written = Vec::new();
                    for (event, key) in made.into_iter().filter(|(_, key)| missing.contains(&key.algorithm)) {
                        insert(tx, std::slice::from_ref(&key), vec![event]).await?;
                        written.push(key.algorithm);
                    }
                    Ok(written)
                })
            })
            .await?)
    }

    /// Adds a key that signs at once if there is none of its algorithm, and otherwise takes over as in a rotation.
    pub async fn add(&self, key: PrivateKey, plan: Plan) -> Result<StoredKey, KeeperError> {
        self.hand_over(key, EventKind::KeyAdded, plan).await
    }

    /// Makes the next key of `algorithm`: published now, signing after `plan.publish_before`.
    pub async fn rotate(&self, algorithm: impl Into<KeyAlgorithm>, plan: Plan) -> Result<StoredKey, KeeperError> {
        let key = self.generate(algorithm).await?;
        self.hand_over(key, EventKind::KeyRotated, plan).await
    }

    /// Takes a key out of use and out of the JWK set at once.
    pub async fn retire(&self, kid: &str, actor: Actor, now: Timestamp) -> Result<(), KeeperError> {
        let event = self.event(EventKind::KeyRetired, kid, actor, now);
        let kid = kid.to_owned();
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.lock_signing_keys().await?;
                    let stored = tx.signing_keys().await?;
                    let changes = match rotation::plan_retirement(&records(&stored), &kid, now) {
                        Ok(changes) => changes,
                        Err(refusal) => return Ok(Err(refusal)),
                    };
                    for change in changes {
                        reschedule(tx, &stored, &change.kid, change.life).await?;
                    }
                    tx.insert_event(event).await?;
                    Ok(Ok(()))
                })
            })
            .await?
            .map_err(KeeperError::Refused)
    }

    /// Makes a key on a thread that may block: an RSA key takes a good part of a second.
    pub async fn generate(&self, algorithm: impl Into<KeyAlgorithm>) -> Result<PrivateKey, KeeperError> {
        let (algorithm, entropy) = (algorithm.into(), Arc::clone(&self.entropy));
        let made = spawn_blocking(move || PrivateKey::generate(algorithm, &*entropy)).await;
        Ok(made.map_err(|_| KeyError::Generation)??)
    }

    /// Opens the private half of a stored key, for export.
    pub fn open(&self, stored: &StoredKey) -> Result<PrivateKey, KeeperError> {
        Ok(PrivateKey::open(&stored.kid, stored.algorithm, &stored.sealed_private_key, &self.sealer)?)
    }

    async fn hand_over(&self, key: PrivateKey, kind: EventKind, plan: Plan) -> Result<StoredKey, KeeperError> {
        let sealed = self.seal(&key, KeyLife::starting(plan.now));
        let event = self.event(kind, key.kid(), plan.actor, plan.now);
        let algorithm = key.algorithm();
        let (publish_before, token_lifetime, now) = (plan.publish_before, plan.longest_token_lifetime, plan.now);
        self.store
            .write(move |tx| {
                Box::pin(async move {
                    tx.lock_signing_keys().await?;
                    let stored = tx.signing_keys().await?;
                    let records = records(&stored);
                    let planned = rotation::plan_rotation(&records, algorithm, now, publish_before, token_lifetime);
                    let rotation = match planned {
                        Ok(rotation) => rotation,
                        Err(refusal) => return Ok(Err(refusal)),
                    };
                    for change in rotation.changes {
                        reschedule(tx, &stored, &change.kid, change.life).await?;
                    }
                    let added = with_life(sealed, rotation.new);
                    insert(tx, std::slice::from_ref(&added), vec![event]).await?;
                    Ok(Ok(added))
                })
            })
            .await?
            .map_err(KeeperError::Refused)
    }

    fn added(&self, key: &StoredKey, now: Timestamp) -> Event {
        self.event(EventKind::KeyAdded, &key.kid, Actor::System, now)
    }

    fn seal(&self, key: &PrivateKey, life: KeyLife) -> StoredKey {
        let stored = StoredKey {
            kid: key.kid().to_owned(),
            algorithm: key.algorithm(),
            sealed_private_key: key.seal(&self.sealer),
            created_at: life.created_at,
            signs_from: life.signs_from,
            signs_until: None,
            published_until: None,
        };
        with_life(stored, life)
    }

    fn event(&self, what: EventKind, kid: &str, actor: Actor, now: Timestamp) -> Event {
        NewEvent::success(what, actor).detail("kid", kid).at(now, &*self.entropy, &Origin::default())
    }
}

/// When and by whom a key takes over.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Who wants it.
    pub actor: Actor,
    /// The present.
    pub now: Timestamp,
    /// How long the new key is published before it signs.
    pub publish_before: Duration,
    /// How long a signature of the old key may still be needed.
    pub longest_token_lifetime: Duration,
}

/// Why a key could not be kept.
#[derive(Debug)]
pub enum KeeperError {
    /// The key itself is not good.
    Key(KeyError),
    /// The keys stay as they are.
    Refused(RotationError),
    /// The database failed.
    Store(StoreError),
}

impl fmt::Display for KeeperError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(error) => error.fmt(f),
            Self::Refused(error) => error.fmt(f),
            Self::Store(StoreError::Exists) => f.write_str("this key is here already"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for KeeperError {}

impl From<KeyError> for KeeperError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<StoreError> for KeeperError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What every server has and this one lacks.
fn missing(stored: &[StoredKey], now: Timestamp) -> Vec<KeyAlgorithm> {
    let is_there = |algorithm: &KeyAlgorithm| {
        stored
            .iter()
            .any(|key| key.algorithm == *algorithm && matches!(life(key).state(now), KeyState::Next | KeyState::Active))
    };
    let first = FIRST.into_iter().filter(|_| stored.is_empty());
    first.chain(KeyAlgorithm::DECRYPTING.into_iter().filter(|algorithm| !is_there(algorithm))).collect()
}

/// The life of a stored key.
#[must_use]
pub fn life(stored: &StoredKey) -> KeyLife {
    KeyLife {
        created_at: stored.created_at,
        signs_from: stored.signs_from,
        signs_until: stored.signs_until,
        published_until: stored.published_until,
    }
}

fn with_life(stored: StoredKey, life: KeyLife) -> StoredKey {
    StoredKey {
        signs_from: life.signs_from,
        signs_until: life.signs_until,
        published_until: life.published_until,
        ..stored
    }
}

fn records(stored: &[StoredKey]) -> Vec<KeyRecord> {
    let record = |key: &StoredKey| KeyRecord { kid: key.kid.clone(), algorithm: key.algorithm, life: life(key) };
    stored.iter().map(record).collect()
}

async fn insert(tx: &store::Tx, keys: &[StoredKey], events: Vec<Event>) -> store::Result<()> {
    for key in keys {
        tx.insert_signing_key(key).await?;
    }
    for event in events {
        tx.insert_event(event).await?;
    }
    Ok(())
}

async fn reschedule(tx: &store::Tx, stored: &[StoredKey], kid: &str, life: KeyLife) -> store::Result<()> {
    if let Some(key) = stored.iter().find(|key| key.kid == kid) {
        tx.reschedule_signing_key(&with_life(key.clone(), life)).await?;
    }
    Ok(())
}
