//! `/groups`: groups of people, and who is in them.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::client_actions::read;
use super::clients::JSON;
use super::etag::{IfMatch, Tag, tagged};
use super::idempotency::{Created, Once};
use super::page::{Page, Part, plain};
use super::people::{self, Items};
use super::problem::{Kind, Problem};
use crate::clock::Timestamp;
use crate::domain::groups::{self, GroupAdded, GroupChange, GroupProblem, GroupWords};
use crate::domain::own_api;
use crate::domain::permission::Permission;
use crate::ids::{GroupId, PersonId};
use crate::store::Group;

/// A group of people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
pub(super) struct GroupView {
    /// Its identifier.
    id: Uuid,
    /// Its name, which no other group has in any case of its letters.
    name: String,
    /// What it is for.
    description: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When its name or description last changed.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A group as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupDraft {
    /// Its name: 1 to 64 visible characters.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// What it is for, on one line.
    #[serde(default)]
    #[schema(max_length = 300, default = "")]
    description: String,
}

/// Somebody in a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(super) struct MemberView {
    /// Who.
    person_id: Uuid,
}

impl GroupView {
    pub fn new(group: &Group) -> Self {
        Self {
            id: group.id.0,
            name: group.name.clone(),
            description: group.description.clone(),
            created_at: Timestamp::to_rfc3339(group.created_at),
            updated_at: Timestamp::to_rfc3339(group.updated_at),
        }
    }
}

/// Every group, by name.
#[utoipa::path(get, path = "/groups", tag = "Groups", params(Part), security(("oauth2" = ["groups:read"])),
    responses((status = 200, description = "A page of groups", body = Page<GroupView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must(Permission::GroupsRead)?;
    let part: Part = caller.query()?;
    let after = plain("after", part.after.as_deref())?.filter(|text| !text.is_empty());
    let limit = part.limit()?;
    let found = caller.cx.store.groups_after(after, limit + 1).await?;
    answer::ok(&Page::new(found, limit, |group| group.name.clone(), GroupView::new))
}

/// Makes a group.
#[utoipa::path(post, path = "/groups", tag = "Groups", security(("oauth2" = ["groups:write"])),
    params(("Idempotency-Key" = Option<String>, Header,
        description = "A key of your own: the same request under the same key is done once")),
    request_body = GroupDraft,
    responses((status = 201, description = "Made", body = GroupView,
        headers(("Location" = String, description = "Its address"), ("ETag" = String, description = "Its state"))),
        (status = 409, description = "Another group has this name")))]
pub(super) async fn create(caller: Caller, body: Bytes) -> Answer {
    caller.must(Permission::GroupsWrite)?;
    let words = words(&caller, &body)?;
    let once = Once::of(&caller, &body)?;
    if let Some(answer) = once.answered(&caller).await? {
        return Ok(answer);
    }
    let keep = |group: &Group| once.keep(&caller, || created(&caller, group));
    let id = GroupId(caller.cx.entropy.uuid_at(caller.now));
    let refusal = match groups::add(&caller.act(), id, words, keep).await? {
        GroupAdded::Done(group) => return Ok(created(&caller, &group).response()),
        GroupAdded::NameTaken => taken(),
        GroupAdded::Answered => Problem::from(Kind::Internal).because("an answer was kept, and is gone"),
    };
    once.answered(&caller).await?.ok_or(refusal)
}

fn created(caller: &Caller, group: &Group) -> Created {
    let view = GroupView::new(group);
    Created {
        location: format!("{}/groups/{}", own_api::identifier(caller.cx.issuer()), group.id),
        tag: Tag::of(&view).as_str().to_owned(),
        body: serde_json::to_string(&view).unwrap_or_default(),
    }
}

/// One group.
#[utoipa::path(get, path = "/groups/{group_id}", tag = "Groups", security(("oauth2" = ["groups:read"])),
    params(("group_id" = Uuid, Path, description = "Its identifier")),
    responses((status = 200, description = "The group", body = GroupView,
        headers(("ETag" = String, description = "Its state, for If-Match")))))]
pub(super) async fn show(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::GroupsRead)?;
    tagged(StatusCode::OK, &GroupView::new(&find(&caller, &id).await?))
}

/// Gives a group another name and description.
#[utoipa::path(put, path = "/groups/{group_id}", tag = "Groups", security(("oauth2" = ["groups:write"])),
    params(("group_id" = Uuid, Path, description = "Its identifier"),
        ("If-Match" = String, Header, description = "The ETag of the group as you have seen it, or *")),
    request_body = GroupDraft,
    responses((status = 200, description = "The group as it is now", body = GroupView,
        headers(("ETag" = String, description = "Its new state"))),
        (status = 409, description = "Another group has this name")))]
pub(super) async fn replace(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::GroupsWrite)?;
    let seen = IfMatch::of(&caller.request)?;
    let group = find(&caller, &id).await?;
    let words = words(&caller, &body)?;
    if !seen.admits(&GroupView::new(&group)) {
        return Err(Kind::Changed.into());
    }
    match groups::update(&caller.act(), &group, words).await? {
        GroupChange::Done(group) => tagged(StatusCode::OK, &GroupView::new(&group)),
        GroupChange::Changed => Err(Kind::Changed.into()),
        GroupChange::NameTaken => Err(taken()),
    }
}

/// Deletes a group, with what was approved for it. An app that is limited to it alone then admits nobody.
#[utoipa::path(delete, path = "/groups/{group_id}", tag = "Groups", security(("oauth2" = ["groups:write"])),
    params(("group_id" = Uuid, Path, description = "Its identifier")),
    responses((status = 204, description = "Deleted")))]
pub(super) async fn delete(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::GroupsWrite)?;
    let group = find(&caller, &id).await?;
    if groups::delete(&caller.act(), &group).await? { Ok(answer::done()) } else { Err(Kind::NotFound.into()) }
}

/// Who is in a group.
#[utoipa::path(get, path = "/groups/{group_id}/members", tag = "Groups", security(("oauth2" = ["groups:read"])),
    params(("group_id" = Uuid, Path, description = "Its identifier"), Part),
    responses((status = 200, description = "A page of people", body = Page<MemberView>)))]
pub(super) async fn list_members(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::GroupsRead)?;
    let part: Part = caller.query()?;
    let (limit, after) = (part.limit()?, part.after::<PersonId>()?);
    let group = find(&caller, &id).await?;
    let members = caller.cx.store.members_of(group.id, after, limit + 1).await?;
    answer::ok(&Page::new(members, limit, ToString::to_string, |person| MemberView { person_id: person.0 }))
}

/// Takes a person into a group; who is in it already stays.
#[utoipa::path(put, path = "/groups/{group_id}/members/{person_id}", tag = "Groups",
    security(("oauth2" = ["groups:write"])),
    params(("group_id" = Uuid, Path, description = "The group"), ("person_id" = Uuid, Path, description = "Who")),
    responses((status = 204, description = "They are in it")))]
pub(super) async fn join(caller: Caller, ids: Path<(String, String)>) -> Answer {
    caller.must(Permission::GroupsWrite)?;
    let (group, person) = both(&caller, &ids).await?;
    groups::join(&caller.act(), group, person).await?;
    Ok(answer::done())
}

/// Takes a person out of a group.
#[utoipa::path(delete, path = "/groups/{group_id}/members/{person_id}", tag = "Groups",
    security(("oauth2" = ["groups:write"])),
    params(("group_id" = Uuid, Path, description = "The group"), ("person_id" = Uuid, Path, description = "Who")),
    responses((status = 204, description = "They are not in it")))]
pub(super) async fn leave(caller: Caller, ids: Path<(String, String)>) -> Answer {
    caller.must(Permission::GroupsWrite)?;
    let (group, person) = both(&caller, &ids).await?;
    groups::leave(&caller.act(), group, person).await?;
    Ok(answer::done())
}

/// The groups that a person is in, by name.
#[utoipa::path(get, path = "/people/{person_id}/groups", tag = "Groups", security(("oauth2" = ["groups:read"])),
    params(("person_id" = Uuid, Path, description = "Who")),
    responses((status = 200, description = "All of them", body = Items<GroupView>)))]
pub(super) async fn list_of_person(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::GroupsRead)?;
    let person = people::find(&caller, &id).await?;
    let groups = caller.cx.store.groups_of(person.id).await?;
    answer::ok(&Items { items: groups.iter().map(GroupView::new).collect() })
}

fn words(caller: &Caller, body: &[u8]) -> Result<GroupWords, Problem> {
    let GroupDraft { name, description } = read(caller.body(body, JSON)?)?;
    GroupWords::parse(&name, &description).map_err(|problem| {
        let member = if problem == GroupProblem::DescriptionMalformed { "description" } else { "name" };
        Problem::of_member(member, problem.to_string())
    })
}

fn taken() -> Problem {
    Problem::new(Kind::Conflict, GroupProblem::NameTaken.to_string())
}

/// The group of this identifier.
pub(super) async fn find(caller: &Caller, id: &str) -> Result<Group, Problem> {
    let id: GroupId = id.parse().map_err(|_| Kind::NotFound)?;
    caller.cx.store.group(id).await?.ok_or_else(|| Kind::NotFound.into())
}

async fn both(caller: &Caller, (group, person): &(String, String)) -> Result<(GroupId, PersonId), Problem> {
    Ok((find(caller, group).await?.id, people::find(caller, person).await?.id))
}
