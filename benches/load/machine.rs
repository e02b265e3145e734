//! The two cores, and what the kernel says of a process on one of them.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// Where the server runs, and every limit that it is held against.
pub const SERVER_CORE: &str = "0";
/// Where this program runs.
pub const LOAD_CORE: &str = "1";

/// A program that will run on one core.
pub fn pinned(core: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program);
    command
}

/// Moves this program to one core, and with it every thread that it starts from now on.
pub fn stay_on(core: &str) -> Result<()> {
    let process = std::process::id().to_string();
    let moved = Command::new("taskset").args(["-c", "-p", core, &process]).output();
    let moved = moved.context("install taskset first (Debian: util-linux)")?;
    ensure!(moved.status.success(), "two cores are needed: {}", String::from_utf8_lossy(&moved.stderr));
    Ok(())
}

/// What a command writes to its output; its errors are ours.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// A process that is told to stop, and waited for, with its last use.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.0.id().to_string()).status());
        drop(self.0.wait());
    }
}

impl Process {
    /// User and system time so far, of all threads.
    pub fn cpu(&self) -> Result<Duration> {
        cpu(&self.0.id().to_string())
    }

    /// A line of `/proc/…/status` that is in kB, in MiB.
    pub fn memory(&self, line: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let found = status.lines().find_map(|text| text.strip_prefix(line)).context("no such line")?;
        let kilobytes: f64 = found.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }
}

/// User and system time of a process so far; `self` is this one.
pub fn cpu(process: &str) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    // Fields 14 and 15 of proc(5), in hundredths of a second.
    Ok(Duration::from_millis((ticks(11) + ticks(12)) * 10))
}

/// An address of this machine at which nobody listens.
pub fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// Asks every millisecond until the path is answered with 200.
pub fn wait_for(address: &str, path: &str) -> Result<()> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let ask = || -> Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200"))
    };
    for _ in 0..30_000 {
        if ask().unwrap_or(false) {
            return Ok(());
        }
        sleep(Duration::from_millis(1));
    }
    bail!("nobody answers at {address}{path}")
}
