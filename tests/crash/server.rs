//! The real server as a process that can be killed and started again on the same database.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use super::http;

/// The client that sends people to sign in.
pub const APP: &str = "crash-app";
/// The client that asks for itself.
pub const MACHINE: &str = "crash-machine";
/// Where [`APP`] gets its answers.
pub const REDIRECT_URI: &str = "https://app.example/callback";
/// Its access tokens are opaque.
pub const OPAQUE: &str = "https://opaque.example";
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";
const SECRET: &str = "for-the-crash-test-only_for-the-crash-test-only";

/// Lifetimes outlast the run, so that time alone ends nothing; hashes are cheap, since they are not what is tested.
const SETTINGS: &str = r#"
tokens.code_lifetime = "10m"
tokens.access_token_lifetime = "1d"
tokens.refresh_token_grace = "10m"
passwords.argon2_memory_kib = 8
passwords.argon2_iterations = 1
[[scopes]]
name = "read"
text = "Read"
[[resources]]
identifier = "https://opaque.example"
scopes = ["read"]
access_token_format = "opaque"
access_token_lifetime = "1d"
"#;

/// Where a server lives: folder, database, address. The process comes and goes.
pub struct Place {
    /// Host and port.
    pub address: String,
    /// The database's URL.
    pub database: String,
    /// More environment for every process of it.
    pub environment: Vec<(&'static str, String)>,
    folder: tempfile::TempDir,
    child: Option<Child>,
}

impl Place {
    /// A place on this database; without one, on an SQLite file of its own.
    pub fn new(database: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.toml"), SETTINGS).unwrap();
        let file = folder.path().join("crash.db");
        let address = format!("127.0.0.1:{}", free_port());
        let database = database.unwrap_or_else(|| format!("sqlite://{}", file.display()));
        Self { address, database, environment: Vec::new(), folder, child: None }
    }

    /// Starts the server and waits until it can serve.
    pub fn start(&mut self) {
        self.spawn();
        for _ in 0..6000 {
            if http::get(&self.address, "/readyz", "").is_some_and(|answer| answer.status == 200) {
                return;
            }
            sleep(Duration::from_millis(5));
        }
        let said = self.said();
        let last: Vec<_> = said.lines().rev().take(10).collect();
        panic!("the server does not start; what it said, backwards: {last:#?}");
    }

    /// Starts the server without waiting for it.
    pub fn spawn(&mut self) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        let mut serve = self.command(&["serve"]);
        self.child = Some(serve.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
    }

    /// `SIGKILL`: the process gets no chance to finish anything. `false` if it had ended by itself before.
    pub fn kill(&mut self) -> bool {
        let Some(mut child) = self.child.take() else { return false };
        let lived = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        lived
    }

    /// What in the log must not be there.
    pub fn panics(&self) -> Vec<String> {
        let said = self.said();
        said.lines()
            .filter(|line| line.contains("panicked"))
            .map(|line| format!("the server panicked: {line}"))
            .collect()
    }

    /// A folder of its own, on the machine's disk.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Everything that the server has logged.
    pub fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Registers the clients, and one person for each name.
    pub fn register(&self, people: &[String]) {
        let app = serde_json::json!({
            "client_id": APP, "client_secret": SECRET, "client_name": "App", "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"], "scope": "openid offline_access read",
            "resources": [OPAQUE],
        });
        let machine = serde_json::json!({
            "client_id": MACHINE, "client_secret": SECRET, "grant_types": ["client_credentials"],
            "response_types": [], "scope": "read", "resources": [OPAQUE],
        });
        for client in [app, machine] {
            self.run(&["client", "add", "-"], &client.to_string());
        }
        for person in people {
            self.run(&["user", "add", "--username", person, "--password-stdin"], PASSWORD);
        }
    }

    /// Runs a command, which has to succeed.
    pub fn run(&self, arguments: &[&str], input: &str) {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "claviger {}", arguments.join(" "));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = std::env::var("CLAVIGER_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_claviger").to_owned());
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("CLAVIGER__SERVER__ISSUER", format!("http://{}", self.address))
            .env("CLAVIGER__SERVER__LISTEN", &self.address)
            .env("CLAVIGER__DATABASE__URL", &self.database)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port for a server that comes and goes: below those that the kernel gives to connections, so that none has taken it
/// when the server comes back.
pub fn free_port() -> u16 {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = process::id().wrapping_mul(16).wrapping_add(ASKED.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(10_000 + number % 20_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// The `Authorization` header of a client.
pub fn basic(client: &str) -> String {
    use base64::Engine;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{client}:{SECRET}"));
    format!("Authorization: Basic {pair}")
}
