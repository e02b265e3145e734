//! `/events`: what happened, the latest first. Never a token, code, password or secret.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::page::{Page, Part, plain};
use super::problem::Problem;
use crate::clock::Timestamp;
use crate::domain::permission::Permission;
use crate::ids::{ClientId, EventId, PersonId};
use crate::store::{Event, EventFilter};

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub(super) struct EventView {
    /// Its identifier; grows with time.
    id: Uuid,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What.
    kind: String,
    /// `success` or `failure`.
    outcome: String,
    /// Why it failed, or what it was done for.
    reason: Option<String>,
    /// Who did it: `person:…`, `client:…`, `operator`, `system` or `anonymous`.
    actor: String,
    /// Whom it is about.
    person_id: Option<Uuid>,
    /// Which client it is about.
    client_id: Option<String>,
    /// From which address.
    address: Option<String>,
    /// With which program.
    user_agent: Option<String>,
    /// In which request.
    request_id: Option<String>,
    /// What else there is to know.
    #[schema(value_type = Object)]
    details: Value,
}

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Sought {
    /// Only of this kind, `sign_in` for example.
    #[param(max_length = 300)]
    kind: Option<String>,
    /// `failure`: only what failed.
    #[param(inline)]
    outcome: Option<Failure>,
    /// Only about this client.
    #[param(max_length = 300)]
    client: Option<String>,
    /// Only about this person.
    person: Option<Uuid>,
    /// Only of this request: the error id of a page, the `request_id` of a problem.
    #[param(max_length = 300)]
    request: Option<String>,
}

/// What failed.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Failure {
    /// Only that.
    Failure,
}

impl EventView {
    fn new(event: &Event) -> Self {
        Self {
            id: event.id.0,
            at: Timestamp::to_rfc3339(event.at),
            kind: event.kind.clone(),
            outcome: event.outcome.clone(),
            reason: event.reason.clone(),
            actor: event.actor.clone(),
            person_id: event.person_id.map(|person| person.0),
            client_id: event.client_id.as_ref().map(ToString::to_string),
            address: event.address.clone(),
            user_agent: event.user_agent.clone(),
            request_id: event.request_id.clone(),
            details: event.details.clone(),
        }
    }
}

/// What happened, the latest first.
#[utoipa::path(get, path = "/events", tag = "Events", params(Sought, Part), security(("oauth2" = ["events:read"])),
    responses((status = 200, description = "A page of events", body = Page<EventView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must_to_own(Permission::EventsRead)?;
    let (sought, part): (Sought, Part) = (caller.query()?, caller.query()?);
    let limit = part.limit()?;
    let managed_by = caller.authority.only_clients_of();
    let filter = EventFilter { managed_by, ..sought.filter(part.after::<EventId>()?)? };
    let found = caller.cx.store.events(&filter, limit + 1).await?;
    answer::ok(&Page::new(found, limit, |event| event.id.to_string(), EventView::new))
}

impl Sought {
    fn filter(&self, before: Option<EventId>) -> Result<EventFilter, Problem> {
        let some = |name: &str, text: &Option<String>| {
            let text = plain(name, text.as_deref())?.filter(|text| !text.is_empty());
            Ok::<_, Problem>(text.map(str::to_owned))
        };
        Ok(EventFilter {
            kind: some("kind", &self.kind)?,
            failed: self.outcome.is_some(),
            client_id: some("client", &self.client)?.map(ClientId),
            person_id: self.person.map(PersonId),
            request_id: some("request", &self.request)?,
            before,
            ..EventFilter::default()
        })
    }
}
