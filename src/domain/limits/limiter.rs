//! What this server has counted of everybody who was active lately.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::limit::{Admission, Limits, Standing};
use super::window::Counts;
use crate::clock::Timestamp;
use crate::ids::{ApiKeyId, ClientId};
use crate::store::{Result, Store};

/// Whose requests are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject(pub(super) String);

impl Subject {
    /// An API key.
    #[must_use]
    pub fn api_key(id: ApiKeyId) -> Self {
        Self(format!("key {id}"))
    }

    /// A client.
    #[must_use]
    pub fn client(id: &ClientId) -> Self {
        Self(format!("client {id}"))
    }
}

/// What this server has counted.
#[derive(Debug, Default)]
pub struct Limiter {
    subjects: Mutex<HashMap<Subject, Counts>>,
}

impl Limiter {
    /// Counts a request of `subject`, if it passes within `limits`; one that does not pass is not counted.
    pub async fn admit(&self, store: &Store, subject: &Subject, limits: &Limits, now: Timestamp) -> Result<Admission> {
        if limits.is_none() {
            return Ok(Admission::default());
        }
        if let Some(admission) = self.admit_known(subject, limits, now) {
            return Ok(admission);
        }
        let counted = store.limit_counts(std::slice::from_ref(&subject.0), now).await?;
        let mut subjects = self.lock();
        let counts = subjects.entry(subject.clone()).or_insert_with(|| Counts::load(&counted));
        Ok(counts.admit(limits, now))
    }

    /// How things stand with each of `limits`; nothing is counted.
    pub async fn look(
        &self,
        store: &Store,
        subject: &Subject,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Vec<Standing>> {
        if limits.is_none() {
            return Ok(Vec::new());
        }
        if let Some(standings) = self.look_at_known(subject, limits, now) {
            return Ok(standings);
        }
        let counted = store.limit_counts(std::slice::from_ref(&subject.0), now).await?;
        Ok(Counts::load(&counted).look(limits, now))
    }

    fn look_at_known(&self, subject: &Subject, limits: &Limits, now: Timestamp) -> Option<Vec<Standing>> {
        Some(self.lock().get_mut(subject)?.look(limits, now))
    }

    fn admit_known(&self, subject: &Subject, limits: &Limits, now: Timestamp) -> Option<Admission> {
        Some(self.lock().get_mut(subject)?.admit(limits, now))
    }

    /// Every count is a number that is whole at any moment, so that one left by a panic is as good as any.
    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<Subject, Counts>> {
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
