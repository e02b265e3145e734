//! How somebody is told that they have to wait: 429, after how long, and how things stand with the limits.

use std::fmt::Write as _;
use std::time::Duration;

use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{Error, HttpResponse};

use super::error_page;
use super::page::Problem;
use super::visit::Visit;
use crate::domain::events::{Actor, record};
use crate::domain::limits::Standing;
use crate::domain::people::guard::HeldBack;

/// Makes `page`, which has the words `t.common.too_many_attempts` and still the form, the answer to somebody who has to wait
/// (RFC 6585 §4).
#[must_use]
pub fn too_many(mut page: HttpResponse, standing: &Standing) -> HttpResponse {
    *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    let seconds = seconds(standing.reset).to_string();
    insert(page.headers_mut(), header::RETRY_AFTER, seconds);
    insert_standings(page.headers_mut(), std::slice::from_ref(standing));
    page
}

/// Records that somebody has to wait, once for each wait.
pub async fn note(visit: &Visit, held: &HeldBack) {
    if held.is_first {
        let act = visit.act(Actor::Anonymous);
        record(&visit.cx.store, held.event(Actor::Anonymous).at(act.now, act.entropy, act.origin)).await;
    }
}

/// The error page for somebody who has to wait and has no form to go back to.
pub async fn refuse(visit: &Visit, held: &HeldBack) -> Error {
    note(visit, held).await;
    let page = error_page::send(&visit.cx, &visit.request, Problem::TooMany);
    InternalError::from_response("too many attempts", too_many(page, &held.standing)).into()
}

/// A wait as people are told it: in minutes, not too few of them.
#[must_use]
pub fn minutes(wait: Duration) -> u64 {
    wait.as_secs().div_ceil(60).max(1)
}

/// The fields of draft-ietf-httpapi-ratelimit-headers-11: what the limits are, and how they stand.
pub fn insert_standings(headers: &mut HeaderMap, standings: &[Standing]) {
    if standings.is_empty() {
        return;
    }
    let list = |item: &dyn Fn(&mut String, &Standing)| {
        let mut text = String::new();
        for standing in standings {
            text.push_str(if text.is_empty() { "" } else { ", " });
            item(&mut text, standing);
        }
        text
    };
    // Writing to a string cannot fail.
    let policy = list(&|text, Standing { name, limit, window, .. }| {
        let _ = write!(text, "\"{name}\";q={limit};w={}", window.as_secs());
    });
    let left = list(&|text, Standing { name, remaining, reset, .. }| {
        let _ = write!(text, "\"{name}\";r={remaining};t={}", seconds(*reset));
    });
    insert(headers, HeaderName::from_static("ratelimit-policy"), policy);
    insert(headers, HeaderName::from_static("ratelimit"), left);
}

/// Rounded up: whoever comes at that second is not too early.
const fn seconds(wait: Duration) -> u128 {
    wait.as_millis().div_ceil(1000)
}

/// Every text here is ASCII, so that none is lost.
fn insert(headers: &mut HeaderMap, name: HeaderName, text: String) {
    headers.insert(name, HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("")));
}
