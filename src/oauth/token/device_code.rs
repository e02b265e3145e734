//! `grant_type=urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 §3.4): a device asks whether there is an answer.

use super::request::TokenRequest;
use crate::domain::device::redeem;
use crate::domain::tokens::issue::TokenResponse;
use crate::error::Result;

pub(super) async fn redeem(request: TokenRequest<'_>) -> Result<TokenResponse> {
    let (cx, params) = (request.cx, request.params);
    let (device_code, resources) = (params.required("device_code")?, params.all("resource")?);
    redeem::redeem(&request.act(), &request.mint(), &cx.device_polls, request.client, device_code, &resources).await
}
