//! `/people/{person_id}/role`: what a person is to this server.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::client_actions::read;
use super::clients::JSON;
use super::etag::{IfMatch, tagged};
use super::people::find;
use super::problem::{Kind, Problem};
use crate::domain::events::Actor;
use crate::domain::people::roles::{RoleChange, set_role};
use crate::domain::permission::{Permission, Role};
use crate::store::Person;

/// What a person is to this server, beside one who signs in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleOfPerson)]
pub(super) struct RoleView {
    /// The role; null for none.
    #[schema(required)]
    role: Option<Word>,
}

/// A role.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Role)]
pub(super) enum Word {
    /// May do everything.
    Owner,
    /// May do everything, but not to owners and other admins.
    Admin,
    /// Sees and changes their own clients.
    ClientManager,
    /// Sees and changes people, their sessions and consents.
    Support,
    /// Sees all, changes nothing.
    Auditor,
}

/// What a person is to this server.
#[utoipa::path(get, path = "/people/{person_id}/role", tag = "People", security(("oauth2" = ["people:read"])),
    params(("person_id" = uuid::Uuid, Path, description = "Their identifier")),
    responses((status = 200, description = "Their role", body = RoleView,
        headers(("ETag" = String, description = "Its state, for If-Match")))))]
pub(super) async fn show(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::PeopleRead)?;
    tagged(StatusCode::OK, &RoleView::of(&find(&caller, &id).await?))
}

/// Gives a person another role, or takes theirs. Nobody gives or takes one above their own, nor changes their own; somebody
/// who may do everything is always left.
#[utoipa::path(put, path = "/people/{person_id}/role", tag = "People", security(("oauth2" = ["roles:write"])),
    params(("person_id" = uuid::Uuid, Path, description = "Their identifier"),
        ("If-Match" = String, Header, description = "The ETag of the role as you have seen it, or *")),
    request_body = RoleView,
    responses((status = 200, description = "Their role now", body = RoleView,
        headers(("ETag" = String, description = "Its new state"))),
        (status = 409, description = "Nobody would be left who may do everything")))]
pub(super) async fn replace(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::RolesWrite)?;
    let matched = IfMatch::of(&caller.request)?;
    let person = find(&caller, &id).await?;
    let wanted: RoleView = read(caller.body(&body, JSON)?)?;
    if !matched.admits(&RoleView::of(&person)) {
        return Err(Kind::Changed.into());
    }
    let to = wanted.role.map(Role::from);
    caller.must_stand_above(person.role)?;
    caller.must_stand_above(to)?;
    if caller.authority.actor() == Actor::Person(person.id) {
        return Err(Problem::new(Kind::AboveCaller, "Nobody changes their own role: ask another admin."));
    }
    match set_role(&caller.act(), &person, to).await? {
        RoleChange::Done => tagged(StatusCode::OK, &wanted),
        RoleChange::Changed => Err(Kind::Changed.into()),
        RoleChange::LastAdmin => Err(Problem::new(
            Kind::Conflict,
            "Nobody else would be left who may do everything: make another owner first.",
        )),
    }
}

impl RoleView {
    fn of(person: &Person) -> Self {
        Self { role: person.role.map(Word::from) }
    }
}

impl From<Role> for Word {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::ClientManager => Self::ClientManager,
            Role::Support => Self::Support,
            Role::Auditor => Self::Auditor,
        }
    }
}

impl From<Word> for Role {
    fn from(word: Word) -> Self {
        match word {
            Word::Owner => Self::Owner,
            Word::Admin => Self::Admin,
            Word::ClientManager => Self::ClientManager,
            Word::Support => Self::Support,
            Word::Auditor => Self::Auditor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_roles_as_everything_else_does() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(Word::from(role)).unwrap(), role.word());
            assert_eq!(Role::from(Word::from(role)), role);
        }
    }
}
