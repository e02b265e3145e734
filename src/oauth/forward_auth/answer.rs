//! What a proxy is told: by the status whether to let the request through, by headers who sends it and how their limits
//! stand.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::super::error_response;
use crate::cx::Cx;
use crate::domain::api_keys::LiveKey;
use crate::domain::limits::Admission;
use crate::domain::tokens::inspect::LiveToken;
use crate::error::{OAuthError, Result};
use crate::protocol::forward_auth::{Question, header_text};
use crate::protocol::key_mode::KeyMode;
use crate::protocol::scope::{self, Scope};
use crate::store::{KeyOwner, Person};
use crate::web::limits::insert_standings;

/// A credential that is good here, and how its limits stand after this request.
pub(super) struct Checked {
    /// Who sends the request.
    pub identity: Identity,
    /// Whether it passes within the limits.
    pub admission: Admission,
}

/// Who sends a request.
#[derive(Default)]
pub(super) struct Identity {
    method: &'static str,
    subject: String,
    is_person: bool,
    username: Option<String>,
    client_id: Option<String>,
    scope: Scope,
    key: Option<(String, KeyMode)>,
}

impl Identity {
    /// Whoever an access token speaks for.
    pub fn of_token(live: LiveToken) -> Self {
        let token = live.token;
        // As with introspection: who may not see the profile gets no name either, which is often an address.
        let person = live.person.filter(|_| token.scope.contains(scope::PROFILE));
        Self {
            method: "access_token",
            subject: token.sub,
            is_person: token.person_id.is_some(),
            username: person.map(|person| person.username),
            client_id: Some(token.client_id.0),
            scope: token.scope,
            key: live.key.map(|live| (live.key.id.to_string(), live.key.mode)),
        }
    }

    /// Whoever a key speaks for.
    pub fn of_key(live: LiveKey) -> Self {
        let (subject, client_id) = match &live.key.owner {
            KeyOwner::Person(person) => (person.to_string(), None),
            KeyOwner::Client(client) => (client.to_string(), Some(client.to_string())),
        };
        Self {
            method: "api_key",
            subject,
            is_person: client_id.is_none(),
            username: live.person.map(|person| person.username),
            client_id,
            scope: live.scope,
            key: Some((live.key.id.to_string(), live.key.mode)),
        }
    }

    /// Whoever is signed in at a browser.
    pub fn of_session(person: Person) -> Self {
        Self {
            method: "session",
            subject: person.id.to_string(),
            is_person: true,
            username: Some(person.username),
            ..Self::default()
        }
    }

    /// Every header, also those about which nothing is known: an empty one takes the place of whatever the request's
    /// sender wrote there.
    fn headers(&self) -> [(HeaderName, String); 8] {
        let text = |text: &Option<String>| text.as_deref().map(header_text).unwrap_or_default();
        let (key_id, key_mode) = self.key.as_ref().map_or(("", ""), |(id, mode)| (id, mode.wire()));
        let named = |name| HeaderName::from_static(name);
        [
            (named("x-auth-method"), self.method.to_owned()),
            (named("x-auth-subject"), header_text(&self.subject)),
            (named("x-auth-subject-type"), if self.is_person { "person" } else { "client" }.to_owned()),
            (named("x-auth-username"), text(&self.username)),
            (named("x-auth-client-id"), text(&self.client_id)),
            // RFC 6749 §3.3: printable ASCII, so that it fits as it is.
            (named("x-auth-scope"), self.scope.to_string()),
            (named("x-auth-key-id"), key_id.to_owned()),
            (named("x-auth-key-mode"), key_mode.to_owned()),
        ]
    }
}

/// Reads the question and answers it by what `check` finds.
pub(super) async fn respond(
    request: &HttpRequest,
    cx: &Cx,
    check: impl AsyncFnOnce(&HttpRequest, &Cx, &Question) -> Result<Option<Checked>>,
) -> HttpResponse {
    match Question::parse(request.query_string()) {
        Ok(question) => {
            let checked = check(request, cx, &question).await;
            render(request, cx, &question, checked)
        }
        Err(error) => misasked(request, cx, &error),
    }
}

/// The answer to a question that makes sense.
fn render(request: &HttpRequest, cx: &Cx, question: &Question, checked: Result<Option<Checked>>) -> HttpResponse {
    let scope = question.scope.to_string();
    let refuse = |error: Option<&OAuthError>| error_response::bearer_needing(&scope, request, cx, error);
    let mut response = match checked {
        // RFC 6750 §3.1: who sends no credentials is told the scheme, and no error code.
        Ok(None) => refuse(None),
        Err(error) => refuse(Some(&error)),
        Ok(Some(Checked { identity, admission })) => {
            let mut response = match admission.retry_after {
                None => HttpResponse::Ok().finish(),
                Some(wait) => refuse(Some(&OAuthError::too_many("The limits of this API key are used up.", wait))),
            };
            let headers = response.headers_mut();
            if admission.passes() {
                identity.headers().into_iter().for_each(|(name, text)| insert(headers, name, text));
            }
            insert_standings(headers, &admission.standings);
            response
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer to a question that makes none: whoever set up the proxy has to change it.
fn misasked(request: &HttpRequest, cx: &Cx, error: &OAuthError) -> HttpResponse {
    error_response::json(request, cx, error)
}

/// Every text here is ASCII, so that none is lost.
fn insert(headers: &mut HeaderMap, name: HeaderName, text: String) {
    headers.insert(name, HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("")));
}
