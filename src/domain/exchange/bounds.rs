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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const API: &str = "https://api.example";
    const OTHER: &str = "https://other.example";
    const OPAQUE: &str = "https://opaque.example";
    const OWN_API: &str = "http://localhost:8080/api/v1";

    fn catalogue() -> Catalogue {
        let resource = |identifier, format| {
            format!("[[resources]]\nidentifier = \"{identifier}\"\naccess_token_format = \"{format}\"\n")
        };
        let scopes = "[[scopes]]\nname = \"read\"\ntext = \"Read\"\n";
        let resources = [resource(API, "jwt"), resource(OTHER, "jwt"), resource(OPAQUE, "opaque")].concat();
        Catalogue::new(&Config::from_toml(&format!("{scopes}{resources}"), []).unwrap())
    }

    fn client(members: &str) -> ClientMetadata {
        let metadata = format!("{{\"grant_types\": [\"client_credentials\"], \"response_types\": [], {members}}}");
        ClientMetadata::parse(metadata.as_bytes()).unwrap()
    }

    /// RFC 8693 §2.2.2: `invalid_target` for what is not of the token, not of the client, or not to be had.
    #[test]
    fn adds_no_target() {
        let catalogue = catalogue();
        let server = client("\"resource_server_of\": [\"https://api.example\"]");
        let registered = client("\"resources\": [\"https://other.example\"]");
        let held = [API, OTHER, OPAQUE, OWN_API, "https://gone.example"].map(str::to_owned);
        let had = |client: Option<&ClientMetadata>, named: &[&str]| audience(&catalogue, client, &held, named).ok();
        let all = |resources: &[&str]| Some(resources.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(had(None, &[]), all(&[API, OTHER]));
        assert_eq!(had(None, &[OTHER, OTHER]), all(&[OTHER]));
        assert_eq!(had(Some(&server), &[]), all(&[API]));
        assert_eq!(had(Some(&registered), &[]), all(&[OTHER]));
        assert_eq!((had(Some(&server), &[OTHER]), had(Some(&registered), &[API])), (None, None));
        for refused in [OPAQUE, OWN_API, "https://gone.example", "https://unknown.example", ""] {
            assert_eq!(had(None, &[API, refused]), None, "{refused}");
        }
        assert_eq!(audience(&catalogue, None, &held[2..], &[]).unwrap_err().code, ErrorCode::InvalidTarget);
        assert_eq!(audience(&catalogue, None, &[], &[]).unwrap_err().code, ErrorCode::InvalidTarget);
    }

    /// RFC 8693 §5
    #[test]
    fn gives_no_more_scope() {
        let scope = |text| Scope::parse(text).unwrap();
        let held = exchangeable(&catalogue(), &scope("openid profile read clients:write gone"));
        assert_eq!(held, scope("read"));
        assert_eq!(narrow(None, held.clone()).unwrap(), held);
        assert_eq!(narrow(Some(&Scope::empty()), held.clone()).unwrap(), Scope::empty());
        for refused in ["write", "read write", "openid"] {
            assert_eq!(narrow(Some(&scope(refused)), held.clone()).unwrap_err().code, ErrorCode::InvalidScope);
        }
    }
}
