//! How the API answers: JSON, never stored.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use super::problem::{Kind, Problem};

pub(super) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
pub(super) const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// What a handler answers.
pub(super) type Answer = Result<HttpResponse, Problem>;

/// An answer with a body of JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(value).map_err(|error| Problem::from(Kind::Internal).because(error))?;
    Ok(head(status).body(body))
}

/// 200 with a body of JSON.
pub(super) fn ok(value: &impl Serialize) -> Answer {
    json(StatusCode::OK, value)
}

/// 204: it is done.
pub(super) fn done() -> HttpResponse {
    HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, NO_STORE)).finish()
}

/// The headers that an answer with JSON carries.
pub(super) fn head(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")))
        .insert_header((header::CACHE_CONTROL, NO_STORE))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, NOSNIFF));
    response
}

/// Where a path is not served at all.
pub(super) async fn nothing_here() -> Answer {
    Err(Kind::NotFound.into())
}

/// Where a path is served, but not by this method.
pub(super) async fn wrong_method() -> Answer {
    Err(Kind::MethodNotAllowed.into())
}
