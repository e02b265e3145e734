//! `/clients/{client_id}/access`: which people may use a client.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::client_actions::read;
use super::clients::{JSON, find};
use super::etag::{IfMatch, tagged};
use super::problem::{Kind, Problem};
use crate::domain::admission::access::{self, AccessChange};
use crate::domain::permission::Permission;
use crate::ids::GroupId;
use crate::store::{Access, Client};

/// Which people may use a client.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Access)]
pub(super) struct AccessView {
    /// `everyone`, the members of `groups`, or `nobody`: then the client is blocked.
    access: Who,
    /// The groups, where the access is theirs.
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>, max_items = 200)]
    groups: Vec<GroupId>,
}

/// Who may use a client.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Who {
    /// Whoever can sign in.
    Everyone,
    /// The members of groups that are named.
    Groups,
    /// Nobody.
    Nobody,
}

/// Groups that one client can be limited to.
const MOST: usize = 200;

/// Which people may use a client.
#[utoipa::path(get, path = "/clients/{client_id}/access", tag = "Approvals", security(("oauth2" = ["approvals:read"])),
    params(("client_id" = String, Path, description = "The client")),
    responses((status = 200, description = "Who may", body = AccessView,
        headers(("ETag" = String, description = "Its state, for If-Match")))))]
pub(super) async fn show(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::ApprovalsRead)?;
    let client = find(&caller, id.into_inner()).await?;
    tagged(StatusCode::OK, &view(&caller, &client).await?)
}

/// Says which people may use a client. Who is shut out is given nothing new.
#[utoipa::path(put, path = "/clients/{client_id}/access", tag = "Approvals",
    security(("oauth2" = ["approvals:write"])),
    params(("client_id" = String, Path, description = "The client"),
        ("If-Match" = String, Header, description = "The ETag of the access as you have seen it, or *")),
    request_body = AccessView,
    responses((status = 200, description = "Who may now", body = AccessView,
        headers(("ETag" = String, description = "Its new state")))))]
pub(super) async fn replace(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::ApprovalsWrite)?;
    let matched = IfMatch::of(&caller.request)?;
    let client = find(&caller, id.into_inner()).await?;
    let wanted: AccessView = read(caller.body(&body, JSON)?)?;
    if wanted.groups.len() > MOST {
        return Err(Problem::of_member("groups", format!("Name {MOST} groups at most.")));
    }
    let current = view(&caller, &client).await?;
    if !matched.admits(&current) {
        return Err(Kind::Changed.into());
    }
    let seen = Some((current.access.into(), current.groups));
    match access::set(&caller.act(), &client.id, wanted.access.into(), wanted.groups, seen).await? {
        AccessChange::Done => {}
        AccessChange::Changed => return Err(Kind::Changed.into()),
        AccessChange::Unknown => return Err(Problem::of_member("groups", "There is no such group.")),
    }
    caller.cx.clients.forget(&client.id);
    let client = find(&caller, client.id.0).await?;
    tagged(StatusCode::OK, &view(&caller, &client).await?)
}

async fn view(caller: &Caller, client: &Client) -> Result<AccessView, Problem> {
    let groups = caller.cx.store.groups_of_client(&client.id).await?;
    Ok(AccessView { access: client.access.into(), groups })
}

impl From<Access> for Who {
    fn from(access: Access) -> Self {
        match access {
            Access::Everyone => Self::Everyone,
            Access::Groups => Self::Groups,
            Access::Nobody => Self::Nobody,
        }
    }
}

impl From<Who> for Access {
    fn from(who: Who) -> Self {
        match who {
            Who::Everyone => Self::Everyone,
            Who::Groups => Self::Groups,
            Who::Nobody => Self::Nobody,
        }
    }
}
