//! What can be asked for here: scopes, the claims that they release beyond the standard ones, and resources, as the configuration declares them and as they were registered, and
//! those of our own API.

mod resource;

use std::time::Duration;

pub use resource::{Resource, Source, resource_id};

use super::own_api;
use crate::config::{AccessTokenFormat, Config};
use crate::error::{ErrorCode, OAuthError, Result};
use crate::ids::ResourceId;
use crate::protocol::claim_rules::ClaimRules;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::{self, Scope};
use crate::store::{RegisteredResource, RegisteredScope};

/// The scopes and resources of this server.
#[derive(Clone, Debug)]
pub struct Catalogue {
    scopes: Vec<DeclaredScope>,
    claims: ClaimRules,
    resources: Vec<Resource>,
    default_resource: String,
    issuer: String,
    own_api: String,
}

#[derive(Clone, Debug)]
struct DeclaredScope {
    name: String,
    text: String,
    optional: bool,
    needs_approval: bool,
    source: Source,
}

impl Catalogue {
    /// What the configuration declares. The issuer itself is always a resource, because `UserInfo` is one, and so is our
    /// own API; a section of the configuration can choose form and lifetime of its tokens.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let issuer = config.server.issuer.as_str();
        let declared = config.resources.iter().map(|resource| Resource {
            id: resource_id(resource.identifier.as_str()),
            identifier: resource.identifier.to_string(),
            name: resource.name.clone(),
            source: Source::Settings,
            scopes: resource.scopes.clone(),
            format: resource.access_token_format,
            lifetime: resource.access_token_lifetime,
        });
        let mut resources: Vec<_> = declared.collect();
        if !resources.iter().any(|resource| resource.identifier == issuer) {
            resources.push(Resource::built_in(issuer, "UserInfo of this server", Scope::empty()));
        }
        let own_api = own_api::identifier(&config.server.issuer);
        match resources.iter_mut().find(|resource| resource.identifier == own_api) {
            Some(declared) => declared.scopes = own_api::scope(),
            None => resources.push(Resource::built_in(&own_api, "The admin API of this server", own_api::scope())),
        }
        let scopes = config.scopes.iter().map(|scope| DeclaredScope {
            name: scope.name.to_string(),
            text: scope.text.clone(),
            optional: scope.optional,
            needs_approval: scope.needs_approval,
            source: Source::Settings,
        });
        Self {
            scopes: scopes.collect(),
            claims: config.claims.clone(),
            resources,
            default_resource: config.tokens.default_resource.as_ref().map_or(issuer, ResourceUri::as_str).to_owned(),
            issuer: issuer.to_owned(),
            own_api,
        }
    }

    /// The same with what was registered besides. What the configuration has come to declare as well is as that says.
    #[must_use]
    pub fn with(&self, resources: Vec<RegisteredResource>, scopes: Vec<RegisteredScope>) -> Self {
        let mut catalogue = self.clone();
        for scope in scopes.into_iter().filter(|scope| self.source_of_scope(scope.name.as_str()).is_none()) {
            catalogue.scopes.push(DeclaredScope {
                name: scope.name.to_string(),
                text: scope.text,
                optional: scope.optional,
                needs_approval: scope.needs_approval,
                source: Source::Registered,
            });
        }
        let new = resources.into_iter().filter(|resource| self.resource(resource.identifier.as_str()).is_none());
        catalogue.resources.extend(new.map(Resource::from));
        catalogue
    }

    /// Every scope: the built-in ones first, those of our own API last.
    pub fn scope_names(&self) -> impl Iterator<Item = &str> {
        self.published_scope_names().chain(scope::OF_OUR_API)
    }

    /// The scopes that everybody is told of. Those of our own API are told by that API (RFC 9728 §2): they are nothing that
    /// an app should ask for by habit.
    pub fn published_scope_names(&self) -> impl Iterator<Item = &str> {
        scope::OF_A_PERSON.into_iter().chain(self.scopes.iter().map(|scope| scope.name.as_str()))
    }

    /// Where a scope comes from; `None` if it is unknown.
    #[must_use]
    pub fn source_of_scope(&self, name: &str) -> Option<Source> {
        let declared = self.scopes.iter().find(|scope| scope.name == name).map(|scope| scope.source);
        let is_built_in = scope::OF_A_PERSON.contains(&name) || scope::OF_OUR_API.contains(&name);
        declared.or(is_built_in.then_some(Source::BuiltIn))
    }

    /// What a scope allows, as people read it; `None` for the built-in ones.
    #[must_use]
    pub fn scope_text(&self, name: &str) -> Option<&str> {
        let declared = self.scopes.iter().find(|scope| scope.name == name).map(|scope| scope.text.as_str());
        declared.or_else(|| own_api::scope_text(name))
    }

    /// Whether a person may refuse this scope and allow the rest. Without `openid` there is no sign-in to speak of.
    #[must_use]
    pub fn is_optional(&self, name: &str) -> bool {
        match self.scopes.iter().find(|scope| scope.name == name) {
            Some(scope) => scope.optional,
            None => name != scope::OPENID,
        }
    }

    /// Whether an app gets this scope only where an admin has approved that.
    #[must_use]
    pub fn needs_approval(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.needs_approval && scope.name == name)
    }

    /// The part of `scope` that an app gets only where an admin has approved that.
    #[must_use]
    pub fn needing_approval(&self, scope: &Scope) -> Scope {
        scope.iter().filter(|token| self.needs_approval(token.as_str())).cloned().collect()
    }

    /// The scopes that need an admin's approval.
    pub fn scopes_needing_approval(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().filter(|scope| scope.needs_approval).map(|scope| scope.name.as_str())
    }

    /// What is told of people beyond the standard claims.
    #[must_use]
    pub fn claims(&self) -> &ClaimRules {
        &self.claims
    }

    /// Every resource.
    pub fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources.iter()
    }

    /// The resource that a token is for if nothing else says so.
    #[must_use]
    pub fn default_resource(&self) -> &str {
        &self.default_resource
    }

    /// Whether this identifies our own API.
    #[must_use]
    pub fn is_own_api(&self, identifier: &str) -> bool {
        self.own_api == identifier
    }

    /// The resource with this identifier.
    #[must_use]
    pub fn resource(&self, identifier: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.identifier == identifier)
    }

    /// The resource with this identifier of ours.
    #[must_use]
    pub fn resource_by_id(&self, id: ResourceId) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.id == id)
    }

    /// Whether a credential for this audience is good anywhere: one of the resources is still there.
    #[must_use]
    pub fn knows_any(&self, audience: &[String]) -> bool {
        audience.iter().any(|identifier| self.resource(identifier).is_some())
    }

    /// Whether a client is the server of this resource, which has to be there (RFC 7662 §4).
    #[must_use]
    pub fn is_server_of(&self, client: &ClientMetadata, identifier: &str) -> bool {
        client.serves(identifier) && self.resource(identifier).is_some()
    }

    /// The resources that know a scope.
    pub fn resources_knowing<'a>(&'a self, scope: &'a str) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().filter(move |resource| resource.scopes.contains(scope))
    }

    /// The scope that a client gets of what it asked for: unknown tokens are ignored, known ones that are not
    /// registered for it are an error.
    pub fn grantable(&self, requested: &Scope, client: &ClientMetadata) -> Result<Scope> {
        // OIDC Core §3.1.2.1: scope values that are not understood should be ignored.
        let known = self.known(requested);
        if let Some(token) = known.iter().find(|token| !client.scope.contains(token.as_str())) {
            let text = format!(
                "The scope {} is not registered for this client: register it, or do not ask for it.",
                token.as_str()
            );
            return Err(OAuthError::new(ErrorCode::InvalidScope, text));
        }
        Ok(known)
    }

    /// What is left of a scope that was granted once, now that the configuration or the registration may have changed.
    pub fn still_granted(&self, granted: &Scope, client: &ClientMetadata) -> Result<Scope> {
        let left = self.known(granted).intersection(&client.scope);
        if left.is_empty() && !granted.is_empty() {
            let text = "Nothing of what was granted may be asked for by this client any more.";
            return Err(OAuthError::new(ErrorCode::InvalidScope, text));
        }
        Ok(left)
    }

    /// The part of a scope that this server knows.
    #[must_use]
    pub fn known(&self, scope: &Scope) -> Scope {
        scope.iter().filter(|token| self.scope_names().any(|name| name == token.as_str())).cloned().collect()
    }

    /// Checks resources that are asked for: each must exist and be registered for the client.
    pub fn check_resources(&self, requested: &[&str], client: &ClientMetadata) -> Result<Vec<ResourceUri>> {
        let mut checked = Vec::with_capacity(requested.len());
        for text in requested {
            let resource = ResourceUri::parse(text)?;
            let is_registered = client.resources.iter().any(|registered| registered.as_str() == *text);
            let is_everybodys = self.default_resource == *text || self.issuer == *text;
            // Whoever is registered with a scope of our API is meant to call it.
            let is_implied = self.own_api == *text && own_api::has_scope_in(&client.scope);
            // RFC 8707 §2: a resource that the server does not know, or will not issue tokens for, is invalid_target.
            if self.resource(text).is_none() || !(is_registered || is_everybodys || is_implied) {
                return Err(OAuthError::new(
                    ErrorCode::InvalidTarget,
                    "A resource of this request is unknown here, or not registered for this client.",
                ));
            }
            if !checked.contains(&resource) {
                checked.push(resource);
            }
        }
        Ok(checked)
    }

    /// Whom a token is for: what its request names (RFC 8707 §2.2), within what was granted, as far as the client may still
    /// ask for it.
    pub fn audience_for(
        &self,
        named: &[&str],
        granted: &[ResourceUri],
        scope: &Scope,
        client: &ClientMetadata,
    ) -> Result<Vec<String>> {
        let requested = self.check_resources(named, client)?;
        let granted: Vec<_> = granted.iter().map(ResourceUri::as_str).collect();
        self.audience(&requested, &self.check_resources(&granted, client)?, scope, client)
    }

    /// Whom a token is for: the resources of this token request, which must be among those granted; or all granted
    /// ones; or the client's default; or the server's. Where none is named, a token of scope `openid` is for this
    /// server's `UserInfo` as well.
    fn audience(
        &self,
        requested: &[ResourceUri],
        granted: &[ResourceUri],
        scope: &Scope,
        client: &ClientMetadata,
    ) -> Result<Vec<String>> {
        // RFC 8707 §2.2: a token request may name a subset of what the authorization request named.
        if let Some(extra) = requested.iter().find(|resource| !granted.contains(resource))
            && !(granted.is_empty() || extra.as_str() == self.issuer)
        {
            let text = "A resource of this request is not among those of the authorization request.";
            return Err(OAuthError::new(ErrorCode::InvalidTarget, text));
        }
        let chosen = if requested.is_empty() { granted } else { requested };
        if !chosen.is_empty() {
            return Ok(chosen.iter().map(|resource| resource.as_str().to_owned()).collect());
        }
        let default = client.default_resource.as_ref().map_or(self.default_resource.as_str(), ResourceUri::as_str);
        // RFC 8707 §2: nor is a token issued for what was a resource once.
        if self.resource(default).is_none() {
            let text =
                "The default resource of this client is unknown here: name another one, or have it registered again.";
            return Err(OAuthError::new(ErrorCode::InvalidTarget, text));
        }
        let mut audience = vec![default.to_owned()];
        // OIDC Core §5.3: who signs people in can ask UserInfo about them, whatever API is the default.
        if scope.contains(scope::OPENID) && default != self.issuer {
            audience.push(self.issuer.clone());
        }
        Ok(audience)
    }

    /// The part of `scope` that means something to `audience`: a scope that only other resources know is left out
    /// (RFC 8707 §2.2, "downscoping").
    #[must_use]
    pub fn scope_for(&self, scope: &Scope, audience: &[String]) -> Scope {
        let fits = |name: &str| {
            let mut owners = self.resources.iter().filter(|resource| resource.scopes.contains(name)).peekable();
            owners.peek().is_none() || owners.any(|owner| audience.contains(&owner.identifier))
        };
        scope.iter().filter(|token| fits(token.as_str())).cloned().collect()
    }

    /// The form and the lifetime of a token for `audience`: opaque as soon as one resource wants it so, and as short as
    /// the shortest; `usual` is the lifetime where a resource sets none.
    #[must_use]
    pub fn token_policy(&self, audience: &[String], usual: Duration) -> (AccessTokenFormat, Duration) {
        let resources = || audience.iter().filter_map(|identifier| self.resource(identifier));
        let opaque = resources().any(|resource| resource.format == AccessTokenFormat::Opaque);
        let format = if opaque { AccessTokenFormat::Opaque } else { AccessTokenFormat::Jwt };
        let lifetimes = resources().map(|resource| resource.lifetime.unwrap_or(usual));
        (format, lifetimes.min().unwrap_or(usual))
    }

    /// The longest lifetime that a resource sets for its tokens.
    #[must_use]
    pub fn longest_lifetime(&self) -> Option<Duration> {
        self.resources.iter().filter_map(|resource| resource.lifetime).max()
    }
}
