//! Refusing: by a page that explains, where there is nowhere safe to send the browser, else by telling the client.
//!
//! The page shows what was sent, the rule, and what to do. The event under its error id holds what was sent and what
//! is registered side by side; a stranger sees nothing of the latter.

use actix_web::HttpResponse;
use serde_json::{Map, Value, json};

use super::addressee::Addressee;
use super::respond;
use super::visit::Visit;
use crate::domain::events::{self, Actor, EventKind, NewEvent};
use crate::error::{ErrorCode, OAuthError};
use crate::ids::{ClientId, PersonId};
use crate::protocol::params::Params;
use crate::store::{Client, StoreError};
use crate::web::error_page;
use crate::web::page::{Details, Problem, Rule, SentParameter};

/// The longest part of a sent value that the log keeps, in characters.
const LOGGED_CHARACTERS: usize = 500;

/// Why a visit does not end with a code.
pub(super) enum Refusal {
    /// A page explains; nothing is sent to anybody.
    Shown(Box<Explanation>),
    /// The client is told.
    Told {
        /// Where to.
        addressee: Addressee,
        /// What.
        error: OAuthError,
        /// Who was signed in, if it came to that.
        person: Option<PersonId>,
    },
    /// The database failed before it was known whom to tell.
    Broken(StoreError),
}

impl From<Explanation> for Refusal {
    fn from(explanation: Explanation) -> Self {
        Self::Shown(Box::new(explanation))
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}

impl Refusal {
    /// Records the refusal and answers the browser.
    pub async fn answer(self, visit: &Visit<'_>) -> HttpResponse {
        match self {
            Self::Shown(explanation) => explanation.show(visit).await,
            Self::Told { addressee, error, person } => {
                if is_worth_recording(error.code) {
                    record(visit, told(&addressee, &error, person)).await;
                }
                respond::with_error(visit, &addressee, &error)
            }
            Self::Broken(error) => error_page::send_store_error(visit.cx, visit.http, &error),
        }
    }
}

/// What an app hears when it only asks whether somebody is signed in (`prompt=none`) is no incident.
fn is_worth_recording(code: ErrorCode) -> bool {
    !matches!(
        code,
        ErrorCode::LoginRequired
            | ErrorCode::ConsentRequired
            | ErrorCode::InteractionRequired
            | ErrorCode::AccountSelectionRequired
    )
}

fn told(addressee: &Addressee, error: &OAuthError, person: Option<PersonId>) -> NewEvent {
    let kind = match error.code {
        ErrorCode::AccessDenied => EventKind::Consent,
        _ => EventKind::AuthorizationRefused,
    };
    let event = NewEvent::failure(kind, person.map_or(Actor::Anonymous, Actor::Person), error.code.wire())
        .client(&addressee.client.id)
        .detail("text", error.text.clone())
        .detail("cause", error.cause.clone());
    match person {
        Some(person) => event.person(person),
        None => event,
    }
}

async fn record(visit: &Visit<'_>, event: NewEvent) {
    events::record(&visit.cx.store, visit.event(event)).await;
}

/// What a page says, and what only the log is told.
#[derive(Debug)]
pub(super) struct Explanation {
    problem: Problem,
    reason: &'static str,
    details: Option<Details>,
    client_id: Option<ClientId>,
    sent: Map<String, Value>,
    registered: Option<Value>,
}

impl Explanation {
    /// A page for people alone; `reason` is for the log.
    pub fn new(problem: Problem, reason: &'static str) -> Self {
        Self { problem, reason, details: None, client_id: None, sent: Map::new(), registered: None }
    }

    /// Adds what the developer of the app needs: the rule, where it stands, and what to do.
    pub fn rule(mut self, section: &str, text: impl Into<String>, remedy: &str) -> Self {
        let rule = Rule { text: text.into(), section: section.to_owned() };
        self.details = Some(Details { parameters: Vec::new(), rule, remedy: remedy.to_owned() });
        self
    }

    /// Adds what was sent under these names, for the page and for the log. What cannot be read is left out.
    pub fn sent(mut self, params: &Params, names: &[&str]) -> Self {
        for name in names {
            let Ok(values) = params.all(name) else { continue };
            let logged = values.iter().map(|value| value.chars().take(LOGGED_CHARACTERS).collect::<String>());
            self.sent.insert((*name).to_owned(), logged.collect());
            let Some(details) = &mut self.details else { continue };
            if values.is_empty() {
                details.parameters.push(SentParameter::new(name, None));
            }
            details.parameters.extend(values.iter().map(|value| SentParameter::new(name, Some(value))));
        }
        self
    }

    /// Adds what is registered, for the log only.
    pub fn registered(mut self, client: &Client) -> Self {
        self.client_id = Some(client.id.clone());
        self.registered = Some(json!({
            "redirect_uris": client.metadata.redirect_uris,
            "disabled": client.disabled_at.is_some(),
        }));
        self
    }

    /// What only the log is told.
    fn event(&self) -> NewEvent {
        let event = NewEvent::failure(EventKind::AuthorizationRefused, Actor::Anonymous, self.reason)
            .detail("sent", self.sent.clone())
            .detail("registered", self.registered.clone());
        match &self.client_id {
            Some(id) => event.client(id),
            None => event,
        }
    }

    async fn show(self, visit: &Visit<'_>) -> HttpResponse {
        record(visit, self.event()).await;
        match self.details {
            None => error_page::send(visit.cx, visit.http, self.problem),
            Some(details) => {
                error_page::send_details(visit.cx, visit.http, self.problem, ErrorCode::InvalidRequest, Some(details))
            }
        }
    }

    #[cfg(test)]
    pub fn outline(&self) -> (Problem, &'static str, Option<&str>) {
        (self.problem, self.reason, self.details.as_ref().map(|details| details.rule.section.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{TestEntropy, Timestamp};
    use crate::domain::events::Origin;
    use crate::oauth::authorize::addressee::tests::client;

    #[test]
    fn shows_a_stranger_what_was_sent_and_the_log_what_is_registered_beside_it() {
        let params = Params::parse(b"client_id=app&redirect_uri=https://evil.example/cb").unwrap();
        let explanation = Explanation::new(Problem::WrongRedirect, "mismatch")
            .rule("RFC 9700 §2.1", "Exactly.", "Register it.")
            .sent(&params, &["client_id", "redirect_uri", "state"])
            .registered(&client(&["https://app.example/cb"]));
        let shown = format!("{:?}", explanation.details);
        assert!(shown.contains("https://evil.example/cb") && shown.contains("state"), "{shown}");
        assert!(!shown.contains("app.example"), "{shown}");
        let entropy = TestEntropy::from_seed(1);
        let event = explanation.event().at(Timestamp::from_seconds(0), &entropy, &Origin::default());
        assert_eq!(event.details["sent"]["redirect_uri"][0], "https://evil.example/cb");
        assert_eq!(event.details["registered"]["redirect_uris"][0], "https://app.example/cb");
        assert_eq!(event.client_id, Some(ClientId("app".to_owned())));
    }

    #[test]
    fn keeps_long_values_short_and_shows_repeated_ones_all() {
        let long = format!("state={}&redirect_uri=a&redirect_uri=b", "x".repeat(5000));
        let params = Params::parse(long.as_bytes()).unwrap();
        let explanation = Explanation::new(Problem::Malformed, "repeated")
            .rule("RFC 6749 §3.1", "Once.", "Once.")
            .sent(&params, &["state", "redirect_uri"]);
        assert_eq!(explanation.sent["state"][0].as_str().map(str::len), Some(LOGGED_CHARACTERS));
        assert_eq!(explanation.sent["redirect_uri"], json!(["a", "b"]));
        assert_eq!(explanation.details.map(|details| details.parameters.len()), Some(3));
    }

    #[test]
    fn records_refusals_but_not_the_answers_to_a_silent_question() {
        assert!(is_worth_recording(ErrorCode::InvalidScope) && is_worth_recording(ErrorCode::AccessDenied));
        assert!(!is_worth_recording(ErrorCode::LoginRequired) && !is_worth_recording(ErrorCode::ConsentRequired));
    }
}
