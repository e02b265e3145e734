//! The body of a protocol request.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::params::Params;

/// Reads a body of `application/x-www-form-urlencoded`; of its parameters only those in `repeatable` may occur twice.
pub fn parse(request: &HttpRequest, body: &[u8], repeatable: &[&str]) -> Result<Params> {
    // RFC 6749 §3.2: parameters are sent in the body, as a form; a body of another kind holds none.
    if !is_form(request) {
        return Err(OAuthError::new(
            ErrorCode::InvalidRequest,
            "Send the parameters in the body, with Content-Type: application/x-www-form-urlencoded.",
        ));
    }
    let params = Params::parse(body)?;
    params.check_all(repeatable)?;
    Ok(params)
}

/// Our extension `client_address`: from where the server of a resource was called, as it says.
pub fn client_address(params: &Params) -> Result<Option<IpAddr>> {
    let Some(text) = params.one("client_address")? else { return Ok(None) };
    let refused = || OAuthError::new(ErrorCode::InvalidRequest, "client_address is not an IP address.");
    text.parse().map(Some).map_err(|_| refused())
}

/// Whether the request says that its body is a form.
pub fn is_form(request: &HttpRequest) -> bool {
    is_of_type(request, "application/x-www-form-urlencoded")
}

/// Whether the request says that its body is JSON. A page in somebody's browser cannot send that here by itself.
pub fn is_json(request: &HttpRequest) -> bool {
    is_of_type(request, "application/json")
}

fn is_of_type(request: &HttpRequest, expected: &str) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(expected)
}
