//! `/account/api-keys/{id}/rotate`: another secret for a key.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::one_key::show_secret;
use super::owner::{act, find, giving, giving_way, path_of};
use crate::domain::api_keys::{self, Change};
use crate::web::page::{ApiKeyRotation, OldSecrets, Problem};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// For how long the old secret stays good, as the form offers it.
const OVERLAPS: [(&str, Duration); 4] = [
    ("0", Duration::ZERO),
    ("1h", Duration::from_hours(1)),
    ("1d", Duration::from_hours(24)),
    ("7d", Duration::from_hours(7 * 24)),
];

/// The form.
pub(super) async fn show(visit: Visit, id: Path<String>) -> PageResult {
    let current = giving_way(&visit).await?;
    let key = find(&visit, &current, &id).await?;
    let proof = visit.proof_for(&current);
    let page = ApiKeyRotation {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        path: path_of(key.id),
        leaked: api_keys::must_be_rotated(&key),
        name: key.name,
        overlaps: OVERLAPS.map(|(word, _)| word),
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// The form, sent.
pub(super) async fn submit(Member(posted): Member, id: Path<String>) -> PageResult {
    let (visit, current) = giving(&posted).await?;
    let key = find(visit, current, &id).await?;
    let chosen = posted.field("overlap")?.unwrap_or_default();
    let overlap = OVERLAPS.iter().find(|(word, _)| *word == chosen).map(|(_, overlap)| *overlap);
    let overlap = overlap.ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let rotated = api_keys::rotate(&act(visit, current), &visit.cx.hasher, &key, overlap).await;
    match rotated.map_err(|error| visit.failed(&error))? {
        Change::Done(secret) if overlap.is_zero() || api_keys::must_be_rotated(&key) => {
            show_secret(visit, &key, secret, OldSecrets::Ended)
        }
        Change::Done(secret) => show_secret(visit, &key, secret, OldSecrets::GoodUntil((visit.now + overlap).minute())),
        Change::Changed => Err(visit.refuse(Problem::NotFound)),
    }
}
