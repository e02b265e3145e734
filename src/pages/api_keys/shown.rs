//! Keys as their owner reads of them.

use std::time::Duration;

use super::owner::path_of;
use crate::domain::api_keys::{self, KeyState};
use crate::pages::key_leaks::leak;
use crate::protocol::key_mode::KeyMode;
use crate::store::{ApiKey, LastUse};
use crate::web::page::{OwnKey, OwnKeyState, RequestedScope};
use crate::web::visit::Visit;

/// A key that nobody has used for so long is perhaps not needed.
const UNUSED: Duration = Duration::from_hours(90 * 24);

/// A key, of which a secret begins so.
pub(super) fn shown(visit: &Visit, key: &ApiKey, beginning: &str) -> OwnKey {
    let state = match api_keys::state(key, visit.now) {
        KeyState::Active => OwnKeyState::Active,
        KeyState::Disabled => OwnKeyState::Disabled,
        KeyState::Expired => OwnKeyState::Expired,
    };
    let rate_limit = key.rate_limit.map(|limit| limit.to_string());
    let address = |used: &LastUse| Some(used.address.clone()).filter(|address| !address.is_empty());
    OwnKey {
        path: path_of(key.id),
        name: key.name.clone(),
        beginning: beginning.to_owned(),
        state,
        test: key.mode == KeyMode::Test,
        unused: state == OwnKeyState::Active && visit.now.since(key.idle_since()) >= UNUSED,
        may: key.scope.iter().map(|token| words(visit, token.as_str())).collect(),
        resources: key.resources.clone(),
        addresses: key.addresses.iter().map(ToString::to_string).collect(),
        limits: rate_limit.into_iter().chain(key.quota.map(|quota| quota.to_string())).collect(),
        made: key.created_at.day(),
        ends: key.expires_at.map(crate::clock::Timestamp::minute),
        used: key.last_use.as_ref().map(|used| used.at.minute()),
        used_from: key.last_use.as_ref().and_then(address),
        leak: leak(key),
    }
}

/// What a scope allows, in words.
pub(super) fn words(visit: &Visit, scope: &str) -> String {
    RequestedScope::new(visit.texts(), scope, visit.cx.catalogue().scope_text(scope)).words
}
