//! Introspection of API keys: the server of a resource asks whether a key is good there, from where its own caller comes,
//! and within its limits. Each answer that says yes counts as a use.
//!
//! A key beyond its limits is not active, so that whoever looks at nothing else turns it away as well; `retry_after` says
//! for how long.

use super::answer::{Introspection, OfKey, OfLimits};
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::api_keys::LiveKey;
use crate::domain::catalogue::Catalogue;
use crate::domain::limits::Admission;
use crate::domain::people::Act;
use crate::error::Result;
use crate::oauth::form;
use crate::protocol::params::Params;
use crate::store::{Client, KeyOwner};

/// Answers about a presented key. `client_address`, our extension, is where it was presented from.
pub(super) async fn answer(
    cx: &Cx,
    act: &Act<'_>,
    caller: &Client,
    params: &Params,
    presented: &str,
) -> Result<Introspection> {
    let from = form::client_address(params)?;
    let (desk, catalogue) = (cx.key_desk(), cx.catalogue());
    let found = desk.find(act, presented, from, |live| may_know(caller, live, &catalogue)).await?;
    let Some(live) = found else { return Ok(Introspection::default()) };
    let admission = desk.admit(act, &live, from).await?;
    if !admission.passes() {
        return Ok(Introspection { limits: Some(OfLimits::new(&admission)), ..Introspection::default() });
    }
    let live = LiveKey { scope: catalogue.known(&live.scope), ..live };
    Ok(describe(cx, live, &admission))
}

/// RFC 7662 §4: a key is the business of the servers of its resources, and of its owner.
fn may_know(caller: &Client, live: &LiveKey, catalogue: &Catalogue) -> bool {
    let serves = |resource: &String| catalogue.is_server_of(&caller.metadata, resource);
    let is_theirs = live.key.owner == KeyOwner::Client(caller.id.clone());
    is_theirs && catalogue.knows_any(&live.key.resources) || live.key.resources.iter().any(serves)
}

fn describe(cx: &Cx, live: LiveKey, admission: &Admission) -> Introspection {
    let (key, scope) = (live.key, live.scope);
    let (sub, client_id) = match &key.owner {
        KeyOwner::Person(person) => (person.to_string(), None),
        KeyOwner::Client(client) => (client.to_string(), Some(client.to_string())),
    };
    let of_key = OfKey::new(&key, OfLimits::new(admission));
    Introspection {
        active: true,
        scope: Some(scope),
        client_id,
        username: live.person.map(|person| person.username),
        token_type: Some("Bearer"),
        exp: key.expires_at.map(Timestamp::seconds),
        iat: Some(key.created_at.seconds()),
        sub: Some(sub),
        aud: Some(key.resources.into()),
        iss: Some(cx.issuer().as_str().to_owned()),
        key: Some(of_key),
        ..Introspection::default()
    }
}
