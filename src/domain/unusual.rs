//! What stands out in the last day, by plain rules that the console states: bursts of failures, what was used twice, one
//! sign-in's tokens from many addresses, use after sign-out.
//!
//! The rules are pure; [`look`] reads what they need, a bounded number of rows along an index.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::domain::events::EventKind;
use crate::domain::hourly::{Counted, Hour};
use crate::domain::tokens::ended::SIGNED_OUT;
use crate::ids::{ClientId, PersonId};
use crate::store::{Event, EventFilter, FailureGroup, Result, Spread, Store};

/// The latest failures, and the latest uses of refresh tokens, that are looked at.
pub const MOST: u64 = 10_000;
/// So many failures within an hour are a burst.
pub const BURST: u64 = 20;
/// An hour stands out that has so many times the failures of a usual one.
pub const TIMES: u64 = 5;
/// From so many addresses within an hour, the tokens of one sign-in stand out.
pub const ADDRESSES: u32 = 4;
/// The latest events of a kind that are looked at.
const OF_EACH: u64 = 200;

/// What stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// A refresh token that had been used was presented again.
    RefreshTokenReused,
    /// A code that had been used was presented again.
    CodeReused,
    /// The refresh tokens of one sign-in came from many addresses.
    ManyAddresses,
    /// A token was presented after its person had signed out.
    UsedAfterSignOut,
    /// Many failures from one address.
    FromAddress,
    /// Many failures about one person.
    OfPerson,
    /// Many failures of one client.
    OfClient,
    /// An hour in which far more sign-ins were refused than in others.
    RefusedSignIns,
    /// An hour in which far more token requests were refused than in others.
    RefusedTokens,
}

/// One thing that stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub pattern: Pattern,
    /// When: the latest time, or the beginning of the hour that is meant.
    pub at: Timestamp,
    /// How many times; of [`Pattern::ManyAddresses`], how many addresses.
    pub count: u64,
    /// Whom it is about.
    pub person_id: Option<PersonId>,
    /// Which client it is about.
    pub client_id: Option<ClientId>,
    /// From which address, where it is about one.
    pub address: Option<String>,
}

impl Pattern {
    /// The kind of the events to look at, where it is one.
    #[must_use]
    pub const fn kind(self) -> Option<EventKind> {
        match self {
            Self::RefreshTokenReused => Some(EventKind::RefreshTokenReused),
            Self::CodeReused => Some(EventKind::CodeReused),
            Self::ManyAddresses => Some(EventKind::TokenRefreshed),
            Self::UsedAfterSignOut => Some(EventKind::EndedTokenUsed),
            Self::RefusedSignIns => Some(EventKind::SignIn),
            Self::FromAddress | Self::OfPerson | Self::OfClient | Self::RefusedTokens => None,
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::RefreshTokenReused => {
                "It was revoked with all it gave. Ask the app's developer whether two of its processes share a token; \
                 if not, it was stolen: have the person sign out everywhere."
            }
            Self::CodeReused => {
                "What it gave was revoked. An app that sends a code twice has a bug; a code that somebody else sends was \
                 seen on its way: look at the redirect URI."
            }
            Self::ManyAddresses => {
                "A phone changes its address now and then, not so often. If the app runs on the person's devices, have \
                 them sign out everywhere; if it runs on many servers, this is how it looks."
            }
            Self::UsedAfterSignOut => {
                "It was refused. An app that goes on after sign-out should forget its tokens; where nothing of the \
                 person's runs any more, somebody has kept them."
            }
            Self::FromAddress => {
                "Look at who is meant: many names are somebody trying passwords, which a proxy in front can slow down; \
                 one app is an app with a fault."
            }
            Self::OfPerson => "Ask them whether it was they. If not, send them a link for a new password.",
            Self::OfClient => {
                "Look at the reasons: a secret that has ended or a changed redirect URI is for its developer."
            }
            Self::RefusedSignIns | Self::RefusedTokens => {
                "Look at what failed in that hour: one app or address is a fault, many are an attack or a release gone \
                 wrong."
            }
        }
    }
}

impl Finding {
    /// What happened, in a sentence.
    #[must_use]
    pub fn what(&self) -> String {
        let count = self.count;
        let times = if count == 1 { String::new() } else { format!(", {count} times") };
        match self.pattern {
            Pattern::RefreshTokenReused => format!("A refresh token was used again{times}"),
            Pattern::CodeReused => format!("A code was used again{times}"),
            Pattern::ManyAddresses => {
                format!("One sign-in's refresh tokens came from {count} addresses within an hour")
            }
            Pattern::UsedAfterSignOut => format!("A token was used after sign-out{times}"),
            Pattern::FromAddress => {
                format!("{count} failures from {} within an hour", self.address.as_deref().unwrap_or_default())
            }
            Pattern::OfPerson => format!("{count} failures about one person within an hour"),
            Pattern::OfClient => format!("{count} failures of one client within an hour"),
            Pattern::RefusedSignIns => format!("{count} refused sign-ins in an hour, far more than usual"),
            Pattern::RefusedTokens => format!("{count} refused token requests in an hour, far more than usual"),
        }
    }

    fn new(pattern: Pattern, at: Timestamp, count: u64) -> Self {
        Self { pattern, at, count, person_id: None, client_id: None, address: None }
    }
}

/// Everything that stands out since `since`, the latest first; `hours` and `failures` are of the same time.
pub async fn look(store: &Store, since: Timestamp, hours: &[Hour], failures: &[FailureGroup]) -> Result<Vec<Finding>> {
    let mut found = busy_hours(hours);
    found.extend(bursts(failures));
    for pattern in [Pattern::RefreshTokenReused, Pattern::CodeReused, Pattern::UsedAfterSignOut] {
        let kind = pattern.kind().map(|kind| kind.word().to_owned());
        let filter = EventFilter { kind, since: Some(since), ..EventFilter::default() };
        found.extend(alike(pattern, &store.events(&filter, OF_EACH).await?));
    }
    let spread = store.refreshes_from_many_addresses(since, ADDRESSES, MOST).await?;
    found.extend(spread.into_iter().map(from_many_addresses));
    found.sort_by_key(|finding| (std::cmp::Reverse(finding.at), finding.pattern));
    Ok(found)
}

/// Hours with at least [`BURST`] refusals that are more than [`TIMES`] times those of the other hours, on average.
fn busy_hours(hours: &[Hour]) -> Vec<Finding> {
    let others = u64::try_from(hours.len().saturating_sub(1)).unwrap_or_default();
    let mut found = Vec::new();
    for (pattern, counted) in
        [(Pattern::RefusedSignIns, Counted::SignInRefused), (Pattern::RefusedTokens, Counted::TokenRefused)]
    {
        let all: u64 = hours.iter().map(|hour| hour.of(counted)).sum();
        for hour in hours {
            let count = hour.of(counted);
            if count >= BURST && count.saturating_mul(others) > (all - count).saturating_mul(TIMES) {
                found.push(Finding::new(pattern, hour.begins, count));
            }
        }
    }
    found
}

/// At least [`BURST`] failures within an hour from one address, about one person or of one client.
fn bursts(failures: &[FailureGroup]) -> Vec<Finding> {
    let mut sums: BTreeMap<_, u64> = BTreeMap::new();
    for group in failures {
        let keys = [
            (Pattern::FromAddress, group.address.is_some(), None, None, group.address.clone()),
            (Pattern::OfPerson, group.person_id.is_some(), group.person_id, None, None),
            (Pattern::OfClient, group.client_id.is_some(), None, group.client_id.clone(), None),
        ];
        for (pattern, is_known, person, client, address) in keys {
            if is_known {
                *sums.entry((group.hour, pattern, person, client, address)).or_default() += group.count;
            }
        }
    }
    let many = sums.into_iter().filter(|(_, count)| *count >= BURST);
    many.map(|((hour, pattern, person_id, client_id, address), count)| Finding {
        person_id,
        client_id,
        address,
        ..Finding::new(pattern, hour, count)
    })
    .collect()
}

/// Events of one kind, together where they are about the same person and client.
fn alike(pattern: Pattern, events: &[Event]) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for event in events {
        if pattern == Pattern::UsedAfterSignOut && event.reason.as_deref() != Some(SIGNED_OUT) {
            continue;
        }
        let same = |known: &&mut Finding| (known.person_id, &known.client_id) == (event.person_id, &event.client_id);
        if let Some(known) = found.iter_mut().find(same) {
            known.count += 1;
            continue;
        }
        found.push(Finding {
            person_id: event.person_id,
            client_id: event.client_id.clone(),
            ..Finding::new(pattern, event.at, 1)
        });
    }
    found
}

fn from_many_addresses(spread: Spread) -> Finding {
    Finding {
        person_id: spread.person_id,
        client_id: spread.client_id,
        ..Finding::new(Pattern::ManyAddresses, spread.hour, spread.addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(refused: &[u64]) -> Vec<Hour> {
        let hour = |(number, refused): (usize, &u64)| {
            let begins = Timestamp::from_seconds(i64::try_from(number).unwrap() * 3600);
            Hour::new(begins, Counted::SignInRefused, *refused)
        };
        refused.iter().enumerate().map(hour).collect()
    }

    #[test]
    fn an_hour_stands_out_that_has_many_refusals_and_far_more_than_the_others() {
        for (refused, expected) in [
            (&[0, 0, 0, 20][..], &[20][..]),
            (&[0, 0, 0, 19], &[]),
            (&[0, 0, 0, 0], &[]),
            (&[4, 4, 4, 20], &[]),
            (&[4, 4, 4, 21], &[21]),
            (&[100, 100, 100, 100], &[]),
            (&[100, 100, 100, 501], &[501]),
            (&[], &[]),
        ] {
            let found: Vec<_> = busy_hours(&hours(refused)).iter().map(|finding| finding.count).collect();
            assert_eq!(found, expected, "{refused:?}");
        }
    }

    fn failed(count: u64, hour: i64, address: &str, client: &str) -> FailureGroup {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        FailureGroup {
            hour: Timestamp::from_seconds(hour * 3600),
            address: some(address),
            client_id: some(client).map(ClientId),
            count,
            ..FailureGroup::default()
        }
    }

    #[test]
    fn a_burst_comes_from_one_address_or_is_of_one_client_within_an_hour() {
        for (failures, expected) in [
            (vec![failed(20, 1, "192.0.2.1", "")], &["20 failures from 192.0.2.1 within an hour"][..]),
            (vec![failed(19, 1, "192.0.2.1", "")], &[]),
            (vec![failed(500, 1, "", "")], &[]),
            (vec![failed(10, 1, "192.0.2.1", "a"), failed(10, 2, "192.0.2.1", "a")], &[]),
            (
                vec![failed(10, 1, "192.0.2.1", "a"), failed(10, 1, "192.0.2.1", "b")],
                &["20 failures from 192.0.2.1 within an hour"],
            ),
            (
                vec![failed(10, 1, "192.0.2.1", "a"), failed(10, 1, "192.0.2.2", "a")],
                &["20 failures of one client within an hour"],
            ),
        ] {
            let found: Vec<_> = bursts(&failures).iter().map(Finding::what).collect();
            assert_eq!(found, expected, "{failures:?}");
        }
    }

    fn event(seconds: i64, client: &str, reason: &str) -> Event {
        use crate::clock::TestEntropy;
        use crate::domain::events::{Actor, NewEvent, Origin};
        let (entropy, client) = (TestEntropy::from_seed(1), ClientId(client.to_owned()));
        let event = NewEvent::failure(EventKind::EndedTokenUsed, Actor::Anonymous, reason).client(&client);
        event.at(Timestamp::from_seconds(seconds), &entropy, &Origin::default())
    }

    #[test]
    fn what_repeats_itself_is_told_once_with_its_latest_time() {
        let events = [event(9, "a", SIGNED_OUT), event(8, "b", SIGNED_OUT), event(7, "a", SIGNED_OUT)];
        let found = alike(Pattern::UsedAfterSignOut, &events);
        let told: Vec<_> = found.iter().map(|finding| (finding.at.seconds(), finding.what())).collect();
        let once = "A token was used after sign-out".to_owned();
        assert_eq!(told, [(9, format!("{once}, 2 times")), (8, once)]);
    }

    #[test]
    fn only_what_came_after_a_sign_out_is_use_after_sign_out() {
        let events = [event(9, "a", "password set"), event(8, "b", "refresh token reused")];
        assert_eq!(alike(Pattern::UsedAfterSignOut, &events), []);
    }
}
