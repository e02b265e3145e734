//! `/consents`: what somebody has allowed a client, remembered until it is taken back.

use actix_web::web::Path;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::problem::Kind;
use crate::clock::Timestamp;
use crate::domain::permission::Permission;
use crate::domain::withdrawal;
use crate::ids::GrantId;
use crate::store::Grant;

/// What a person has allowed a client.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
pub(super) struct ConsentView {
    /// Its identifier.
    id: Uuid,
    /// Who allowed it.
    person_id: Uuid,
    /// To which client.
    client_id: String,
    /// What.
    scope: String,
    /// What they were asked for besides, and left out.
    declined: String,
    /// The claims that may be told one by one, beside those that the scope releases.
    claims: String,
    /// Since when.
    #[schema(format = DateTime)]
    created_at: String,
    /// When the client last obtained tokens by it.
    #[schema(format = DateTime)]
    last_used_at: String,
}

impl ConsentView {
    pub fn new(grant: &Grant) -> Self {
        Self {
            id: grant.id.0,
            person_id: grant.person_id.0,
            client_id: grant.client_id.to_string(),
            scope: grant.scope.to_string(),
            declined: grant.declined.to_string(),
            claims: grant.claims.to_string(),
            created_at: Timestamp::to_rfc3339(grant.created_at),
            last_used_at: Timestamp::to_rfc3339(grant.last_used_at),
        }
    }
}

/// Takes one consent back: every code and token that came of it ends.
#[utoipa::path(delete, path = "/consents/{consent_id}", tag = "Consents", security(("oauth2" = ["consents:write"])),
    params(("consent_id" = Uuid, Path, description = "Its identifier")),
    responses((status = 204, description = "Taken back")))]
pub(super) async fn withdraw(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::ConsentsWrite)?;
    let id: GrantId = id.parse().map_err(|_| Kind::NotFound)?;
    match withdrawal::withdraw(&caller.act(), id, None).await? {
        Some(_) => Ok(answer::done()),
        None => Err(Kind::NotFound.into()),
    }
}
