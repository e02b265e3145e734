//! `/keys`: our keys, their states and times; never the keys.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::client_actions::optional;
use super::people::Items;
use super::problem::{Kind, Problem};
use crate::clock::Timestamp;
use crate::domain::keys::keeper::{self, KeeperError, Plan};
use crate::domain::keys::rotate_all::rotate_all;
use crate::domain::keys::rotation::RotationError;
use crate::domain::permission::Permission;
use crate::domain::tokens::lifetime;
use crate::protocol::algorithm::KeyAlgorithm;
use crate::store::StoredKey;

/// A key that signs, or that apps encrypt to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Key)]
pub(super) struct KeyView {
    /// Its name, in the JWK set too.
    kid: String,
    /// `sig`: it signs. `enc`: apps encrypt to it.
    #[serde(rename = "use")]
    usage: &'static str,
    /// The algorithm that it is for.
    alg: String,
    /// `next`, `active`, `retired` or `expired`.
    state: &'static str,
    /// When it was made, and published.
    #[schema(format = DateTime)]
    created_at: String,
    /// From when it signs.
    #[schema(format = DateTime)]
    signs_from: String,
    /// Until when it signs, once that is known.
    #[schema(format = DateTime)]
    signs_until: Option<String>,
    /// Until when it is published, once that is known.
    #[schema(format = DateTime)]
    published_until: Option<String>,
}

/// How to rotate.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyRotation)]
pub(super) struct KeyRotation {
    /// Whether the new keys sign at once, before apps can have fetched them: for an emergency.
    #[serde(default)]
    #[schema(default = false)]
    now: bool,
}

impl KeyView {
    fn new(key: &StoredKey, now: Timestamp) -> Self {
        Self {
            kid: key.kid.clone(),
            usage: key.algorithm.usage(),
            alg: key.algorithm.to_string(),
            state: keeper::life(key).state(now).word(),
            created_at: key.created_at.to_rfc3339(),
            signs_from: key.signs_from.to_rfc3339(),
            signs_until: key.signs_until.map(Timestamp::to_rfc3339),
            published_until: key.published_until.map(Timestamp::to_rfc3339),
        }
    }
}

/// The signing keys, the oldest first.
#[utoipa::path(get, path = "/keys", tag = "Signing keys", security(("oauth2" = ["keys:read"])),
    responses((status = 200, description = "All of them", body = Items<KeyView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must(Permission::KeysRead)?;
    let keys = caller.cx.store.signing_keys().await?;
    answer::ok(&Items { items: keys.iter().map(|key| KeyView::new(key, caller.now)).collect() })
}

/// Makes the next key of every algorithm that signs; it takes over once every app can have fetched it.
#[utoipa::path(post, path = "/keys/rotate", tag = "Signing keys", security(("oauth2" = ["keys:write"])),
    request_body(content = Option<KeyRotation>, description = "How; left out, apps do not notice"),
    responses((status = 201, description = "The keys that were made", body = Items<KeyView>),
        (status = 409, description = "A rotation is under way already")))]
pub(super) async fn rotate(caller: Caller, body: Bytes) -> Answer {
    caller.must(Permission::KeysWrite)?;
    let KeyRotation { now: at_once } = optional(&caller, &body)?;
    let cx = &caller.cx;
    let plan = Plan {
        actor: caller.authority.actor(),
        now: caller.now,
        publish_before: if at_once { Duration::ZERO } else { cx.config.keys.publish_before },
        longest_token_lifetime: lifetime::longest(&cx.config, &cx.store).await?,
    };
    let algorithms: Vec<KeyAlgorithm> = cx.keys.current().key_algorithms(caller.now).collect();
    let rotated = rotate_all(&cx.keeper, algorithms, &plan).await.map_err(refused)?;
    if let (true, Some((_, error))) = (rotated.made.is_empty(), rotated.refused.first()) {
        return Err(refused(KeeperError::Refused(error.clone())));
    }
    reload(&caller).await?;
    let items = rotated.made.iter().map(|key| KeyView::new(key, caller.now));
    answer::json(StatusCode::CREATED, &Items { items: items.collect() })
}

/// Takes a key out of use at once, in an emergency: whatever it signed is worthless. Another key of its algorithm takes over.
#[utoipa::path(post, path = "/keys/{kid}/retire", tag = "Signing keys", security(("oauth2" = ["keys:write"])),
    params(("kid" = String, Path, description = "The name of the key")),
    responses((status = 204, description = "Retired"),
        (status = 409, description = "It is gone already, or no other key could take over")))]
pub(super) async fn retire(caller: Caller, kid: Path<String>) -> Answer {
    caller.must(Permission::KeysWrite)?;
    if kid.contains('\0') {
        return Err(Kind::NotFound.into());
    }
    caller.cx.keeper.retire(&kid, caller.authority.actor(), caller.now).await.map_err(refused)?;
    reload(&caller).await?;
    Ok(answer::done())
}

/// This server signs by the new order at once; others notice within a minute.
async fn reload(caller: &Caller) -> Result<(), Problem> {
    caller.cx.keys.replace(caller.cx.keeper.load().await.map_err(refused)?);
    Ok(())
}

fn refused(error: KeeperError) -> Problem {
    match error {
        KeeperError::Refused(RotationError::Unknown) => Kind::NotFound.into(),
        KeeperError::Refused(error) => Problem::new(Kind::Conflict, format!("Nothing was changed: {error}.")),
        KeeperError::Store(error) => error.into(),
        KeeperError::Key(error) => Problem::from(Kind::Internal).because(error),
    }
}
