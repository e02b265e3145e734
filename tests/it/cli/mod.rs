//! The commands, run as the program that an operator has.

mod client;
mod database;
mod events;
mod import;
mod keys;
mod settings;
mod user;
