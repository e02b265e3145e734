//! The access token in the `Authorization` header of a request (RFC 6750 §2.1).

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::bearer;

/// The token, if the header holds one.
pub fn token(request: &HttpRequest) -> Result<Option<String>> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let Some(value) = headers.next() else { return Ok(None) };
    if headers.next().is_some() {
        return Err(OAuthError::new(ErrorCode::InvalidRequest, "Send one Authorization header, not several."));
    }
    let text = value.to_str().map_err(|_| OAuthError::from(ErrorCode::InvalidRequest))?;
    bearer::parse(text).transpose().map(|token| token.map(str::to_owned))
}
