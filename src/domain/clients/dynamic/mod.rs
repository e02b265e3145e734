//! Clients that register themselves (RFC 7591, OpenID Connect Registration 1.0) and look after their registration
//! (RFC 7592).
//!
//! Such a client is a client like any other, except that nobody here has looked at it. So it says what it is called, where
//! its answers go and how it proves who it is; what it may do beyond that, an administrator says ([`members`]), and what it
//! sends of it is passed over, as RFC 7591 §3.2.1 has it. What is registered counts, and that is what it is told.

mod bounds;
mod described;
pub mod initial_tokens;
mod members;
mod parse;
mod unused;

pub use bounds::Bounds;
pub use described::described;
pub use parse::{NotAcceptable, new, update};
pub use unused::{mark_used, remove_unused};
