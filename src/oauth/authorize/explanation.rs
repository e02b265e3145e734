//! What a page says about a request that cannot be answered, and what only the log is told.
//!
//! The page shows what was sent, the rule, and what to do. The event under its error id holds what was sent and what
//! is registered side by side; a stranger sees nothing of the latter.

use serde_json::{Map, Value, json};

use crate::domain::events::{Actor, EventKind, NewEvent};
use crate::ids::ClientId;
use crate::protocol::params::Params;
use crate::store::Client;
use crate::web::page::{Details, Problem, Rule, SentParameter};

/// The longest part of a sent value that the log keeps, in characters.
const LOGGED_CHARACTERS: usize = 500;
/// How many values of one parameter are kept.
const LOGGED_VALUES: usize = 3;

/// What a page says, and what only the log is told.
#[derive(Debug)]
pub struct Explanation {
    problem: Problem,
    reason: &'static str,
    details: Option<Box<Details>>,
    logged: Box<Logged>,
}

/// What only the log is told.
#[derive(Debug, Default)]
struct Logged {
    client_id: Option<ClientId>,
    sent: Map<String, Value>,
    registered: Option<Value>,
    cause: Option<String>,
}

impl Explanation {
    /// A page for people alone; `reason` is for the log.
    pub fn new(problem: Problem, reason: &'static str) -> Self {
        Self { problem, reason, details: None, logged: Box::default() }
    }

    /// Adds what the developer of the app needs: the rule, where it stands, and what to do.
    pub fn rule(mut self, section: &str, text: impl Into<String>, remedy: &str) -> Self {
        let rule = Rule { text: text.into(), section: section.to_owned() };
        self.details = Some(Box::new(Details { parameters: Vec::new(), rule, remedy: remedy.to_owned() }));
        self
    }

    /// Adds what was sent under these names, for the page and for the log. What cannot be read is left out.
    pub fn sent(mut self, params: &Params, names: &[&str]) -> Self {
        for name in names {
            let Ok(mut values) = params.all(name) else { continue };
            // Whoever repeats a parameter a hundred times must not fill the log with it.
            values.truncate(LOGGED_VALUES);
            let logged = values.iter().map(|value| value.chars().take(LOGGED_CHARACTERS).collect::<String>());
            self.logged.sent.insert((*name).to_owned(), logged.collect());
            let Some(details) = &mut self.details else { continue };
            if values.is_empty() {
                details.parameters.push(SentParameter::new(name, None));
            }
            details.parameters.extend(values.iter().map(|value| SentParameter::new(name, Some(value))));
        }
        self
    }

    /// Adds the `client_id` that was sent.
    pub fn asked_by(mut self, id: &ClientId) -> Self {
        let shown = id.as_str();
        self.logged
            .sent
            .insert("client_id".to_owned(), json!([shown.chars().take(LOGGED_CHARACTERS).collect::<String>()]));
        if let Some(details) = &mut self.details {
            details.parameters.push(SentParameter::new("client_id", Some(shown)));
        }
        self
    }

    /// Adds what was behind it, for the log only.
    pub fn because(mut self, cause: String) -> Self {
        self.logged.cause = Some(cause);
        self
    }

    /// Adds what is registered, for the log only.
    pub fn registered(mut self, client: &Client) -> Self {
        self.logged.client_id = Some(client.id.clone());
        self.logged.registered = Some(json!({
            "redirect_uris": client.metadata.redirect_uris,
            "disabled": client.disabled_at.is_some(),
        }));
        self
    }

    /// The entry of the log.
    pub fn event(&self) -> NewEvent {
        let event = NewEvent::failure(EventKind::AuthorizationRefused, Actor::Anonymous, self.reason)
            .detail("sent", self.logged.sent.clone())
            .detail("registered", self.logged.registered.clone())
            .detail("cause", self.logged.cause.clone());
        match &self.logged.client_id {
            Some(id) => event.client(id),
            None => event,
        }
    }

    /// What the page says.
    pub fn page(self) -> (Problem, Option<Details>) {
        (self.problem, self.details.map(|details| *details))
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
        assert_eq!(explanation.logged.sent["state"][0].as_str().map(str::len), Some(LOGGED_CHARACTERS));
        assert_eq!(explanation.logged.sent["redirect_uri"], json!(["a", "b"]));
        assert_eq!(explanation.details.map(|details| details.parameters.len()), Some(3));
    }
}
