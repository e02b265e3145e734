//! `/api-keys/{key_id}/…`: what is done to a key.

use actix_web::web::{Bytes, Path};

use super::answer::{self, Answer};
use super::api_key_view::{ApiKeyView, IssuedView};
use super::api_keys::{find, shown, writable};
use super::caller::Caller;
use super::client_actions::{Rotation, overlap};
use super::problem::{Kind, Problem};
use crate::domain::api_keys::{self, BY_HAND, Change};

/// Gives a key a new secret. It is in this answer and nowhere else. The secrets of a key that was found in public end at
/// once, whatever overlap is asked for.
#[utoipa::path(post, path = "/api-keys/{key_id}/rotate", tag = "API keys", security(("oauth2" = ["api-keys:write"])),
    params(("key_id" = Uuid, Path, description = "Its identifier")),
    request_body(content = Option<Rotation>, description = "How; left out, the old secrets end at once"),
    responses((status = 200, description = "The key with its new secret", body = IssuedView)))]
pub(super) async fn rotate(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    let key = writable(&caller, &id).await?;
    let overlap = overlap(&caller, &body)?;
    let Change::Done(secret) = api_keys::rotate(&caller.act(), &caller.cx.hasher, &key, overlap).await? else {
        return Err(Kind::NotFound.into());
    };
    let key = find(&caller, &id).await?;
    let secrets = caller.cx.store.api_key_secrets(key.id, caller.now).await?;
    answer::ok(&IssuedView::of(ApiKeyView::new(&key, &secrets, caller.now), &secret))
}

/// Refuses a key everything from now on; running servers notice within a second.
#[utoipa::path(post, path = "/api-keys/{key_id}/disable", tag = "API keys", security(("oauth2" = ["api-keys:write"])),
    params(("key_id" = Uuid, Path, description = "Its identifier")),
    responses((status = 200, description = "As it is now", body = ApiKeyView)))]
pub(super) async fn disable(caller: Caller, id: Path<String>) -> Answer {
    let key = writable(&caller, &id).await?;
    api_keys::disable(&caller.act(), &key, BY_HAND).await?;
    shown(&caller, &find(&caller, &id).await?).await
}

/// Lets a disabled key be used again. One that was found in public has to be rotated first.
#[utoipa::path(post, path = "/api-keys/{key_id}/enable", tag = "API keys", security(("oauth2" = ["api-keys:write"])),
    params(("key_id" = Uuid, Path, description = "Its identifier")),
    responses((status = 200, description = "As it is now", body = ApiKeyView),
        (status = 409, description = "It was found in public, and has not been rotated since")))]
pub(super) async fn enable(caller: Caller, id: Path<String>) -> Answer {
    let key = writable(&caller, &id).await?;
    api_keys::enable(&caller.act(), &key).await?;
    let key = find(&caller, &id).await?;
    if api_keys::must_be_rotated(&key) {
        return Err(Problem::new(Kind::Conflict, "The key was found in public: rotate it, then enable it."));
    }
    shown(&caller, &key).await
}
