//! Asking a provider: every request goes through what this server may reach (`domain::outbound`).

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use openidconnect::http::Method;
use openidconnect::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use serde_json::Value;

use super::UpstreamFault;
use crate::domain::outbound::Outbound;

const OURS: HeaderValue = HeaderValue::from_static("Claviger");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The way by which the `openidconnect` crate asks.
pub(super) struct Caller<'a>(pub &'a Outbound);

/// Why nothing came back, as a clause.
#[derive(Debug)]
pub(super) struct CallError(String);

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CallError {}

impl<'c> AsyncHttpClient<'c> for Caller<'_> {
    type Error = CallError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, CallError>> + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let uri = parts.uri.to_string();
            let mut headers = parts.headers;
            headers.insert(USER_AGENT, OURS);
            let told = self.0.exchange(parts.method, &uri, headers, body).await;
            let told = told.map_err(|why| CallError(format!("{uri} {why}")))?;
            let answer = http::Response::builder().status(told.status).header(CONTENT_TYPE, told.content_type);
            answer.body(told.body).map_err(|error| CallError(format!("{uri} answers what is no HTTP ({error})")))
        })
    }
}

/// The JSON that an endpoint answers to a form, or to nothing where there is none.
pub(super) async fn json(
    outbound: &Outbound,
    uri: &str,
    authorization: Option<HeaderValue>,
    form: Option<String>,
) -> Result<Value, UpstreamFault> {
    let mut headers = HeaderMap::from_iter([(ACCEPT, JSON), (USER_AGENT, OURS)]);
    headers.extend(authorization.map(|value| (AUTHORIZATION, value)));
    let method = if form.is_some() { Method::POST } else { Method::GET };
    if form.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    }
    let told = outbound.exchange(method, uri, headers, form.unwrap_or_default().into_bytes()).await;
    let told = told.map_err(|why| UpstreamFault::Unreachable(format!("{uri} {why}")))?;
    let json: Result<Value, _> = serde_json::from_slice(&told.body);
    // RFC 6749 §5.2: the error by its registered name, and no more of what a stranger wrote.
    let refusal = json.as_ref().ok().and_then(|json| json["error"].as_str());
    if let Some(code) = refusal {
        let code: String = code.chars().filter(char::is_ascii_graphic).take(60).collect();
        return Err(UpstreamFault::Refused(format!("{uri} answers {code}")));
    }
    match json {
        Ok(json) if told.status == 200 => Ok(json),
        _ => Err(UpstreamFault::Untrusted(format!("{uri} answers {} without JSON of use", told.status))),
    }
}
