//! Clients: found quickly, authenticated, registered and changed.

pub mod authentication;
pub mod directory;
pub mod kind;
pub mod manager;
pub mod members;
pub mod origins;
pub mod registration;
pub mod review;
pub mod snippets;
