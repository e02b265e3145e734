//! Carrying the news that a session ended to an app's own server (OIDC Back-Channel Logout §2.5).
//!
//! Whoever takes a delivery puts off when it is due, in one conditional `UPDATE`: of several servers one has it, and if
//! that one dies it is due again after [`LEASE`]. The token is made when it is sent, so that none lies about signed, and a
//! late one is as fresh as the first.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::token::{self, LogoutTokenClaims};
use crate::clock::{Clock, Entropy, Timestamp};
use crate::domain::clients::directory::ClientDirectory;
use crate::domain::events::{Actor, EventKind, NewEvent, Origin};
use crate::domain::keys::jwt;
use crate::domain::keys::key_set::KeyRing;
use crate::domain::outbound::Outbound;
use crate::domain::subjects::Subjects;
use crate::protocol::issuer::Issuer;
use crate::store::{Client, LogoutDelivery, Result, Store};

/// How often it is looked for what is due.
pub const LOOK: Duration = Duration::from_secs(1);
/// How long whoever takes a delivery has it for themselves: much longer than any request lasts.
const LEASE: Duration = Duration::from_mins(1);
/// Deliveries that are read at once.
const BATCH: u64 = 64;
/// Apps that are told at once: one that is slow must not hold up the others.
const AT_ONCE: usize = 16;
/// How long is waited after each attempt that failed; after the last of these, always as long as that.
const WAITS: [Duration; 6] = [
    Duration::from_secs(10),
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_hours(1),
    Duration::from_hours(4),
];

/// What telling apps needs.
pub struct Courier<'a> {
    /// Who tells.
    pub issuer: &'a Issuer,
    /// What is to be told.
    pub store: &'a Store,
    /// Whom.
    pub clients: &'a ClientDirectory,
    /// What signs.
    pub keys: &'a KeyRing,
    /// What clients call people.
    pub subjects: &'a Subjects,
    /// What carries it.
    pub outbound: &'a Outbound,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Where each `jti` comes from.
    pub entropy: &'a dyn Entropy,
}

impl Courier<'_> {
    /// Delivers all that is due. An app that cannot be told is no error: it is tried again.
    pub async fn deliver_due(&self) -> Result<()> {
        loop {
            let due = self.store.due_logout_deliveries(self.clock.now(), BATCH).await?;
            if due.is_empty() {
                return Ok(());
            }
            let each = stream::iter(due).map(Ok);
            each.try_for_each_concurrent(AT_ONCE, |read| self.deliver(read)).await?;
        }
    }

    async fn deliver(&self, read: LogoutDelivery) -> Result<()> {
        let now = self.clock.now();
        let Some(taken) = self.take(read, now).await? else { return Ok(()) };
        let client = self.clients.find(self.store, &taken.client_id, now).await?;
        let uri = client.as_ref().and_then(|client| client.metadata.backchannel_logout_uri.as_ref());
        let (Some(client), Some(uri)) = (&client, uri) else {
            // One that is told in the browser only.
            return self
                .store
                .write(move |tx| Box::pin(async move { tx.end_logout_delivery(&taken).await }))
                .await
                .map(drop);
        };
        let answer = match self.logout_token(client, &taken, now) {
            Ok(signed) => self.outbound.post(uri.as_str(), format!("logout_token={signed}")).await,
            Err(reason) => Err(reason),
        };
        self.conclude(taken, &answer, now).await
    }

    /// The delivery as it was taken; `None` if another server was quicker.
    async fn take(&self, read: LogoutDelivery, now: Timestamp) -> Result<Option<LogoutDelivery>> {
        let until = now + LEASE;
        let taking = self.store.write(move |tx| {
            Box::pin(async move {
                let taken = LogoutDelivery { attempts: read.attempts + 1, due_at: until, ..read.clone() };
                Ok(tx.take_logout_delivery(&read, until).await?.then_some(taken))
            })
        });
        taking.await
    }

    /// OIDC Back-Channel Logout §2.4: signed as the client's ID tokens are.
    fn logout_token(
        &self,
        client: &Client,
        news: &LogoutDelivery,
        now: Timestamp,
    ) -> std::result::Result<String, String> {
        let algorithm = client.metadata.id_token_signed_response_alg;
        let keys = self.keys.current();
        let key = keys.active(algorithm, now).ok_or_else(|| format!("cannot be told (no active {algorithm} key)"))?;
        let sub = self.subjects.sub(&client.metadata, news.person_id);
        let claims = LogoutTokenClaims::new(self.issuer, news, sub, self.entropy.uuid(), now);
        jwt::sign(key, token::TYP, &claims).map_err(|error| format!("cannot be told ({error})"))
    }

    async fn conclude(
        &self,
        taken: LogoutDelivery,
        answer: &std::result::Result<u16, String>,
        now: Timestamp,
    ) -> Result<()> {
        let fate = fate(answer, &taken, now);
        let event = event(&fate, &taken).map(|event| event.at(now, self.entropy, &Origin::default()));
        let concluding = self.store.write(move |tx| {
            Box::pin(async move {
                let is_ours = match fate {
                    Fate::Again(at, _) => tx.put_off_logout_delivery(&taken, at).await?,
                    Fate::Told | Fate::GivenUp(_) => tx.end_logout_delivery(&taken).await?,
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

/// What becomes of a delivery after an attempt.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Told,
    Again(Timestamp, String),
    GivenUp(String),
}

/// Decides by what the app answered, or by what kept it from being asked.
fn fate(answer: &std::result::Result<u16, String>, taken: &LogoutDelivery, now: Timestamp) -> Fate {
    let reason = match answer {
        // OIDC Back-Channel Logout §2.8: 200, or 204 where a framework makes that of an empty answer.
        Ok(200 | 204) => return Fate::Told,
        // OIDC Back-Channel Logout §2.8: the app does not take it, and would not take it another time.
        Ok(400) => return Fate::GivenUp("answered 400".to_owned()),
        Ok(status) => format!("answered {status}"),
        Err(reason) => reason.clone(),
    };
    if now >= taken.expires_at {
        return Fate::GivenUp(reason);
    }
    let [.., longest] = WAITS;
    let before = usize::try_from(taken.attempts.saturating_sub(1)).unwrap_or_default();
    let wait = WAITS.get(before).copied().unwrap_or(longest);
    Fate::Again((now + wait).min(taken.expires_at), reason)
}

/// What is recorded of it: the first failure of many, and the end.
fn event(fate: &Fate, taken: &LogoutDelivery) -> Option<NewEvent> {
    let event = match fate {
        Fate::Told => NewEvent::success(EventKind::LogoutDelivered, Actor::System),
        Fate::GivenUp(reason) => NewEvent::failure(EventKind::LogoutFailed, Actor::System, reason.clone()),
        Fate::Again(_, reason) if taken.attempts == 1 => {
            NewEvent::failure(EventKind::LogoutDelayed, Actor::System, reason.clone())
        }
        Fate::Again(..) => return None,
    };
    let event = event.person(taken.person_id).client(&taken.client_id);
    Some(event.detail("sid", taken.sid.to_string()).detail("attempts", taken.attempts))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{ClientId, PersonId, SessionId};

    const ENDED: Timestamp = Timestamp::from_seconds(1_000_000);

    fn tried(attempts: i32) -> LogoutDelivery {
        LogoutDelivery {
            sid: SessionId(Uuid::from_u128(1)),
            client_id: ClientId("app".to_owned()),
            person_id: PersonId(Uuid::from_u128(2)),
            attempts,
            due_at: ENDED,
            created_at: ENDED,
            expires_at: ENDED + super::super::TRIED_FOR,
        }
    }

    /// OIDC Back-Channel Logout §2.8: what the app answers, and what it means.
    #[test]
    fn knows_what_an_answer_means() {
        for told in [200, 204] {
            assert_eq!(fate(&Ok(told), &tried(1), ENDED), Fate::Told);
        }
        assert_eq!(fate(&Ok(400), &tried(1), ENDED), Fate::GivenUp("answered 400".to_owned()));
        for other in [201, 302, 401, 404, 429, 500, 503] {
            assert!(matches!(fate(&Ok(other), &tried(1), ENDED), Fate::Again(..)), "{other}");
        }
        assert!(matches!(fate(&Err("cannot be told".to_owned()), &tried(1), ENDED), Fate::Again(..)));
    }

    #[test]
    fn waits_longer_each_time_and_gives_up_after_a_day() {
        let (mut now, mut attempts, mut waits) = (ENDED, 0, Vec::new());
        while let Fate::Again(at, _) = fate(&Ok(503), &tried(attempts + 1), now) {
            waits.push(at.since(now).as_secs());
            (now, attempts) = (at, attempts + 1);
        }
        assert_eq!(now, ENDED + super::super::TRIED_FOR);
        assert_eq!(waits[..6], [10, 60, 300, 900, 3600, 14400]);
        assert_eq!(waits.len(), 11);
    }

    #[test]
    fn tells_of_the_first_failure_and_of_the_end() {
        let again = || Fate::Again(ENDED, String::new());
        assert!(event(&again(), &tried(1)).is_some() && event(&again(), &tried(2)).is_none());
        assert!(event(&Fate::GivenUp(String::new()), &tried(12)).is_some());
    }
}
