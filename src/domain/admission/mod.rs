//! What the admins let people and apps have of each other: who may use an app, and what it may ask them for of the
//! scopes that need an admin's approval.
//!
//! It is asked when a person arrives, and again whenever a code or refresh token is redeemed, so that what an admin takes
//! back gives nothing new from then on.

pub mod access;
pub mod approvals;
pub mod requests;

use crate::domain::catalogue::Catalogue;
use crate::error::{ErrorCode, OAuthError};
use crate::ids::PersonId;
use crate::protocol::scope::Scope;
use crate::store::{Access, ApprovalRequest, Client, RequestState, Result, Store};

/// What the admins let a person have of what an app asks for.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Whether the person may use the app at all.
    pub admitted: bool,
    /// What is asked for and has not been approved.
    pub withheld: Scope,
    /// Whether the app cannot do without it: a part of it cannot be refused alone, or nothing else would be left.
    pub indispensable: bool,
    /// What the person has asked the admins for at this app, if something is withheld.
    pub request: Option<ApprovalRequest>,
}

impl Standing {
    /// Nothing stands in the way.
    #[must_use]
    pub fn free() -> Self {
        Self { admitted: true, withheld: Scope::empty(), indispensable: false, request: None }
    }

    /// Reads what the admins let `person` have of `scope`.
    pub async fn read(
        store: &Store,
        catalogue: &Catalogue,
        client: &Client,
        person: PersonId,
        scope: &Scope,
    ) -> Result<Self> {
        if !is_admitted(store, client, person).await? {
            return Ok(Self { admitted: false, ..Self::free() });
        }
        let withheld = withheld(store, catalogue, client, Some(person), scope).await?;
        if withheld.is_empty() {
            return Ok(Self::free());
        }
        let must_have = withheld.iter().any(|token| !catalogue.is_optional(token.as_str()));
        Ok(Self {
            admitted: true,
            indispensable: must_have || scope.without(&withheld).is_empty(),
            request: store.approval_request(person, &client.id).await?,
            withheld,
        })
    }

    /// Whether the person has to be told before they go on; `went_on`: they have been, in answer to this very request.
    /// Who has asked the admins, or has gone on without before, is not told again and again.
    #[must_use]
    pub fn stops(&self, went_on: bool) -> bool {
        !self.admitted || self.indispensable || !(self.withheld.is_empty() || went_on || self.is_settled())
    }

    fn is_settled(&self) -> bool {
        self.request.as_ref().is_some_and(|request| {
            matches!(request.state, RequestState::Waiting | RequestState::Passed)
                && self.withheld.is_subset_of(&request.scope)
        })
    }
}

/// Whether a person may use an app.
pub async fn is_admitted(store: &Store, client: &Client, person: PersonId) -> Result<bool> {
    match client.access {
        Access::Everyone => Ok(true),
        Access::Groups => store.is_in_group_of(person, &client.id).await,
        Access::Nobody => Ok(false),
    }
}

/// The part of `scope` that has not been approved for this app and person, or, without one, for everyone.
pub async fn withheld(
    store: &Store,
    catalogue: &Catalogue,
    client: &Client,
    person: Option<PersonId>,
    scope: &Scope,
) -> Result<Scope> {
    let needing = catalogue.needing_approval(scope);
    if needing.is_empty() {
        return Ok(needing);
    }
    Ok(needing.without(&store.approved_scope(&client.id, person).await?))
}

/// What is left of a scope that a person allowed an app, now that an admin may have taken something back.
pub async fn still_granted(
    store: &Store,
    catalogue: &Catalogue,
    client: &Client,
    person: PersonId,
    granted: Scope,
) -> Result<Scope, OAuthError> {
    let refused = |text| Err(OAuthError::new(ErrorCode::InvalidGrant, text).because("not admitted"));
    if !is_admitted(store, client, person).await? {
        return refused("An administrator of this server does not let this person use this app any more.");
    }
    let withheld = withheld(store, catalogue, client, Some(person), &granted).await?;
    if !withheld.is_empty() && granted.is_subset_of(&withheld) {
        return refused("An administrator of this server has taken back the approval of all that was granted.");
    }
    Ok(granted.without(&withheld))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::clock::Timestamp;
    use crate::ids::{ApprovalRequestId, ClientId};

    fn standing(withheld: &str, request: Option<(RequestState, &str)>) -> Standing {
        let scope = |text| Scope::parse(text).unwrap();
        let request = request.map(|(state, asked)| ApprovalRequest {
            id: ApprovalRequestId(Uuid::nil()),
            person_id: PersonId(Uuid::nil()),
            client_id: ClientId("app".to_owned()),
            scope: scope(asked),
            reason: String::new(),
            state,
            answer: None,
            asked_at: Timestamp::from_seconds(1),
            decided_at: None,
        });
        Standing { withheld: scope(withheld), request, ..Standing::free() }
    }

    #[test]
    fn stops_for_what_the_person_has_not_been_told_of() {
        use RequestState::{Approved, Passed, Refused, Waiting};
        for (withheld, request, stops) in [
            ("", None, false),
            ("read", None, true),
            ("read", Some((Waiting, "read write")), false),
            ("read", Some((Passed, "read")), false),
            ("read write", Some((Passed, "read")), true),
            ("read", Some((Refused, "read")), true),
            ("read", Some((Approved, "read")), true),
        ] {
            let standing = standing(withheld, request);
            assert_eq!(standing.stops(false), stops, "{withheld} {request:?}");
            assert!(!standing.stops(true), "{withheld} {request:?}: they went on without it");
            let indispensable = Standing { indispensable: true, ..standing };
            assert!(indispensable.stops(true), "{withheld}: there is no going on without it");
        }
    }

    #[test]
    fn stops_whoever_may_not_use_the_app() {
        assert!(Standing { admitted: false, ..Standing::free() }.stops(true));
    }
}
