//! `[[resources]]`: the APIs that access tokens can be meant for (RFC 8707).

use std::ops::RangeInclusive;
use std::time::Duration;

use super::choice::choice;
use super::duration::days;
use super::reader::Reader;
use super::scopes::{BUILT_IN_SCOPES, ScopeConfig};
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::{Scope, ScopeToken};

/// One of the `[[resources]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceConfig {
    /// What apps send as `resource`, and the audience of the tokens, letter for letter.
    pub identifier: ResourceUri,
    /// What people read; the identifier if it was left out.
    pub name: String,
    /// The scopes that mean something there.
    pub scopes: Scope,
    /// The form of its access tokens.
    pub access_token_format: AccessTokenFormat,
    /// Their lifetime, where it differs from `tokens.access_token_lifetime`.
    pub access_token_lifetime: Option<Duration>,
}

impl ResourceConfig {
    pub(super) fn read_all(reader: &mut Reader, scopes: &[ScopeConfig]) -> Vec<Self> {
        let mut resources: Vec<Self> = Vec::new();
        for section in reader.sections("resources") {
            let Some(resource) = Self::read(reader, &section, scopes) else { continue };
            if resources.iter().any(|other| other.identifier == resource.identifier) {
                let key = format!("{section}.identifier");
                reader.refuse(&key, "is declared twice", "Keep one of the declarations.");
            }
            resources.push(resource);
        }
        resources
    }

    fn read(reader: &mut Reader, section: &str, declared: &[ScopeConfig]) -> Option<Self> {
        let identifier = reader.required::<ResourceUri>(&format!("{section}.identifier"), section);
        let name = reader.optional(&format!("{section}.name"));
        let scopes_key = format!("{section}.scopes");
        let scopes: Scope = reader.value::<Vec<ScopeToken>>(&scopes_key, Vec::new()).into_iter().collect();
        let access_token_format = reader.value(&format!("{section}.access_token_format"), AccessTokenFormat::Jwt);
        let lifetime_key = format!("{section}.access_token_lifetime");
        let access_token_lifetime = reader.optional(&lifetime_key);
        for scope in &scopes {
            let is_declared = declared.iter().any(|known| known.name == *scope);
            if !is_declared && !BUILT_IN_SCOPES.contains(&scope.as_str()) {
                let problem = format!("names the scope {scope}, which is not declared");
                reader.refuse(&scopes_key, &problem, "Declare it under [[scopes]], or take it out.");
            }
        }
        if access_token_lifetime.is_some_and(|lifetime| !ACCESS_TOKEN_LIFETIMES.contains(&lifetime)) {
            reader.refuse(&lifetime_key, "is out of bounds", "Write something from \"1s\" to \"365d\".");
        }
        let identifier = identifier?;
        let name = name.unwrap_or_else(|| identifier.to_string());
        Some(Self { identifier, name, scopes, access_token_format, access_token_lifetime })
    }
}

/// The lifetimes that a resource can set for its access tokens.
pub const ACCESS_TOKEN_LIFETIMES: RangeInclusive<Duration> = Duration::from_secs(1)..=days(365);

/// The form of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessTokenFormat {
    /// RFC 9068: an API checks it by itself.
    Jwt,
    /// An API asks the introspection endpoint about it.
    Opaque,
}

choice!(AccessTokenFormat { Jwt = "jwt", Opaque = "opaque" }, "\"jwt\" or \"opaque\"");

impl AccessTokenFormat {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Jwt, Self::Opaque];

    /// The form of that name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }
}
