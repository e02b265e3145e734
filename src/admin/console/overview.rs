//! `/admin`: what a search finds, or how the last day went and what was refused lately.

use askama::Template;

use super::admin::Admin;
use super::clients::ClientRow;
use super::dashboard::Dashboard;
use super::events::{self, EventRow};
use super::frame::{Frame, Section};
use super::people::PersonRow;
use crate::domain::permission::Permission;
use crate::store::EventFilter;
use crate::web::visit::PageResult;

/// What a search shows of each kind; the lists have the rest.
const FOUND: u64 = 10;

/// People who wait for an approval, as far as they are counted.
const WAITING: u64 = 100;

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
    clients: Vec<ClientRow>,
    people: Vec<PersonRow>,
    events: Vec<EventRow>,
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let query = visit.query()?;
    let sought = visit.value(&query, "q")?.unwrap_or_default().trim().to_owned();
    let store = &visit.cx.store;
    let failed = |error| visit.failed(&error);
    let (mut clients, mut people, mut day, mut waiting) = (Vec::new(), Vec::new(), None, 0);
    let managed_by = admin.only_clients_of();
    let mut filter = EventFilter { failed: true, managed_by, ..EventFilter::default() };
    if sought.is_empty() {
        // The day is the whole server's: who sees only their own clients is not shown it.
        if managed_by.is_none() {
            day = Some(Dashboard::read(&visit.cx, visit.now).await.map_err(failed)?);
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
    let found = store.events(&filter, FOUND).await.map_err(failed)?;
    let frame = admin.frame();
    let page = Overview {
        f: &frame,
        sought,
        day,
        waiting,
        clients: clients.iter().map(ClientRow::new).collect(),
        people: people.iter().map(PersonRow::new).collect(),
        events: events::rows(store, &found).await.map_err(failed)?,
    };
    admin.send(&frame, Section::Overview, "Overview", &page)
}
