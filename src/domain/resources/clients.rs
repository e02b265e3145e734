//! Clients of a resource: its servers, which ask about tokens, and those that may ask for tokens for it. What counts is what
//! stands in their own metadata; here it is changed from the resource's side.

use serde_json::json;

use crate::domain::catalogue::Resource;
use crate::domain::clients::registration::{Registered, Registrar, Result};
use crate::protocol::client_metadata::{ClientMetadata, MAX_TEXT};
use crate::protocol::resource::ResourceUri;
use crate::store::{Client, KeptAnswer};

/// How the name of a resource's server ends.
const OF_A_SERVER: &str = " server";

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
        "client_name": client_name(resource),
        "grant_types": [],
        "response_types": [],
        "token_endpoint_auth_method": "client_secret_basic",
        "resource_server_of": [resource.identifier],
    });
    registrar.add_once(ClientMetadata::parse(metadata.to_string().as_bytes())?, keep).await
}

/// What such a client is called: the name of the resource, as much of it as a client's may have.
fn client_name(resource: &Resource) -> String {
    let room = MAX_TEXT - OF_A_SERVER.len();
    let name: String = resource.name.chars().take(room).collect();
    format!("{name}{OF_A_SERVER}")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::domain::catalogue::Catalogue;
    use crate::protocol::client_metadata::line;

    #[test]
    fn calls_a_server_what_a_client_can_be_called() {
        let settings = format!("[[resources]]\nidentifier = \"urn:a\"\nname = \"{}\"\n", "é".repeat(300));
        let catalogue = Catalogue::new(&Config::from_toml(&settings, []).unwrap());
        let name = client_name(catalogue.resource("urn:a").unwrap());
        assert!(line(&name).is_ok() && name.ends_with("é server"), "{name}");
    }
}
