//! `/admin`: what a search finds, or how the last day went and what was refused lately.

use askama::Template;

use super::admin::Admin;
use super::api_keys::IDLE;
use super::client::path_of;
use super::clients::ClientRow;
use super::dashboard::Dashboard;
use super::events::{self, EventRow};
use super::frame::{Frame, Section};
use super::people::PersonRow;
use super::who::Names;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::permission::Permission;
use crate::store::{Client, EventFilter, Grant, Person, Result};
use crate::web::visit::PageResult;

/// What a search shows of each kind; the lists have the rest.
const FOUND: u64 = 10;

/// Of so many people and clients that are found, the consents are shown, too.
const LOOKED_INTO: usize = 3;

/// People who wait for an approval, as far as they are counted.
const WAITING: u64 = 100;

/// API keys that were found in public, as far as they are counted.
const LEAKED: u64 = 100;

/// API keys that nobody uses, as far as they are looked at.
const UNUSED: u64 = 1_000;

/// `templates/console/overview.html`
#[derive(Template)]
#[template(path = "console/overview.html")]
struct Overview<'a> {
    f: &'a Frame,
    sought: String,
    /// Without a search.
    day: Option<Dashboard>,
    /// How many people wait for an approval, up to [`WAITING`].
    waiting: usize,
    /// How many API keys were found in public, up to [`LEAKED`].
    leaked: u64,
    /// How many API keys nobody uses any more, of the [`UNUSED`] that have been idle for longest.
    unused: u64,
    clients: Vec<ClientRow>,
    people: Vec<PersonRow>,
    consents: Vec<ConsentRow>,
    events: Vec<EventRow>,
}

/// What somebody allowed an app.
struct ConsentRow {
    person: String,
    person_path: String,
    app: String,
    app_path: String,
    scope: String,
    used: String,
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let query = visit.query()?;
    let sought = visit.value(&query, "q")?.unwrap_or_default().trim().to_owned();
    let store = &visit.cx.store;
    let failed = |error| visit.failed(&error);
    let (mut clients, mut people, mut day, mut waiting) = (Vec::new(), Vec::new(), None, 0);
    let (mut leaked, mut unused) = (0, 0);
    let managed_by = admin.only_clients_of();
    let mut filter = EventFilter { failed: true, managed_by, ..EventFilter::default() };
    if sought.is_empty() {
        // The day is the whole server's: who sees only their own clients is not shown it.
        if managed_by.is_none() {
            day = Some(Dashboard::read(&visit.cx, visit.now).await.map_err(failed)?);
        }
        if admin.role.may(Permission::ApiKeysRead) {
            leaked = store.leaked_api_keys(managed_by, LEAKED).await.map_err(failed)?;
            if managed_by.is_none() {
                unused = store.idle_api_keys(visit.now - IDLE, visit.now, UNUSED).await.map_err(failed)?;
            }
        }
        if admin.role.may(Permission::ApprovalsRead) {
            waiting = store.waiting_requests(None, WAITING).await.map_err(failed)?.len();
        }
    } else {
        clients = store.clients_beginning(managed_by, &sought, FOUND).await.map_err(failed)?;
        if admin.role.may(Permission::PeopleRead) {
            people = store.people_beginning(&sought, FOUND).await.map_err(failed)?;
        }
        filter = EventFilter { request_id: Some(sought.clone()), managed_by, ..EventFilter::default() };
    }
    let consents = if admin.role.may(Permission::ConsentsRead) {
        consents(&visit.cx, &clients, &people, visit.now).await
    } else {
        Ok(Vec::new())
    };
    let consents = consents.map_err(failed)?;
    let found = store.events(&filter, FOUND).await.map_err(failed)?;
    let frame = admin.frame();
    let page = Overview {
        f: &frame,
        sought,
        day,
        waiting,
        leaked,
        unused,
        clients: clients.iter().map(ClientRow::new).collect(),
        people: people.iter().map(PersonRow::new).collect(),
        consents,
        events: events::rows(store, &found).await.map_err(failed)?,
    };
    admin.send(&frame, Section::Overview, "Overview", &page)
}

/// What the people who were found have allowed, and what the clients that were found have been.
async fn consents(cx: &Cx, clients: &[Client], people: &[Person], now: Timestamp) -> Result<Vec<ConsentRow>> {
    let mut grants: Vec<Grant> = Vec::new();
    for person in people.iter().take(LOOKED_INTO) {
        grants.extend(cx.store.grants_of(person.id).await?);
    }
    for client in clients.iter().take(LOOKED_INTO) {
        let of_client = cx.store.grants_to(&client.id, None, FOUND).await?;
        let is_new = |grant: &Grant| grants.iter().all(|known| known.id != grant.id);
        let new: Vec<_> = of_client.into_iter().filter(is_new).collect();
        grants.extend(new);
    }
    grants.truncate(usize::try_from(FOUND).unwrap_or_default());
    let names = Names::read(&cx.store, grants.iter().map(|grant| grant.person_id)).await?;
    let mut rows = Vec::new();
    for grant in &grants {
        let client = cx.clients.find(&cx.store, &grant.client_id, now).await?;
        let name = client.and_then(|client| client.metadata.client_name.clone());
        rows.push(ConsentRow {
            person: names.of(grant.person_id),
            person_path: format!("/admin/people/{}", grant.person_id),
            app: name.unwrap_or_else(|| grant.client_id.to_string()),
            app_path: path_of(&grant.client_id),
            scope: grant.may(),
            used: grant.last_used_at.minute(),
        });
    }
    Ok(rows)
}
