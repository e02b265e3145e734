//! `/admin/clients/{client_id}/access`: which people may use an app, and which scopes that need approval it may ask them
//! for.

use std::collections::HashMap;

use actix_web::Error;
use actix_web::web::Path;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::approvals::{parsed, words};
use super::client::{self, path_of};
use super::frame::{Frame, Section};
use super::groups::GroupRow;
use super::listing::{Listing, ROWS};
use super::who::Names;
use crate::domain::admission::access::{self, AccessChange};
use crate::domain::admission::approvals::{self, Decided};
use crate::domain::permission::Permission;
use crate::domain::withdrawal;
use crate::ids::{ApprovalId, ClientId, GroupId, PersonId};
use crate::protocol::params::{Limits, Params};
use crate::protocol::scope::Scope;
use crate::store::{Access, Approval, Client, Holder};
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// Groups that the form offers.
const OFFERED: u64 = 200;
/// Each of them may be sent.
pub(super) const LIMITS: Limits = Limits { parameters: 250, ..Limits::USUAL };

/// `templates/console/access.html`
#[derive(Template)]
#[template(path = "console/access.html")]
struct AccessPage<'a> {
    f: &'a Frame,
    path: String,
    client_path: String,
    app: &'a str,
    access: Access,
    groups: Vec<GroupChoice>,
    /// What it is registered for and needs approval.
    needing: Vec<(String, String)>,
    approvals: Vec<ApprovalRow>,
    next: Option<String>,
}

struct GroupChoice {
    group: GroupRow,
    chosen: bool,
}

struct ApprovalRow {
    id: ApprovalId,
    scope: String,
    holder: String,
    since: String,
}

/// The page.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let client = client::find(&admin, &ClientId(id.into_inner())).await?;
    let visit = &admin.visit;
    let (store, failed) = (&visit.cx.store, |error| visit.failed(&error));
    let query = visit.query()?;
    let after = visit.value(&query, "after")?.and_then(|id| id.parse().ok());
    let found = store.approvals_of_client(&client.id, after, ROWS + 1).await.map_err(failed)?;
    let listing = Listing::new(found);
    let chosen = store.groups_of_client(&client.id).await.map_err(failed)?;
    let mut offered = store.groups_after(None, OFFERED).await.map_err(failed)?;
    // Whoever saves the form keeps what was chosen before, however many groups there are.
    for id in &chosen {
        if offered.iter().all(|group| group.id != *id) {
            offered.extend(store.group(*id).await.map_err(failed)?);
        }
    }
    let path = format!("{}/access", path_of(&client.id));
    let next = listing.rows.last().filter(|_| listing.more).map(|last| format!("{path}?after={}", last.id));
    let groups =
        offered.iter().map(|group| GroupChoice { chosen: chosen.contains(&group.id), group: GroupRow::new(group) });
    let frame = admin.frame();
    let page = AccessPage {
        f: &frame,
        client_path: path_of(&client.id),
        app: client.metadata.client_name.as_deref().unwrap_or(client.id.as_str()),
        access: client.access,
        groups: groups.collect(),
        needing: words(&admin, &visit.cx.catalogue().needing_approval(&client.metadata.scope)),
        approvals: rows(&admin, &listing.rows).await?,
        next,
        path,
    };
    admin.send(&frame, Section::Clients, "Who may use it", &page)
}

/// Approvals with the names of whom they are for.
async fn rows(admin: &Admin, approvals: &[Approval]) -> Result<Vec<ApprovalRow>, Error> {
    let (store, failed) = (&admin.visit.cx.store, |error| admin.visit.failed(&error));
    let people = approvals.iter().filter_map(|approval| match approval.holder {
        Holder::Person(person) => Some(person),
        Holder::Everyone | Holder::Group(_) => None,
    });
    let people = Names::read(store, people.collect::<Vec<PersonId>>()).await.map_err(failed)?;
    let mut groups: HashMap<GroupId, String> = HashMap::new();
    for approval in approvals {
        if let Holder::Group(id) = approval.holder
            && !groups.contains_key(&id)
        {
            let group = store.group(id).await.map_err(failed)?;
            groups.insert(id, group.map_or_else(|| id.to_string(), |group| group.name));
        }
    }
    let row = |approval: &Approval| ApprovalRow {
        id: approval.id,
        scope: approval.scope.to_string(),
        holder: match approval.holder {
            Holder::Everyone => "everyone".to_owned(),
            Holder::Group(id) => format!("the group {}", groups.get(&id).map_or("", String::as_str)),
            Holder::Person(id) => people.of(id),
        },
        since: approval.created_at.minute(),
    };
    Ok(approvals.iter().map(row).collect())
}

/// What the page's forms ask for.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let client = client::find(&admin, &ClientId(id.into_inner())).await?;
    let act = admin.act();
    let changed = match visit.value(&fields, "action")? {
        Some("access") => set_access(&admin, &client, &fields).await?,
        Some("approve") => {
            let scope = scope(&admin, &client, &fields)?;
            let holder = visit.value(&fields, "for")?.and_then(parsed);
            let holder = holder.ok_or_else(|| visit.refuse(Problem::Malformed))?;
            let decided = approvals::approve(&act, &client.id, &scope, holder).await;
            decided.map_err(|error| visit.failed(&error))? == Decided::Done
        }
        Some("withdraw") => {
            let approval = visit.value(&fields, "approval")?.and_then(|id| id.parse().ok());
            let approval = approval.ok_or_else(|| visit.refuse(Problem::Malformed))?;
            let withdrawn = approvals::withdraw(&act, &client.id, approval).await;
            withdrawn.map_err(|error| visit.failed(&error))?
        }
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    visit.cx.clients.forget(&client.id);
    let done = if changed { "changed" } else { "nothing" };
    Ok(visit.redirect(&format!("{}/access?done={done}", path_of(&client.id))))
}

async fn set_access(admin: &Admin, client: &Client, fields: &Params) -> Result<bool, Error> {
    let visit = &admin.visit;
    let malformed = || visit.refuse(Problem::Malformed);
    let to = visit.value(fields, "access")?.and_then(Access::from_word).ok_or_else(malformed)?;
    let groups = fields.all("group").map_err(|error| visit.malformed(&error))?;
    let groups: Result<Vec<GroupId>, _> = groups.into_iter().map(str::parse).collect();
    let act = admin.act();
    let changed = access::set(&act, &client.id, to, groups.map_err(|_| malformed())?, None).await;
    let changed = changed.map_err(|error| visit.failed(&error))? == AccessChange::Done;
    // Who is shut out keeps nothing that they gave it before.
    if changed && to == Access::Nobody && visit.value(fields, "withdraw")? == Some("yes") {
        withdrawal::withdraw_all(&act, &client.id).await.map_err(|error| visit.failed(&error))?;
    }
    Ok(changed)
}

/// What is to be approved: of what the app is registered for, what needs it.
fn scope(admin: &Admin, client: &Client, fields: &Params) -> Result<Scope, Error> {
    let visit = &admin.visit;
    let asked = fields.all("scope").map_err(|error| visit.malformed(&error))?.join(" ");
    let asked = Scope::parse(&asked).map_err(|error| visit.malformed(&error))?;
    let needing = visit.cx.catalogue().needing_approval(&client.metadata.scope);
    let scope = asked.intersection(&needing);
    if scope.is_empty() { Err(visit.refuse(Problem::Malformed)) } else { Ok(scope) }
}
