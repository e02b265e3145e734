//! How servers on one database come to know what each has let pass.

use std::time::Duration;

use super::limiter::{Limiter, Subject};
use super::window::Counts;
use crate::clock::Timestamp;
use crate::store::{LimitCount, Result, Store};

/// How often servers tell each other.
pub const EXCHANGE: Duration = Duration::from_secs(1);
/// After how long a subject that does nothing is forgotten; the database remembers it.
const IDLE: Duration = Duration::from_mins(2);
/// The most rows and subjects of one statement.
const AT_ONCE: usize = 500;

/// Adds to the database what this server has counted, and learns what all have. What cannot be written is told the next
/// time.
pub async fn exchange(store: &Store, limiter: &Limiter, now: Timestamp) -> Result<()> {
    let (told, active) = take(limiter, now);
    let mut chunks = told.chunks(AT_ONCE);
    while let Some(chunk) = chunks.next() {
        let rows = chunk.to_vec();
        let written = store.write(move |tx| Box::pin(async move { tx.add_limit_counts(&rows).await })).await;
        if let Err(error) = written {
            keep(limiter, chunk);
            chunks.for_each(|chunk| keep(limiter, chunk));
            return Err(error);
        }
    }
    for subjects in active.chunks(AT_ONCE) {
        learn(limiter, &store.limit_counts(subjects, now).await?);
    }
    Ok(())
}

/// What is to be told, in the order of the table's key; and who was active since the last time.
fn take(limiter: &Limiter, now: Timestamp) -> (Vec<LimitCount>, Vec<String>) {
    let mut subjects = limiter.lock();
    let mut told: Vec<_> = subjects.iter_mut().flat_map(|(subject, counts)| counts.tell(&subject.0, now)).collect();
    told.sort_unstable();
    // Whoever has something to tell stays, in case that it cannot be told.
    let tells = |subject: &Subject| told.binary_search_by(|count| count.subject.cmp(&subject.0)).is_ok();
    subjects.retain(|subject, counts| now.since(counts.last_active()) < IDLE || tells(subject));
    let is_active = |(_, counts): &(&Subject, &Counts)| now.since(counts.last_active()) <= EXCHANGE * 2;
    let active = subjects.iter().filter(is_active).map(|(subject, _)| subject.0.clone()).collect();
    (told, active)
}

fn keep(limiter: &Limiter, counts: &[LimitCount]) {
    let mut subjects = limiter.lock();
    for count in counts {
        if let Some(known) = subjects.get_mut(&Subject(count.subject.clone())) {
            known.keep(count);
        }
    }
}

fn learn(limiter: &Limiter, counts: &[LimitCount]) {
    let mut subjects = limiter.lock();
    for count in counts {
        if let Some(known) = subjects.get_mut(&Subject(count.subject.clone())) {
            known.learn(std::slice::from_ref(count));
        }
    }
}
