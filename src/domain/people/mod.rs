//! The people who sign in: their accounts, the links by which they are let in, their passwords, sign-in and sign-out.

pub mod accounts;
pub mod activity;
pub mod change;
pub mod email;
pub mod foreign_hash;
pub mod guard;
pub mod import;
pub mod invite;
pub mod known_device;
pub mod leave;
pub mod links;
pub mod mail_desk;
pub mod own_data;
pub mod password_rules;
mod password_threads;
pub mod passwords;
pub mod pictures;
mod priority;
pub mod profile;
pub mod recovery;
pub mod registration;
pub mod roles;
pub mod sign_in;
pub mod sign_in_link;
pub mod sign_out;

use crate::clock::{Entropy, Timestamp};
use crate::domain::events::{Actor, NewEvent, Origin};
use crate::store::{Event, Store};

/// Something that somebody does to accounts: who, when, from where.
pub struct Act<'a> {
    /// The database.
    pub store: &'a Store,
    /// Random bytes.
    pub entropy: &'a dyn Entropy,
    /// When.
    pub now: Timestamp,
    /// Who.
    pub actor: Actor,
    /// From where.
    pub origin: &'a Origin,
}

impl Act<'_> {
    /// The row of an event that is part of this act.
    pub(in crate::domain) fn event(&self, event: NewEvent) -> Event {
        event.at(self.now, self.entropy, self.origin)
    }
}
