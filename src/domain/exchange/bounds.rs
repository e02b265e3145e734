//! What may be had for a token: never another resource, never another scope than it has.

use crate::config::AccessTokenFormat;
use crate::domain::catalogue::Catalogue;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::scope::{self, Scope, ScopeToken};

/// Whom the new token is for: those `named`, or all that `held`, which the token is for that is exchanged, lets the client
/// have. A client has what it is the server of and what it is registered for.
pub(super) fn audience(
    catalogue: &Catalogue,
    client: Option<&ClientMetadata>,
    held: &[String],
    named: &[&str],
) -> Result<Vec<String>> {
    let refusal = |resource: &str| {
        if !held.iter().any(|known| known == resource) {
            return Some("A target of this request is not one of what is exchanged: an exchange adds none.");
        }
        // Our own API is for people who sign in and for machines that authenticate.
        let Some(known) = catalogue.resource(resource).filter(|_| !catalogue.is_own_api(resource)) else {
            return Some("Nothing is exchanged for tokens of a target of this request.");
        };
        if known.format == AccessTokenFormat::Opaque {
            return Some(
                "A target of this request takes opaque tokens only, and an exchange gives none: present there \
                 what you want to exchange.",
            );
        }
        let is_clients =
            |client: &ClientMetadata| client.serves(resource) || catalogue.check_resources(&[resource], client).is_ok();
        if !client.is_none_or(is_clients) {
            return Some("A target of this request is not registered for this client.");
        }
        None
    };
    // RFC 8693 §2.2.2: what the server will not issue a token for is invalid_target.
    let invalid = |text: &'static str| OAuthError::new(ErrorCode::InvalidTarget, text);
    if named.is_empty() {
        let left: Vec<_> = held.iter().filter(|resource| refusal(resource).is_none()).cloned().collect();
        let why =
            || held.iter().find_map(|resource| refusal(resource)).unwrap_or("What is exchanged is for no target.");
        return if left.is_empty() { Err(invalid(why())) } else { Ok(left) };
    }
    let mut audience: Vec<String> = Vec::new();
    for resource in named {
        if let Some(text) = refusal(resource) {
            return Err(invalid(text));
        }
        if !audience.iter().any(|known| known == resource) {
            audience.push((*resource).to_owned());
        }
    }
    Ok(audience)
}

/// The part of a scope that can be had by an exchange: nothing that speaks of a person, nothing of our own API.
pub(super) fn exchangeable(catalogue: &Catalogue, scope: &Scope) -> Scope {
    let is_kept_back = |token: &ScopeToken| {
        scope::OF_A_PERSON.contains(&token.as_str()) || scope::OF_OUR_API.contains(&token.as_str())
    };
    catalogue.known(scope).iter().filter(|token| !is_kept_back(token)).cloned().collect()
}

/// What is asked for, if all of it can be had; all of that, if nothing is asked for.
pub(super) fn narrow(requested: Option<&Scope>, held: Scope) -> Result<Scope> {
    let Some(requested) = requested else { return Ok(held) };
    // RFC 8693 §5: an exchange must not give more than what is exchanged.
    match requested.iter().find(|token| !held.contains(token.as_str())) {
        None => Ok(requested.clone()),
        Some(token) => {
            let text = format!("The scope {token} cannot be had for what is exchanged, or not by this client.");
            Err(OAuthError::new(ErrorCode::InvalidScope, text))
        }
    }
}
