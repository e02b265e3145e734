//! The admin API as a resource of this server, beside those that the configuration declares: its identifier, its scopes
//! and what they say to people. It exists without a setting.

use super::permission::Permission;
use crate::protocol::issuer::Issuer;
use crate::protocol::scope::{OF_OUR_API, Scope, ScopeToken};

/// Its path, under the issuer's.
pub const PATH: &str = "/api/v1";

/// Its identifier: the audience of its tokens (RFC 8707 §2).
#[must_use]
pub fn identifier(issuer: &Issuer) -> String {
    issuer.join(PATH)
}

/// All of its scopes.
#[must_use]
pub fn scope() -> Scope {
    OF_OUR_API.into_iter().filter_map(|name| ScopeToken::parse(name).ok()).collect()
}

/// Whether any of its scopes is among these.
#[must_use]
pub fn has_scope_in(scope: &Scope) -> bool {
    OF_OUR_API.into_iter().any(|name| scope.contains(name))
}

/// What a scope allows, as people read it when they are asked for consent.
#[must_use]
pub fn scope_text(name: &str) -> Option<&'static str> {
    Permission::ALL.iter().find(|permission| permission.scope() == name).map(|permission| text(*permission))
}

/// What a permission allows, in a sentence.
#[must_use]
pub const fn text(permission: Permission) -> &'static str {
    match permission {
        Permission::ClientsRead => "See the apps and machines that are registered at this server",
        Permission::ClientsWrite => "Register, change and delete apps and machines, and give them new secrets",
        Permission::ResourcesWrite => "Register, change and delete APIs that tokens are for, and what can be asked for",
        Permission::PeopleRead => "See everybody who can sign in here, and what is known about them",
        Permission::PeopleWrite => "Add, change, lock out and delete people, and make links for a new password",
        Permission::RolesWrite => "Change people who administer this server, and give and take that right",
        Permission::ConsentsRead => "See who allowed which app what",
        Permission::ConsentsWrite => "Take back what people have allowed apps",
        Permission::SessionsRead => "See where people are signed in",
        Permission::SessionsWrite => "Sign people out",
        Permission::GroupsRead => "See groups of people and who is in them",
        Permission::GroupsWrite => "Make, change and delete groups of people, and say who is in them",
        Permission::ApprovalsRead => "See who may use which app, and what people ask the administrators for",
        Permission::ApprovalsWrite => "Say who may use which app, and what it may ask them for",
        Permission::ApiKeysRead => "See API keys, what they may do and when they were used",
        Permission::ApiKeysWrite => "Make, change, rotate, lock out and delete API keys",
        Permission::EventsRead => "Read the record of what happened here",
        Permission::KeysRead => "See the signing keys' names and ages",
        Permission::KeysWrite => "Rotate and retire signing keys",
        Permission::SettingsRead => "See the settings of this server",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names stand twice, because settings cannot ask the domain.
    #[test]
    fn has_a_scope_for_each_permission() {
        assert_eq!(Permission::ALL.iter().map(|permission| permission.scope()).collect::<Vec<_>>(), OF_OUR_API);
        assert!(OF_OUR_API.into_iter().all(|name| scope_text(name).is_some()));
        assert_eq!(scope_text("openid"), None);
    }
}
