//! Carrying mail from the queue to a mail server.
//!
//! Whoever takes a mail puts off when it is due, in one conditional `UPDATE`: of several servers one has it, and if that
//! one dies it is due again after [`LEASE`]. A mail may so be sent twice, with the same `Message-ID`, but is never lost.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::outbox::Outbox;
use super::sender::{NotSent, Sender};
use crate::clock::{Clock, Entropy, Timestamp};
use crate::domain::events::{Actor, EventKind, NewEvent, Origin};
use crate::ids::MailId;
use crate::store::{Mail, MailState, Result, Store};

/// How often it is looked for what is due.
pub const LOOK: Duration = Duration::from_secs(1);
/// How long whoever takes a mail has it for themselves: longer than sending one lasts.
const LEASE: Duration = Duration::from_mins(2);
/// Mails that are read at once.
const BATCH: u64 = 32;
/// Mails that are sent at once.
const AT_ONCE: usize = 4;
/// How long is waited after each attempt that failed; after the last of these, always as long as that.
const WAITS: [Duration; 5] = [
    Duration::from_secs(10),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_hours(1),
];

/// What carrying mail needs.
pub struct Carrier<'a> {
    /// What waits.
    pub store: &'a Store,
    /// What opens it.
    pub outbox: &'a Outbox,
    /// What sends it.
    pub sender: &'a Sender,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Where identifiers of events come from.
    pub entropy: &'a dyn Entropy,
}

impl Carrier<'_> {
    /// Sends all that is due. A mail that cannot be sent is no error: it is tried again. Where the database fails for one, the
    /// others are sent all the same.
    pub async fn deliver_due(&self) -> Result<()> {
        loop {
            let due = self.store.due_mails(self.clock.now(), BATCH).await?;
            if due.is_empty() {
                return Ok(());
            }
            let each = stream::iter(due).map(async |row| match row {
                Ok(read) => self.deliver(read).await,
                Err(unreadable) => self.set_aside(unreadable).await,
            });
            let outcomes: Vec<Result<()>> = each.buffer_unordered(AT_ONCE).collect().await;
            // What failed before it was taken is due still: the next look is early enough for it.
            outcomes.into_iter().collect::<Result<()>>()?;
        }
    }

    /// Gives up a row that fits no state: it would be due for ever.
    async fn set_aside(&self, id: MailId) -> Result<()> {
        let reason = "its row cannot be read";
        tracing::error!(mail = %id, "a mail is given up: {reason}");
        let event = NewEvent::failure(EventKind::MailFailed, Actor::System, reason).detail("mail", id.to_string());
        let event = event.at(self.clock.now(), self.entropy, &Origin::default());
        let aside = self.store.write(move |tx| {
            Box::pin(async move {
                if tx.fail_mail(id, reason).await? {
                    tx.insert_event(event).await?;
                }
                Ok(())
            })
        });
        aside.await
    }

    async fn deliver(&self, read: Mail) -> Result<()> {
        let now = self.clock.now();
        let Some(taken) = self.take(read, now).await? else { return Ok(()) };
        let outcome = match self.outbox.open(&taken) {
            _ if now > taken.expires_at => Err(NotSent::Ever(too_late(&taken))),
            Some(content) => self.sender.send(taken.id, &taken.recipient, content, taken.created_at).await,
            None => Err(NotSent::Ever("it was sealed under another key".to_owned())),
        };
        self.conclude(taken, outcome, now).await
    }

    /// The mail as it was taken; `None` if another server was quicker. If nothing becomes of it that can be written down, it is
    /// due again later each time, so that it does not hold up others.
    async fn take(&self, read: Mail, now: Timestamp) -> Result<Option<Mail>> {
        let until = now + LEASE.max(wait_after(read.attempts));
        let taking = self.store.write(move |tx| {
            Box::pin(async move {
                let taken = Mail { attempts: read.attempts + 1, due_at: Some(until), ..read.clone() };
                Ok(tx.take_mail(&read, until).await?.then_some(taken))
            })
        });
        taking.await
    }

    async fn conclude(&self, taken: Mail, outcome: std::result::Result<(), NotSent>, now: Timestamp) -> Result<()> {
        let fate = fate(outcome, &taken, now);
        let event = event(&fate, &taken).map(|event| event.at(now, self.entropy, &Origin::default()));
        let concluding = self.store.write(move |tx| {
            Box::pin(async move {
                let is_ours = match &fate {
                    Fate::Sent => tx.end_mail(&taken, MailState::Sent, None).await?,
                    Fate::Again(at, reason) => tx.put_off_mail(&taken, *at, reason).await?,
                    Fate::GivenUp(reason) => tx.end_mail(&taken, MailState::Failed, Some(reason)).await?,
                };
                match event {
                    Some(event) if is_ours => tx.insert_event(event).await,
                    _ => Ok(()),
                }
            })
        });
        concluding.await
    }
}

/// What becomes of a mail after an attempt.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Sent,
    Again(Timestamp, String),
    GivenUp(String),
}

/// Decides by what came of the attempt.
fn fate(outcome: std::result::Result<(), NotSent>, taken: &Mail, now: Timestamp) -> Fate {
    let reason = match outcome {
        Ok(()) => return Fate::Sent,
        Err(NotSent::Ever(reason)) => return Fate::GivenUp(reason),
        Err(NotSent::Yet(reason)) => reason,
    };
    if now >= taken.expires_at {
        return Fate::GivenUp(reason);
    }
    Fate::Again((now + wait_after(taken.attempts.saturating_sub(1))).min(taken.expires_at), reason)
}

/// How long is waited after so many attempts, and one more.
fn wait_after(attempts: i32) -> Duration {
    let [.., longest] = WAITS;
    usize::try_from(attempts).ok().and_then(|before| WAITS.get(before).copied()).unwrap_or(longest)
}

/// Why a mail that is of no use any more was not sent: because of what became of the last attempt.
fn too_late(taken: &Mail) -> String {
    match &taken.reason {
        Some(reason) => format!("it would come too late; the last attempt: {reason}"),
        None => "it would come too late".to_owned(),
    }
}

/// What is recorded of it: the first failure of many, and the end if that is bad.
fn event(fate: &Fate, taken: &Mail) -> Option<NewEvent> {
    let (kind, reason) = match fate {
        Fate::Again(_, reason) if taken.attempts == 1 => (EventKind::MailDelayed, reason),
        Fate::GivenUp(reason) => (EventKind::MailFailed, reason),
        Fate::Sent | Fate::Again(..) => return None,
    };
    let event = NewEvent::failure(kind, Actor::System, reason.clone());
    let event = event.detail("mail", taken.id.to_string()).detail("kind", taken.kind.clone());
    Some(taken.person_id.into_iter().fold(event, NewEvent::person))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::MailId;

    const WRITTEN: Timestamp = Timestamp::from_seconds(1_000_000);

    fn tried(attempts: i32) -> Mail {
        Mail {
            id: MailId(Uuid::from_u128(1)),
            person_id: None,
            kind: "recovery".to_owned(),
            recipient: "ada@example.com".to_owned(),
            sealed: None,
            state: MailState::Waiting,
            attempts,
            due_at: Some(WRITTEN),
            created_at: WRITTEN,
            expires_at: WRITTEN + Duration::from_mins(30),
            forgotten_at: WRITTEN + Duration::from_hours(24),
            reason: None,
        }
    }

    #[test]
    fn waits_longer_each_time_and_gives_up_when_the_mail_is_of_no_use() {
        let (mut now, mut attempts, mut waits) = (WRITTEN, 0, Vec::new());
        let not_yet = || Err(NotSent::Yet("no".to_owned()));
        while let Fate::Again(at, _) = fate(not_yet(), &tried(attempts + 1), now) {
            waits.push(at.since(now).as_secs());
            (now, attempts) = (at, attempts + 1);
        }
        assert_eq!(waits, [10, 60, 300, 900, 530]);
        assert_eq!(now, WRITTEN + Duration::from_mins(30));
    }

    #[test]
    fn tells_of_the_first_failure_and_of_the_end() {
        let again = || Fate::Again(WRITTEN, String::new());
        assert!(event(&again(), &tried(1)).is_some() && event(&again(), &tried(2)).is_none());
        assert!(event(&Fate::Sent, &tried(1)).is_none());
        assert!(event(&Fate::GivenUp(String::new()), &tried(9)).is_some());
    }
}
