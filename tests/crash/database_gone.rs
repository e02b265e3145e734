//! The database gone and back while the server works: it refuses, clearly and in time, loses nothing that it answered,
//! and works again without a restart.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::Duration;

use super::database;
use super::http;
use super::party::{Party, Report, VISITORS, soon};
use super::postgres::{Postgres, signal};
use super::server::Place;

/// How long an answer may take while the database is away, with some time for a busy machine: a connection, or a lock
/// that another program holds, is waited for 5 s, and whoever waits behind that is refused with it.
const PATIENCE: Duration = Duration::from_secs(15);
/// As above, where the database takes requests and never answers: after 20 s the server does.
const PATIENCE_WITH_SILENCE: Duration = Duration::from_secs(25);
/// How soon the server has to be ready, or not ready.
const SOON: Duration = Duration::from_secs(20);
/// A connection that broke while it was idle for less than a second is found broken by the request that uses it.
const SETTLING: Duration = Duration::from_millis(1500);
const MOMENT: Duration = Duration::from_millis(300);

/// SQLite: another program holds the file's lock for longer than anybody waits.
pub fn on_sqlite(seed: u64) -> Report {
    let (mut place, mut party) = begin(None, seed);
    for time in 1..=2 {
        let database = place.database.clone();
        let (is_refused, is_ready) = party.endure(PATIENCE, |refusals| {
            sleep(MOMENT);
            database::lock_during(&database, || (everybody_is_refused(refusals), is_ready(&place)))
        });
        party.demand("a locked file is felt", is_refused);
        party.demand("a server that can read is ready", is_ready);
        go_on(&mut party, &place, &format!("after lock {time}"));
    }
    end(&mut party, &mut place);
    party.report("SQLite: twice locked by another program")
}

/// PostgreSQL: its connections ended, its processes killed, stopped, held up, made read-only.
pub fn on_postgres(seed: u64) -> Report {
    let postgres = Postgres::start();
    let (mut place, mut party) = begin(Some(database::create(&postgres.url(), "gone")), seed);
    let url = place.database.clone();

    party.endure(PATIENCE, |_| {
        for _ in 0..20 {
            sleep(Duration::from_millis(50));
            end_connections(&postgres, &url);
        }
        sleep(SETTLING);
    });
    go_on(&mut party, &place, "after connections were ended");

    for time in 1..=2 {
        // PostgreSQL then ends all others, and recovers as after a power failure.
        let is_ready = party.endure(PATIENCE, |_| {
            sleep(MOMENT);
            signal("KILL", &postgres.backends(&url)[..1]);
            let is_back = soon(SOON, || database::execute(&url, "SELECT 1").is_ok());
            sleep(SETTLING);
            is_back && soon(SOON, || is_ready(&place))
        });
        party.demand("ready after a process of the database was killed", is_ready);
        go_on(&mut party, &place, &format!("after a process of the database was killed: {time}"));
    }

    for time in 1..=2 {
        let outcomes = party.endure(PATIENCE, |refusals| {
            sleep(MOMENT);
            postgres.stop();
            let is_not_ready = soon(SOON, || !is_ready(&place));
            let is_refused = everybody_is_refused(refusals);
            let lives = ["/healthz", "/oauth2/jwks", "/.well-known/openid-configuration"]
                .map(|path| http::get(&place.address, path, "").is_some_and(|answer| answer.status == 200));
            postgres.again();
            let is_ready = soon(SOON, || is_ready(&place));
            sleep(SETTLING);
            [is_not_ready, is_refused, lives == [true; 3], is_ready]
        });
        party.demand(
            &format!("{outcomes:?}: not ready, refusals, public documents, ready again"),
            outcomes == [true; 4],
        );
        go_on(&mut party, &place, &format!("after the database was stopped: {time}"));
    }

    let name = url.rsplit('/').next().unwrap_or_default();
    let is_refused = party.endure(PATIENCE, |refusals| {
        let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
        database::execute(&postgres.url(), &read_only).unwrap();
        end_connections(&postgres, &url);
        sleep(SETTLING);
        let is_refused = everybody_is_refused(refusals);
        let writable = format!("ALTER DATABASE {name} RESET default_transaction_read_only");
        database::execute(&postgres.url(), &writable).unwrap();
        end_connections(&postgres, &url);
        sleep(SETTLING);
        is_refused
    });
    party.demand("a database that takes no writes is felt", is_refused);
    go_on(&mut party, &place, "after the database was read-only");

    let (is_refused, is_ready) = party.endure(PATIENCE_WITH_SILENCE, |refusals| {
        sleep(MOMENT);
        let mut silent = postgres.backends(&url);
        silent.push(postgres.postmaster());
        signal("STOP", &silent);
        let is_refused = everybody_is_refused(refusals);
        signal("CONT", &silent);
        let is_ready = soon(SOON, || is_ready(&place));
        sleep(SETTLING);
        (is_refused, is_ready)
    });
    party.demand("a silent database is felt", is_refused);
    party.demand("ready after a silence", is_ready);
    go_on(&mut party, &place, "after the database was silent");

    end(&mut party, &mut place);
    party.report("PostgreSQL: connections ended, killed, stopped, read-only, silent")
}

fn begin(database: Option<String>, seed: u64) -> (Place, Party) {
    let mut place = Place::new(database);
    place.start();
    place.register(&Party::people());
    let mut party = Party::new(&place, seed);
    party.use_well(MOMENT);
    (place, party)
}

/// The same process works again, and kept its word.
fn go_on(party: &mut Party, place: &Place, when: &str) {
    party.use_well(MOMENT);
    party.check(when);
    party.demand("ready", is_ready(place));
}

fn end(party: &mut Party, place: &mut Place) {
    let lived = place.kill();
    party.demand("the server lives", lived);
    place.start();
    party.check("after a restart");
    party.broken.extend(database::faults(&place.database));
    party.broken.extend(place.panics());
}

fn is_ready(place: &Place) -> bool {
    http::get(&place.address, "/readyz", "").is_some_and(|answer| answer.status == 200)
}

/// Waits until as many requests were refused as there are visitors.
fn everybody_is_refused(refusals: &AtomicU64) -> bool {
    let before = refusals.load(Ordering::Relaxed);
    soon(Duration::from_mins(1), || refusals.load(Ordering::Relaxed) >= before + VISITORS)
}

fn end_connections(postgres: &Postgres, url: &str) {
    let name = url.rsplit('/').next().unwrap_or_default();
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    database::execute(&postgres.url(), &end).unwrap();
}
