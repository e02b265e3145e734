//! Scopes that need an admin's approval, in the hands of whoever makes or changes a key.

use crate::domain::catalogue::Catalogue;
use crate::protocol::scope::{Scope, ScopeToken};
use crate::store::{Client, Result, Store};

/// The scopes that somebody may give a key of this client, or of a person if there is none, although they need an admin's
/// approval: all of them, if they may approve; otherwise those that the client may ask for by itself.
pub async fn approved(
    store: &Store,
    catalogue: &Catalogue,
    client: Option<&Client>,
    may_approve: bool,
) -> Result<Scope> {
    if may_approve {
        return Ok(catalogue.scopes_needing_approval().filter_map(|name| ScopeToken::parse(name).ok()).collect());
    }
    match client {
        Some(client) => store.approved_scope(&client.id, None).await,
        None => Ok(Scope::empty()),
    }
}
