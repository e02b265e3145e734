//! Holds back who is wrong too often: passwords, codes, links, mail for a forgotten password, accounts of one's own, clients, codes of
//! devices.
//!
//! How to use it, before whatever can be guessed is looked at:
//!
//! ```ignore
//! let who = Who::of(&person.id.to_string(), address).at(device);
//! match cx.guard.take(Kind::Code, &who, now) {
//!     Err(held) => // answer with `web::limits`; if `held.is_first`, record `held.event(actor)`
//!     Ok(attempt) if is_right => attempt.was_right(),
//!     Ok(_) => // wrong: it is counted already
//! }
//! ```
//!
//! An attempt counts from when it is taken, so that of many at once no more pass than may. It is counted for the account from
//! that address, for the account, and for the address; at a device where the account has signed in before, for the two of
//! them alone, so that strangers shut nobody out. `account` is what was typed, as it is compared: were it the account that was
//! found, two names that share a count would tell that they are one person's, and that there is one.
//!
//! After as many failures as may be, there is one attempt at a time, each after a pause twice as long as the last; a failure
//! counts for the window. All of it in this server's memory, and no more than so much; what it has counted it tells the other
//! servers of the same database every second ([`exchange`],
//! [why](../../../../docs/decisions/0042-who-is-wrong-too-often-waits.md)).

pub mod exchange;
mod kinds;
mod news;

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use uuid::Uuid;

pub use self::kinds::Kind;
use self::kinds::{Scope, Subject};
use self::news::News;
use crate::clock::Timestamp;
use crate::config::ProtectionConfig;
use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::domain::limits::{Standing, party};

/// The most that is remembered of one kind. Where there is more, those who are not held back are forgotten first.
const MOST_SUBJECTS: usize = 100_000;
/// The longest pause of a client: its operator mends it, and wants to see that it is mended.
const LONGEST_OF_CLIENTS: Duration = Duration::from_mins(1);

/// Who makes an attempt.
#[derive(Clone, Copy, Debug, Default)]
pub struct Who<'a> {
    account: Option<&'a str>,
    address: Option<&'a str>,
    device: Option<Uuid>,
}

impl<'a> Who<'a> {
    /// Somebody at `address` who wants to be `account`.
    #[must_use]
    pub const fn of(account: &'a str, address: Option<&'a str>) -> Self {
        Self { account: Some(account), address, device: None }
    }

    /// Somebody at `address`.
    #[must_use]
    pub const fn anybody(address: Option<&'a str>) -> Self {
        Self { account: None, address, device: None }
    }

    /// The same, at a device where that account has signed in before, if it has.
    #[must_use]
    pub const fn at(self, device: Option<Uuid>) -> Self {
        Self { device, ..self }
    }
}

/// How often may be what has settings of its own.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    /// Accounts that an address makes in an hour.
    pub registrations: u32,
    /// Codes of devices that a person has wrong in [`USER_CODES_COUNT_FOR`].
    pub user_codes: u32,
    /// Clients that register themselves from an address in an hour.
    pub client_registrations: u32,
}

/// For how long a wrong code of a device counts.
const USER_CODES_COUNT_FOR: Duration = Duration::from_mins(10);
/// For how long a wrong one-time or recovery code counts for an account, and at a device that is known: whoever gets as far as this
/// knows the password, and may try day after day. NIST SP 800-63B-4 §3.2.2: no more than a hundred in a row.
const CODES_COUNT_FOR: Duration = Duration::from_hours(24);
/// An address is often that of a whole house: it may be wrong as often as so many people.
const PEOPLE_AT_AN_ADDRESS: u32 = 5;

/// How often one kind may be.
#[derive(Clone, Copy, Debug)]
struct Rule {
    pair: Option<u32>,
    account: Option<u32>,
    address: Option<u32>,
    pace: Pace,
    /// That of an account, and of a device that it knows.
    account_pace: Pace,
}

/// For how long a failure counts, and how the pauses grow.
#[derive(Clone, Copy, Debug)]
struct Pace {
    window: Duration,
    delay: Duration,
    longest: Duration,
}

impl Rule {
    const fn pace(&self, (scope, _): Subject) -> &Pace {
        match scope {
            Scope::Account | Scope::Device => &self.account_pace,
            Scope::Pair | Scope::Address => &self.pace,
        }
    }

    /// The same for everybody for whom is counted.
    const fn at(self, pace: Pace) -> Self {
        Self { pace, account_pace: pace, ..self }
    }
}

/// What one subject did within the window.
#[derive(Debug, Default)]
struct Tries {
    at: VecDeque<Timestamp>,
    /// Whether it was told since the last of them that it has to wait.
    told: bool,
}

impl Tries {
    /// How long there is to wait until there may be another.
    fn wait(&mut self, limit: u32, pace: &Pace, now: Timestamp) -> Option<Duration> {
        self.at.retain(|at| now.since(*at) < pace.window);
        let over = self.at.len().checked_sub(usize::try_from(limit).unwrap_or(usize::MAX))?;
        let factor = u32::try_from(over).ok().and_then(|over| 1_u32.checked_shl(over)).unwrap_or(u32::MAX);
        let pause = pace.delay.saturating_mul(factor).min(pace.longest);
        let after_pause = pause.saturating_sub(now.since(*self.at.back()?));
        let until_forgotten = pace.window.saturating_sub(now.since(*self.at.get(over)?));
        Some(after_pause.min(until_forgotten)).filter(|wait| !wait.is_zero())
    }

    fn take_back(&mut self, at: Timestamp) {
        if let Some(index) = self.at.iter().rposition(|other| *other == at) {
            self.at.remove(index);
        }
    }
}

/// So many from an address in any hour.
const fn an_hour(most: u32) -> Rule {
    within(Duration::from_hours(1), most)
}

/// So many from an address in any such stretch of time.
const fn within(window: Duration, most: u32) -> Rule {
    let pace = Pace { window, delay: window, longest: window };
    Rule { pair: None, account: None, address: Some(most), pace, account_pace: pace }
}

type Table = HashMap<Subject, Tries>;

/// What was done lately, by kind.
#[derive(Debug)]
pub struct Guard {
    rules: [Rule; Kind::ALL.len()],
    tables: [Mutex<Table>; Kind::ALL.len()],
    key: hmac::Key,
    /// This server, since it was started.
    server: Uuid,
    news: Mutex<News>,
}

/// An attempt that may be made. It counts as wrong unless it is said to be otherwise.
#[must_use = "an attempt counts as wrong until it is said to be right"]
#[derive(Debug)]
pub struct Attempt<'a> {
    guard: &'a Guard,
    kind: Kind,
    subjects: Vec<Subject>,
    at: Timestamp,
}

/// Somebody has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// What it is about.
    pub kind: Kind,
    /// How things stand; `reset` says how long.
    pub standing: Standing,
    /// Whether it is the first time since the last attempt: only that one is an event.
    pub is_first: bool,
}

impl HeldBack {
    /// What is recorded of it.
    #[must_use]
    pub fn event(&self, actor: Actor) -> NewEvent {
        NewEvent::failure(EventKind::HeldBack, actor, self.kind.reason())
            .detail("counted_for", self.standing.name)
            .detail("seconds", self.standing.reset.as_millis().div_ceil(1000).to_string())
    }
}

impl Guard {
    /// A guard by these settings. `key` is what hashes names, the same at all servers; `server` is another one each time.
    #[must_use]
    pub fn new(settings: &ProtectionConfig, own: Own, key: &[u8; 32], server: Uuid) -> Self {
        let ProtectionConfig { window, failures, delay, .. } = *settings;
        let (account, address) = (Some(settings.failures_per_account), Some(settings.failures_per_address));
        let pace = Pace { window, delay, longest: window };
        let usual = Rule { pair: Some(failures), account, address, pace, account_pace: pace };
        let of = |kind| match kind {
            Kind::Password => usual,
            // Nobody but they can use it up: from wherever they ask, it is as often as from one place.
            Kind::OwnAddress => Rule { account: Some(failures), ..usual },
            Kind::Code => {
                let window = window.max(CODES_COUNT_FOR);
                Rule { account_pace: Pace { window, delay, longest: window }, ..usual }
            }
            // What a person is sent is bounded where it is written; strangers must not use that up.
            Kind::Reset => Rule { account: None, ..usual },
            Kind::Passkey | Kind::Link | Kind::NewPassword | Kind::DeviceRequest => {
                Rule { pair: None, account: None, ..usual }
            }
            Kind::Registration => an_hour(own.registrations),
            Kind::ClientRegistration => an_hour(own.client_registrations),
            // RFC 8628 §5.1: a short code needs a limit on guesses.
            Kind::UserCode => Rule {
                account: Some(own.user_codes),
                ..within(USER_CODES_COUNT_FOR, own.user_codes.saturating_mul(PEOPLE_AT_AN_ADDRESS))
            },
            Kind::Client => {
                let longest = LONGEST_OF_CLIENTS.max(delay).min(window);
                let clients = Rule { pair: Some(settings.client_failures), account: None, address: None, ..usual };
                clients.at(Pace { longest, ..pace })
            }
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        Self { rules: Kind::ALL.map(of), tables: Default::default(), key, server, news: Mutex::default() }
    }

    /// Takes the place of an attempt, or says how long there is none.
    pub fn take(&self, kind: Kind, who: &Who<'_>, now: Timestamp) -> Result<Attempt<'_>, HeldBack> {
        let rule = self.rule(kind);
        let subjects = self.subjects(rule, who);
        let mut table = self.lock(kind);
        make_room(&mut table, rule, now);
        check(&mut table, kind, rule, &subjects, now)?;
        for (subject, _) in &subjects {
            let tries = table.entry(*subject).or_default();
            tries.at.push_back(now);
            tries.told = false;
        }
        drop(table);
        let mut news = self.news();
        for (subject, _) in &subjects {
            news.tried(kind, *subject, now);
        }
        drop(news);
        let subjects = subjects.into_iter().map(|(subject, _)| subject).collect();
        Ok(Attempt { guard: self, kind, subjects, at: now })
    }

    /// Counts an attempt of which it is known already whether it `was_right`, where finding that out took no time: whoever is
    /// held back is so whichever it was.
    pub fn judge(&self, kind: Kind, who: &Who<'_>, was_right: bool, now: Timestamp) -> Result<(), HeldBack> {
        if !was_right {
            return self.take(kind, who, now).map(drop);
        }
        let mut table = self.lock(kind);
        // Machines that never fail cost no more than this.
        if table.is_empty() {
            return Ok(());
        }
        let rule = self.rule(kind);
        let subjects = self.subjects(rule, who);
        check(&mut table, kind, rule, &subjects, now)?;
        for (subject, _) in subjects.iter().filter(|(subject, _)| is_own(*subject)) {
            self.forget(kind, &mut table, *subject, None);
        }
        Ok(())
    }

    /// Forgets what was wrong at the account of `who`, from wherever, and from where they are. What their address shares with
    /// others stays.
    pub fn forgive(&self, kind: Kind, who: &Who<'_>) {
        let rule = self.rule(kind);
        let anywhere = Who { device: None, ..*who };
        let mut table = self.lock(kind);
        for (subject, _) in self.subjects(rule, who).into_iter().chain(self.subjects(rule, &anywhere)) {
            if subject.0 != Scope::Address {
                self.forget(kind, &mut table, subject, None);
            }
        }
    }

    const fn rule(&self, kind: Kind) -> &Rule {
        &self.rules[kind as usize]
    }

    /// Each entry is whole at any moment, so that one left by a panic is as good as any.
    fn lock(&self, kind: Kind) -> MutexGuard<'_, Table> {
        self.tables[kind as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whom an attempt is counted for, and how many each may have.
    fn subjects(&self, rule: &Rule, who: &Who<'_>) -> Vec<(Subject, u32)> {
        let account = who.account.unwrap_or_default();
        if let (Some(device), Some(limit)) = (who.device, rule.pair) {
            return vec![((Scope::Device, self.hash(account, &device.to_string())), limit)];
        }
        let address = who.address.and_then(party).map(|party| party.to_string()).unwrap_or_default();
        let by_account = |limit: Option<u32>| limit.filter(|_| who.account.is_some());
        let counted = [
            by_account(rule.pair).map(|limit| ((Scope::Pair, self.hash(account, &address)), limit)),
            by_account(rule.account).map(|limit| ((Scope::Account, self.hash(account, "")), limit)),
            rule.address.map(|limit| ((Scope::Address, self.hash("", &address)), limit)),
        ];
        counted.into_iter().flatten().collect()
    }

    /// Half a hash is enough for what nobody gains anything by if two agree.
    fn hash(&self, account: &str, other: &str) -> [u8; 16] {
        let whole = hmac::sign(&self.key, format!("{} {account} {other}", account.len()).as_bytes());
        whole.as_ref().first_chunk().copied().unwrap_or_default()
    }

    /// Takes back one try, or all those of a subject.
    fn forget(&self, kind: Kind, table: &mut Table, subject: Subject, one: Option<Timestamp>) {
        let Some(tries) = table.get_mut(&subject) else { return };
        match (one, tries.at.back()) {
            (Some(at), _) => {
                tries.take_back(at);
                self.news().taken_back(kind, subject, at);
            }
            (None, Some(last)) => {
                self.news().forgiven(kind, subject, tries.at.len(), *last);
                tries.at.clear();
            }
            (None, None) => {}
        }
        if tries.at.is_empty() {
            table.remove(&subject);
        }
    }

    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// It was right: what was wrong before, from there, is forgiven.
    pub fn was_right(self) {
        self.take_back(true);
    }

    /// Nobody looked whether it is right.
    pub fn was_not_made(self) {
        self.take_back(false);
    }

    fn take_back(&self, was_right: bool) {
        let mut table = self.guard.lock(self.kind);
        for subject in &self.subjects {
            let all = was_right && is_own(*subject);
            self.guard.forget(self.kind, &mut table, *subject, (!all).then_some(self.at));
        }
    }
}

/// Whether what was counted is forgiven by something right. What an account or an address shares with strangers is not: or
/// whoever has an account could guess at those of others without end.
const fn is_own((scope, _): Subject) -> bool {
    matches!(scope, Scope::Pair | Scope::Device)
}

/// Whether every one of `subjects` may make another attempt; else who has to wait for longest.
fn check(
    table: &mut Table,
    kind: Kind,
    rule: &Rule,
    subjects: &[(Subject, u32)],
    now: Timestamp,
) -> Result<(), HeldBack> {
    let waits = subjects.iter().filter_map(|(subject, limit)| {
        let wait = table.get_mut(subject)?.wait(*limit, rule.pace(*subject), now)?;
        Some((wait, *subject, *limit))
    });
    let Some((reset, subject, limit)) = waits.max_by_key(|(wait, ..)| *wait) else { return Ok(()) };
    let is_first = table.get_mut(&subject).is_some_and(|tries| !std::mem::replace(&mut tries.told, true));
    let window = rule.pace(subject).window;
    let standing = Standing { name: subject.0.name(), limit, window, remaining: 0, reset };
    Err(HeldBack { kind, standing, is_first })
}

/// Keeps a table within its bounds. What is forgotten for that is worth less than the memory: whoever fills it has to be wrong a
/// hundred thousand times in a window.
fn make_room(table: &mut Table, rule: &Rule, now: Timestamp) {
    if table.len() < MOST_SUBJECTS {
        return;
    }
    table.retain(|subject, tries| tries.at.back().is_some_and(|last| now.since(*last) < rule.pace(*subject).window));
    if table.len() >= MOST_SUBJECTS {
        let fewest = rule.pair.or(rule.address).unwrap_or(1) as usize;
        table.retain(|_, tries| tries.at.len() >= fewest);
    }
    if table.len() >= MOST_SUBJECTS {
        table.clear();
    }
}

#[cfg(test)]
mod tests;
