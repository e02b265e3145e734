//! `kill -9` at random moments under mixed load: nothing that was answered is lost, nothing that was revoked works, nothing
//! is honoured twice. `cargo test --test crash`; docs/security-testing.md tells more.
//!
//! Drives the real program (`CLAVIGER_BINARY` names another build) and knows nothing of its inside.
//! `CLAVIGER_CRASH_KILLS` is the number of kills on each database, `CLAVIGER_CRASH_SEED` repeats a run's choices.

#![expect(clippy::unwrap_used, reason = "a test ends where it meets what it does not expect")]

mod checker;
mod database;
mod dice;
mod http;
mod journal;
mod server;
mod visitor;

use std::collections::BTreeMap;
use std::env;
use std::thread;
use std::time::Duration;

use dice::Dice;
use server::Place;
use visitor::Visitor;

const VISITORS: u64 = 6;

fn main() {
    let kills = number("CLAVIGER_CRASH_KILLS").unwrap_or(25);
    let seed = number("CLAVIGER_CRASH_SEED").unwrap_or(u64::from(std::process::id()));
    println!("crash: CLAVIGER_CRASH_SEED={seed} CLAVIGER_CRASH_KILLS={kills}");
    // Both at once: while one server starts, the other works.
    let on_postgres = env::var("CLAVIGER_TEST_DATABASE").ok().map(|server| {
        thread::spawn(move || run("PostgreSQL", Place::new(Some(database::create(&server))), kills, seed))
    });
    let on_sqlite = run("SQLite", Place::new(None), kills, seed);
    let on_postgres = on_postgres.map_or(0, |thread| thread.join().unwrap());
    assert_eq!(on_sqlite + on_postgres, 0, "promises were broken");
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

/// So many kills on one database; answers the number of broken promises.
fn run(name: &str, mut place: Place, kills: u64, seed: u64) -> usize {
    let mut dice = Dice(seed);
    place.start();
    let people: Vec<_> = (0..VISITORS).map(|number| format!("visitor-{number}")).collect();
    place.register(&people);
    let visitor = |(number, person): (u64, &String)| Visitor {
        address: place.address.clone(),
        person: person.clone(),
        dice: Dice(seed.wrapping_mul(1000) + number),
        journal: journal::Journal::default(),
    };
    let mut visitors: Vec<_> = (0..).zip(&people).map(visitor).collect();
    let mut broken = Vec::new();
    for round in 1..=kills {
        let moment = Duration::from_millis(20 + u64::try_from(dice.below(400)).unwrap());
        thread::scope(|scope| {
            for visitor in &mut visitors {
                // Until the server dies.
                scope.spawn(|| while visitor.act().is_some() {});
            }
            thread::sleep(moment);
            place.kill();
        });
        // The server is first to open the file, so that it is the server that recovers it.
        place.start();
        let found = database::faults(&place.database);
        broken.extend(found.iter().map(|fault| format!("kill {round}: integrity: {fault}")));
        thread::scope(|scope| {
            for visitor in &mut visitors {
                scope.spawn(|| checker::check(visitor));
            }
        });
        let found = visitors.iter_mut().flat_map(|visitor| visitor.journal.faults.drain(..));
        broken.extend(found.map(|fault| format!("kill {round}: {fault}")));
        if broken.len() > 20 {
            break;
        }
    }
    if place.said().contains("panicked") {
        broken.push(format!("the server panicked:\n{}", place.said()));
    }
    report(name, kills, &visitors, &broken);
    broken.len()
}

fn report(name: &str, kills: u64, visitors: &[Visitor], broken: &[String]) {
    let mut counts = BTreeMap::<_, u64>::new();
    for (what, count) in visitors.iter().flat_map(|visitor| &visitor.journal.counts) {
        *counts.entry(*what).or_default() += count;
    }
    println!("\n| {name}: {kills} kills | |\n|---|--:|");
    for (what, count) in counts {
        println!("| {what} | {count} |");
    }
    println!("| broken promises | {} |", broken.len());
    for fault in broken {
        println!("BROKEN {fault}");
    }
}
