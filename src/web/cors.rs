//! Which web pages of other origins may read our answers (Fetch Standard, "CORS protocol"): those of registered clients.
//!
//! It stands around the endpoints that apps in the browser call themselves, never around pages or the authorization
//! endpoint (RFC 9700 §2.6). A request without `Origin` pays for one look at the headers. No cookie counts at these
//! endpoints, so `Access-Control-Allow-Credentials` is never sent.

use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::guard::{self, Guard};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};

use crate::cx::Cx;
use crate::domain::clients::origins;
use crate::store::Client;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const HEADERS: HeaderValue = HeaderValue::from_static("Authorization, Content-Type");
const EXPOSED: HeaderValue = HeaderValue::from_static("WWW-Authenticate");
/// How long a browser may remember a preflight: what Chromium allows at most.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");
const VARY: HeaderValue = HeaderValue::from_static("Origin");

/// The client from which a request comes, noted by the endpoint that found out.
struct Asking(Arc<Client>);

/// Whether a browser says from which origin it asks.
#[must_use]
pub fn is_cross_origin(request: &HttpRequest) -> bool {
    request.headers().contains_key(header::ORIGIN)
}

/// Whether no browser asks for a page of another origin: the short way to a public document, which [`allow_clients`]
/// does not stand around.
#[must_use]
pub fn is_from_no_page() -> impl Guard {
    guard::fn_guard(|asked| asked.head().method == Method::GET && !asked.head().headers.contains_key(header::ORIGIN))
}

/// Says so on what came the short way: a shared cache must not hand it to an origin that would have got more headers.
pub fn vary_by_origin(request: &HttpRequest, response: &mut HttpResponseBuilder) {
    if !is_cross_origin(request) {
        response.insert_header((header::VARY, VARY));
    }
}

/// Notes which client asks, so that only its own origins may read the answer.
pub fn note_client(request: &HttpRequest, client: &Arc<Client>) {
    if is_cross_origin(request) {
        request.extensions_mut().insert(Asking(Arc::clone(client)));
    }
}

/// Answers a preflight, and lets a registered origin read any other answer.
pub async fn allow_clients<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let is_get = request.method() == Method::GET;
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        let mut response = next.call(request).await?.map_into_left_body();
        if is_get {
            // A shared cache must not hand an answer without the headers to an origin that would have got them.
            response.headers_mut().append(header::VARY, VARY);
        }
        return Ok(response);
    };
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight {
        let answer = HttpResponse::build(StatusCode::NO_CONTENT).finish();
        request.into_response(answer).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    let allowed = is_allowed(response.request(), &origin).await;
    let headers = response.headers_mut();
    headers.append(header::VARY, VARY);
    if allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if is_preflight { allow_request(headers) } else { expose_challenge(headers) }
    }
    Ok(response)
}

fn allow_request(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
}

fn expose_challenge(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

/// The asking client's own origins where it is known, those of any client where it is not.
async fn is_allowed(request: &HttpRequest, origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    if let Some(Asking(client)) = request.extensions().get::<Asking>() {
        return origins::is_origin_of(client, origin);
    }
    let Some(cx) = request.app_data::<Data<Cx>>() else { return false };
    cx.origins.is_registered(&cx.store, origin, cx.now()).await.unwrap_or_else(|error| {
        tracing::error!(%error, "cannot read the registered origins");
        false
    })
}
