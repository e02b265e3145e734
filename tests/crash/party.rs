//! Several visitors who use one server at once.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use super::checker;
use super::dice::Dice;
use super::journal::Journal;
use super::server::Place;
use super::visitor::Visitor;

/// How many they are.
pub const VISITORS: u64 = 6;
/// How long a refused visitor waits before the next try.
const BREATH: Duration = Duration::from_millis(5);
/// So many requests are answered before anybody looks at what was promised.
const ENOUGH: u64 = 40;
/// How long a busy machine may take over that.
const PATIENCE: Duration = Duration::from_mins(5);

/// The visitors of one server, and what they found.
pub struct Party {
    /// They.
    pub visitors: Vec<Visitor>,
    /// Promises that were broken.
    pub broken: Vec<String>,
    successes: Arc<AtomicU64>,
    refusals: Arc<AtomicU64>,
}

impl Party {
    /// The people that a server has to know.
    pub fn people() -> Vec<String> {
        (0..VISITORS).map(|number| format!("visitor-{number}")).collect()
    }

    /// Visitors who have not been there yet.
    pub fn new(place: &Place, seed: u64) -> Self {
        let (successes, refusals) = <(Arc<AtomicU64>, Arc<AtomicU64>)>::default();
        let visitor = |(number, person)| Visitor {
            address: place.address.clone(),
            person,
            dice: Dice(seed.wrapping_mul(1000) + number),
            journal: Journal::default(),
            patience: None,
            successes: Arc::clone(&successes),
            refusals: Arc::clone(&refusals),
        };
        let visitors = (0..).zip(Self::people()).map(visitor).collect();
        Self { visitors, broken: Vec::new(), successes, refusals }
    }

    /// Everybody uses the server until it does not answer; `death` is to see to that. It is handed the number of
    /// requests that were answered.
    pub fn use_until(&mut self, death: impl FnOnce(&AtomicU64)) {
        let successes = Arc::clone(&self.successes);
        thread::scope(|scope| {
            for visitor in &mut self.visitors {
                scope.spawn(|| while visitor.act().is_some() {});
            }
            death(&successes);
        });
    }

    /// Everybody uses the server, which is well, for at least this long.
    pub fn use_well(&mut self, least: Duration) {
        let ended = AtomicBool::new(false);
        let enough = self.successes.load(Ordering::Relaxed) + ENOUGH;
        let successes = Arc::clone(&self.successes);
        let is_well = thread::scope(|scope| {
            for visitor in &mut self.visitors {
                scope.spawn(|| {
                    while !ended.load(Ordering::Relaxed) {
                        if visitor.act().is_none() {
                            visitor.journal.faults.push("a healthy server did not answer".to_owned());
                            return;
                        }
                    }
                });
            }
            sleep(least);
            let is_well = soon(PATIENCE, || successes.load(Ordering::Relaxed) >= enough);
            ended.store(true, Ordering::Relaxed);
            is_well
        });
        self.demand("a healthy server works", is_well);
    }

    /// Everybody uses the server, which may refuse, clearly and within `patience`, as long as `meanwhile` lasts. It is
    /// handed the number of refusals.
    pub fn endure<T>(&mut self, patience: Duration, meanwhile: impl FnOnce(&AtomicU64) -> T) -> T {
        let ended = AtomicBool::new(false);
        let refusals = Arc::clone(&self.refusals);
        let outcome = thread::scope(|scope| {
            for visitor in &mut self.visitors {
                visitor.patience = Some(patience);
                scope.spawn(|| {
                    while !ended.load(Ordering::Relaxed) {
                        if visitor.act().is_none() {
                            sleep(BREATH);
                        }
                    }
                });
            }
            let outcome = meanwhile(&refusals);
            ended.store(true, Ordering::Relaxed);
            outcome
        });
        for visitor in &mut self.visitors {
            visitor.patience = None;
        }
        outcome
    }

    /// Holds the server to what it answered.
    pub fn check(&mut self, when: &str) {
        thread::scope(|scope| {
            for visitor in &mut self.visitors {
                scope.spawn(|| checker::check(visitor));
            }
        });
        let found = self.visitors.iter_mut().flat_map(|visitor| visitor.journal.faults.drain(..));
        self.broken.extend(found.map(|fault| format!("{when}: {fault}")));
    }

    /// Notes what must hold besides.
    pub fn demand(&mut self, what: &str, holds: bool) {
        if !holds {
            self.broken.push(format!("not so: {what}"));
        }
    }

    /// What was counted, and what was broken.
    pub fn report(&self, title: &str) -> Report {
        let mut counts = BTreeMap::<_, u64>::new();
        for (what, count) in self.visitors.iter().flat_map(|visitor| &visitor.journal.counts) {
            *counts.entry(*what).or_default() += count;
        }
        let mut text = format!("\n| {title} | |\n|---|--:|\n");
        for (what, count) in counts {
            writeln!(text, "| {what} | {count} |").unwrap();
        }
        writeln!(text, "| broken promises | {} |", self.broken.len()).unwrap();
        for fault in &self.broken {
            writeln!(text, "BROKEN {fault}").unwrap();
        }
        Report { text, broken: self.broken.len() }
    }
}

/// What a scenario found.
pub struct Report {
    /// For people.
    pub text: String,
    /// The number of broken promises.
    pub broken: usize,
}

/// Whether something becomes true within some time.
pub fn soon(within: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < within {
        if is_so() {
            return true;
        }
        sleep(Duration::from_millis(10));
    }
    false
}
