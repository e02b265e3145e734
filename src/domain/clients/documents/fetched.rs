//! Fetching the documents in which clients describe themselves, and keeping them for a while.
//!
//! Anybody may name any address, so that what is fetched has ends: an address of a visitor has so many fetched an hour, so
//! many are fetched at once, so many are kept. That it leads nowhere but to public addresses, `outbound` sees to.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use serde_json::{Map, Value};
use tokio::sync::{Mutex, Semaphore};

use super::DocumentFault;
use crate::clock::{Clock, Timestamp};
use crate::domain::limits::PerAddress;
use crate::domain::outbound::{Document, Outbound};
use crate::protocol::cache_control;
use crate::protocol::client_id_url::ClientIdUrl;

/// How many documents an address may have fetched in an hour.
pub const FETCHES_AN_HOUR: u32 = 60;
/// How many are fetched at once.
const AT_ONCE: usize = 32;
/// How many are kept.
const CAPACITY: usize = 1_000;
/// What the draft recommends.
const SIZE_LIMIT: usize = 5 * 1024;
/// A document is kept for so long whatever it says: a sign-in looks at it at every step.
const SHORTEST: Duration = Duration::from_mins(1);
/// The longest that one is kept.
const LONGEST: Duration = Duration::from_hours(24);
/// How long one is kept that does not say.
const USUAL: Duration = Duration::from_mins(10);
/// Who waits for a fetch asked before it was done; the longest that this may be.
const LONGEST_FETCH: Duration = Duration::from_secs(10);

type Members = Arc<Map<String, Value>>;

/// The documents that were fetched lately.
pub struct Documents {
    outbound: Arc<Outbound>,
    known: Cache<ClientIdUrl, Arc<Mutex<Option<Fetched>>>>,
    per_address: PerAddress,
    at_once: Semaphore,
}

struct Fetched {
    outcome: Result<Members, DocumentFault>,
    at: Timestamp,
    until: Timestamp,
}

impl Fetched {
    /// Whether it answers who asked at `now`.
    fn answers(&self, now: Timestamp) -> bool {
        // A clock that was set back makes it stale.
        let is_of_now = self.at <= now + LONGEST_FETCH;
        match self.outcome {
            Ok(_) => is_of_now && now < self.until,
            // A failure is not kept: it answers those who waited for this very fetch.
            Err(_) => is_of_now && now <= self.at,
        }
    }
}

impl Documents {
    /// Nothing fetched yet.
    #[must_use]
    pub fn new(outbound: Arc<Outbound>) -> Self {
        Self {
            outbound,
            known: Cache::new(CAPACITY),
            per_address: PerAddress::new(FETCHES_AN_HOUR, Duration::from_hours(1)),
            at_once: Semaphore::new(AT_ONCE),
        }
    }

    /// The document at `url`, fetched for a visitor from `address` unless it is known. Whoever asks meanwhile waits for the
    /// same fetch.
    pub(super) async fn find(
        &self,
        url: &ClientIdUrl,
        address: Option<&str>,
        clock: &dyn Clock,
        now: Timestamp,
    ) -> Result<Members, DocumentFault> {
        let entry = self.known.get_or_insert_with(url, || Ok::<_, DocumentFault>(Arc::default()))?;
        let mut latest = entry.lock().await;
        if let Some(fetched) = latest.as_ref().filter(|fetched| fetched.answers(now)) {
            return fetched.outcome.clone();
        }
        self.per_address.take(address, now).map_err(DocumentFault::TooMany)?;
        let _one_of_them = self.at_once.try_acquire().map_err(|_| DocumentFault::Busy)?;
        let document = self.outbound.document(url.as_str(), SIZE_LIMIT).await.map_err(DocumentFault::NotFetched);
        let at = clock.now();
        let until = at + document.as_ref().map_or(Duration::ZERO, lifetime);
        let outcome = document.and_then(|document| members(url, &document)).map(Arc::new);
        *latest = Some(Fetched { outcome: outcome.clone(), at, until });
        outcome
    }

    /// Drops what is kept of a document, because it is of no use.
    pub(super) fn forget(&self, url: &ClientIdUrl) {
        self.known.remove(url);
    }
}

/// RFC 9111 §5.2.2: as long as it says, within our own bounds.
fn lifetime(document: &Document) -> Duration {
    cache_control::lifetime(&document.cache_control).unwrap_or(USUAL).clamp(SHORTEST, LONGEST)
}

/// The members of the document, if it is one, and of the client at this very address.
fn members(url: &ClientIdUrl, document: &Document) -> Result<Map<String, Value>, DocumentFault> {
    // What somebody uploaded to a site that hosts such things is served as text, not as JSON.
    if !is_json(&document.content_type) {
        return Err(DocumentFault::NotADocument(
            "What is at the client_id is not served as application/json or another kind of JSON.",
        ));
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(&document.body) else {
        return Err(DocumentFault::NotADocument("What is at the client_id is not a JSON object."));
    };
    // Compared as strings: who may write elsewhere must not speak for this address.
    if members.get("client_id").and_then(Value::as_str) != Some(url.as_str()) {
        return Err(DocumentFault::NotADocument(
            "The client_id in the metadata document is not the address that it was fetched from, character by character.",
        ));
    }
    Ok(members)
}

fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = media_type.strip_prefix("application/");
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(body: &str, content_type: &str, cache_control: &str) -> Document {
        Document {
            body: body.as_bytes().to_vec(),
            content_type: content_type.to_owned(),
            cache_control: cache_control.to_owned(),
        }
    }

    /// RFC 9111 §5.2.2: as long as the document says, within our own bounds.
    #[test]
    fn keeps_a_document_for_as_long_as_it_says_within_bounds() {
        for (cache_control, expected) in [
            ("", USUAL),
            ("no-store", SHORTEST),
            ("max-age=1", SHORTEST),
            ("max-age=3600", Duration::from_hours(1)),
            ("max-age=31536000", LONGEST),
        ] {
            assert_eq!(lifetime(&document("{}", "application/json", cache_control)), expected, "{cache_control}");
        }
    }

    #[test]
    fn takes_a_document_of_the_client_at_that_very_address() {
        let url = ClientIdUrl::parse("https://app.example/client").unwrap();
        let good = r#"{"client_id": "https://app.example/client"}"#;
        let json = "application/json";
        for content_type in [json, "Application/JSON; charset=utf-8", "application/cimd+json"] {
            assert!(members(&url, &document(good, content_type, "")).is_ok(), "{content_type}");
        }
        for content_type in ["", "text/plain", "text/html", "text/json", "application/jsonp", "application/x; json"] {
            assert!(members(&url, &document(good, content_type, "")).is_err(), "{content_type}");
        }
        for body in [
            "",
            "[]",
            "{}",
            r#"{"client_id": null}"#,
            r#"{"client_id": ["https://app.example/client"]}"#,
            r#"{"client_id": "https://app.example/client/"}"#,
            r#"{"client_id": "https://APP.example/client"}"#,
            r#"{"client_id": "https://app.example:443/client"}"#,
            r#"{"client_id": "https://evil.example/client"}"#,
        ] {
            assert!(members(&url, &document(body, json, "")).is_err(), "{body}");
        }
    }

    #[test]
    fn answers_who_waited_with_a_failure_and_nobody_after() {
        let at = Timestamp::from_seconds(1_000_000);
        let failed = Fetched { outcome: Err(DocumentFault::Busy), at, until: at };
        let fetched = Fetched { outcome: Ok(Arc::default()), at, until: at + SHORTEST };
        let millisecond = Duration::from_millis(1);
        for (asked_at, of_failure, of_success) in [
            (at - Duration::from_secs(5), true, true),
            (at, true, true),
            (at + millisecond, false, true),
            (at + SHORTEST, false, false),
            (at - Duration::from_hours(1), false, false),
        ] {
            assert_eq!((failed.answers(asked_at), fetched.answers(asked_at)), (of_failure, of_success), "{asked_at:?}");
        }
    }
}
