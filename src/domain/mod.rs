//! What the server knows and does: what two features need, and every rule that needs the store. No HTTP.

pub mod admission;
pub mod authority;
pub mod catalogue;
pub mod clients;
pub mod consent;
pub mod counters;
pub mod event_chain;
pub mod event_export;
pub mod events;
pub mod grants;
pub mod groups;
pub mod hourly;
pub mod jobs;
pub mod keys;
pub mod overview;
pub mod own_api;
pub mod pending_request;
pub mod pending_sign_out;
pub mod people;
pub mod permission;
pub mod sessions;
pub mod tokens;
pub mod trial;
pub mod unusual;
pub mod userinfo;
pub mod withdrawal;
