//! What must not happen to a server does: it is killed, its disk fills up, its database goes away, its clock is set.
//! Visitors use it meanwhile, and it is held to what it answered. `cargo test --test crash`; docs/security-testing.md
//! tells more.
//!
//! Drives the real program (`CLAVIGER_BINARY` names another build) and knows nothing of its inside. On SQLite, or with
//! `CLAVIGER_TEST_DATABASE` on PostgreSQL. `CLAVIGER_CRASH_KILLS` is the number of kills, `CLAVIGER_CRASH_SEED` repeats
//! a run's choices. Arguments pick scenarios by name: `cargo test --test crash -- kill clock`.

#![expect(clippy::unwrap_used, reason = "a test ends where it meets what it does not expect")]

mod checker;
mod clock;
mod database;
mod database_gone;
mod dice;
mod full_disk;
mod http;
mod journal;
mod kill;
mod party;
mod postgres;
mod refusal;
mod server;
mod visitor;

use std::env;
use std::path::Path;
use std::process::exit;
use std::thread;

use party::Report;

/// A name, and what is to be done.
type Scenario = (&'static str, Box<dyn FnOnce() -> Report + Send>);

fn main() {
    let kills = number("CLAVIGER_CRASH_KILLS").unwrap_or(25);
    let seed = number("CLAVIGER_CRASH_SEED").unwrap_or(u64::from(std::process::id()));
    if let Ok(folder) = env::var(full_disk::FOLDER) {
        exit(show(&[full_disk::inside(Path::new(&folder), seed)]));
    }
    println!("crash: CLAVIGER_CRASH_SEED={seed} CLAVIGER_CRASH_KILLS={kills}");
    let mut scenarios = match env::var("CLAVIGER_TEST_DATABASE") {
        Ok(server) => on_postgres(&server, kills, seed),
        Err(_) => on_sqlite(kills, seed),
    };
    let names: Vec<_> = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    scenarios.retain(|(name, _)| names.is_empty() || names.iter().any(|wanted| wanted == name));
    // All at once: most of their time they wait.
    let threads: Vec<_> = scenarios.into_iter().map(|(_, run)| thread::spawn(run)).collect();
    let panicked = |_| Report { text: "\nBROKEN a scenario panicked".to_owned(), broken: 1 };
    let reports: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect();
    exit(show(&reports));
}

fn on_sqlite(kills: u64, seed: u64) -> Vec<Scenario> {
    vec![
        ("kill", Box::new(move || kill::run("SQLite", None, kills, seed))),
        ("full_disk", Box::new(full_disk::run)),
        ("database_gone", Box::new(move || database_gone::on_sqlite(seed))),
        ("clock", Box::new(move || clock::run("SQLite", None, seed))),
    ]
}

fn on_postgres(server: &str, kills: u64, seed: u64) -> Vec<Scenario> {
    let create = |purpose| {
        let server = server.to_owned();
        move || Some(database::create(&server, purpose))
    };
    let (for_kills, for_clock) = (create("kill"), create("clock"));
    vec![
        ("kill", Box::new(move || kill::run("PostgreSQL", for_kills(), kills, seed))),
        ("database_gone", Box::new(move || database_gone::on_postgres(seed))),
        ("clock", Box::new(move || clock::run("PostgreSQL", for_clock(), seed))),
    ]
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

/// Shows the reports, and answers with the exit code.
fn show(reports: &[Report]) -> i32 {
    for report in reports {
        println!("{}", report.text);
    }
    i32::from(reports.iter().any(|report| report.broken > 0))
}
