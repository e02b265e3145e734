//! Keys: the master key and what is derived from it, the signing keys and their schedule, and the tokens they sign.
//!
//! Where keys are stored is the business of `store`; this module only says what is stored, and how it is sealed.
//!
//! - [`master`] is the one secret outside the database; [`sealing`] and [`hashing`] use what is derived from it.
//! - [`private_key`] makes, imports and exports signing keys; [`jwk`] is their public half.
//! - [`rotation`] is the life of a key in time; [`signing_key`] a key ready for use; [`key_set`] all of them at once.
//! - [`jwt`] signs and verifies.

pub mod client_key;
pub mod hashing;
pub mod jwk;
pub mod jwt;
pub mod keeper;
pub mod key_error;
mod key_pair;
pub mod key_set;
pub mod master;
pub mod private_key;
pub mod rotate_all;
pub mod rotation;
pub mod sealing;
pub mod signing_key;
