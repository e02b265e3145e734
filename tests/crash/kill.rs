//! `kill -9` at random moments: nothing that was answered is lost, nothing that was revoked works, nothing is honoured
//! twice.

use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::Duration;

use super::database;
use super::dice::Dice;
use super::party::{Party, Report, soon};
use super::server::Place;

/// The most that is done between two kills, by all visitors: counted, so that a slow machine does as much as a fast one.
const MOST_DONE: usize = 100;
/// How long that may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// So many kills on one database.
pub fn run(title: &str, database: Option<String>, kills: u64, seed: u64) -> Report {
    let mut place = Place::new(database);
    let mut dice = Dice(seed);
    place.start();
    place.register(&Party::people());
    let mut party = Party::new(&place, seed);
    for round in 1..=kills {
        let (mut is_done, mut lived) = (false, false);
        let (count, pause) = (dice.below(MOST_DONE), moment(&mut dice, 20));
        party.use_until(|successes| {
            let end = successes.load(Ordering::Relaxed) + u64::try_from(count).unwrap();
            is_done = soon(PATIENCE, || successes.load(Ordering::Relaxed) >= end);
            sleep(pause);
            lived = place.kill();
        });
        party.demand("the server works and lives until it is killed", is_done && lived);
        if round % 4 == 0 {
            // Once more, while it recovers or has just begun.
            place.spawn();
            sleep(moment(&mut dice, 100));
            place.kill();
        }
        // The server is first to open the file, so that it is the server that recovers it.
        place.start();
        let found = database::faults(&place.database);
        party.broken.extend(found.iter().map(|fault| format!("kill {round}: integrity: {fault}")));
        party.check(&format!("kill {round}"));
        if party.broken.len() > 20 {
            break;
        }
    }
    party.broken.extend(place.panics());
    party.report(&format!("{title}: {kills} kills"))
}

fn moment(dice: &mut Dice, most: usize) -> Duration {
    Duration::from_millis(u64::try_from(dice.below(most)).unwrap())
}
