//! What can be said to the program: `cargo bench --bench load -- --quick`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use clap::Parser;

use crate::bare::Part;

/// Measures the release server, and in the same run on the same core what no server of this kind can beat.
///
/// `CLAVIGER_BENCH_SERVER` names another server, or two of them (a,b) to be compared line by line;
/// `CLAVIGER_BENCH_DATABASE` (postgres://…, a role that may create databases) has it measured on PostgreSQL too.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(name = "load")]
pub struct Options {
    /// Measure only the lines that have one of these in their name
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub only: Vec<String>,
    /// One very short round of each line, in a minute: that every answer is right, and little else
    #[arg(long)]
    pub quick: bool,
    /// Measure also how the cost grows with the database, from 10³ to 10⁶ rows of everything
    #[arg(long)]
    pub growth: bool,
    /// Put the tables into docs/performance.md
    #[arg(long)]
    pub write_docs: bool,
    /// How long each line is measured in each round
    #[arg(long, value_name = "SECONDS")]
    pub seconds: Option<f64>,
    /// Cargo says so to every benchmark
    #[arg(long, hide = true)]
    pub bench: bool,
    /// What this program is when it starts itself
    #[command(subcommand)]
    pub part: Option<Part>,
}

/// How often and how long things are measured.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Every line is measured so often, its limit right before it each time; the median counts.
    pub rounds: usize,
    /// For so long each time.
    pub length: Duration,
    /// After so long that does not count.
    pub warm_up: Duration,
    /// A limit is measured for so long.
    pub limit: Duration,
    /// Starts of a server of which the median counts.
    pub starts: usize,
}

impl Options {
    pub fn pace(&self) -> Pace {
        let (rounds, seconds, starts) = if self.quick { (1, 0.4, 2) } else { (3, 2.0, 9) };
        let length = Duration::from_secs_f64(self.seconds.unwrap_or(seconds));
        Pace { rounds, length, warm_up: length / 5, limit: length / 2, starts }
    }

    /// Whether a line of this name is to be measured.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part))
    }
}

/// The servers to measure: what Cargo built, or those that `CLAVIGER_BENCH_SERVER` names.
pub fn servers() -> Result<Vec<PathBuf>> {
    let Ok(named) = std::env::var("CLAVIGER_BENCH_SERVER") else {
        return Ok(vec![PathBuf::from(env!("CARGO_BIN_EXE_claviger"))]);
    };
    let servers: Vec<_> = named.split(',').map(PathBuf::from).collect();
    if let Some(missing) = servers.iter().find(|server| !server.is_file()) {
        bail!("CLAVIGER_BENCH_SERVER names {}, which is no file", missing.display());
    }
    ensure!(servers.len() <= 2, "CLAVIGER_BENCH_SERVER names more than two servers");
    Ok(servers)
}
