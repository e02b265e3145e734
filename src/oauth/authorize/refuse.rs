//! Refusing: by a page that explains, where there is nowhere safe to send the browser, else by telling the client.

use std::sync::Arc;

use actix_web::HttpResponse;

use super::addressee::Addressee;
use super::explanation::Explanation;
use super::respond;
use super::visit::Visit;
use crate::domain::clients::documents::DocumentFault;
use crate::domain::events::{self, Actor, EventKind, NewEvent};
use crate::error::{ErrorCode, OAuthError};
use crate::ids::{ClientId, PersonId};
use crate::store::StoreError;
use crate::web::error_page;
use crate::web::page::Problem;

/// Where it stands what a document has to be.
const SECTION: &str = "draft-ietf-oauth-client-id-metadata-document";

/// Why a visit does not end with a code.
pub(super) enum Refusal {
    /// A page explains; nothing is sent to anybody.
    Shown(Explanation),
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
    Broken(Arc<StoreError>),
}

impl From<Explanation> for Refusal {
    fn from(explanation: Explanation) -> Self {
        Self::Shown(explanation)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Broken(Arc::new(error))
    }
}

impl Refusal {
    /// Why a document does not say who asks. What this server saw where it looked is for the log.
    pub fn of_document(fault: DocumentFault, id: &ClientId) -> Self {
        let (problem, reason) = match &fault {
            DocumentFault::Store(error) => return Self::Broken(Arc::clone(error)),
            DocumentFault::TooMany(_) => (Problem::Busy, "too many metadata documents from this address"),
            DocumentFault::Busy => (Problem::Busy, "too many metadata documents at once"),
            DocumentFault::NotAnAddress(_) => (Problem::UnknownApp, "no address of a metadata document"),
            DocumentFault::NotFetched(_) => (Problem::UnknownApp, "metadata document not fetched"),
            DocumentFault::NotADocument(_) => (Problem::UnknownApp, "no metadata document of this client"),
            DocumentFault::NotAcceptable(_) => (Problem::UnknownApp, "metadata document not acceptable"),
        };
        let remedy = "Serve the document at the client_id over https, at a public address, without a redirect.";
        let explanation = Explanation::new(problem, reason).rule(SECTION, fault.to_string(), remedy).asked_by(id);
        Self::Shown(match fault {
            DocumentFault::NotFetched(why) => explanation.because(why),
            _ => explanation,
        })
    }

    /// Records the refusal and answers the browser.
    pub async fn answer(self, visit: &Visit<'_>) -> HttpResponse {
        match self {
            Self::Shown(explanation) => show(visit, explanation).await,
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

/// What an app hears when it only asks whether somebody is signed in (`prompt=none`) is no incident; what a person
/// refused is recorded where they did.
fn is_worth_recording(code: ErrorCode) -> bool {
    !matches!(
        code,
        ErrorCode::LoginRequired
            | ErrorCode::ConsentRequired
            | ErrorCode::InteractionRequired
            | ErrorCode::AccountSelectionRequired
            | ErrorCode::AccessDenied
    )
}

fn told(addressee: &Addressee, error: &OAuthError, person: Option<PersonId>) -> NewEvent {
    let actor = person.map_or(Actor::Anonymous, Actor::Person);
    let event = NewEvent::failure(EventKind::AuthorizationRefused, actor, error.code.wire())
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

async fn show(visit: &Visit<'_>, explanation: Explanation) -> HttpResponse {
    record(visit, explanation.event()).await;
    let (problem, details) = explanation.page();
    match details {
        None => error_page::send(visit.cx, visit.http, problem),
        details => error_page::send_details(visit.cx, visit.http, problem, ErrorCode::InvalidRequest, details),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_refusals_but_not_what_is_ordinary_or_recorded_elsewhere() {
        for (code, expected) in [
            (ErrorCode::InvalidScope, true),
            (ErrorCode::ServerError, true),
            (ErrorCode::LoginRequired, false),
            (ErrorCode::ConsentRequired, false),
            (ErrorCode::AccessDenied, false),
        ] {
            assert_eq!(is_worth_recording(code), expected, "{code}");
        }
    }
}
