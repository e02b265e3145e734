//! The program itself, as an operator or a script runs it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::app::{ENCRYPTION_KEY, TestApp};
use super::database::TestDatabase;

/// Runs commands on one database.
pub struct Commands {
    settings: Vec<(&'static str, String)>,
    /// Where they run: relative files are found here.
    pub folder: tempfile::TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub struct Outcome {
    /// Its exit status.
    pub status: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Commands {
    /// In an empty folder: no configuration, no database, no keys.
    pub fn in_an_empty_folder() -> Self {
        Self { settings: Vec::new(), folder: tempfile::tempdir().unwrap() }
    }

    /// On a fresh database that has its schema and keys.
    pub async fn on_a_fresh_database() -> Self {
        let TestDatabase { url, folder } = TestDatabase::fresh().await;
        Self { settings: settings(url), folder }
    }

    /// On the database of a server that runs.
    pub fn beside(app: &TestApp) -> Self {
        let url = app.cx.config.database.url.to_url().expose_secret().to_owned();
        let mut commands = Self { settings: settings(url), folder: tempfile::tempdir().unwrap() };
        commands.set("CLAVIGER__SERVER__ISSUER", &app.issuer);
        commands
    }

    /// Sets `name` in the environment of the commands.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.settings.push((name, value.to_owned()));
    }

    /// Runs `claviger` with these arguments, parted by spaces.
    pub fn run(&self, line: &str) -> Outcome {
        self.run_with_input(line, "")
    }

    /// Runs `claviger` and writes `input` to its standard input.
    pub fn run_with_input(&self, line: &str, input: &str) -> Outcome {
        let mut child =
            self.command(line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that does not read its input may be gone already.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        Outcome {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// `claviger` with these arguments, parted by spaces, to be run as the test likes.
    pub fn command(&self, line: &str) -> Command {
        let inherited = std::env::vars().filter(|(name, _)| !name.starts_with("CLAVIGER__"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_claviger"));
        command
            .args(line.split_whitespace())
            .env_clear()
            .envs(inherited)
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Writes a file that a command is to read.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), content).unwrap();
    }

    /// Every byte of every file in the folder: database, log of the database, keys.
    pub fn bytes_on_disk(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        collect(self.folder.path(), &mut bytes);
        bytes
    }
}

impl Outcome {
    /// What a command that did its work printed; it said nothing else.
    #[track_caller]
    pub fn done(&self) -> &str {
        assert_eq!((self.status, self.stderr.as_str()), (0, ""), "{}", self.stdout);
        self.stdout.trim_end()
    }

    /// The one JSON document that a command with `--json` printed.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(self.done()).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// What a command that did not do its work said; it printed nothing.
    #[track_caller]
    pub fn refused(&self, status: i32) -> &str {
        assert_eq!((self.status, self.stdout.as_str()), (status, ""), "{}", self.stderr);
        self.stderr.trim_end()
    }
}

fn settings(url: String) -> Vec<(&'static str, String)> {
    vec![
        ("CLAVIGER__DATABASE__URL", url),
        ("CLAVIGER__KEYS__ENCRYPTION_KEY", ENCRYPTION_KEY.to_owned()),
        ("CLAVIGER__PASSWORDS__ARGON2_MEMORY_KIB", "8".to_owned()),
        ("CLAVIGER__PASSWORDS__ARGON2_ITERATIONS", "1".to_owned()),
    ]
}

fn collect(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, bytes);
        } else {
            bytes.extend(fs::read(path).unwrap());
        }
    }
}
