//! `/admin/clients`: every app and machine, by identifier, or those that a search finds.

use askama::Template;

use super::admin::Admin;
use super::frame::{Frame, Section};
use super::listing::{Listing, ROWS, encoded};
use crate::domain::clients::kind::ClientKind;
use crate::domain::permission::Permission;
use crate::ids::ClientId;
use crate::store::Client;
use crate::web::visit::PageResult;

/// `templates/console/clients.html`
#[derive(Template)]
#[template(path = "console/clients.html")]
struct Clients<'a> {
    f: &'a Frame,
    rows: Vec<ClientRow>,
    sought: String,
    next: Option<String>,
    /// Whether a search found more than is shown.
    cut: bool,
}

/// A client in a list.
pub(super) struct ClientRow {
    pub id: String,
    pub path: String,
    pub name: String,
    pub kind: &'static str,
    pub disabled: bool,
    pub registered_itself: bool,
    pub created: String,
}

impl ClientRow {
    pub fn new(client: &Client) -> Self {
        Self {
            id: client.id.to_string(),
            path: format!("/admin/clients/{}", encoded(client.id.as_str())),
            name: client.metadata.client_name.clone().unwrap_or_else(|| client.id.to_string()),
            kind: ClientKind::of(&client.metadata).word(),
            disabled: client.disabled_at.is_some(),
            registered_itself: client.registration.is_some(),
            created: client.created_at.minute(),
        }
    }
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let query = visit.query()?;
    let sought = visit.value(&query, "q")?.unwrap_or_default().trim().to_owned();
    let after = visit.value(&query, "after")?.map(|after| ClientId(after.to_owned()));
    let store = &visit.cx.store;
    let found = if sought.is_empty() {
        store.clients_after(admin.only_clients_of(), after.as_ref(), ROWS + 1).await
    } else {
        store.clients_beginning(admin.only_clients_of(), &sought, ROWS + 1).await
    };
    let listing = Listing::new(found.map_err(|error| visit.failed(&error))?);
    let rows: Vec<_> = listing.rows.iter().map(ClientRow::new).collect();
    let next = rows.last().filter(|_| listing.more && sought.is_empty());
    let next = next.map(|last| format!("/admin/clients?after={}", encoded(&last.id)));
    let cut = listing.more && !sought.is_empty();
    let frame = admin.frame();
    admin.send(&frame, Section::Clients, "Clients", &Clients { f: &frame, rows, sought, next, cut })
}
