//! Sends the error page: one status for each problem, the error id under which the log says more.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

use super::headers::PageHeaders;
use super::page::{Details, ErrorPage, Problem, respond};
use super::text::Texts;
use super::{language, origin};
use crate::cx::Cx;
use crate::error::ErrorCode;
use crate::store::StoreError;

/// How many seconds a browser or program is asked to wait before it tries again.
const RETRY_AFTER: &str = "5";

/// The page for a problem that has no more to tell.
#[must_use]
pub fn send(cx: &Cx, request: &HttpRequest, problem: Problem) -> HttpResponse {
    build(cx, request, problem, status(problem), None)
}

/// The page for a problem of an app, with what its developer should know.
#[must_use]
pub fn send_details(
    cx: &Cx,
    request: &HttpRequest,
    problem: Problem,
    code: ErrorCode,
    details: Option<Details>,
) -> HttpResponse {
    build(cx, request, problem, status(problem), Some((code, details)))
}

/// The page for a database that failed. The cause goes to the log under the id that the page shows.
#[must_use]
pub fn send_store_error(cx: &Cx, request: &HttpRequest, error: &StoreError) -> HttpResponse {
    let id = origin::request_id(request);
    tracing::error!(request_id = id, %error, "a page could not be answered");
    match error {
        StoreError::Unavailable(_) | StoreError::Abandoned => unavailable(cx, id, language::of(request)),
        StoreError::Exists | StoreError::Inconsistent { .. } => {
            build(cx, request, Problem::Internal, StatusCode::INTERNAL_SERVER_ERROR, None)
        }
    }
}

/// The page for a server that cannot work just now, where only the request's id is at hand.
#[must_use]
pub fn unavailable(cx: &Cx, request_id: String, t: &'static Texts) -> HttpResponse {
    build_as(t, cx, request_id, Problem::Internal, StatusCode::SERVICE_UNAVAILABLE, None)
}

/// The page for a method that a page does not know. The words are those of a wrong address.
#[must_use]
pub fn wrong_method(cx: &Cx, request: &HttpRequest, allowed: &'static str) -> HttpResponse {
    let mut response = build(cx, request, Problem::NotFound, StatusCode::METHOD_NOT_ALLOWED, None);
    // RFC 9110 §15.5.6: a 405 says which methods there are.
    response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allowed));
    response
}

fn build(
    cx: &Cx,
    request: &HttpRequest,
    problem: Problem,
    status: StatusCode,
    for_developer: Option<(ErrorCode, Option<Details>)>,
) -> HttpResponse {
    build_as(language::of(request), cx, origin::request_id(request), problem, status, for_developer)
}

fn build_as(
    t: &'static Texts,
    cx: &Cx,
    id: String,
    problem: Problem,
    status: StatusCode,
    for_developer: Option<(ErrorCode, Option<Details>)>,
) -> HttpResponse {
    let (code, details) = for_developer.map_or((None, None), |(code, details)| (Some(code.wire()), details));
    let page =
        ErrorPage { t, base: cx.issuer().path().to_owned(), problem, details, code, id, time: cx.now().to_rfc3339() };
    let mut response = respond(&page, status, &PageHeaders::new(cx.issuer().is_https()).of(&cx.brand));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static(RETRY_AFTER));
    }
    response
}

const fn status(problem: Problem) -> StatusCode {
    match problem {
        Problem::UnknownApp | Problem::WrongRedirect | Problem::Malformed | Problem::Stale | Problem::Altered => {
            StatusCode::BAD_REQUEST
        }
        Problem::FormRefused | Problem::ByInvitation | Problem::Forbidden => StatusCode::FORBIDDEN,
        Problem::LinkSpent => StatusCode::GONE,
        Problem::NotFound => StatusCode::NOT_FOUND,
        Problem::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Problem::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Problem::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
