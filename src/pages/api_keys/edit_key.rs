//! `/account/api-keys/{id}/edit`: changing what a key may do.

use actix_web::web::Path;

use super::describe::{self, Form};
use super::owner::{act, find, giving, giving_way, path_of};
use crate::clock::Timestamp;
use crate::domain::api_keys::{self, Change};
use crate::store::ApiKey;
use crate::web::page::Problem;
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The form.
pub(super) async fn show(visit: Visit, id: Path<String>) -> PageResult {
    let current = giving_way(&visit).await?;
    let key = find(&visit, &current, &id).await?;
    describe::render(&visit, &current, form(&key, key.updated_at), describe::of(&key), Vec::new())
}

/// The form, sent.
pub(super) async fn submit(Member(posted): Member, id: Path<String>) -> PageResult {
    let (visit, current) = giving(&posted).await?;
    let key = find(visit, current, &id).await?;
    let version = posted.field("version")?.and_then(|version| version.parse().ok());
    let version = version.map(Timestamp::from_millis).ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let typed = describe::read(&posted)?;
    let terms = match describe::check(visit, &typed, Some(&key)) {
        Ok(terms) => terms,
        Err(faults) => return describe::render(visit, current, form(&key, version), typed, faults),
    };
    let seen = ApiKey { updated_at: version, ..key };
    let changed = api_keys::replace(&act(visit, current), &seen, terms).await.map_err(|error| visit.failed(&error))?;
    let word = if matches!(changed, Change::Done(_)) { "changed" } else { "stale" };
    Ok(visit.redirect(&format!("{}?done={word}", path_of(seen.id))))
}

fn form(key: &ApiKey, version: Timestamp) -> Form {
    let path = path_of(key.id);
    Form {
        action: format!("{path}/edit"),
        once: ("version", version.millis().to_string()),
        back: path,
        changed: Some(key.name.clone()),
    }
}
