//! What went wrong on the way to another provider and back, as a page.

use actix_web::http::StatusCode;

use crate::domain::events::Actor;
use crate::domain::upstream::accounts::note_failure;
use crate::pages::entrance;
use crate::web::page::{ProviderProblem, ProviderProblemPage};
use crate::web::visit::{PageResult, Visit};

/// Shows it, records why, and leads back: to the sign-in that was begun, or to the linked accounts. What nobody began here, or
/// has ended, is in the log alone: anybody could fill the record with it.
pub(super) async fn show(
    visit: &Visit,
    provider: &str,
    (problem, why): (ProviderProblem, &str),
    back: String,
) -> PageResult {
    tracing::info!(request_id = visit.origin.request_id, provider, why, "a sign-in through another provider failed");
    if problem != ProviderProblem::Stale {
        note_failure(&visit.act(Actor::Anonymous), provider, why).await;
    }
    let linking = back == entrance::LINKED_PROVIDERS;
    let page = ProviderProblemPage {
        t: visit.texts(),
        base: visit.base(),
        problem,
        back,
        linking,
        id: visit.origin.request_id.clone().unwrap_or_default(),
    };
    visit.send(&page, status(problem), &visit.headers(), None)
}

const fn status(problem: ProviderProblem) -> StatusCode {
    match problem {
        ProviderProblem::Denied | ProviderProblem::Stale => StatusCode::BAD_REQUEST,
        ProviderProblem::Failed => StatusCode::BAD_GATEWAY,
        ProviderProblem::NoAccount | ProviderProblem::Disabled => StatusCode::FORBIDDEN,
        ProviderProblem::SignInFirst | ProviderProblem::OfSomebodyElse => StatusCode::CONFLICT,
    }
}
