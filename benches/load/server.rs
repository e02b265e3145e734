//! The server under test: one worker on one core, in a folder of its own, otherwise with default settings.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use claviger::clock::SystemEntropy;
use claviger::domain::keys::hashing::TokenHasher;
use claviger::domain::keys::master::{MasterKey, Purpose};
use serde_json::Value;

use crate::machine::{Process, SERVER_CORE, free_address, pinned, wait_for};

/// The API whose access tokens are opaque.
pub const OPAQUE_API: &str = "https://opaque.example";

/// A server that can be started and given commands.
pub struct Claviger {
    pub listen: String,
    /// The URL of its database.
    pub database: String,
    binary: PathBuf,
    folder: PathBuf,
}

impl Claviger {
    /// Prepares a server in an empty folder, on SQLite there unless another database is named; `settings` is TOML that
    /// stands before the rest.
    pub fn new(binary: &Path, folder: &Path, database: Option<&str>, settings: &str) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let listen = free_address()?;
        let file = || format!("sqlite://{}", folder.join("claviger.db").display());
        let database = database.map_or_else(file, str::to_owned);
        let config = format!(
            "{settings}\n\
             [server]\nissuer = \"http://{listen}\"\nlisten = \"{listen}\"\nworkers = 1\n\
             [database]\nurl = \"{database}\"\n\
             # So that nothing expires while it is measured; that costs the same.\n\
             [tokens]\ncode_lifetime = \"10m\"\naccess_token_lifetime = \"1d\"\n\
             [[scopes]]\nname = \"read\"\ntext = \"Read\"\n\
             [[resources]]\nidentifier = \"{OPAQUE_API}\"\nscopes = [\"read\"]\naccess_token_format = \"opaque\"\n"
        );
        fs::write(folder.join("config.toml"), config)?;
        Ok(Self { listen, database, binary: binary.to_owned(), folder: folder.to_owned() })
    }

    /// Starts the server; answers with the time until it answered.
    pub fn start(&self) -> Result<(Process, Duration)> {
        let start = Instant::now();
        let server = Process(self.command().stderr(Stdio::null()).arg("serve").spawn()?);
        wait_for(&self.listen, "/.well-known/openid-configuration")?;
        Ok((server, start.elapsed()))
    }

    /// Runs a command with this on its standard input; answers with the document that it prints.
    pub fn run(&self, arguments: &[&str], input: &str) -> Result<Value> {
        let mut command = self.command();
        command.arg("--json").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        child.stdin.take().context("no standard input")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).with_context(|| format!("{arguments:?}"))
    }

    /// How the server hashes secrets, to put some into its database.
    pub fn hasher(&self) -> Result<TokenHasher> {
        let (master, _) = MasterKey::load_or_create(&self.folder.join("keys"), &SystemEntropy)?;
        Ok(TokenHasher::new(&master.derive(Purpose::TokenHash)))
    }

    fn command(&self) -> Command {
        let mut command = pinned(SERVER_CORE, &self.binary);
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}
