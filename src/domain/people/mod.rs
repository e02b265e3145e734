//! The people who sign in.

pub mod passwords;
