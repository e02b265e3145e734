//! Walking the chain: does everything fit, and if not, what is the first thing that does not?

use std::cmp::Ordering;
use std::fmt;

use uuid::Uuid;

use super::hashes::{BEGINNING, ChainKey, read_entries};
use super::{EventChain, Head};
use crate::clock::Timestamp;
use crate::ids::EventId;
use crate::store::{Event, EventBatch, Snapshot, StoreError};

/// Rows of batches that are read at a time.
const PAGE: u64 = 500;

/// A chain that holds.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// The batches that were looked into, and their events.
    pub sealed: Counted,
    /// What retention has removed.
    pub swept: Counted,
    /// Events that are not sealed yet: what happened to them nobody can tell.
    pub unsealed: u64,
    /// The last batch, to be noted elsewhere.
    pub head: Option<Head>,
}

/// Batches and the events in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// How many batches.
    pub batches: u64,
    /// How many events.
    pub events: u64,
}

/// Why a chain is not known to hold.
#[derive(Debug)]
pub enum VerifyError {
    /// The database could not be read.
    Store(StoreError),
    /// Somebody changed what was sealed.
    Tampered(Fault),
    /// The noted batch is older than what the chain remembers.
    NotedTooOld(i64),
}

/// The first thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An event is not what was sealed.
    EventChanged(Place),
    /// An event is gone.
    EventRemoved(Place),
    /// An event was put in later.
    EventInserted(Place),
    /// The row of a batch is not what was sealed, or was sealed with another key.
    BatchChanged(i64),
    /// The rows of these batches are gone: the first and the last of them.
    BatchesRemoved(i64, i64),
    /// Events are stamped with a batch that the chain does not have: number, and the last that it has.
    BatchUnknown(i64, i64),
    /// The chain ends before the noted batch: its number, and the last that there is.
    CutBefore(i64, i64),
    /// The noted batch has another hash now.
    Rewritten(i64),
}

/// Which event, in which batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The event.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// The batch.
    pub batch: i64,
}

impl From<StoreError> for VerifyError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Fault> for VerifyError {
    fn from(fault: Fault) -> Self {
        Self::Tampered(fault)
    }
}

impl EventChain {
    /// Walks the whole chain, as it is at one instant. `noted` is a head that was printed earlier: the chain must still
    /// have that batch.
    pub async fn verify(&self, noted: Option<&Head>) -> Result<Verified, VerifyError> {
        let snapshot = self.store.snapshot().await?;
        let mut walk = Walk { key: &self.key, noted, verified: Verified::default(), next: 1 };
        let mut reached = i64::MIN;
        loop {
            let batches = snapshot.event_batches_after(reached, PAGE).await?;
            for batch in &batches {
                walk.step(&snapshot, batch).await?;
                reached = batch.number;
            }
            if batches.is_empty() {
                return walk.end(&snapshot).await;
            }
        }
    }
}

/// How far the walk has come.
struct Walk<'a> {
    key: &'a ChainKey,
    noted: Option<&'a Head>,
    verified: Verified,
    /// The number of the batch that must come next.
    next: i64,
}

impl Walk<'_> {
    async fn step(&mut self, snapshot: &Snapshot, batch: &EventBatch) -> Result<(), VerifyError> {
        let is_first = self.verified.head.is_none();
        let was_swept = is_first && batch.swept.is_some();
        if !was_swept && batch.number > self.next {
            return Err(Fault::BatchesRemoved(self.next, batch.number - 1).into());
        }
        let previous = self.verified.head.as_ref().map_or(&BEGINNING[..], |head| &head.hash);
        if !self.key.holds(batch, previous, is_first) {
            return Err(Fault::BatchChanged(batch.number).into());
        }
        if was_swept {
            self.verified.swept = Counted { batches: unsigned(batch.number), events: unsigned(batch.total) };
            self.nothing_is_left(snapshot, batch).await?;
        } else {
            self.look_into(snapshot, batch).await?;
            self.verified.sealed.batches += 1;
            self.verified.sealed.events += unsigned(batch.events);
        }
        match self.noted {
            Some(noted) if noted.number == batch.number && noted.hash != batch.hash => {
                return Err(Fault::Rewritten(batch.number).into());
            }
            Some(noted) if was_swept && noted.number < batch.number => {
                return Err(VerifyError::NotedTooOld(noted.number));
            }
            _ => {}
        }
        self.verified.head = Some(Head::from(batch));
        self.next = batch.number + 1;
        Ok(())
    }

    /// Compares the events of a batch with the list that was sealed.
    async fn look_into(&self, snapshot: &Snapshot, batch: &EventBatch) -> Result<(), VerifyError> {
        let contents = snapshot.event_batch_contents(batch.number).await?.unwrap_or_default();
        if self.key.digest(&contents) != batch.digest {
            return Err(Fault::BatchChanged(batch.number).into());
        }
        let events = events_of(snapshot, batch.number).await?;
        compare(self.key, batch.number, &contents, &events).map_or(Ok(()), |fault| Err(fault.into()))
    }

    /// What was swept has no events any more.
    async fn nothing_is_left(&self, snapshot: &Snapshot, batch: &EventBatch) -> Result<(), VerifyError> {
        match snapshot.stamped_batches().await? {
            Some((smallest, _)) if smallest <= batch.number => {
                let events = events_of(snapshot, smallest).await?;
                let inserted = events.first().map(|event| Fault::EventInserted(place(event, smallest)));
                inserted.map_or(Ok(()), |fault| Err(fault.into()))
            }
            _ => Ok(()),
        }
    }

    async fn end(mut self, snapshot: &Snapshot) -> Result<Verified, VerifyError> {
        let last = self.next - 1;
        for stamped in snapshot.stamped_batches().await?.iter().flat_map(|(smallest, largest)| [*smallest, *largest]) {
            if stamped > last || stamped < 1 {
                return Err(Fault::BatchUnknown(stamped, last).into());
            }
        }
        if let Some(noted) = self.noted.filter(|noted| noted.number > last) {
            return Err(Fault::CutBefore(noted.number, last).into());
        }
        self.verified.unsealed = snapshot.unsealed_events().await?;
        Ok(self.verified)
    }
}

/// The events of a batch. The server writes none that it cannot read: such a one was changed.
async fn events_of(snapshot: &Snapshot, batch: i64) -> Result<Vec<Event>, VerifyError> {
    match snapshot.events_of_batch(batch).await {
        Ok(events) => Ok(events),
        Err(error) => match snapshot.unreadable_event_of_batch(batch).await? {
            Some(id) => Err(Fault::EventChanged(place_of(id.0, batch)).into()),
            None => Err(error.into()),
        },
    }
}

/// The first difference between the list that was sealed and the events that there are, both in the order of their
/// identifiers.
fn compare(key: &ChainKey, batch: i64, contents: &[u8], events: &[Event]) -> Option<Fault> {
    let (mut sealed, mut found) = (read_entries(contents).peekable(), events.iter().peekable());
    loop {
        let order = match (sealed.peek(), found.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(entry), Some(event)) => entry.id.cmp(&event.id.0),
        };
        match (order, sealed.next_if(|_| order.is_le()), found.next_if(|_| order.is_ge())) {
            (Ordering::Less, Some(entry), _) => return Some(Fault::EventRemoved(place_of(entry.id, batch))),
            (Ordering::Greater, _, Some(event)) => return Some(Fault::EventInserted(place(event, batch))),
            (_, Some(entry), Some(event)) if key.entry(event) != entry => {
                return Some(Fault::EventChanged(place(event, batch)));
            }
            _ => {}
        }
    }
}

fn place(event: &Event, batch: i64) -> Place {
    Place { id: event.id, at: event.at, batch }
}

/// The place of an event that is gone, or cannot be read: its identifier begins with its time.
fn place_of(id: Uuid, batch: i64) -> Place {
    let millis = id
        .get_timestamp()
        .map(|time| time.to_unix())
        .map(|(seconds, nanos)| seconds * 1000 + u64::from(nanos) / 1_000_000);
    let at = Timestamp::from_millis(millis.and_then(|millis| i64::try_from(millis).ok()).unwrap_or(0));
    Place { id: EventId(id), at, batch }
}

/// Numbers and counts of the chain, whose hash holds, are the server's own and never below zero.
fn unsigned(count: i64) -> u64 {
    count.unsigned_abs()
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.id, self.at.to_rfc3339())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EventChanged(place) => {
                write!(f, "event {place} of batch {} was changed after it was sealed", place.batch)
            }
            Self::EventRemoved(place) => {
                write!(f, "event {place} was sealed in batch {} and has been removed", place.batch)
            }
            Self::EventInserted(place) => {
                write!(f, "event {place} was put into batch {} after that was sealed", place.batch)
            }
            Self::BatchChanged(number) => write!(
                f,
                "the row of batch {number} was changed after it was sealed, or the encryption key is not the one that \
                 sealed it"
            ),
            Self::BatchesRemoved(first, last) if first == last => write!(f, "batch {first} has been removed"),
            Self::BatchesRemoved(first, last) => write!(f, "the batches {first} to {last} have been removed"),
            Self::BatchUnknown(number, last) => {
                write!(f, "there are events of batch {number}, but the chain ends with batch {last}")
            }
            Self::CutBefore(noted, last) => {
                write!(f, "the chain ends with batch {last}, before the noted batch {noted}: its end was cut off")
            }
            Self::Rewritten(number) => {
                write!(f, "batch {number} has another hash than was noted: it was sealed anew")
            }
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Tampered(fault) => fault.fmt(f),
            Self::NotedTooOld(number) => write!(
                f,
                "retention has removed batch {number} and what followed it, so that there is nothing left to compare with"
            ),
        }
    }
}

impl std::error::Error for VerifyError {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::hashes::write_entries;
    use super::*;

    fn event(number: u8) -> Event {
        Event {
            id: EventId(Uuid::from_bytes([number; 16])),
            at: Timestamp::from_seconds(number.into()),
            kind: "sign_in".to_owned(),
            outcome: "success".to_owned(),
            reason: None,
            actor: "anonymous".to_owned(),
            person_id: None,
            client_id: None,
            address: None,
            user_agent: None,
            request_id: None,
            details: json!({}),
        }
    }

    #[test]
    fn names_the_first_event_that_does_not_fit() {
        let key = ChainKey::new(&[3; 32]);
        let contents = write_entries([2, 4, 6].map(|number| key.entry(&event(number))));
        let changed = |number| Event { actor: "operator".to_owned(), ..event(number) };
        let found = |events: &[Event]| compare(&key, 7, &contents, events);
        assert_eq!(found(&[2, 4, 6].map(event)), None);
        assert_eq!(found(&[event(2), changed(4), event(6)]), Some(Fault::EventChanged(place(&event(4), 7))));
        for (numbers, gone) in [(&[4, 6][..], 2), (&[2, 6], 4), (&[2, 4], 6), (&[], 2)] {
            let events: Vec<_> = numbers.iter().copied().map(event).collect();
            assert!(matches!(found(&events), Some(Fault::EventRemoved(place)) if place.id == event(gone).id));
        }
        for (numbers, new) in [([1, 2, 4, 6], 1), ([2, 3, 4, 6], 3), ([2, 4, 6, 7], 7)] {
            assert_eq!(found(&numbers.map(event)), Some(Fault::EventInserted(place(&event(new), 7))));
        }
    }

    #[test]
    fn tells_when_an_event_happened_that_is_gone() {
        let id = uuid::Builder::from_unix_timestamp_millis(5_000, &[0; 10]).into_uuid();
        assert_eq!(place_of(id, 1).at, Timestamp::from_seconds(5));
    }
}
