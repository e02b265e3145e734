//! The disk full while the server works: what must write is refused, what only reads goes on, nothing that was answered
//! is lost, and once there is room again all works, without a restart.
//!
//! The disk is a real one of a few megabytes, which the scenario mounts for itself: it runs in a mount namespace of its
//! own, as a process of its own, and the disk goes with it. The machine's disk is never filled.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::database;
use super::http;
use super::party::{Party, Report, soon};
use super::server::{MACHINE, Place, basic};

/// Names the folder to the process that runs inside.
pub const FOLDER: &str = "CLAVIGER_CRASH_SMALL_DISK";
const SIZE: &str = "size=12m";
const TIMES: u64 = 3;
/// How long an answer may take: a full disk refuses at once.
const PATIENCE: Duration = Duration::from_secs(10);
const MOMENT: Duration = Duration::from_millis(500);
/// So often the server has to be met refusing.
const REFUSALS: u64 = 60;

/// Runs the scenario in a mount namespace of its own, and hands on what it says.
pub fn run() -> Report {
    let folder = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    let mut inside = Command::new("unshare");
    inside.args(["--user", "--map-root-user", "--mount", "--"]).arg(program).env(FOLDER, folder.path());
    let output = inside.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Report { text, broken: usize::from(!output.status.success()) }
}

/// The scenario itself, where mounting is allowed.
pub fn inside(folder: &Path, seed: u64) -> Report {
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(folder).status().unwrap();
    assert!(mounted.success(), "a small disk could not be mounted");
    let mut place = Place::new(Some(format!("sqlite://{}/crash.db", folder.display())));
    place.start();
    place.register(&Party::people());
    let mut party = Party::new(&place, seed);
    for time in 1..=TIMES {
        party.use_well(MOMENT);
        let code = party.visitors[0].fresh_code();
        let filler = Filler::fill(folder);
        let is_refused = party.endure(PATIENCE, |refusals| {
            let before = refusals.load(Ordering::Relaxed);
            soon(Duration::from_mins(5), || refusals.load(Ordering::Relaxed) > before + REFUSALS)
        });
        party.demand("a full disk is felt", is_refused);
        for _ in 0..5 {
            reads_go_on(&mut party, &place);
        }
        let refused = party.visitors[0].send_code(&code).map(|answer| answer.status);
        party.demand("a full disk refuses a redemption", refused == Some(503));
        drop(filler);
        // At once, and without a restart.
        let redeemed = party.visitors[0].send_code(&code).map(|answer| answer.status);
        party.demand("a code that met a full disk is not spent", redeemed == Some(200));
        party.use_well(MOMENT);
        party.check(&format!("after full disk {time}"));
    }
    let lived = place.kill();
    party.demand("the server lives", lived);
    place.start();
    party.check("after a restart");
    party.broken.extend(database::faults(&place.database));
    party.broken.extend(place.panics());
    party.report(&format!("SQLite: {TIMES} times a full disk"))
}

/// What writes nothing is answered as always.
fn reads_go_on(party: &mut Party, place: &Place) {
    for path in ["/healthz", "/readyz", "/oauth2/jwks", "/.well-known/openid-configuration", "/login"] {
        let status = http::get(&place.address, path, "").map(|answer| answer.status);
        party.demand(path, status == Some(200));
    }
    let form = [("grant_type", "client_credentials")];
    let token =
        http::post(&place.address, "/oauth2/token", &basic(MACHINE), &form).map(|answer| answer.text("access_token"));
    let form = [("token", token.as_deref().unwrap_or_default())];
    let looked_at = http::post(&place.address, "/oauth2/introspect", &basic(MACHINE), &form);
    let is_active = looked_at.is_some_and(|answer| answer.json()["active"] == true);
    party.demand("a machine gets its token, which is active", is_active);
    if let Some(session) = &party.visitors[0].journal.session {
        let home = http::get(&place.address, "/", &session.cookies);
        let is_signed_in = home.is_some_and(|answer| answer.body.contains("id=\"logout\""));
        party.demand("a session is known", is_signed_in);
    }
}

/// A file that takes all the room there is, until it is dropped.
struct Filler(PathBuf);

impl Filler {
    fn fill(folder: &Path) -> Self {
        let path = folder.join("filler");
        let mut file = File::create(&path).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
        Self(path)
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        fs::remove_file(&self.0).unwrap();
    }
}
