//! Clients: found quickly, authenticated, registered and changed.

pub mod assertion;
pub mod authentication;
pub mod authorities;
pub mod certificate;
pub mod directory;
pub mod documents;
pub mod dynamic;
pub mod kind;
pub mod manager;
pub mod members;
pub mod origins;
pub mod recipient;
pub mod registration;
pub mod remote_keys;
pub mod request_object;
pub mod review;
pub mod secrets;
pub mod signature;
pub mod snippets;
