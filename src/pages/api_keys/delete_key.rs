//! `/account/api-keys/{id}/delete`: the end of a key, after a look at what will stop working.

use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::owner::{PATH, act, acting, find, looking};
use super::shown::shown;
use crate::domain::api_keys;
use crate::web::page::ApiKeyDeletion;
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The question.
pub(super) async fn show(visit: Visit, id: Path<String>) -> PageResult {
    let current = looking(&visit).await?;
    let key = find(&visit, &current, &id).await?;
    let beginnings = visit.cx.store.api_key_beginnings(&[key.id]).await.map_err(|error| visit.failed(&error))?;
    let proof = visit.proof_for(&current);
    let page = ApiKeyDeletion {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        key: shown(&visit, &key, beginnings.get(&key.id).map_or("", String::as_str)),
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

/// The answer. A key that has gone meanwhile is as wanted.
pub(super) async fn submit(Member(posted): Member, id: Path<String>) -> PageResult {
    let (visit, current) = acting(&posted).await?;
    let key = find(visit, current, &id).await?;
    api_keys::delete(&act(visit, current), &key).await.map_err(|error| visit.failed(&error))?;
    Ok(visit.redirect(&format!("{PATH}?deleted=yes")))
}
