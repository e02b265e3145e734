//! `/admin/approvals` and `/admin/approvals/{request_id}`: what people ask the admins for, and the answer.

use actix_web::Error;
use actix_web::web::Path;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::client;
use super::frame::{Frame, Section};
use super::groups::GroupRow;
use super::listing::{Listing, ROWS};
use super::who::Names;
use crate::clock::Timestamp;
use crate::domain::admission::approvals::{self, Decided, LONGEST_ANSWER, Verdict};
use crate::domain::permission::Permission;
use crate::ids::ApprovalRequestId;
use crate::protocol::scope::Scope;
use crate::store::{ApprovalRequest, Client, Holder, RequestState};
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// Groups that the form offers.
const OFFERED: u64 = 200;

/// `templates/console/approvals.html`
#[derive(Template)]
#[template(path = "console/approvals.html")]
struct Approvals<'a> {
    f: &'a Frame,
    rows: Vec<RequestRow>,
    next: Option<String>,
}

/// A request in the list.
struct RequestRow {
    id: ApprovalRequestId,
    app: String,
    person: String,
    scope: String,
    reason: String,
    asked: String,
}

/// `templates/console/approval.html`
#[derive(Template)]
#[template(path = "console/approval.html")]
struct ApprovalPage<'a> {
    f: &'a Frame,
    id: ApprovalRequestId,
    app: &'a str,
    app_path: String,
    /// Who stands behind the app, as it is registered.
    publisher: Vec<(&'static str, String)>,
    person: String,
    person_path: String,
    scopes: Vec<(String, String)>,
    reason: &'a str,
    asked: String,
    state: RequestState,
    decided: Option<String>,
    answer: Option<&'a str>,
    groups: Vec<GroupRow>,
}

/// The list.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let store = &visit.cx.store;
    let query = visit.query()?;
    let after = cursor(visit.value(&query, "after")?.unwrap_or_default());
    let found = store.waiting_requests(after, ROWS + 1).await.map_err(|error| visit.failed(&error))?;
    let listing = Listing::new(found);
    let names = Names::read(store, listing.rows.iter().map(|request| request.person_id)).await;
    let names = names.map_err(|error| visit.failed(&error))?;
    let mut rows = Vec::with_capacity(listing.rows.len());
    for request in &listing.rows {
        let app = visit.cx.clients.find(store, &request.client_id, visit.now).await;
        let app = app.map_err(|error| visit.failed(&error))?;
        rows.push(RequestRow {
            id: request.id,
            app: app.map_or_else(|| request.client_id.to_string(), |app| name_of(&app).to_owned()),
            person: names.of(request.person_id),
            scope: request.scope.to_string(),
            reason: request.reason.clone(),
            asked: request.asked_at.minute(),
        });
    }
    let next = listing.rows.last().filter(|_| listing.more);
    let next = next.map(|last| format!("/admin/approvals?after={}.{}", last.asked_at.millis(), last.id));
    let frame = admin.frame();
    admin.send(&frame, Section::Approvals, "Approvals", &Approvals { f: &frame, rows, next })
}

/// Where a page of the list ended: a time in milliseconds, and the identifier of the request that was asked then.
fn cursor(text: &str) -> Option<(Timestamp, ApprovalRequestId)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), id.parse().ok()?))
}

/// One request.
pub(super) async fn show_one(admin: Admin, id: Path<String>) -> PageResult {
    let (request, client) = find(&admin, &id).await?;
    let visit = &admin.visit;
    let store = &visit.cx.store;
    let names = Names::read(store, [request.person_id]).await.map_err(|error| visit.failed(&error))?;
    let groups = store.groups_after(None, OFFERED).await.map_err(|error| visit.failed(&error))?;
    let frame = admin.frame();
    let page = ApprovalPage {
        f: &frame,
        id: request.id,
        app: name_of(&client),
        app_path: client::path_of(&client.id),
        publisher: publisher(&client),
        person: names.of(request.person_id),
        person_path: format!("/admin/people/{}", request.person_id),
        scopes: words(&admin, &request.scope),
        reason: &request.reason,
        asked: request.asked_at.minute(),
        state: request.state,
        decided: request.decided_at.map(Timestamp::minute),
        answer: request.answer.as_deref(),
        groups: groups.iter().map(GroupRow::new).collect(),
    };
    admin.send(&frame, Section::Approvals, "A request", &page)
}

/// The answer.
pub(super) async fn submit_one(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let (request, _) = find(&admin, &id).await?;
    let visit = &admin.visit;
    let answer = fields.lines("answer").map_err(|error| visit.malformed(&error))?.join("\n");
    let answer = (!answer.is_empty()).then(|| answer.chars().take(LONGEST_ANSWER).collect());
    let verdict = match visit.value(&fields, "action")? {
        Some("approve") => {
            let holder = visit.value(&fields, "for")?.unwrap_or_default();
            let holder = if holder == "person" { Some(Holder::Person(request.person_id)) } else { parsed(holder) };
            Verdict::Approve(holder.ok_or_else(|| visit.refuse(Problem::Malformed))?)
        }
        Some("refuse") => Verdict::Refuse,
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    let decided = approvals::decide(&admin.act(), &request, verdict, answer).await;
    Ok(visit.redirect(match (decided.map_err(|error| visit.failed(&error))?, verdict) {
        (Decided::Done, Verdict::Approve(_)) => "/admin/approvals?done=approved",
        (Decided::Done, Verdict::Refuse) => "/admin/approvals?done=refused",
        (Decided::Gone | Decided::Unknown, _) => "/admin/approvals?done=nothing",
    }))
}

async fn find(admin: &Admin, id: &str) -> Result<(ApprovalRequest, Client), Error> {
    let visit = &admin.visit;
    let Ok(id) = id.parse::<ApprovalRequestId>() else { return Err(visit.refuse(Problem::NotFound)) };
    let found = visit.cx.store.approval_request_by_id(id).await.map_err(|error| visit.failed(&error))?;
    // What somebody merely went on without is no question to anybody.
    let found = found.filter(|request| request.state != RequestState::Passed);
    let request = found.ok_or_else(|| visit.refuse(Problem::NotFound))?;
    let client = client::find(admin, &request.client_id).await?;
    Ok((request, client))
}

/// Whom something is to be approved for, as a form says it: everyone, or a group by its identifier.
pub(super) fn parsed(word: &str) -> Option<Holder> {
    match word {
        "everyone" => Some(Holder::Everyone),
        group => group.parse().ok().map(Holder::Group),
    }
}

/// Each scope with what people read of it.
pub(super) fn words(admin: &Admin, scope: &Scope) -> Vec<(String, String)> {
    let catalogue = &admin.visit.cx.catalogue();
    let words = |name: &str| catalogue.scope_text(name).unwrap_or_default().to_owned();
    scope.iter().map(|token| (token.to_string(), words(token.as_str()))).collect()
}

fn name_of(client: &Client) -> &str {
    client.metadata.client_name.as_deref().unwrap_or(client.id.as_str())
}

fn publisher(client: &Client) -> Vec<(&'static str, String)> {
    let metadata = client.metadata.to_json();
    let text = |name: &str| match &metadata[name] {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            items.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    };
    let members = [
        ("Home page", "client_uri"),
        ("Contacts", "contacts"),
        ("Privacy policy", "policy_uri"),
        ("Terms", "tos_uri"),
        ("Receives people at", "redirect_uris"),
    ];
    members.into_iter().map(|(label, name)| (label, text(name))).filter(|(_, text)| !text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_where_a_page_ended() {
        let id = "0192f0c0-0000-7000-8000-000000000001";
        let found = cursor(&format!("1700000000123.{id}")).unwrap();
        assert_eq!((found.0.millis(), found.1.to_string()), (1_700_000_000_123, id.to_owned()));
        for text in ["", "1.2", "x.y", id] {
            assert!(cursor(text).is_none(), "{text}");
        }
    }
}
