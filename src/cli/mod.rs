//! What an operator types: one file a command group.
//!
//! [`args`] is the grammar, [`output`] how commands answer people and programs. A command takes its parsed arguments,
//! asks `domain` and `store`, and prints; no rule lives here. How the server is put together stands above this module,
//! so [`run`] is handed the way to serve.

mod api_key;
pub mod api_key_args;
pub mod args;
mod client;
pub mod config;
mod confirm;
mod database;
pub mod events;
mod import;
pub mod input;
mod invite;
mod keys;
pub mod output;
mod pg_dump;
pub mod registration_token;
mod resource;
pub mod resource_args;
mod scope;
mod user;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;

pub use args::{Args, Command};
pub use output::{Failure, Output};

use crate::clock::{SystemClock, SystemEntropy};
use crate::config::{Config, environment};
use crate::cx::Cx;

/// Reads the command line. Wrong usage ends the program with status 2 and says what would be right; so does `--help`
/// with status 0.
#[must_use]
pub fn parse() -> Args {
    Args::parse()
}

/// Does what was typed; `serve` runs the server.
#[must_use]
pub fn run(args: &Args, serve: impl FnOnce(Config) -> Result<(), Failure>) -> ExitCode {
    output::finish(dispatch(args, serve))
}

fn dispatch(args: &Args, serve: impl FnOnce(Config) -> Result<(), Failure>) -> Result<(), Failure> {
    let output = Output::new(args.json);
    let file = args.config.as_deref();
    let config = || Config::load(file, environment());
    match args.chosen_command() {
        Command::Serve => serve(config()?),
        Command::Config(command) => config::run(*command, file, output),
        Command::Database(command) => wait_for(database::run(command, &config()?, output)),
        Command::Client(command) => wait_for(async { client::run(command, &open(config()?).await?, output).await }),
        Command::RegistrationToken(command) => {
            wait_for(async { registration_token::run(command, &open(config()?).await?, output).await })
        }
        Command::User(command) => wait_for(async { user::run(command, &open(config()?).await?, output).await }),
        Command::ApiKey(command) => wait_for(async { api_key::run(command, &open(config()?).await?, output).await }),
        Command::Resource(command) => wait_for(async { resource::run(command, &open(config()?).await?, output).await }),
        Command::Scope(command) => wait_for(async { scope::run(command, &open(config()?).await?, output).await }),
        Command::Events(command) => wait_for(async { events::run(command, &open(config()?).await?, output).await }),
        Command::Keys(command) => wait_for(async { keys::run(command, &open(config()?).await?, output).await }),
    }
}

/// Opens database and keys as the server does, making what is missing: a command may come before the first start.
async fn open(config: Config) -> Result<Cx, Failure> {
    let opened = Cx::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).await;
    opened.map_err(|error| Failure::because(&error))
}

/// A command is one task: one thread is enough.
fn wait_for(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::refused(format!("Cannot start: {error}.")))?.block_on(work)
}
