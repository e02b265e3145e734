//! `/account/api-keys/{id}`: one key, and switching it off and on. And the page that shows a secret.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use secrecy::SecretString;

use super::owner::{act, acting, find, giving, looking, path_of};
use super::shown::shown;
use crate::domain::api_keys::{self, BY_HAND, Change};
use crate::store::{ApiKey, ApiKeySecret};
use crate::web::page::{ApiKeyPage, ApiKeySecretPage, OldSecrets, OwnSecret, Problem};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The key.
pub(super) async fn show(visit: Visit, id: Path<String>) -> PageResult {
    let current = looking(&visit).await?;
    let key = find(&visit, &current, &id).await?;
    let secrets = visit.cx.store.api_key_secrets(key.id, visit.now).await.map_err(|error| visit.failed(&error))?;
    let t = visit.texts();
    let done = match visit.value(&visit.query()?, "done")? {
        Some("changed") => Some(t.api_keys.done_changed),
        Some("disabled") => Some(t.api_keys.done_disabled),
        Some("enabled") => Some(t.api_keys.done_enabled),
        Some("stale") => Some(t.api_keys.done_stale),
        Some("twice") => Some(t.api_keys.done_twice),
        _ => None,
    };
    let proof = visit.proof_for(&current);
    let page = ApiKeyPage {
        t,
        base: visit.base(),
        csrf: proof.token.clone(),
        done,
        key: shown(&visit, &key, secrets.first().map_or("", |secret| &secret.beginning)),
        secrets: secrets.iter().map(own_secret).collect(),
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), Some(proof))
}

fn own_secret(secret: &ApiKeySecret) -> OwnSecret {
    OwnSecret {
        beginning: secret.beginning.clone(),
        made: secret.created_at.minute(),
        ends: secret.expires_at.map(crate::clock::Timestamp::minute),
    }
}

/// Switches the key off or on.
pub(super) async fn submit(Member(posted): Member, id: Path<String>) -> PageResult {
    let action = posted.field("action")?;
    let (visit, current) = if action == Some("enable") { giving(&posted).await? } else { acting(&posted).await? };
    let key = find(visit, current, &id).await?;
    let act = act(visit, current);
    let (change, word) = match action {
        Some("disable") => (api_keys::disable(&act, &key, BY_HAND).await, "disabled"),
        Some("enable") => (api_keys::enable(&act, &key).await, "enabled"),
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    let word = match change.map_err(|error| visit.failed(&error))? {
        Change::Done(()) => word,
        Change::Changed => "stale",
    };
    Ok(visit.redirect(&format!("{}?done={word}", path_of(key.id))))
}

/// Shows a secret this one time.
pub(super) fn show_secret(visit: &Visit, key: &ApiKey, secret: SecretString, before: OldSecrets) -> PageResult {
    let page = ApiKeySecretPage {
        t: visit.texts(),
        base: visit.base(),
        path: path_of(key.id),
        name: key.name.clone(),
        secret,
        before,
        disabled: key.disabled.is_some(),
    };
    visit.send(&page, StatusCode::OK, &visit.headers().with_script(), None)
}
