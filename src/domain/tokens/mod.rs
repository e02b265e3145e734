//! Tokens: minted in one place, rotated, looked into.

pub mod access_token;
pub mod code;
pub mod ended;
pub mod hint;
pub mod id_token;
pub mod inspect;
pub mod issue;
pub mod lifetime;
pub mod machine;
pub mod refresh_chain;
pub mod verified;
