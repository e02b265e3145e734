//! `grant_type=authorization_code` (RFC 6749 §4.1.3): a code is redeemed once, by whom it was issued to, with the
//! verifier of its challenge.

use secrecy::SecretString;

use super::request::TokenRequest;
use crate::domain::tokens::code::{self, CodeRequest};
use crate::domain::tokens::issue::TokenResponse;
use crate::error::Result;
use crate::protocol::pkce::CodeVerifier;

pub(super) async fn redeem(request: TokenRequest<'_>) -> Result<TokenResponse> {
    let (act, mint, params) = (request.act(), request.mint(), request.params);
    let sent = CodeRequest {
        code: SecretString::from(params.required("code")?),
        redirect_uri: params.one("redirect_uri")?,
        code_verifier: params.one("code_verifier")?.map(CodeVerifier::parse).transpose()?,
        resources: params.all("resource")?,
    };
    let issued = code::find(&act, &mint, &sent.code).await?;
    code::redeem(&act, &mint, request.client, &issued, &sent).await
}
