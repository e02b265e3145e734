//! A PostgreSQL of our own, from its installed programs, that can be stopped, killed and held up. Unlike the one that
//! `tests/run` starts it flushes every commit to disk.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::database;
use super::server::free_port;

/// A running PostgreSQL.
pub struct Postgres {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes one and starts it.
    pub fn start() -> Self {
        let postgres = Self { folder: tempfile::tempdir().unwrap(), programs: programs(), port: free_port() };
        if is_root() {
            // PostgreSQL refuses to run as root.
            let status = Command::new("chown").arg("postgres").arg(postgres.folder.path()).status().unwrap();
            assert!(status.success());
        }
        let data = postgres.data();
        postgres.run("initdb", &["-U", "claviger", "-A", "trust", "-E", "UTF8", "--locale=C", "-D", &data]);
        postgres.again();
        postgres
    }

    /// Starts it again.
    pub fn again(&self) {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=50",
            self.port,
            self.folder.path().display()
        );
        let log = self.folder.path().join("log");
        self.run("pg_ctl", &["-D", &self.data(), "-l", &log.display().to_string(), "-w", "-o", &options, "start"]);
    }

    /// Stops it as a power failure would: nothing is written any more.
    pub fn stop(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
    }

    /// The URL of the database that is always there.
    pub fn url(&self) -> String {
        format!("postgres://claviger@127.0.0.1:{}/postgres", self.port)
    }

    /// The processes that serve the clients of this database.
    pub fn backends(&self, database: &str) -> Vec<i32> {
        let name = database.rsplit('/').next().unwrap_or_default();
        database::numbers(&self.url(), &format!("SELECT pid FROM pg_stat_activity WHERE datname = '{name}'"))
    }

    /// The process that takes connections.
    pub fn postmaster(&self) -> i32 {
        let said = std::fs::read_to_string(Path::new(&self.data()).join("postmaster.pid")).unwrap();
        said.lines().next().unwrap().parse().unwrap()
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = as_owner(&self.programs.join(program));
        let status = command.args(arguments).current_dir("/").stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "{program} {}", arguments.join(" "));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut command = as_owner(&self.programs.join("pg_ctl"));
        command.args(["-D", &self.data(), "-m", "immediate", "stop"]).current_dir("/");
        // It may be down already.
        drop(command.stdout(Stdio::null()).stderr(Stdio::null()).status());
    }
}

/// Sends a signal to processes; one that has gone meanwhile does not matter.
pub fn signal(name: &str, processes: &[i32]) {
    let processes: Vec<_> = processes.iter().map(i32::to_string).collect();
    let kill = format!("kill -{name} {}", processes.join(" "));
    drop(Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status());
}

fn as_owner(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

/// Debian keeps them out of the path, by version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    found.sort();
    let asked = Command::new("pg_config").arg("--bindir").output().ok();
    found.extend(asked.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())));
    found.retain(|folder| folder.join("initdb").exists() && folder.join("postgres").exists());
    found.pop().unwrap_or_else(|| panic!("install PostgreSQL: its programs initdb and pg_ctl are needed"))
}
