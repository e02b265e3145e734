//! Clients of a resource: its servers, which ask about tokens, and those that may ask for tokens for it. What counts is what
//! stands in their own metadata; here it is changed from the resource's side.

use serde_json::json;

use crate::domain::catalogue::Resource;
use crate::domain::clients::registration::{Registered, Registrar, Result};
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::resource::ResourceUri;
use crate::store::{Client, KeptAnswer};

/// Registers a client with which a server of this resource asks about tokens (RFC 7662 §2.1), and which can do nothing else.
/// It gets this identifier, or one of its own; the answer that `keep` makes of it is kept in the same transaction.
pub async fn make_credentials(
    registrar: &Registrar<'_>,
    resource: &Resource,
    client_id: Option<&str>,
    keep: impl FnOnce(&Registered) -> Option<KeptAnswer>,
) -> Result<Registered> {
    let metadata = json!({
        "client_id": client_id,
        "client_name": format!("{} server", resource.name),
        "grant_types": [],
        "response_types": [],
        "token_endpoint_auth_method": "client_secret_basic",
        "resource_server_of": [resource.identifier],
    });
    registrar.add_once(ClientMetadata::parse(metadata.to_string().as_bytes())?, keep).await
}

/// Lets a client ask for tokens for this resource, if it still is as it was when `client` was read.
pub async fn allow(registrar: &Registrar<'_>, client: &Client, resource: &ResourceUri) -> Result<()> {
    if client.metadata.resources.contains(resource) {
        return Ok(());
    }
    let mut metadata = client.metadata.clone();
    metadata.resources.push(resource.clone());
    replace(registrar, client, metadata).await
}

/// Lets a client ask for no more tokens for this resource, if it still is as it was when `client` was read.
pub async fn take_away(registrar: &Registrar<'_>, client: &Client, resource: &ResourceUri) -> Result<()> {
    if !client.metadata.resources.contains(resource) {
        return Ok(());
    }
    let mut metadata = client.metadata.clone();
    metadata.resources.retain(|named| named != resource);
    metadata.default_resource = metadata.default_resource.filter(|default| default != resource);
    replace(registrar, client, metadata).await
}

async fn replace(registrar: &Registrar<'_>, seen: &Client, metadata: ClientMetadata) -> Result<()> {
    let seen_at = seen.updated_at;
    registrar.update_if(&seen.id, metadata, move |held| held.updated_at == seen_at).await.map(drop)
}
