//! `/admin/events`: what happened, the latest first, by kind, outcome, client, person or error id.

use askama::Template;
use serde_json::Value;

use super::admin::Admin;
use super::frame::{Frame, Section};
use super::listing::{Listing, ROWS, encoded};
use super::who::Names;
use crate::domain::events::EVENT_WORDS;
use crate::ids::{ClientId, EventId, PersonId};
use crate::store::{Event, EventFilter, Result, Store};
use crate::web::visit::PageResult;

/// `templates/console/events.html`
#[derive(Template)]
#[template(path = "console/events.html")]
struct Events<'a> {
    f: &'a Frame,
    kinds: &'static [&'static str],
    sought: Sought,
    found: Vec<EventRow>,
    next: Option<String>,
}

/// The filter as it stands in the address.
#[derive(Default)]
struct Sought {
    kind: String,
    outcome: String,
    client: String,
    person: String,
    request: String,
}

/// An event in a list.
pub(super) struct EventRow {
    pub at: String,
    pub kind: String,
    pub failed: bool,
    pub reason: String,
    pub actor: String,
    pub person: Option<(String, String)>,
    pub client: Option<(String, String)>,
    pub address: String,
    pub request: Option<String>,
    pub details: Vec<(String, String)>,
}

/// Events as lists show them.
pub(super) async fn rows(store: &Store, events: &[Event]) -> Result<Vec<EventRow>> {
    let names =
        Names::read(store, events.iter().flat_map(|event| [event.person_id, actor_of(event)]).flatten()).await?;
    Ok(events.iter().map(|event| row(event, &names)).collect())
}

fn actor_of(event: &Event) -> Option<PersonId> {
    event.actor.strip_prefix("person:").and_then(|id| id.parse().ok())
}

fn row(event: &Event, names: &Names) -> EventRow {
    let client = event.client_id.as_ref();
    EventRow {
        at: event.at.second(),
        kind: event.kind.replace('_', " "),
        failed: event.outcome == "failure",
        reason: event.reason.clone().unwrap_or_default(),
        actor: actor_of(event).map_or_else(|| event.actor.clone(), |person| names.of(person)),
        person: event.person_id.map(|person| (names.of(person), format!("/admin/people/{person}"))),
        client: client.map(|id| (id.to_string(), format!("/admin/clients/{}", encoded(id.as_str())))),
        address: event.address.clone().unwrap_or_default(),
        request: event.request_id.clone(),
        details: details(&event.details),
    }
}

/// What else is known, member by member; what is in an object of its own is told with that object's name.
fn details(details: &Value) -> Vec<(String, String)> {
    let mut told = Vec::new();
    for (name, value) in details.as_object().into_iter().flatten() {
        match value {
            Value::Object(members) => {
                told.extend(members.iter().map(|(member, value)| (format!("{name} {member}"), text(value))));
            }
            value => told.push((name.clone(), text(value))),
        }
    }
    told.retain(|(_, text)| !text.is_empty());
    told
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

impl Sought {
    fn filter(&self, before: Option<EventId>) -> EventFilter {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        EventFilter {
            kind: some(&self.kind),
            failed: self.outcome == "failure",
            client_id: some(&self.client).map(ClientId),
            // What is no identifier is nobody's.
            person_id: some(&self.person).map(|id| id.parse().unwrap_or(PersonId(uuid::Uuid::nil()))),
            request_id: some(&self.request),
            before,
            ..EventFilter::default()
        }
    }

    fn path(&self, before: EventId) -> String {
        let fields = [
            ("kind", &self.kind),
            ("outcome", &self.outcome),
            ("client", &self.client),
            ("person", &self.person),
            ("request", &self.request),
        ];
        let set = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let before = before.to_string();
        let all = set.map(|(name, value)| (name, value.as_str())).chain([("before", before.as_str())]);
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        format!("/admin/events?{query}")
    }
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let query = visit.query()?;
    let field =
        |name: &str| Ok::<_, actix_web::Error>(visit.value(&query, name)?.unwrap_or_default().trim().to_owned());
    let sought = Sought {
        kind: field("kind")?,
        outcome: field("outcome")?,
        client: field("client")?,
        person: field("person")?,
        request: field("request")?,
    };
    let before = visit.value(&query, "before")?.and_then(|id| id.parse().ok());
    let store = &visit.cx.store;
    let found = store.events(&sought.filter(before), ROWS + 1).await.map_err(|error| visit.failed(&error))?;
    let listing = Listing::new(found);
    let next = listing.rows.last().filter(|_| listing.more).map(|last| sought.path(last.id));
    let found = rows(store, &listing.rows).await.map_err(|error| visit.failed(&error))?;
    let frame = admin.frame();
    admin.send(&frame, Section::Events, "Events", &Events { f: &frame, kinds: EVENT_WORDS, sought, found, next })
}
