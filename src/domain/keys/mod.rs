//! Keys: the master key and what is derived from it, our keys and their schedule, the tokens they sign and what is encrypted to them.
//!
//! Where keys are stored is the business of `store`; this module only says what is stored, and how it is sealed.
//!
//! - [`master`] is the one secret outside the database; [`sealing`] and [`hashing`] use what is derived from it.
//! - [`private_key`] makes, imports and exports our keys; [`jwk`] is their public half.
//! - [`rotation`] is the life of a key in time; [`signing_key`] and [`decryption_key`] are keys ready for use; [`key_set`] all of them at once.
//! - [`jwt`] signs and verifies; [`jwe`] encrypts, and opens what others encrypted.

pub mod client_key;
pub mod decryption_key;
pub mod hashing;
pub mod jwe;
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
