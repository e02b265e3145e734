//! The event log as a chain that shows tampering.
//!
//! An event is inserted plainly, so that nobody who writes one waits. Every few seconds what has gathered is sealed as a
//! batch: each event is hashed, the list of them, and that with the hash of the batch before. The hashes are keyed from
//! outside the database, so whoever can write to it cannot make them anew ([`hashes`]). What is past retention is removed
//! from the front, batch by batch, and the server leaves its word that it did so ([`sweep`]). [`verify`] walks the
//! chain and names what does not fit.

pub mod hashes;
mod seal;
mod sweep;
pub mod verify;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::store::{EventBatch, Store};
use hashes::ChainKey;

/// The chain of a database's events.
#[derive(Clone)]
pub struct EventChain {
    /// Where they are.
    pub store: Store,
    /// What they are hashed with.
    pub key: ChainKey,
    /// How long they are kept.
    pub retention: Duration,
}

/// The last batch of a chain, as it is noted elsewhere: `NUMBER:HASH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The batch's number.
    pub number: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

impl From<&EventBatch> for Head {
    fn from(batch: &EventBatch) -> Self {
        Self { number: batch.number, hash: batch.hash.clone() }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, URL_SAFE_NO_PAD.encode(&self.hash))
    }
}

impl FromStr for Head {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once(':').and_then(|(number, hash)| {
            Some(Self { number: number.parse().ok()?, hash: URL_SAFE_NO_PAD.decode(hash).ok()? })
        });
        parts.ok_or("is not NUMBER:HASH, as `claviger events verify` prints it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_head_that_it_prints() {
        let head = Head { number: 12, hash: vec![0xff; 32] };
        assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
        for wrong in ["", "12", ":", "x:AA", "12:?"] {
            assert!(wrong.parse::<Head>().is_err(), "{wrong}");
        }
    }
}
