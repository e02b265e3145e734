//! What is hashed, and how: HMAC-SHA-256 under a key of its own, over messages that can be read in one way only.
//!
//! Every message begins with what it is, so that no hash of one kind passes for one of another. Neither labels nor
//! encoding may ever change: chains that were sealed with them would no longer hold.

use std::fmt;

use aws_lc_rs::hmac;
use serde_json::Value;
use uuid::Uuid;

use crate::ids::ClientId;
use crate::store::{Event, EventBatch};

/// The hash before that of the first batch.
pub const BEGINNING: [u8; 32] = [0; 32];
/// Bytes of an event's hash that are kept: 128 bits, so that a batch's list stays short.
const EVENT_HASH: usize = 16;
/// Bytes of an event in the list of a batch: its identifier and its hash.
const ENTRY: usize = 16 + EVENT_HASH;

/// The key of the chain.
#[derive(Clone)]
pub struct ChainKey(hmac::Key);

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChainKey(..)")
    }
}

/// An event in the list of its batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The event's identifier.
    pub id: Uuid,
    /// Its hash.
    pub hash: [u8; EVENT_HASH],
}

impl ChainKey {
    /// The key that [`derive`](crate::domain::keys::master::MasterKey::derive) gave.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// What stands for an event in the list of its batch.
    #[must_use]
    pub fn entry(&self, event: &Event) -> Entry {
        let mut message = Message::new("event");
        message.bytes(event.id.0.as_bytes());
        message.number(event.at.millis());
        message.text(&event.kind);
        message.text(&event.outcome);
        message.optional(event.reason.as_deref());
        message.text(&event.actor);
        message.optional(event.person_id.map(|id| id.to_string()).as_deref());
        message.optional(event.client_id.as_ref().map(ClientId::as_str));
        message.optional(event.address.as_deref());
        message.optional(event.user_agent.as_deref());
        message.optional(event.request_id.as_deref());
        message.json(&event.details);
        let mut hash = [0; EVENT_HASH];
        hash.copy_from_slice(&self.sign(&message)[..EVENT_HASH]);
        Entry { id: event.id.0, hash }
    }

    /// What the list of a batch's events hashes to.
    #[must_use]
    pub fn digest(&self, contents: &[u8]) -> Vec<u8> {
        let mut message = Message::new("contents");
        message.bytes(contents);
        self.sign(&message)
    }

    /// What a batch hashes to that follows one of the hash `previous`. Of the batch itself its `hash` and `swept` do not
    /// matter.
    #[must_use]
    pub fn link(&self, previous: &[u8], batch: &EventBatch) -> Vec<u8> {
        self.sign(&batch_message("batch", previous, batch))
    }

    /// The server's word that it removed the events up to this batch.
    #[must_use]
    pub fn sweep_mark(&self, batch: &EventBatch) -> Vec<u8> {
        self.sign(&batch_message("swept", &batch.hash, batch))
    }

    /// Whether a batch is as it was sealed after one of the hash `previous`; or, where the chain begins with it, whether
    /// the server swept all up to there.
    #[must_use]
    pub fn holds(&self, batch: &EventBatch, previous: &[u8], is_first: bool) -> bool {
        match &batch.swept {
            Some(mark) => is_first && *mark == self.sweep_mark(batch),
            None => batch.hash == self.link(previous, batch),
        }
    }

    fn sign(&self, message: &Message) -> Vec<u8> {
        hmac::sign(&self.0, &message.0).as_ref().to_vec()
    }
}

/// The list of a batch's events as it is kept.
#[must_use]
pub fn write_entries(entries: impl IntoIterator<Item = Entry>) -> Vec<u8> {
    entries.into_iter().flat_map(|entry| entry.id.into_bytes().into_iter().chain(entry.hash)).collect()
}

/// The list of a batch's events, read back. Whether it is right its digest tells.
pub fn read_entries(contents: &[u8]) -> impl Iterator<Item = Entry> {
    contents.chunks_exact(ENTRY).filter_map(|entry| {
        let (id, hash) = entry.split_first_chunk()?;
        Some(Entry { id: Uuid::from_bytes(*id), hash: hash.try_into().ok()? })
    })
}

fn batch_message(label: &str, bound_to: &[u8], batch: &EventBatch) -> Message {
    let mut message = Message::new(label);
    message.bytes(bound_to);
    for number in [
        batch.number,
        batch.events,
        batch.total,
        batch.first_at.millis(),
        batch.last_at.millis(),
        batch.sealed_at.millis(),
    ] {
        message.number(number);
    }
    message.bytes(&batch.digest);
    message
}

/// Values one after the other, so that no two different lists of them give the same bytes.
struct Message(Vec<u8>);

impl Message {
    fn new(label: &str) -> Self {
        let mut message = Self(Vec::with_capacity(512));
        message.text(label);
        message
    }

    fn number(&mut self, number: i64) {
        self.0.extend(number.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend(bytes);
    }

    fn length(&mut self, length: usize) {
        // No machine holds so much that the count of it needs more than 64 bits.
        self.0.extend((length as u64).to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.0.push(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }

    /// Members in the order of their names, because databases keep them in orders of their own.
    fn json(&mut self, value: &Value) {
        match value {
            Value::Null => self.0.push(0),
            Value::Bool(truth) => self.0.extend([1, u8::from(*truth)]),
            Value::Number(number) => {
                self.0.push(2);
                self.text(&number.to_string());
            }
            Value::String(text) => {
                self.0.push(3);
                self.text(text);
            }
            Value::Array(items) => {
                self.0.push(4);
                self.length(items.len());
                for item in items {
                    self.json(item);
                }
            }
            Value::Object(members) => {
                self.0.push(5);
                self.length(members.len());
                let mut members: Vec<_> = members.iter().collect();
                members.sort_unstable_by_key(|(name, _)| *name);
                for (name, value) in members {
                    self.text(name);
                    self.json(value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::clock::Timestamp;
    use crate::ids::{EventId, PersonId};

    fn event() -> Event {
        Event {
            id: EventId(Uuid::from_bytes([1; 16])),
            at: Timestamp::from_seconds(5),
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

    fn batch() -> EventBatch {
        EventBatch {
            number: 1,
            events: 2,
            total: 3,
            first_at: Timestamp::from_millis(4),
            last_at: Timestamp::from_millis(5),
            sealed_at: Timestamp::from_millis(6),
            digest: vec![7],
            hash: vec![8],
            swept: None,
        }
    }

    #[test]
    fn hashes_every_field_of_an_event() {
        let key = ChainKey::new(&[3; 32]);
        let changes: [fn(&mut Event); 13] = [
            |event| event.id = EventId(Uuid::from_bytes([2; 16])),
            |event| event.at = Timestamp::from_seconds(6),
            |event| event.kind = "sign_out".to_owned(),
            |event| event.outcome = "failure".to_owned(),
            |event| event.reason = Some(String::new()),
            |event| event.actor = "operator".to_owned(),
            |event| event.person_id = Some(PersonId(Uuid::from_bytes([1; 16]))),
            |event| event.client_id = Some(ClientId("app".to_owned())),
            |event| event.address = Some("app".to_owned()),
            |event| event.user_agent = Some("app".to_owned()),
            |event| event.request_id = Some("app".to_owned()),
            |event| event.details = json!({ "a": 1 }),
            |event| event.details = json!({ "a": "1" }),
        ];
        let mut hashes = vec![key.entry(&event()).hash];
        for change in changes {
            let mut event = event();
            change(&mut event);
            let hash = key.entry(&event).hash;
            assert!(!hashes.contains(&hash), "{event:?}");
            hashes.push(hash);
        }
    }

    #[test]
    fn binds_a_batch_to_all_that_its_row_says_and_to_the_one_before() {
        let key = ChainKey::new(&[3; 32]);
        let changes: [fn(&mut EventBatch); 7] = [
            |batch| batch.number += 1,
            |batch| batch.events += 1,
            |batch| batch.total += 1,
            |batch| batch.first_at = Timestamp::from_millis(0),
            |batch| batch.last_at = Timestamp::from_millis(0),
            |batch| batch.sealed_at = Timestamp::from_millis(0),
            |batch| batch.digest = vec![0],
        ];
        let hash = key.link(&BEGINNING, &batch());
        for change in changes {
            let mut batch = batch();
            change(&mut batch);
            assert_ne!(key.link(&BEGINNING, &batch), hash, "{batch:?}");
        }
        assert_ne!(key.link(&[1; 32], &batch()), hash);
        let mut of_the_same_hash = batch();
        of_the_same_hash.hash = BEGINNING.to_vec();
        assert_ne!(key.sweep_mark(&of_the_same_hash), hash, "the word of a sweep is no hash of a batch");
    }

    #[test]
    fn takes_members_in_any_order() {
        let key = ChainKey::new(&[3; 32]);
        let told = |details: &str| Event { details: serde_json::from_str(details).unwrap(), ..event() };
        let (one, other) =
            (told(r#"{"a":{"b":[1,null],"c":true},"d":"x"}"#), told(r#"{"d":"x","a":{"c":true,"b":[1,null]}}"#));
        assert_eq!(key.entry(&one), key.entry(&other));
    }

    #[test]
    fn reads_the_list_that_it_writes() {
        let key = ChainKey::new(&[3; 32]);
        let entries = [key.entry(&event()), Entry { id: Uuid::nil(), hash: [9; EVENT_HASH] }];
        let contents = write_entries(entries);
        assert_eq!(read_entries(&contents).collect::<Vec<_>>(), entries);
        assert_eq!(contents.len(), 2 * ENTRY);
    }

    /// What was sealed years ago must hold: neither labels nor encoding may ever change.
    #[test]
    fn hashes_alike_for_ever() {
        let key = ChainKey::new(&[3; 32]);
        let event = Event { details: json!({ "a": [1, "x", null, true] }), ..event() };
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        assert_eq!(encode(&key.entry(&event).hash), "yeSMtvU6RXdeXGgXt25sgA");
        assert_eq!(encode(&key.link(&BEGINNING, &batch())), "rywv3kVsydf01E6wex29I-xa8ltxvS3bUU9veLjeaKc");
        assert_eq!(encode(&key.sweep_mark(&batch())), "zikT3XjjO4OWM_biYw2a-Nak0H7IyOgb0sji0ULW-k8");
        assert_eq!(encode(&key.digest(&[1])), "B0576nupvXvlvPj1_3T_E8CrFO0dso1pJVvE7jbertI");
    }
}
