//! Tokens that are presented after what they came of was revoked: refused like any other that is not good, and told to the
//! operator, because whoever holds on to a token after sign-out may have no business with it.

use std::time::Duration;

use quick_cache::sync::Cache;

use crate::clock::Timestamp;
use crate::domain::events::{Actor, EventKind, NewEvent, record};
use crate::domain::people::Act;
use crate::ids::AuthorizationId;
use crate::store::{Authorization, Revocation};

/// Why an authorization is revoked whose person signed out.
pub const SIGNED_OUT: &str = "signed out";
/// The most authorizations that are remembered as told.
const CAPACITY: usize = 10_000;
/// Where access tokens are presented, each authorization is told once in this time: a reader must not become a writer
/// because somebody asks again and again.
const TOLD_AGAIN_AFTER: Duration = Duration::from_hours(1);

/// Which authorizations were told lately.
pub struct EndedUses(Cache<AuthorizationId, Timestamp>);

impl Default for EndedUses {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl EndedUses {
    fn is_news(&self, id: AuthorizationId, now: Timestamp) -> bool {
        if self.0.get(&id).is_some_and(|told| now.since(told) < TOLD_AGAIN_AFTER) {
            return false;
        }
        self.0.insert(id, now);
        true
    }
}

/// The event of such a use; `at` is where the token was presented.
#[must_use]
pub fn event(actor: Actor, revoked: &Revocation, at: &'static str) -> NewEvent {
    NewEvent::failure(EventKind::EndedTokenUsed, actor, revoked.because.clone()).detail("at", at)
}

/// Records that an access token of this authorization was presented after it had been revoked.
pub async fn note(act: &Act<'_>, uses: &EndedUses, authorization: &Authorization, at: &'static str) {
    let Some(revoked) = &authorization.revoked else { return };
    if !uses.is_news(authorization.id, act.now) {
        return;
    }
    let event = event(act.actor.clone(), revoked, at)
        .client(&authorization.client_id)
        .person(authorization.person_id)
        .detail("authorization", authorization.id.to_string());
    record(act.store, act.event(event)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_of_an_authorization_once_an_hour() {
        let (uses, id) = (EndedUses::default(), AuthorizationId(uuid::Uuid::from_u128(1)));
        let now = Timestamp::from_seconds(1_000);
        let news: Vec<_> = [0, 1, 59, 60, 61]
            .into_iter()
            .map(|minutes| uses.is_news(id, now + Duration::from_mins(minutes)))
            .collect();
        assert_eq!(news, [true, false, false, true, false]);
        assert!(uses.is_news(AuthorizationId(uuid::Uuid::from_u128(2)), now));
    }
}
