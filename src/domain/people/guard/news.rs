//! What a server has still to tell the others of who was wrong, and what it has read of them.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::kinds::{Kind, Subject};
use crate::clock::Timestamp;
use crate::store::GuardChange;

/// The most that waits to be told. Whoever is beyond it is counted here alone.
const MOST_UNTOLD: usize = 100_000;

/// Whom something was counted for.
pub(super) type Counted = (Kind, Subject);

/// What this server has not told yet, and what it has read.
#[derive(Debug, Default)]
pub(super) struct News {
    /// What was tried, and may be taken back still.
    pub tried: HashMap<Counted, Vec<Timestamp>>,
    /// What was taken back, or forgiven, of what others know.
    pub undone: Vec<(Counted, GuardChange, Timestamp)>,
    /// How many rows this server wrote.
    pub told: i64,
    /// When it read last what others wrote.
    pub read_at: Option<Timestamp>,
    /// What it read within the overlap.
    pub read: HashSet<(Uuid, i64)>,
}

impl News {
    pub fn tried(&mut self, kind: Kind, subject: Subject, at: Timestamp) {
        if self.tried.len() < MOST_UNTOLD {
            self.tried.entry((kind, subject)).or_default().push(at);
        }
    }

    pub fn taken_back(&mut self, kind: Kind, subject: Subject, at: Timestamp) {
        let untold = self.tried.get_mut(&(kind, subject));
        let found = untold.and_then(|untold| Some((untold.iter().rposition(|other| *other == at)?, untold)));
        match found {
            Some((index, untold)) => drop(untold.remove(index)),
            None => self.undone.push(((kind, subject), GuardChange::TakenBack, at)),
        }
    }

    /// All `tries` were forgiven, of which the last was at `until`.
    pub fn forgiven(&mut self, kind: Kind, subject: Subject, tries: usize, until: Timestamp) {
        let untold = self.tried.remove(&(kind, subject)).map_or(0, |untold| untold.len());
        // What nobody was told of, nobody has to forget.
        if untold < tries {
            self.undone.push(((kind, subject), GuardChange::Forgiven, until));
        }
    }
}
