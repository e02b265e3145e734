//! `grant_type=client_credentials`: a machine speaks for itself (RFC 6749 §4.4).
//!
//! A JWT access token costs one cached look-up, one keyed hash and one signature, and no write: it is counted and
//! logged.

use super::request::TokenRequest;
use crate::domain::tokens::issue::TokenResponse;
use crate::domain::tokens::machine;
use crate::error::Result;

pub(super) async fn redeem(request: TokenRequest<'_>) -> Result<TokenResponse> {
    let TokenRequest { cx, client, params, now, .. } = request;
    let (scope, resources) = (params.one("scope")?, params.all("resource")?);
    let mint = request.mint();
    let prepared = machine::prepare(&cx.store, &mint, client, scope, &resources, now).await?;
    // On the line that the request leaves anyway: a second one would cost as much as all of the above.
    tracing::Span::current()
        .record("grant", "client_credentials")
        .record("client", client.id.as_str())
        .record("jti", tracing::field::display(prepared.jti()))
        .record("address", &request.origin.address);
    prepared.finish(&mint, now)
}
