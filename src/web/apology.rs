//! What is answered in place of a handler that panicked, or does not come to an end: a page to people, an error of OAuth
//! to programs; and to programs of a feature with a form of its own, that.

use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{Error, HttpResponse};

use super::headers::PageHeaders;
use super::language;
use super::page::{self, ErrorPage, Problem};
use super::text::Texts;
use crate::clock::Clock;
use crate::cx::Cx;
use crate::error::{ErrorCode, OAuthError};

/// An answer of this status, to the request of this id.
type Own = Box<dyn Fn(StatusCode, &str) -> HttpResponse + Send + Sync>;

/// How the server apologizes.
pub(super) struct Apologies {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) base: String,
    pub(super) https: bool,
    /// Below which path a feature does it in a form of its own, and how.
    pub(super) own: Option<(String, Own)>,
}

/// Who reads an answer.
#[derive(Clone, Copy)]
pub(super) enum Reader<'a> {
    /// A person, who reads this language.
    Person(&'static Texts),
    /// A program.
    Program,
    /// A program of a feature that apologizes in a form of its own.
    OfFeature(&'a Own),
}

impl Apologies {
    /// Those of a server.
    pub fn new(cx: &Cx) -> Self {
        Self {
            clock: Arc::clone(&cx.clock),
            base: cx.issuer().path().to_owned(),
            https: cx.issuer().is_https(),
            own: None,
        }
    }

    /// The same, but by this form below this path.
    pub fn below(self, path: &str, own: impl Fn(StatusCode, &str) -> HttpResponse + Send + Sync + 'static) -> Self {
        let below = format!("{}{path}/", self.base);
        Self { own: Some((below, Box::new(own))), ..self }
    }

    /// Who reads what is answered to this request.
    pub fn reader(&self, request: &ServiceRequest) -> Reader<'_> {
        match &self.own {
            Some((below, own)) if request.path().starts_with(below) => Reader::OfFeature(own),
            _ if accepts_html(request.headers()) => Reader::Person(language::of(request.request())),
            _ => Reader::Program,
        }
    }

    /// The answer to the request of this id.
    pub fn apologize(&self, why: &'static str, code: ErrorCode, id: &str, reader: Reader<'_>) -> Error {
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = match reader {
            Reader::Person(t) => page::respond(&self.page(t, code, id), status, &PageHeaders::new(self.https)),
            Reader::Program => {
                let error = OAuthError::from(code);
                let body = serde_json::json!({ "error": code.wire(), "error_description": error.description() });
                HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
            }
            Reader::OfFeature(own) => own(status, id),
        };
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        InternalError::from_response(why, response).into()
    }

    fn page(&self, t: &'static Texts, code: ErrorCode, id: &str) -> ErrorPage {
        ErrorPage {
            t,
            base: self.base.clone(),
            problem: Problem::Internal,
            details: None,
            code: Some(code.wire()),
            id: id.to_owned(),
            time: self.clock.now().to_rfc3339(),
        }
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}
