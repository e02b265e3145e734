//! `/clients/{client_id}/manager`: whose own a client is.

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
use crate::domain::clients::manager::{HandOver, hand_over};
use crate::domain::permission::Permission;
use crate::ids::PersonId;

/// Whose own a client is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Manager)]
pub(super) struct ManagerView {
    /// The client manager who sees and changes it; null where it is nobody's own.
    #[schema(value_type = Option<uuid::Uuid>, required)]
    person_id: Option<PersonId>,
}

/// Whose own a client is.
#[utoipa::path(get, path = "/clients/{client_id}/manager", tag = "Clients", security(("oauth2" = ["clients:read"])),
    params(("client_id" = String, Path, description = "The client")),
    responses((status = 200, description = "Whose", body = ManagerView,
        headers(("ETag" = String, description = "Its state, for If-Match")))))]
pub(super) async fn show(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::ClientsRead)?;
    let client = find(&caller, id.into_inner()).await?;
    tagged(StatusCode::OK, &ManagerView { person_id: client.managed_by })
}

/// Makes a client somebody's own, or nobody's. They have to hold the role of a client manager.
#[utoipa::path(put, path = "/clients/{client_id}/manager", tag = "Clients", security(("oauth2" = ["clients:write"])),
    params(("client_id" = String, Path, description = "The client"),
        ("If-Match" = String, Header, description = "The ETag of the manager as you have seen it, or *")),
    request_body = ManagerView,
    responses((status = 200, description = "Whose it is now", body = ManagerView,
        headers(("ETag" = String, description = "Its new state")))))]
pub(super) async fn replace(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::ClientsWrite)?;
    let matched = IfMatch::of(&caller.request)?;
    let client = find(&caller, id.into_inner()).await?;
    caller.must_hold(&client.metadata.scope)?;
    let wanted: ManagerView = read(caller.body(&body, JSON)?)?;
    if !matched.admits(&ManagerView { person_id: client.managed_by }) {
        return Err(Kind::Changed.into());
    }
    match hand_over(&caller.act(), &client.id, client.managed_by, wanted.person_id).await? {
        HandOver::Done => {}
        HandOver::Changed => return Err(Kind::Changed.into()),
        HandOver::UnknownClient => return Err(Kind::NotFound.into()),
        HandOver::NoManager => {
            return Err(Problem::of_member("person_id", "There is no client manager of this identifier."));
        }
    }
    caller.cx.clients.forget(&client.id);
    tagged(StatusCode::OK, &wanted)
}
