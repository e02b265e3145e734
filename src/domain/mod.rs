//! What the server knows and does: keys, people and the rest of its world, free of HTTP and SQL.

pub mod keys;
pub mod people;
