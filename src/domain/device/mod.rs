//! Devices on which nobody likes to type (RFC 8628): one asks, a person answers on another, the first fetches what it was
//! given.
//!
//! The device is told two codes. The device code is its own secret, with which it comes back; the user code is short,
//! because a person types it. What makes up for its shortness: it works once, for some minutes, for somebody who is
//! signed in, and wrong ones are counted (`people::guard`).

pub mod answer;
pub mod ask;
pub mod polls;
pub mod recognized;
pub mod redeem;
