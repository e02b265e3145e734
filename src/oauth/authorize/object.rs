//! Requests that an object carries (OIDC Core §6, RFC 9101), opened before anything else of them is looked at: what is
//! inside decides where the answer goes, too.

use super::explanation::Explanation;
use super::request::REPEATABLE;
use super::visit::Visit;
use crate::domain::clients::request_object::ObjectCheck;
use crate::error::{OAuthError, Result};
use crate::protocol::params::Params;
use crate::protocol::request_object::CARRIERS;
use crate::store::Client;
use crate::web::page::Problem;

/// The parameters that count, and the fault of an object that cannot be opened; then those count that stand beside it, for
/// whoever is to be told.
pub(super) async fn open(visit: &Visit<'_>, sent: Params, client: Option<&Client>) -> (Params, Result<()>) {
    // Nothing is fetched for a client that is not answered.
    let Some(client) = client.filter(|client| client.disabled_at.is_none()) else { return (sent, Ok(())) };
    match opened(visit, &sent, client).await {
        Ok(Some(inside)) => (inside, Ok(())),
        Ok(None) => (sent, Ok(())),
        Err(error) => (sent, Err(error)),
    }
}

/// The page about an object that cannot be opened, where there is nobody to tell: what is missing beside it may be in it.
pub(super) fn unopened(error: &OAuthError) -> Explanation {
    let remedy = "Correct the object. With a registered redirect_uri beside it, the app is told of its faults.";
    // RFC 9101 §7: answered as every other request.
    Explanation::new(Problem::Malformed, "request object").rule("RFC 9101 §7", error.text.clone(), remedy)
}

async fn opened(visit: &Visit<'_>, sent: &Params, client: &Client) -> Result<Option<Params>> {
    if sent.names().any(|name| CARRIERS.contains(&name)) {
        sent.check_all(REPEATABLE)?;
    }
    let cx = visit.cx;
    let check = ObjectCheck {
        outbound: &cx.outbound,
        remote_keys: &cx.remote_keys,
        keys: &cx.keys.current(),
        entropy: &*cx.entropy,
        issuer: cx.issuer().as_str(),
        now: visit.now,
    };
    check.open(sent, client).await
}
