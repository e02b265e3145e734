//! `/admin/groups`: every group by name, and a form for another one.

use actix_web::Error;
use actix_web::http::StatusCode;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use super::listing::{Listing, ROWS, encoded};
use crate::domain::groups::{self, GroupAdded, GroupProblem, GroupWords, LONGEST_DESCRIPTION, LONGEST_NAME};
use crate::domain::permission::Permission;
use crate::ids::GroupId;
use crate::store::Group;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/groups.html`
#[derive(Template)]
#[template(path = "console/groups.html")]
struct Groups<'a> {
    f: &'a Frame,
    rows: Vec<GroupRow>,
    next: Option<String>,
    /// Of the group that the form makes: drawn with the form, so that one that is sent twice makes one.
    id: GroupId,
    name: &'a str,
    description: &'a str,
    problem: Option<GroupProblem>,
}

/// A group in a list.
pub(super) struct GroupRow {
    pub id: GroupId,
    pub name: String,
    pub description: String,
    pub created: String,
}

impl GroupRow {
    pub fn new(group: &Group) -> Self {
        Self {
            id: group.id,
            name: group.name.clone(),
            description: group.description.clone(),
            created: group.created_at.minute(),
        }
    }
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let id = GroupId(admin.visit.cx.entropy.uuid_at(admin.visit.now));
    render(&admin, id, ("", ""), None).await
}

/// The form, sent.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm) -> PageResult {
    let visit = &admin.visit;
    let field = |name: &str| Ok::<_, Error>(visit.value(&fields, name)?.unwrap_or_default());
    let typed = (field("name")?, field("description")?);
    let id: GroupId = field("id")?.parse().map_err(|_| visit.refuse(Problem::Malformed))?;
    let words = match GroupWords::parse(typed.0, typed.1) {
        Ok(words) => words,
        Err(problem) => return render(&admin, id, typed, Some(problem)).await,
    };
    match groups::add(&admin.act(), id, words, |_| None).await.map_err(|error| visit.failed(&error))? {
        GroupAdded::Done(group) => Ok(visit.redirect(&format!("/admin/groups/{}?done=changed", group.id))),
        GroupAdded::NameTaken | GroupAdded::Answered => {
            // Sent twice, it is the group that the first one made.
            let made = visit.cx.store.group(id).await.map_err(|error| visit.failed(&error))?;
            match made {
                Some(group) => Ok(visit.redirect(&format!("/admin/groups/{}", group.id))),
                None => render(&admin, id, typed, Some(GroupProblem::NameTaken)).await,
            }
        }
    }
}

async fn render(
    admin: &Admin,
    id: GroupId,
    (name, description): (&str, &str),
    problem: Option<GroupProblem>,
) -> PageResult {
    let visit = &admin.visit;
    let query = visit.query()?;
    let after = visit.value(&query, "after")?;
    let found = visit.cx.store.groups_after(after, ROWS + 1).await.map_err(|error| visit.failed(&error))?;
    let listing = Listing::new(found);
    let next = listing.rows.last().filter(|_| listing.more);
    let next = next.map(|last| format!("/admin/groups?after={}", encoded(&last.name)));
    let rows = listing.rows.iter().map(GroupRow::new).collect();
    let status = if problem.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = admin.frame();
    let page = Groups { f: &frame, rows, next, id, name, description, problem };
    admin.send_as(status, &frame, Section::Groups, "Groups", &page)
}
