//! The clock set forward and back under the running server: what has expired is refused, whatever is asked for anew
//! works, nothing lives for ever, nothing panics; with the right time all is as before.
//!
//! The time that the server sees comes from a file, by Debian's libfaketime; the time that passes stays real.
//!
//! What a wrong clock has ended stays so: the sweep has removed it. That goes for revocations of JWTs too, which the year
//! ahead outlived; a session that was used in it has to begin anew.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use serde_json::Value;

use super::database;
use super::http;
use super::party::{Party, Report, soon};
use super::server::{MACHINE, OPAQUE, Place, basic};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// How soon a server sees that a command has made a key: it looks every 30 s.
const NOTICED: Duration = Duration::from_secs(45);

/// The scenario, on one database.
pub fn run(title: &str, database: Option<String>, seed: u64) -> Report {
    let mut place = Place::new(database);
    let clock = Clock(place.folder().join("clock"));
    clock.set(0);
    place.environment = vec![
        ("LD_PRELOAD", library()),
        ("FAKETIME_TIMESTAMP_FILE", clock.0.display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("CLAVIGER__JOBS__SWEEP_INTERVAL", "1s".to_owned()),
    ];
    place.start();
    place.register(&Party::people());
    let mut run = Run { party: Party::new(&place, seed), place, clock, seed };
    run.all();
    let lived = run.place.kill();
    run.party.demand("the server lives", lived);
    // In the year that did not come, the sweep took the first keys; the next sign, an hour before their time.
    run.place.start();
    run.works("after a restart");
    run.place.kill();
    run.party.broken.extend(database::faults(&run.place.database));
    run.party.broken.extend(run.place.panics());
    run.party.report(&format!("{title}: the clock set forward and back"))
}

struct Run {
    place: Place,
    party: Party,
    clock: Clock,
    seed: u64,
}

impl Run {
    fn all(&mut self) {
        self.works("in time");
        let at_first = self.token("");
        let key = kid(&at_first);
        let session = self.session();
        let refresh = self.refresh_token();

        // To before anything of this server, its keys too, had been made. A session that was used then ends by that time,
        // so that the one used a day ago is idle for too long once the clock is right.
        for back in [-30, -HOUR, 0, -DAY] {
            self.set(back);
            self.works(&format!("set by {back} s"));
            self.demand("the first key signs when the clock is set back", kid(&self.token("")) == key);
            self.demand("a session outlives a clock that is set back", self.signed_in(&session));
        }
        self.set(0);
        self.demand("a token is good with the right time", self.is_active(&at_first));

        // The next keys take over in an hour.
        let (session, published) = (self.session(), self.published());
        self.place.run(&["keys", "rotate"], "");
        let is_published = soon(NOTICED, || self.published() == 2 * published);
        self.demand("the next key is published", is_published);
        self.set(DAY + 60);
        self.works("set forward by a day");
        let next = self.token("");
        self.demand("the next key signs when its time has come", kid(&next) != key);
        self.demand("no more keys are made than were asked for", self.published() == 2 * published);
        self.demand("an access token has expired", !self.is_active(&at_first));
        self.demand("a session has expired", !self.signed_in(&session));

        self.set(YEAR);
        self.works("set forward by a year");
        let status = self.party.visitors[0].send_refresh_token(&refresh).map(|answer| answer.status);
        self.demand("a refresh token has expired", status == Some(400));
        let (late, late_opaque, late_session) = (self.token(""), self.token(OPAQUE), self.session());

        self.set(0);
        self.works("set right again");
        // Whatever was made in a year that has not come must not live until it has.
        self.demand("a JWT of the future is not good", !self.is_active(&late));
        self.demand("an opaque token of the future is not good", !self.is_active(&late_opaque));
        self.demand("a session of the future is known", self.signed_in(&late_session));
        self.set(10 * HOUR);
        self.demand("a session of the future ends when it is idle", !self.signed_in(&late_session));
        self.set(0);
        self.works("at the end");
    }

    fn set(&mut self, offset: i64) {
        self.clock.set(offset);
        // A proof that the server sees it.
        let now = right_time();
        let iat = part(&self.token(""), 1)["iat"].as_i64().unwrap_or_default();
        self.demand(&format!("the server's clock is set by {offset} s"), (now + offset - iat).abs() < 60);
        let ready = http::get(&self.place.address, "/readyz", "").map(|answer| answer.status);
        self.demand(&format!("ready when the clock is set by {offset} s"), ready == Some(200));
    }

    /// Visitors who come now find all in order, for longer than the sweep takes to come by.
    fn works(&mut self, when: &str) {
        let mut guests = Party::new(&self.place, self.seed);
        guests.use_well(Duration::from_millis(1300));
        guests.check(when);
        self.party.broken.append(&mut guests.broken);
        for (visitor, guest) in self.party.visitors.iter_mut().zip(guests.visitors) {
            for (what, count) in guest.journal.counts {
                *visitor.journal.counts.entry(what).or_default() += count;
            }
        }
    }

    fn demand(&mut self, what: &str, holds: bool) {
        self.party.visitors[0].journal.count("looked at besides");
        self.party.demand(what, holds);
    }

    fn token(&self, resource: &str) -> String {
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend((!resource.is_empty()).then_some(("resource", resource)));
        let answer = http::post(&self.place.address, "/oauth2/token", &basic(MACHINE), &form);
        answer.map(|answer| answer.text("access_token")).unwrap_or_default()
    }

    fn is_active(&self, token: &str) -> bool {
        let answer = http::post(&self.place.address, "/oauth2/introspect", &basic(MACHINE), &[("token", token)]);
        answer.is_some_and(|answer| answer.json()["active"] == true)
    }

    fn session(&mut self) -> String {
        let visitor = &mut self.party.visitors[0];
        visitor.journal.session = None;
        visitor.sign_in();
        visitor.journal.session.as_ref().map(|session| session.cookies.clone()).unwrap_or_default()
    }

    fn refresh_token(&mut self) -> String {
        let visitor = &mut self.party.visitors[0];
        let code = visitor.fresh_code();
        visitor.send_code(&code).map(|answer| answer.text("refresh_token")).unwrap_or_default()
    }

    fn signed_in(&self, cookies: &str) -> bool {
        http::get(&self.place.address, "/", cookies).is_some_and(|answer| answer.body.contains("id=\"logout\""))
    }

    fn published(&self) -> usize {
        let jwks = http::get(&self.place.address, "/oauth2/jwks", "").map(|answer| answer.json());
        // Those that others encrypt to leave the set when the next take over.
        let signs = |keys: &Vec<Value>| keys.iter().filter(|key| key["use"] == "sig").count();
        jwks.and_then(|jwks| jwks["keys"].as_array().map(signs)).unwrap_or_default()
    }
}

/// The file that libfaketime reads.
struct Clock(PathBuf);

impl Clock {
    fn set(&self, offset: i64) {
        // Never half written.
        let next = self.0.with_extension("next");
        fs::write(&next, format!("{offset:+}s\n")).unwrap();
        fs::rename(&next, &self.0).unwrap();
    }
}

/// Debian keeps it below the machine's kind.
fn library() -> String {
    let kinds = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut files = kinds.map(|kind| kind.path().join("faketime/libfaketimeMT.so.1"));
    let file = files.find(|file| file.exists()).unwrap_or_else(|| panic!("install Debian's faketime"));
    file.display().to_string()
}

#[expect(clippy::disallowed_methods, reason = "the one clock that is not set")]
fn right_time() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn kid(token: &str) -> String {
    part(token, 0)["kid"].as_str().unwrap_or_default().to_owned()
}

fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap_or_default();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}
