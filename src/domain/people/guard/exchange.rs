//! How servers on one database come to know who was wrong at each: a log of what each has counted and forgiven.
//!
//! Every [`EXCHANGE`] a server writes what is new and reads what others wrote. So together they let pass what the limit says
//! and what the others let pass since they last told; and a server that starts anew knows what was before.

use std::time::Duration;

use super::kinds::{Kind, Scope, Subject};
use super::news::Counted;
use super::{Guard, make_room};
use crate::clock::Timestamp;
use crate::store::{GuardChange, GuardNews, Result, Store};

/// How often servers tell each other.
pub const EXCHANGE: Duration = Duration::from_secs(1);
/// What was told is read again for so long: the clocks of servers differ, and a transaction takes its time.
const OVERLAP: Duration = Duration::from_secs(5);
/// The most rows of one statement.
const AT_ONCE: usize = 500;

/// Writes what is new at this server, and learns what is new at others. What cannot be written is told the next time.
pub async fn exchange(store: &Store, guard: &Guard, now: Timestamp) -> Result<()> {
    let told = guard.tell(now);
    let mut chunks = told.chunks(AT_ONCE);
    while let Some(chunk) = chunks.next() {
        let rows = chunk.to_vec();
        let written = store.write(move |tx| Box::pin(async move { tx.insert_guard_news(&rows).await })).await;
        if let Err(error) = written {
            guard.keep(chunk);
            chunks.for_each(|chunk| guard.keep(chunk));
            return Err(error);
        }
    }
    let since = guard.news().read_at.map(|read_at| read_at - OVERLAP);
    let found = store.guard_news(guard.server, since, now).await?;
    guard.learn(&found, now);
    Ok(())
}

impl Guard {
    fn tell(&self, now: Timestamp) -> Vec<GuardNews> {
        let mut news = self.news();
        let tried = std::mem::take(&mut news.tried).into_iter();
        let tried = tried.flat_map(|(counted, at)| at.into_iter().map(move |at| (counted, GuardChange::Tried, at)));
        let undone = std::mem::take(&mut news.undone);
        let mut rows = Vec::new();
        for ((kind, subject), change, at) in tried.chain(undone) {
            news.told += 1;
            rows.push(GuardNews {
                server: self.server,
                number: news.told,
                kind: kind.word().to_owned(),
                subject: written(subject),
                change,
                at,
                told_at: now,
                expires_at: at + self.rule(kind).pace(subject).window,
            });
        }
        rows
    }

    fn keep(&self, rows: &[GuardNews]) {
        let mut news = self.news();
        for row in rows {
            let Some(counted @ (kind, subject)) = counted(row) else { continue };
            match row.change {
                GuardChange::Tried => news.tried(kind, subject, row.at),
                change => news.undone.push((counted, change, row.at)),
            }
        }
    }

    fn learn(&self, found: &[GuardNews], now: Timestamp) {
        let mut news = self.news();
        let is_new = |row: &&GuardNews| !news.read.contains(&(row.server, row.number));
        let (tried, undone): (Vec<_>, Vec<_>) =
            found.iter().filter(is_new).partition(|row| row.change == GuardChange::Tried);
        news.read = found.iter().map(|row| (row.server, row.number)).collect();
        news.read_at = Some(now);
        drop(news);
        for row in tried.into_iter().chain(undone) {
            self.apply(row, now);
        }
    }

    fn apply(&self, row: &GuardNews, now: Timestamp) {
        let Some((kind, subject)) = counted(row) else { return };
        let mut table = self.lock(kind);
        if row.change == GuardChange::Tried {
            make_room(&mut table, self.rule(kind), now);
            let tries = table.entry(subject).or_default();
            let place = tries.at.partition_point(|at| *at <= row.at);
            tries.at.insert(place, row.at);
            return;
        }
        let Some(tries) = table.get_mut(&subject) else { return };
        match row.change {
            GuardChange::TakenBack => tries.take_back(row.at),
            _ => tries.at.retain(|at| *at > row.at),
        }
        if tries.at.is_empty() {
            table.remove(&subject);
        }
    }
}

/// As it stands in the table: `pair 00ff…`.
fn written((scope, hash): Subject) -> String {
    format!("{} {:032x}", scope.name(), u128::from_be_bytes(hash))
}

/// What a row is about; nothing that this version knows, if another wrote it.
fn counted(row: &GuardNews) -> Option<Counted> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.word() == row.kind)?;
    let (name, hash) = row.subject.split_once(' ')?;
    let scope = Scope::ALL.into_iter().find(|scope| scope.name() == name)?;
    Some((kind, (scope, u128::from_str_radix(hash, 16).ok()?.to_be_bytes())))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{HOME, MINUTE, NOW, guard};
    use super::*;
    use crate::domain::people::guard::Who;

    /// Tells one what the other has to tell.
    fn tell(from: &Guard, to: &Guard) -> usize {
        let rows = from.tell(NOW);
        to.learn(&rows, NOW);
        rows.len()
    }

    fn wrong(guard: &Guard, times: usize) {
        for _ in 0..times {
            drop(guard.take(Kind::Password, &Who::of("ada", HOME), NOW).unwrap());
        }
    }

    #[test]
    fn counts_what_was_wrong_elsewhere() {
        let (one, other) = (guard(), guard());
        wrong(&one, 3);
        assert_eq!(tell(&one, &other), 9, "the pair, the account and the address");
        assert_eq!(tell(&one, &other), 0, "told once");
        wrong(&other, 2);
        assert!(other.take(Kind::Password, &Who::of("ada", HOME), NOW).is_err());
        assert_eq!(tell(&other, &one), 6);
        assert!(one.take(Kind::Password, &Who::of("ada", HOME), NOW).is_err());
        assert!(one.take(Kind::Password, &Who::of("ada", HOME), NOW + MINUTE).is_ok());
    }

    #[test]
    fn forgives_what_was_forgiven_elsewhere() {
        let (one, other) = (guard(), guard());
        wrong(&one, 4);
        tell(&one, &other);
        other.take(Kind::Password, &Who::of("ada", HOME), NOW).unwrap().was_right();
        assert_eq!(tell(&other, &one), 1, "the pair; of the others only what it had itself counted is taken back");
        wrong(&one, 5);
        assert!(one.take(Kind::Password, &Who::of("ada", HOME), NOW).is_err());
    }

    #[test]
    fn says_nothing_of_those_who_are_right() {
        let guard = guard();
        for _ in 0..50 {
            guard.take(Kind::Password, &Who::of("ada", HOME), NOW).unwrap().was_right();
            guard.take(Kind::Code, &Who::of("ada", HOME), NOW).unwrap().was_not_made();
        }
        assert_eq!(guard.tell(NOW), []);
    }

    #[test]
    fn takes_back_what_was_told_before_it_was_known_to_be_right() {
        let (one, other) = (guard(), guard());
        wrong(&one, 4);
        let attempt = one.take(Kind::Password, &Who::of("ada", HOME), NOW).unwrap();
        tell(&one, &other);
        assert!(other.take(Kind::Password, &Who::of("ada", HOME), NOW).is_err());
        attempt.was_not_made();
        tell(&one, &other);
        assert!(other.take(Kind::Password, &Who::of("ada", HOME), NOW).is_ok());
    }

    #[test]
    fn tells_again_what_could_not_be_told_and_reads_nothing_twice() {
        let (one, other) = (guard(), guard());
        wrong(&one, 2);
        let lost = one.tell(NOW);
        one.keep(&lost);
        let told = one.tell(NOW);
        assert_eq!(told.len(), lost.len());
        for _ in 0..3 {
            other.learn(&told, NOW);
        }
        wrong(&other, 3);
        assert!(other.take(Kind::Password, &Who::of("ada", HOME), NOW).is_err());
    }

    #[test]
    fn passes_over_what_another_version_wrote() {
        let one = guard();
        wrong(&one, 1);
        let row = one.tell(NOW).remove(0);
        assert!(counted(&row).is_some());
        for (kind, subject) in
            [("smell", row.subject.as_str()), ("password", "planet 00"), ("password", "pair x"), ("password", "")]
        {
            assert!(counted(&GuardNews { kind: kind.into(), subject: subject.into(), ..row.clone() }).is_none());
        }
    }
}
