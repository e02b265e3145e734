//! The real server as a process that can be killed and started again on the same database.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
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
    folder: tempfile::TempDir,
    child: Option<Child>,
}

impl Place {
    /// A place on this database; without one, on an SQLite file of its own.
    pub fn new(database: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.toml"), SETTINGS).unwrap();
        let file = folder.path().join("crash.db");
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let database = database.unwrap_or_else(|| format!("sqlite://{}", file.display()));
        Self { address, database, folder, child: None }
    }

    /// Starts the server and waits until it can serve.
    pub fn start(&mut self) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        let mut serve = self.command(&["serve"]);
        self.child = Some(serve.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
        for _ in 0..6000 {
            if http::get(&self.address, "/readyz", "").is_some_and(|answer| answer.status == 200) {
                return;
            }
            sleep(Duration::from_millis(5));
        }
        panic!("the server does not start:\n{}", self.said());
    }

    /// `SIGKILL`: the process gets no chance to finish anything.
    pub fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        child.kill().unwrap();
        child.wait().unwrap();
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

    fn run(&self, arguments: &[&str], input: &str) {
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

/// The `Authorization` header of a client.
pub fn basic(client: &str) -> String {
    use base64::Engine;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{client}:{SECRET}"));
    format!("Authorization: Basic {pair}")
}
