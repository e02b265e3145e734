//! Threads that do nothing but hash passwords, as many as may hash at once, each with memory of its own that it uses over
//! and over.
//!
//! Asked for and given back with every hash, the megabytes that each takes are soon parted from each other by small
//! things in between, and the system's allocator takes more, up to gigabytes after a burst of sign-ins.
//!
//! Where a core is wanted by all, they stand back behind the threads that answer requests: a crowd at the sign-in is no reason
//! for machines to wait.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use argon2::Block;
use tokio::sync::oneshot;

use super::priority::stand_back;

/// What a hash is computed in; as large as the largest so far.
pub(super) type Memory = Vec<Block>;
type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// The threads. They end when this is dropped and what they were given is done.
pub(super) struct PasswordThreads {
    jobs: mpsc::Sender<Job>,
}

impl PasswordThreads {
    /// Starts so many.
    pub fn start(count: usize) -> io::Result<Self> {
        let (jobs, waiting) = mpsc::channel::<Job>();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..count {
            let waiting = Arc::clone(&waiting);
            let next = move || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let work = move || {
                stand_back();
                let mut memory = Memory::new();
                while let Ok(job) = next() {
                    // Whoever waits for a job that panicked finds its reply gone; the next one gets this thread.
                    drop(catch_unwind(AssertUnwindSafe(|| job(&mut memory))));
                }
            };
            thread::Builder::new().name("passwords".to_owned()).spawn(work)?;
        }
        Ok(Self { jobs })
    }

    /// Has one of them do `job`; `None` if it panicked.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce(&mut Memory) -> T + Send + 'static) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        // Whoever asked may have gone away; the job is done all the same.
        self.jobs.send(Box::new(move |memory| drop(reply.send(job(memory))))).ok()?;
        answer.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn uses_the_same_threads_over_and_over() {
        let threads = PasswordThreads::start(2).unwrap();
        let seen = join_all((0..50).map(|_| threads.run(|_| thread::current().id()))).await;
        assert!(seen.into_iter().collect::<Option<HashSet<_>>>().unwrap().len() <= 2);
    }

    #[tokio::test]
    async fn survives_a_panic() {
        let threads = PasswordThreads::start(1).unwrap();
        assert_eq!(threads.run(|_| panic!("on purpose")).await, None::<()>);
        assert_eq!(threads.run(|_| 1).await, Some(1));
    }
}
