//! Mail: what a letter is, how it waits, and who carries it.
//!
//! A mail is written to the database in the transaction of what it tells, so that neither is without the other, and
//! [`delivery`] carries it away. What it says is sealed while it waits, because there are links in it that let people
//! in, and gone once a mail server has taken it.

pub mod delivery;
mod outbox;
mod sender;

pub use outbox::{Content, Letter, MailKind, Outbox};
pub use sender::Sender;
