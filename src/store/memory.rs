//! What was read lately and is asked for again and again by whoever looks into tokens.
//!
//! A read costs the database as much as a signature costs the processor, so up to [`CAPACITY`] answers of a kind are
//! kept. A commit of this process that revokes, disables, deletes or changes anything that may be kept makes all of it
//! out of date before it is answered, so that this process never goes by what it has ended itself. What another process
//! changes (a second server, a command) goes unnoticed for [`LIFETIME`] at most (RFC 7009 §2 allows for such a delay).

use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache;

use super::Result;

/// The most of each kind that is remembered.
const CAPACITY: usize = 2_000;
/// How long a change that another process made may go unnoticed.
pub const LIFETIME: Duration = Duration::from_secs(1);

/// The age of what is known: whatever was read in an earlier one is out of date.
#[derive(Clone, Default)]
pub(super) struct Generation(Arc<AtomicU64>);

impl Generation {
    /// The first one, which ends regularly for the sake of other processes, as long as the present runtime lives.
    pub(super) fn begin() -> Self {
        let generation = Self::default();
        let weak = Arc::downgrade(&generation.0);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LIFETIME).await;
                let Some(current) = weak.upgrade() else { return };
                Self(current).end();
            }
        });
        generation
    }

    /// Makes everything read so far out of date.
    pub(super) fn end(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn current(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// What is remembered of one kind. Clones share it.
pub(super) struct Memory<K, V> {
    generation: Generation,
    known: Arc<Cache<K, (V, u64)>>,
}

impl<K, V> Clone for Memory<K, V> {
    fn clone(&self) -> Self {
        Self { generation: self.generation.clone(), known: Arc::clone(&self.known) }
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Memory<K, V> {
    /// An empty one, whose content ends with each generation.
    pub(super) fn new(generation: &Generation) -> Self {
        Self { generation: generation.clone(), known: Arc::new(Cache::new(CAPACITY)) }
    }

    /// What is remembered under `key`, or else what `read` finds. That nothing is found is not remembered, so that
    /// strangers cannot push known things out.
    pub(super) async fn recall<R>(&self, key: K, read: impl FnOnce() -> R) -> Result<Option<V>>
    where
        R: Future<Output = Result<Option<V>>>,
    {
        // Taken before the read: what ends while it is under way must not be remembered after all.
        let generation = self.generation.current();
        if let Some((value, read_in)) = self.known.get(&key)
            && read_in == generation
        {
            return Ok(Some(value));
        }
        // On the heap, so that a request which needs no read does not carry the room for one.
        let found = Box::pin(read()).await?;
        if let Some(value) = &found {
            self.known.insert(key, (value.clone(), generation));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn recall(memory: &Memory<u8, bool>, value: bool) -> bool {
        memory.recall(0, async || Ok(Some(value))).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn remembers_until_the_generation_ends() {
        let generation = Generation::default();
        let memory = Memory::new(&generation);
        assert!(!recall(&memory, false).await);
        assert!(!recall(&memory, true).await);
        generation.end();
        assert!(recall(&memory, true).await);
    }

    #[tokio::test]
    async fn does_not_remember_what_ended_while_it_was_read() {
        let generation = Generation::default();
        let memory = Memory::new(&generation);
        let read = async || {
            generation.end();
            Ok(Some(false))
        };
        memory.recall(0, read).await.unwrap();
        assert!(recall(&memory, true).await);
    }

    #[tokio::test]
    async fn does_not_remember_that_there_is_nothing() {
        let memory = Memory::new(&Generation::default());
        assert!(memory.recall(0, async || Ok(None)).await.unwrap().is_none());
        assert!(recall(&memory, true).await);
    }

    #[tokio::test]
    async fn ends_by_itself_for_the_sake_of_other_processes() {
        let memory = Memory::new(&Generation::begin());
        let until_forgotten = async {
            recall(&memory, false).await;
            while !recall(&memory, true).await {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LIFETIME * 10, until_forgotten).await.unwrap();
    }
}
