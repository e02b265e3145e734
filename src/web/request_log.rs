//! One line in the log, and one count in the metrics, for every request; and the id that ties them to whatever else
//! the request left behind.
//!
//! A panic ends here too: its own request is answered by an apology of ours, and no other notices. So does
//! waiting for a database that takes requests and never answers. What a request sent is never logged: a query can hold a
//! code or the token of a one-time link. A known path is logged as its pattern.
//!
//! Whoever handles a request may add to its line by recording the fields that [`span`] leaves empty.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use futures_util::FutureExt;
use tokio::time::timeout;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::apology::Apologies;
use super::metrics;
use super::origin::RequestId;
use crate::cx::Cx;
use crate::error::ErrorCode;

/// What programs ask for all day, so that nobody wants to read it.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];
/// Public documents, as above.
const DOCUMENTS: [&str; 3] =
    ["/oauth2/jwks", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];
/// The longest part of an unknown path that is logged.
const SHOWN_PATH: usize = 200;
/// A request that takes longer is answered all the same: it waits for something that does not come.
const PATIENCE: Duration = Duration::from_secs(20);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the request log needs: handed to the app as [`web::Data`].
pub struct RequestLog {
    next_id: AtomicU64,
    documents: [String; 3],
    patience: Duration,
    apologies: Apologies,
}

impl RequestLog {
    /// The log of a server.
    #[must_use]
    pub fn new(cx: &Cx) -> Self {
        Self {
            next_id: AtomicU64::new(u64::from_ne_bytes(cx.entropy.bytes())),
            documents: DOCUMENTS.map(|path| format!("{}{path}", cx.issuer().path())),
            patience: PATIENCE,
            apologies: Apologies::new(cx),
        }
    }

    /// The same, where a feature apologizes in a form of its own below this path: with this status, to the request of
    /// this id.
    #[must_use]
    pub fn apologizing_below(
        self,
        path: &str,
        own: impl Fn(StatusCode, &str) -> HttpResponse + Send + Sync + 'static,
    ) -> Self {
        Self { apologies: self.apologies.below(path, own), ..self }
    }

    /// 64 bits, short enough to be read aloud from an error page: counted up from a random start, so that none is met
    /// twice, and spread by an odd factor (2⁶⁴ divided by the golden ratio), so that neighbours look different.
    fn new_id(&self) -> String {
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        format!("{:016x}", self.next_id.fetch_add(1, Ordering::Relaxed).wrapping_mul(SPREAD))
    }

    /// Whether a program asks for a public document: a page of another origin is looked up first.
    fn is_for_a_document(&self, request: &ServiceRequest) -> bool {
        let path = request.path();
        request.method() == Method::GET
            && self.documents.iter().any(|document| document == path)
            && !request.headers().contains_key(header::ORIGIN)
    }
}

/// The middleware, for [`actix_web::middleware::from_fn`]: outermost, so that nothing goes unseen.
pub async fn record(
    log: web::Data<RequestLog>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let id = log.new_id();
    if log.is_for_a_document(&request) {
        return record_document(started, &id, next.call(request).await);
    }
    let method = method_name(request.method());
    let pattern = request.match_pattern();
    let is_probe = pattern.as_deref().is_some_and(|pattern| PROBES.iter().any(|probe| pattern.ends_with(probe)));
    let path = request.path();
    let route = pattern.as_deref().unwrap_or_else(|| path.get(..SHOWN_PATH).unwrap_or(path));
    let span = span(method, route, &id);
    let reader = log.apologies.reader(&request);
    request.extensions_mut().insert(RequestId(id.clone()));

    let handled = AssertUnwindSafe(async { next.call(request).await }).catch_unwind();
    let handled = timeout(log.patience, handled).instrument(span.clone()).await;
    let mut answered = match handled {
        Ok(Ok(answered)) => answered,
        Ok(Err(_panic)) => Err(log.apologies.apologize("a handler panicked", ErrorCode::ServerError, &id, reader)),
        Err(_elapsed) => {
            span.in_scope(|| tracing::error!("no answer within {} s: given up", log.patience.as_secs()));
            Err(log.apologies.apologize("a handler takes too long", ErrorCode::TemporarilyUnavailable, &id, reader))
        }
    };

    let status = match &mut answered {
        Ok(response) => {
            name_request(response.headers_mut(), &id);
            response.status()
        }
        Err(error) => {
            let mut response = error.error_response();
            name_request(response.headers_mut(), &id);
            let status = response.status();
            *error = InternalError::from_response("refused before a handler", response).into();
            status
        }
    };
    let took = started.elapsed();
    metrics::count_request(method, pattern.as_deref(), status, took);
    span.in_scope(|| write_line(is_probe, status, took));
    answered
}

/// Serving a public document waits for nothing, logs nothing, and costs less than all that surrounds other requests.
fn record_document<B: MessageBody>(
    started: Instant,
    id: &str,
    mut answered: Result<ServiceResponse<B>, Error>,
) -> Result<ServiceResponse<B>, Error> {
    if let Ok(response) = &mut answered {
        name_request(response.headers_mut(), id);
        let (took, status) = (started.elapsed(), response.status());
        if metrics::are_counted() {
            metrics::count_request("GET", response.request().match_pattern().as_deref(), status, took);
        }
        tracing::debug!(route = response.request().path(), id, status = status.as_u16(), ms = millis(took), "answered");
    }
    answered
}

/// The span of a request is on whatever is logged about it, so it is made wherever even errors are logged.
fn span(method: &str, route: &str, id: &str) -> Span {
    tracing::error_span!(
        "request",
        method,
        route,
        id,
        grant = Empty,
        client = Empty,
        key = Empty,
        jti = Empty,
        address = Empty
    )
}

fn write_line(is_probe: bool, status: StatusCode, took: Duration) {
    let ms = millis(took);
    let status = status.as_u16();
    match status {
        500.. => tracing::warn!(status, ms, "answered"),
        _ if is_probe => tracing::debug!(status, ms, "answered"),
        _ => tracing::info!(status, ms, "answered"),
    }
}

/// To the microsecond.
fn millis(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

fn name_request(headers: &mut HeaderMap, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// A client may invent methods; the metrics must not grow with them.
fn method_name(method: &Method) -> &'static str {
    let known = [Method::GET, Method::POST, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE, Method::PATCH];
    let names = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"];
    known.iter().zip(names).find(|(known, _)| *known == method).map_or("other", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::sync::Arc;

    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpRequest, HttpServer, test as http};

    use super::*;
    use crate::clock::{TestClock, Timestamp};
    use crate::web::origin::request_id;

    fn log() -> web::Data<RequestLog> {
        let clock = Arc::new(TestClock::at(Timestamp::from_seconds(0)));
        let log = RequestLog {
            next_id: AtomicU64::default(),
            documents: DOCUMENTS.map(str::to_owned),
            patience: Duration::from_millis(200),
            apologies: Apologies { clock, base: String::new(), https: true, brand: Arc::default(), own: None },
        };
        web::Data::new(
            log.apologizing_below("/api", |status, id| HttpResponse::build(status).body(format!("sorry, {id}"))),
        )
    }

    async fn never_answers() -> HttpResponse {
        std::future::pending().await
    }

    async fn panics() -> HttpResponse {
        panic!("on purpose")
    }

    async fn says_its_id(request: HttpRequest) -> String {
        request_id(&request)
    }

    fn routes(config: &mut web::ServiceConfig) {
        config
            .app_data(log())
            .route("/panic", web::get().to(panics))
            .route("/api/panic", web::get().to(panics))
            .route("/api/never", web::get().to(never_answers))
            .route("/apiary", web::get().to(panics))
            .route("/never", web::get().to(never_answers))
            .route("/id", web::get().to(says_its_id))
            .route("/strict", web::get().to(|_: web::Query<Vec<(String, u8)>>| async { "read" }));
    }

    /// What a client sees: status, headers, body.
    async fn ask(uri: &str, accept: &str) -> (StatusCode, HeaderMap, String) {
        let app = http::init_service(App::new().wrap(from_fn(record)).configure(routes)).await;
        let request = http::TestRequest::with_uri(uri).insert_header((header::ACCEPT, accept)).to_request();
        let (status, headers, body) = match http::try_call_service(&app, request).await {
            Ok(response) => (response.status(), response.headers().clone(), http::read_body(response).await),
            Err(error) => {
                let response = error.error_response();
                let (status, headers) = (response.status(), response.headers().clone());
                (status, headers, actix_web::body::to_bytes(response.into_body()).await.unwrap())
            }
        };
        (status, headers, String::from_utf8_lossy(&body).into_owned())
    }

    fn header_of(headers: &HeaderMap, name: impl header::AsHeaderName) -> &str {
        headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    #[actix_web::test]
    async fn names_every_answer() {
        for (uri, status) in [("/id", 200), ("/unheard-of", 404), ("/strict?a=b", 400), ("/panic", 500)] {
            let (answered, headers, _) = ask(uri, "*/*").await;
            assert_eq!(answered, status, "{uri}");
            assert_eq!(header_of(&headers, REQUEST_ID).len(), 16, "{uri}");
        }
    }

    #[actix_web::test]
    async fn hands_the_id_to_the_handler_that_shows_it() {
        let (_, headers, body) = ask("/id", "*/*").await;
        assert_eq!(body, header_of(&headers, REQUEST_ID));
    }

    #[test]
    fn gives_no_id_twice() {
        let log = log();
        assert_ne!(log.new_id(), log.new_id());
    }

    #[actix_web::test]
    async fn answers_for_a_handler_that_panicked_as_the_caller_reads() {
        for (accept, content_type, words) in [
            ("text/html,application/xhtml+xml", "text/html; charset=utf-8", "server_error"),
            ("application/json", "application/json", "\"error\":\"server_error\""),
        ] {
            let (status, headers, body) = ask("/panic", accept).await;
            assert_eq!(status, 500);
            assert_eq!(header_of(&headers, header::CONTENT_TYPE), content_type);
            assert_eq!(header_of(&headers, header::CACHE_CONTROL), "no-store");
            assert!(body.contains(words), "{body}");
            assert!(!body.contains("on purpose"), "{body}");
        }
    }

    #[actix_web::test]
    async fn answers_for_a_handler_that_takes_too_long() {
        for (accept, words) in
            [("text/html", "temporarily_unavailable"), ("*/*", "\"error\":\"temporarily_unavailable\"")]
        {
            let (status, headers, body) = ask("/never", accept).await;
            assert_eq!(status, 503);
            assert_eq!(header_of(&headers, header::RETRY_AFTER), "5");
            assert_eq!(header_of(&headers, header::CACHE_CONTROL), "no-store");
            assert!(body.contains(words), "{body}");
        }
    }

    #[actix_web::test]
    async fn lets_a_feature_apologize_in_its_own_form_below_its_path() {
        for (uri, status, retry_after) in [("/api/panic", 500, ""), ("/api/never", 503, "5")] {
            let (answered, headers, body) = ask(uri, "text/html").await;
            assert_eq!(answered, status, "{uri}");
            assert_eq!(body, format!("sorry, {}", header_of(&headers, REQUEST_ID)));
            assert_eq!(header_of(&headers, header::RETRY_AFTER), retry_after);
        }
        let (_, _, body) = ask("/apiary", "*/*").await;
        assert!(body.contains("server_error"), "{body}");
    }

    #[actix_web::test]
    async fn lets_a_panic_harm_no_other_request() {
        let server =
            HttpServer::new(|| App::new().wrap(from_fn(record)).configure(routes)).workers(1).disable_signals();
        let server = server.bind(("127.0.0.1", 0)).unwrap();
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        // Both requests share one worker and one connection: not even that may be cut.
        let requests = "GET /panic HTTP/1.1\r\nHost: a\r\n\r\nGET /id HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        let talk = move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(requests.as_bytes()).unwrap();
            let mut answers = String::new();
            stream.read_to_string(&mut answers).unwrap();
            answers
        };
        let answers = web::block(talk).await.unwrap();
        assert!(answers.starts_with("HTTP/1.1 500 "), "{answers}");
        assert!(answers.contains("HTTP/1.1 200 OK"), "{answers}");
        handle.stop(false).await;
    }

    #[test]
    fn counts_invented_methods_as_one() {
        assert_eq!(method_name(&Method::POST), "POST");
        assert_eq!(method_name(&Method::from_bytes(b"BREW").unwrap()), "other");
    }
}
