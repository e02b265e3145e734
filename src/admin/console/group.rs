//! `/admin/groups/{group_id}`: one group: who is in it, its name, and its end.

use actix_web::Error;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use super::listing::{Listing, ROWS};
use super::who::Names;
use crate::clock::Timestamp;
use crate::domain::groups::{self, GroupChange, GroupProblem, GroupWords, LONGEST_DESCRIPTION, LONGEST_NAME};
use crate::domain::permission::Permission;
use crate::ids::{GroupId, PersonId};
use crate::store::Group;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/group.html`
#[derive(Template)]
#[template(path = "console/group.html")]
struct GroupPage<'a> {
    f: &'a Frame,
    path: String,
    name: &'a str,
    description: &'a str,
    /// When it had last changed as the page was made, in milliseconds.
    version: i64,
    members: Vec<MemberRow>,
    next: Option<String>,
    /// A username that nobody has.
    unknown: Option<&'a str>,
    problem: Option<GroupProblem>,
}

struct MemberRow {
    id: PersonId,
    username: String,
}

/// The page.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let group = find(&admin, &id).await?;
    render(&admin, &group, None, None).await
}

/// What the page's forms ask for.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let group = find(&admin, &id).await?;
    let act = admin.act();
    let field = |name: &str| Ok::<_, Error>(visit.value(&fields, name)?.unwrap_or_default());
    let done = match visit.value(&fields, "action")? {
        Some("join") => {
            let username = field("username")?.trim();
            let found = visit.cx.store.person_by_login(username).await.map_err(|error| visit.failed(&error))?;
            let Some(person) = found else { return render(&admin, &group, Some(username), None).await };
            groups::join(&act, group.id, person.id).await.map(|joined| if joined { "changed" } else { "nothing" })
        }
        Some("leave") => {
            let person: PersonId = field("person")?.parse().map_err(|_| visit.refuse(Problem::Malformed))?;
            groups::leave(&act, group.id, person).await.map(|left| if left { "changed" } else { "nothing" })
        }
        Some("change") => {
            return change(&admin, &group, field("name")?, field("description")?, field("version")?).await;
        }
        Some("delete") if field("sure")? == "yes" => {
            groups::delete(&act, &group).await.map_err(|error| visit.failed(&error))?;
            return Ok(visit.redirect("/admin/groups?done=deleted"));
        }
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    let done = done.map_err(|error| visit.failed(&error))?;
    Ok(visit.redirect(&format!("/admin/groups/{}?done={done}", group.id)))
}

async fn change(admin: &Admin, group: &Group, name: &str, description: &str, version: &str) -> PageResult {
    let visit = &admin.visit;
    let words = match GroupWords::parse(name, description) {
        Ok(words) => words,
        Err(problem) => return render(admin, group, None, Some(problem)).await,
    };
    let version: i64 = version.parse().map_err(|_| visit.refuse(Problem::Malformed))?;
    let seen = Group { updated_at: Timestamp::from_millis(version), ..group.clone() };
    let done = match groups::update(&admin.act(), &seen, words).await.map_err(|error| visit.failed(&error))? {
        GroupChange::Done(_) => "changed",
        GroupChange::Changed => "stale",
        GroupChange::NameTaken => return render(admin, group, None, Some(GroupProblem::NameTaken)).await,
    };
    Ok(visit.redirect(&format!("/admin/groups/{}?done={done}", group.id)))
}

async fn find(admin: &Admin, id: &str) -> Result<Group, Error> {
    let visit = &admin.visit;
    let Ok(id) = id.parse::<GroupId>() else { return Err(visit.refuse(Problem::NotFound)) };
    let found = visit.cx.store.group(id).await.map_err(|error| visit.failed(&error))?;
    found.ok_or_else(|| visit.refuse(Problem::NotFound))
}

async fn render(admin: &Admin, group: &Group, unknown: Option<&str>, problem: Option<GroupProblem>) -> PageResult {
    let visit = &admin.visit;
    let query = visit.query()?;
    let after = visit.value(&query, "after")?.and_then(|id| id.parse().ok());
    let members = visit.cx.store.members_of(group.id, after, ROWS + 1).await.map_err(|error| visit.failed(&error))?;
    let listing = Listing::new(members);
    let names = Names::read(&visit.cx.store, listing.rows.iter().copied()).await;
    let names = names.map_err(|error| visit.failed(&error))?;
    let members = listing.rows.iter().map(|id| MemberRow { id: *id, username: names.of(*id) }).collect();
    let path = format!("/admin/groups/{}", group.id);
    let next = listing.rows.last().filter(|_| listing.more).map(|last| format!("{path}?after={last}"));
    let is_fine = unknown.is_none() && problem.is_none();
    let status = if is_fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = admin.frame();
    let page = GroupPage {
        f: &frame,
        path,
        name: &group.name,
        description: &group.description,
        version: group.updated_at.millis(),
        members,
        next,
        unknown,
        problem,
    };
    admin.send_as(status, &frame, Section::Groups, &group.name, &page)
}
