//! `/admin/people`: everybody by username, or those that a search finds.

use askama::Template;

use super::admin::Admin;
use super::frame::{Frame, Section};
use super::listing::{Listing, ROWS, encoded};
use crate::domain::people::accounts::display_name;
use crate::domain::permission::{Permission, Role};
use crate::store::Person;
use crate::web::visit::PageResult;

/// `templates/console/people.html`
#[derive(Template)]
#[template(path = "console/people.html")]
struct People<'a> {
    f: &'a Frame,
    rows: Vec<PersonRow>,
    sought: String,
    next: Option<String>,
    /// Whether a search found more than is shown.
    cut: bool,
}

/// A person in a list.
pub(super) struct PersonRow {
    pub path: String,
    pub username: String,
    pub name: String,
    pub email: String,
    pub role: Option<Role>,
    pub disabled: bool,
    pub created: String,
}

impl PersonRow {
    pub fn new(person: &Person) -> Self {
        Self {
            path: format!("/admin/people/{}", person.id),
            username: person.username.clone(),
            name: display_name(person).to_owned(),
            email: person.claims.email.clone().unwrap_or_default(),
            role: person.role,
            disabled: person.disabled_at.is_some(),
            created: person.created_at.minute(),
        }
    }
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let query = visit.query()?;
    let sought = visit.value(&query, "q")?.unwrap_or_default().trim().to_owned();
    let after = visit.value(&query, "after")?;
    let store = &visit.cx.store;
    let found = if sought.is_empty() {
        store.people_after(after, ROWS + 1).await
    } else {
        store.people_beginning(&sought, ROWS + 1).await
    };
    let listing = Listing::new(found.map_err(|error| visit.failed(&error))?);
    let rows: Vec<_> = listing.rows.iter().map(PersonRow::new).collect();
    let next = rows.last().filter(|_| listing.more && sought.is_empty());
    let next = next.map(|last| format!("/admin/people?after={}", encoded(&last.username)));
    let cut = listing.more && !sought.is_empty();
    let frame = admin.frame();
    admin.send(&frame, Section::People, "People", &People { f: &frame, rows, sought, next, cut })
}
