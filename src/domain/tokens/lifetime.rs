//! How long what we sign may be needed: so long a signing key stays published after its last signature.

use std::time::Duration;

use crate::config::Config;
use crate::store::{Result, Store};

/// The longest life that any token signed now may have: by the configuration, a resource, or a client of its own.
pub async fn longest(config: &Config, store: &Store) -> Result<Duration> {
    let clients = store.all_clients().await?;
    let of_clients = clients.iter().filter_map(|client| client.metadata.access_token_lifetime);
    let of_resources = config.resources.iter().filter_map(|resource| resource.access_token_lifetime);
    let registered = store.registered_resources().await?;
    let of_registered = registered.iter().filter_map(|resource| resource.lifetime);
    let of_settings = config.tokens.access_token_lifetime.max(config.tokens.id_token_lifetime);
    Ok(of_resources.chain(of_registered).chain(of_clients).fold(of_settings, Duration::max))
}
