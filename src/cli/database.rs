//! `claviger database …`: schema and backup.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde_json::json;

use super::args::DatabaseCommand;
use super::output::{Failure, Output, table};
use super::pg_dump;
use crate::config::{Config, DatabaseUrl};
use crate::cx::store_settings;
use crate::store::{self, Store};

/// Runs the command.
pub async fn run(command: &DatabaseCommand, config: &Config, output: Output) -> Result<(), Failure> {
    match command {
        DatabaseCommand::Migrate => migrate(config, output).await,
        DatabaseCommand::Status => status(config, output).await,
        DatabaseCommand::Backup { file } => backup(config, file, output).await,
    }
}

async fn migrate(config: &Config, output: Output) -> Result<(), Failure> {
    let applied = connect(config).await?.migrate().await?;
    output.print(&json!({ "applied": applied }), || {
        if applied.is_empty() {
            "The schema is up to date.".to_owned()
        } else {
            format!("The schema is up to date; applied now:\n  {}", applied.join("\n  "))
        }
    })
}

async fn status(config: &Config, output: Output) -> Result<(), Failure> {
    check_is_there(config)?;
    let store = connect(config).await?;
    let steps = store.migration_status().await?;
    let is_current = steps.iter().all(|step| step.applied);
    let document = json!({ "database": store.kind(), "current": is_current, "steps": steps });
    output.print(&document, || {
        let rows = steps
            .iter()
            .map(|step| [step.name.clone(), if step.applied { "applied" } else { "not yet applied" }.to_owned()]);
        let remedy = "Run `claviger database migrate`, or start the server.";
        let verdict = if is_current { "The schema is up to date." } else { remedy };
        format!("{}\n\n{verdict}", table(["STEP", "STATE"], rows))
    })
}

async fn backup(config: &Config, file: &Path, output: Output) -> Result<(), Failure> {
    check_is_there(config)?;
    let failed = |error: &dyn std::fmt::Display| Failure::because(&format_args!("there is no backup: {error}"));
    reserve(file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            Failure::refused(format!("{} exists already: a backup replaces no file.", file.display()))
        }
        _ => failed(&format_args!("{} cannot be written: {error}", file.display())),
    })?;
    let copied = match &config.database.url {
        DatabaseUrl::Sqlite(_) => copy_sqlite(config, file).await.map_err(|error| failed(&error)),
        DatabaseUrl::Postgres(url) => pg_dump::dump(url, file).map_err(|error| failed(&error)),
    };
    let written = copied.and_then(|()| {
        // A backup that a power cut takes away is none.
        let size = File::open(file).and_then(|file| file.sync_all().and_then(|()| Ok(file.metadata()?.len())));
        size.map_err(|error| failed(&error))
    });
    let size = written.inspect_err(|_| drop(fs::remove_file(file)))?;
    output.print(&json!({ "file": file, "bytes": size }), || {
        format!(
            "{} holds the whole database ({size} bytes). Keep the encryption key as well, in another place: one is \
             worth nothing without the other.",
            file.display()
        )
    })
}

async fn connect(config: &Config) -> store::Result<Store> {
    Store::connect(&store_settings(config)).await
}

async fn copy_sqlite(config: &Config, file: &Path) -> store::Result<()> {
    connect(config).await?.backup(file).await.map(|_| ())
}

/// To look at a database must not make one.
fn check_is_there(config: &Config) -> Result<(), Failure> {
    match &config.database.url {
        DatabaseUrl::Sqlite(path) if !path.exists() => Err(Failure::refused(format!(
            "There is no database {} yet: `claviger database migrate` or the first start of the server makes it.",
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// Makes the file, empty and for its owner only, unless there is one: both databases write into it.
fn reserve(file: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map(drop)
}
