//! `claviger config …`: what is wrong with the settings, and which are in force.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::args::ConfigCommand;
use super::output::{Failure, Output, table};
use crate::config::{Config, ConfigFaults, DEFAULT_FILE, Setting, environment};

/// Runs the command on the configuration file that was named, if any.
pub fn run(command: ConfigCommand, file: Option<&Path>, output: Output) -> Result<(), Failure> {
    let config = Config::load(file, environment());
    match command {
        ConfigCommand::Check => check(config, file.unwrap_or(Path::new(DEFAULT_FILE)), output),
        ConfigCommand::Show => show(config?.show(), output),
    }
}

fn check(config: Result<Config, ConfigFaults>, file: &Path, output: Output) -> Result<(), Failure> {
    match config {
        Ok(_) => {
            let words = || format!("The configuration ({} and the environment) is without fault.", file.display());
            output.print(&json!({ "valid": true, "faults": [] }), words)
        }
        // Standard error tells people of the faults; programs find them on standard output as well.
        Err(faults) => {
            output.print_json(&json!({ "valid": false, "faults": faults.faults() }))?;
            Err(Failure::from(faults))
        }
    }
}

fn show(settings: &[Setting], output: Output) -> Result<(), Failure> {
    output.print(&json!({ "settings": settings }), || {
        let value = |value: &Json| if value.is_null() { "(not set)".to_owned() } else { value.to_string() };
        let rows =
            settings.iter().map(|setting| [setting.key.clone(), value(&setting.value), setting.source.to_string()]);
        table(["SETTING", "VALUE", "FROM"], rows)
    })
}
