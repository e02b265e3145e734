//! How far the wishes of a client go that registers itself.

use std::sync::Arc;

use crate::domain::catalogue::Catalogue;
use crate::error::ErrorCode;
use crate::protocol::client_metadata::{ClientMetadata, MetadataFault};
use crate::protocol::grant_type::GrantType;
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::{OF_OUR_API, Scope, ScopeToken};

/// What bounds them.
pub struct Bounds {
    /// The scopes and resources there are.
    pub catalogue: Arc<Catalogue>,
    /// Whether a client that can prove who it is has to use PKCE.
    pub require_pkce: bool,
}

impl Bounds {
    /// Everything in which `wanted` goes too far. What is `registered` already, an administrator may have given: it may
    /// stay.
    pub(super) fn faults(&self, wanted: &ClientMetadata, registered: Option<&ClientMetadata>) -> Vec<MetadataFault> {
        let has_grant = |grant| registered.is_some_and(|own| own.may_use(grant));
        let grants = wanted.grant_types.iter().filter(|grant| !asks_people(**grant) && !has_grant(**grant));
        let grants = grants.map(|grant| {
            let problem = "is for clients that an administrator registers";
            fault("grant_types", grant.wire(), problem, "Leave it out, or ask the operator of this server.")
        });
        let has_scope = |name: &str| registered.is_some_and(|own| own.scope.contains(name));
        let scopes = wanted.scope.iter().map(ScopeToken::as_str);
        let scopes = scopes.filter(|name| !self.is_open(name) && !has_scope(name)).map(|name| {
            let problem = "is no scope that clients can register themselves for";
            fault(
                "scope",
                name,
                problem,
                "Leave it out: scopes_supported in the server's metadata has those there are.",
            )
        });
        let has_resource = |name: &str| registered.is_some_and(|own| own.resources.iter().any(|r| r.as_str() == name));
        let resources = wanted.resources.iter().map(ResourceUri::as_str);
        let resources = resources.filter(|name| !self.is_reachable(name) && !has_resource(name)).map(|name| {
            let problem = "is no resource that clients can register themselves for";
            fault("resources", name, problem, "Leave it out, or ask the operator of this server.")
        });
        grants.chain(scopes).chain(resources).collect()
    }

    /// Whether a client may do without PKCE if it says so or nothing.
    pub(super) fn may_do_without_pkce(&self, registered: Option<&ClientMetadata>) -> bool {
        !self.require_pkce || registered.is_some_and(|own| !own.require_pkce)
    }

    /// The APIs at which a scope means something.
    pub(super) fn resources_of(&self, scope: &Scope) -> Vec<ResourceUri> {
        let meant = self.catalogue.resources().filter(|resource| {
            self.is_reachable(&resource.identifier)
                && resource.scopes.iter().any(|token| scope.contains(token.as_str()))
        });
        meant.filter_map(|resource| ResourceUri::parse(&resource.identifier).ok()).collect()
    }

    /// Every scope that people can allow, separated by spaces.
    pub(super) fn open_scopes(&self) -> String {
        self.catalogue.scope_names().filter(|name| self.is_open(name)).collect::<Vec<_>>().join(" ")
    }

    /// Our own API is for those who run the server.
    pub(super) fn is_open(&self, scope: &str) -> bool {
        !OF_OUR_API.contains(&scope) && self.catalogue.scope_names().any(|name| name == scope)
    }

    pub(super) fn is_reachable(&self, resource: &str) -> bool {
        !self.catalogue.is_own_api(resource) && self.catalogue.resource(resource).is_some()
    }
}

/// RFC 7591 §5: nobody has looked at the client, so that whatever it gets, a person gives.
pub(super) const fn asks_people(grant: GrantType) -> bool {
    match grant {
        GrantType::AuthorizationCode | GrantType::Implicit | GrantType::DeviceCode | GrantType::RefreshToken => true,
        GrantType::ClientCredentials | GrantType::TokenExchange => false,
    }
}

pub(super) fn fault(member: &str, value: &str, problem: &str, remedy: &str) -> MetadataFault {
    MetadataFault {
        member: member.to_owned(),
        value: value.to_owned(),
        problem: problem.to_owned(),
        remedy: remedy.to_owned(),
        code: ErrorCode::InvalidClientMetadata,
    }
}
