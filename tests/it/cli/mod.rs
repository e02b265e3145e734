//! The commands, run as the program that an operator has.

mod api_key;
mod client;
mod database;
mod events;
mod import;
mod keys;
mod registration_token;
mod resource;
mod settings;
mod user;
