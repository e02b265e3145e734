//! Whatever went wrong, wherever, told as a problem (RFC 9457 §3).

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use super::answer::{NO_STORE, NOSNIFF};
use super::description;
use super::problem::{Challenge, Kind, Problem, ProblemDocument};
use super::protected_resource;
use crate::cx::Cx;
use crate::domain::own_api;
use crate::protocol::issuer::Issuer;
use crate::web::origin::request_id;

/// The type of every problem: RFC 9457 §3.
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Stands around the API: what a handler refuses becomes a problem, and so does what the framework refuses by itself.
pub(super) async fn explain<B: MessageBody>(
    cx: Data<Cx>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let answered = next.call(request).await?;
    let status = answered.status();
    if !status.is_client_error() && !status.is_server_error() {
        return Ok(answered.map_into_left_body());
    }
    let problem = answered.response().error().map_or_else(|| of_status(status), |error| of_error(error, status));
    let (request, _) = answered.into_parts();
    let response = render(&problem, &request, &cx);
    Ok(ServiceResponse::new(request, response).map_into_right_body())
}

/// What the framework means by an error of its own.
fn of_error(error: &Error, status: StatusCode) -> Problem {
    error.as_error::<Problem>().cloned().unwrap_or_else(|| of_status(status).because(error))
}

fn of_status(status: StatusCode) -> Problem {
    let known = Kind::ALL.iter().find(|kind| kind.status() == status);
    let of_its_class = if status.is_server_error() { Kind::Internal } else { Kind::Malformed };
    known.copied().unwrap_or(of_its_class).into()
}

/// What is answered in place of a handler that panicked, or does not come to an end. The log knows of it already.
#[must_use]
pub fn apologize(issuer: &Issuer, status: StatusCode, request_id: &str) -> HttpResponse {
    respond(&of_status(status), request_id.to_owned(), issuer)
}

fn render(problem: &Problem, request: &HttpRequest, cx: &Cx) -> HttpResponse {
    let request_id = request_id(request);
    log(problem, &request_id);
    let mut response = respond(problem, request_id, cx.issuer());
    if problem.kind == Kind::MethodNotAllowed {
        // RFC 9110 §15.5.6: a 405 says which methods there are.
        response.headers_mut().insert(header::ALLOW, allowed(request, cx));
    }
    response
}

fn respond(problem: &Problem, request_id: String, issuer: &Issuer) -> HttpResponse {
    let (kind, status) = (problem.kind, problem.kind.status());
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CONTENT_TYPE, PROBLEM))
        .insert_header((header::CACHE_CONTROL, NO_STORE))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, NOSNIFF));
    match kind {
        Kind::Unauthenticated | Kind::InsufficientScope => {
            response.insert_header((header::WWW_AUTHENTICATE, challenge(problem, issuer)));
        }
        Kind::Malformed if problem.challenge.code.is_some() => {
            response.insert_header((header::WWW_AUTHENTICATE, challenge(problem, issuer)));
        }
        Kind::Unavailable => {
            response.insert_header((header::RETRY_AFTER, HeaderValue::from_static("1")));
        }
        _ => {}
    }
    response.json_body(&ProblemDocument {
        kind: type_of(kind, issuer),
        title: kind.title(),
        status: status.as_u16(),
        detail: problem.detail.clone().into_owned(),
        errors: problem.errors.clone(),
        request_id,
    })
}

/// The address at which a kind of problem is explained.
fn type_of(kind: Kind, issuer: &Issuer) -> String {
    format!("{}/docs#{}", own_api::identifier(issuer), kind.word())
}

trait JsonBody {
    fn json_body(&mut self, value: &impl Serialize) -> HttpResponse;
}

impl JsonBody for HttpResponseBuilder {
    /// As `json`, but leaves the type that was set.
    fn json_body(&mut self, value: &impl Serialize) -> HttpResponse {
        self.body(serde_json::to_vec(value).unwrap_or_default())
    }
}

/// RFC 6750 §3, RFC 9728 §5.1: which scheme, what went wrong, and where to learn how to get a token.
fn challenge(problem: &Problem, issuer: &Issuer) -> HeaderValue {
    let Challenge { code, scope } = problem.challenge;
    let metadata = protected_resource::address(issuer);
    let mut text = format!("Bearer realm=\"{issuer}\", resource_metadata=\"{metadata}\"");
    let mut add = |name: &str, value: &str| text.extend([", ", name, "=\"", value, "\""]);
    if let Some(code) = code {
        add("error", code.wire());
        // The character set of a description holds neither quotation mark nor backslash.
        let description = crate::error::OAuthError::new(code, problem.detail.clone());
        add("error_description", &description.description());
    }
    if let Some(scope) = scope {
        add("scope", scope);
    }
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
}

/// The methods that the description knows for the path of a request.
fn allowed(request: &HttpRequest, cx: &Cx) -> HeaderValue {
    let pattern = request.match_pattern().unwrap_or_default();
    let base = format!("{}{}", cx.issuer().path(), own_api::PATH);
    let methods = description::methods_at(pattern.strip_prefix(&base).unwrap_or_default());
    let head = methods.contains(&Method::GET).then_some(Method::HEAD);
    let names: Vec<_> = methods.iter().chain(&head).map(Method::as_str).collect();
    HeaderValue::from_str(&names.join(", ")).unwrap_or_else(|_| HeaderValue::from_static("GET, HEAD"))
}

fn log(problem: &Problem, request_id: &str) {
    let (kind, detail, cause) = (problem.kind.word(), &problem.detail, &problem.cause);
    if problem.kind.status().is_server_error() {
        tracing::error!(request_id, kind, %detail, cause, "request failed");
    } else {
        tracing::info!(request_id, kind, %detail, cause, "request refused");
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody;
    use serde_json::Value;

    use super::*;

    /// RFC 9457 §3
    #[test]
    fn apologizes_with_a_problem() {
        let issuer = Issuer::parse("https://id.example/tenant").unwrap();
        for (status, kind) in
            [(StatusCode::INTERNAL_SERVER_ERROR, "internal"), (StatusCode::SERVICE_UNAVAILABLE, "unavailable")]
        {
            let response = apologize(&issuer, status, "0123");
            assert_eq!(response.status(), status);
            assert_eq!(response.headers().get(header::CONTENT_TYPE).unwrap(), PROBLEM);
            assert_eq!(response.headers().get(header::CACHE_CONTROL).unwrap(), NO_STORE);
            let body = response.into_body().try_into_bytes().unwrap();
            let problem: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(problem["type"], format!("https://id.example/tenant/api/v1/docs#{kind}"));
            assert_eq!(problem["status"], status.as_u16());
            assert_eq!(problem["request_id"], "0123");
            assert!(problem["title"].is_string() && problem["detail"].is_string());
        }
    }
}
