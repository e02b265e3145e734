//! How an endpoint that programs call says no: JSON, with the status of the code, and `WWW-Authenticate` where HTTP or
//! RFC 6750 asks for it.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::json;

use crate::cx::Cx;
use crate::error::{ErrorCode, OAuthError};
use crate::web::limits;
use crate::web::origin::request_id;

/// RFC 6749 §5.2: the error of a token, introspection or revocation request.
pub fn json(request: &HttpRequest, cx: &Cx, error: &OAuthError) -> HttpResponse {
    log(request, error);
    let mut response = HttpResponse::build(status(error));
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if error.code == ErrorCode::InvalidClient {
        // RFC 6749 §5.2: a client that used the Authorization header is told the scheme; RFC 9110 §11.6.1 wants the
        // header on every 401.
        response.insert_header((header::WWW_AUTHENTICATE, challenge("Basic", cx, &[])));
    }
    if error.code == ErrorCode::TemporarilyUnavailable {
        response.insert_header(retry_after(error));
    }
    finish(response, error)
}

/// RFC 6750 §3: the error of a request that carries an access token. `None` as `error` where it carried none: then no
/// error code is sent.
pub fn bearer(request: &HttpRequest, cx: &Cx, error: Option<&OAuthError>) -> HttpResponse {
    bearer_needing("openid", request, cx, error)
}

/// The same, where what was asked for needs this scope.
pub fn bearer_needing(scope: &str, request: &HttpRequest, cx: &Cx, error: Option<&OAuthError>) -> HttpResponse {
    let Some(error) = error else {
        let header = (header::WWW_AUTHENTICATE, challenge("Bearer", cx, &[]));
        return HttpResponse::Unauthorized().insert_header(header).finish();
    };
    log(request, error);
    let description = error.description();
    let mut attributes = vec![("error", error.code.wire()), ("error_description", &*description)];
    if error.code == ErrorCode::InsufficientScope {
        attributes.push(("scope", scope));
    }
    let mut response = HttpResponse::build(status(error));
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if error.retry_after.is_some() {
        response.insert_header(retry_after(error));
    }
    if matches!(error.code.status(), 400..=403) {
        response.insert_header((header::WWW_AUTHENTICATE, challenge("Bearer", cx, &attributes)));
    }
    finish(response, error)
}

fn finish(mut response: HttpResponseBuilder, error: &OAuthError) -> HttpResponse {
    let mut response = response.json(body(error));
    limits::insert_standings(response.headers_mut(), &error.standings);
    response
}

/// Rounded up: whoever comes at that second is not too early.
fn retry_after(error: &OAuthError) -> (HeaderName, String) {
    let wait = error.retry_after.map_or(1, |wait| wait.as_millis().div_ceil(1000));
    (header::RETRY_AFTER, wait.to_string())
}

fn body(error: &OAuthError) -> serde_json::Value {
    json!({ "error": error.code.wire(), "error_description": error.description() })
}

fn status(error: &OAuthError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn challenge(scheme: &str, cx: &Cx, attributes: &[(&str, &str)]) -> HeaderValue {
    use std::fmt::Write as _;
    let mut text = format!("{scheme} realm=\"{}\"", cx.issuer());
    for (name, value) in attributes {
        // The description's character set holds neither quotation mark nor backslash. Writing to a string cannot fail.
        let _ = write!(text, ", {name}=\"{value}\"");
    }
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
}

fn log(request: &HttpRequest, error: &OAuthError) {
    let request_id = request_id(request);
    if error.status() >= 500 {
        tracing::error!(request_id, code = error.code.wire(), text = %error.text, cause = error.cause, "request failed");
    } else {
        tracing::info!(request_id, code = error.code.wire(), text = %error.text, cause = error.cause, "request refused");
    }
}
