//! `/admin/events`: what happened, the latest first, by kind, outcome, client, person, error id or day.

use std::time::Duration;

use askama::Template;
use serde_json::Value;

use super::admin::Admin;
use super::client;
use super::frame::{Frame, Section};
use super::listing::{Listing, ROWS, encoded};
use super::who::Names;
use crate::clock::Timestamp;
use crate::domain::events::{EVENT_WORDS, EventKind};
use crate::domain::permission::Permission;
use crate::ids::{ClientId, EventId, PersonId};
use crate::store::{Event, EventBatch, EventFilter, Result, Store};
use crate::web::visit::{PageResult, Visit};

/// Events that are not sealed yet are counted up to here.
const COUNTED: u64 = 1000;
const DAY: Duration = Duration::from_hours(24);

/// `templates/console/events.html`
#[derive(Template)]
#[template(path = "console/events.html")]
struct Events<'a> {
    f: &'a Frame,
    kinds: &'static [&'static str],
    sought: Sought,
    found: Vec<EventRow>,
    next: Option<String>,
    csv: String,
    json_lines: String,
    head: Option<EventBatch>,
    unsealed: String,
}

/// The filter as it stands in the address.
#[derive(Default)]
pub(super) struct Sought {
    kind: String,
    outcome: String,
    client: String,
    person: String,
    request: String,
    from: String,
    until: String,
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
    /// Where the client can be made to accept what was refused.
    pub remedy: Option<String>,
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
        remedy: remedy(event),
    }
}

/// The form that registers the redirect URI for the lack of which a request was refused.
fn remedy(event: &Event) -> Option<String> {
    let client = event.client_id.as_ref().filter(|_| event.kind == EventKind::AuthorizationRefused.word())?;
    let sent = event.details["sent"]["redirect_uri"].as_array()?;
    let [uri] = sent.as_slice() else { return None };
    let uri = uri.as_str().filter(|_| event.reason.as_deref().is_some_and(|why| why.ends_with("registered")))?;
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("redirect_uri", uri).finish();
    Some(format!("{}/edit?{query}", client::path_of(client)))
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
    /// What is asked for.
    pub fn read(visit: &Visit) -> Result<Self, actix_web::Error> {
        let query = visit.query()?;
        let field =
            |name: &str| Ok::<_, actix_web::Error>(visit.value(&query, name)?.unwrap_or_default().trim().to_owned());
        Ok(Self {
            kind: field("kind")?,
            outcome: field("outcome")?,
            client: field("client")?,
            person: field("person")?,
            request: field("request")?,
            from: field("from")?,
            until: field("until")?,
        })
    }

    /// The same for the store. Days are those of UTC; what is no day is no bound.
    pub fn filter(&self, managed_by: Option<PersonId>, before: Option<EventId>) -> EventFilter {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        EventFilter {
            kind: some(&self.kind),
            kinds: Vec::new(),
            failed: self.outcome == "failure",
            client_id: some(&self.client).map(ClientId),
            // What is no identifier is nobody's.
            person_id: some(&self.person).map(|id| id.parse().unwrap_or(PersonId(uuid::Uuid::nil()))),
            request_id: some(&self.request),
            managed_by,
            before,
            since: Timestamp::from_day(&self.from),
            until: Timestamp::from_day(&self.until).map(|day| day + DAY),
        }
    }

    /// The address at which `path` shows what this filter lets through.
    fn address(&self, path: &str, before: Option<EventId>) -> String {
        let before = before.map(|id| id.to_string()).unwrap_or_default();
        let fields = [
            ("kind", &self.kind),
            ("outcome", &self.outcome),
            ("client", &self.client),
            ("person", &self.person),
            ("request", &self.request),
            ("from", &self.from),
            ("until", &self.until),
            ("before", &before),
        ];
        let set = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(set).finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let sought = Sought::read(visit)?;
    let before = visit.value(&visit.query()?, "before")?.and_then(|id| id.parse().ok());
    let store = &visit.cx.store;
    let failed = |error| visit.failed(&error);
    let listing =
        Listing::new(store.events(&sought.filter(admin.only_clients_of(), before), ROWS + 1).await.map_err(failed)?);
    let frame = admin.frame();
    let page = Events {
        f: &frame,
        kinds: EVENT_WORDS,
        next: listing.rows.last().filter(|_| listing.more).map(|last| sought.address("/admin/events", Some(last.id))),
        csv: sought.address("/admin/events.csv", None),
        json_lines: sought.address("/admin/events.jsonl", None),
        sought,
        found: rows(store, &listing.rows).await.map_err(failed)?,
        head: store.event_chain_head().await.map_err(failed)?,
        unsealed: counted(store.unsealed_events(COUNTED).await.map_err(failed)?),
    };
    admin.send(&frame, Section::Events, "Events", &page)
}

fn counted(unsealed: u64) -> String {
    match unsealed {
        0 => "none waits".to_owned(),
        1 => "one waits".to_owned(),
        COUNTED.. => format!("{COUNTED} or more wait"),
        _ => format!("{unsealed} wait"),
    }
}
