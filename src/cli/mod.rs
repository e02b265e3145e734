//! What an operator types: one file a command group.
//!
//! [`args`] is the grammar, [`output`] how commands answer people and programs. A command takes its parsed arguments,
//! asks `domain` and `store`, and prints; no rule lives here.

pub mod args;
pub mod config;
pub mod input;
pub mod output;

use clap::Parser as _;

pub use args::{Args, Command};
pub use output::{Failure, Output};

/// Reads the command line. Wrong usage ends the program with status 2 and says what would be right; so does `--help`
/// with status 0.
#[must_use]
pub fn parse() -> Args {
    Args::parse()
}
