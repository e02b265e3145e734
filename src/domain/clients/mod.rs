//! Clients: found quickly, authenticated, registered and changed.

pub mod authentication;
pub mod directory;
pub mod origins;
pub mod registration;
