//! What whoever calls the admin API may do: as far as their token's scope goes, and what they are themselves.

use super::events::Actor;
use super::permission::{Permission, Role};
use super::tokens::inspect::LiveToken;
use crate::ids::{ClientId, PersonId};
use crate::protocol::scope::Scope;
use crate::store::Person;

/// What a token lets its bearer do.
#[derive(Clone, Debug)]
pub struct Authority {
    client: ClientId,
    person: Option<(PersonId, Option<Role>)>,
    scope: Scope,
}

/// The role that a person holds at this server, if any.
#[must_use]
pub fn role_of(person: &Person) -> Option<Role> {
    person.role
}

impl Authority {
    /// Of a token that is good now. `registered` is the scope of its client: what was taken from that ends at once.
    #[must_use]
    pub fn new(live: &LiveToken, registered: &Scope) -> Self {
        Self {
            client: live.token.client_id.clone(),
            person: live.person.as_ref().map(|person| (person.id, role_of(person))),
            scope: live.token.scope.intersection(registered),
        }
    }

    /// Who acts, for the record.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self.person {
            Some((person, _)) => Actor::Person(person),
            None => Actor::Client(self.client.clone()),
        }
    }

    /// Who it is, as one text: no two have the same.
    #[must_use]
    pub fn name(&self) -> String {
        match self.person {
            // No identifier of a client holds a space.
            Some((person, _)) => format!("{} {person}", self.client),
            None => self.client.to_string(),
        }
    }

    /// Whether the token has the scope.
    #[must_use]
    pub fn has_scope(&self, permission: Permission) -> bool {
        self.scope.contains(permission.scope())
    }

    /// Whether this may be done to everything: by the token's scope and, where it speaks for a person, by their role. Roles
    /// that see only what is their own do nothing to everything.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.may_to_own(permission) && self.only_clients_of().is_none()
    }

    /// The same where whoever asks keeps to [`Self::only_clients_of`].
    #[must_use]
    pub fn may_to_own(&self, permission: Permission) -> bool {
        let role_allows = self.person.is_none_or(|(_, role)| role.is_some_and(|role| role.may(permission)));
        self.has_scope(permission) && role_allows
    }

    /// Whose clients are seen, if not all.
    #[must_use]
    pub fn only_clients_of(&self) -> Option<PersonId> {
        let is_limited = |role: Option<Role>| role.is_some_and(Role::own_clients_only);
        self.person.filter(|(_, role)| is_limited(*role)).map(|(person, _)| person)
    }

    /// Whether somebody who holds `role` may be changed: nobody gets hold of an account that stands above them.
    #[must_use]
    pub fn may_change_holder_of(&self, role: Option<Role>) -> bool {
        let stands_above = match self.person {
            Some((_, own)) => own.is_some_and(|own| own.may_change(role)),
            None => true,
        };
        stands_above && (role.is_none() || self.may(Permission::RolesWrite))
    }

    /// The first scope of our API among `scope` that this bearer lacks. Whoever gives a client a scope, or gets hold of the
    /// secret of one that has it, could use it.
    #[must_use]
    pub fn lacks_of(&self, scope: &Scope) -> Option<&'static str> {
        let named = Permission::ALL.iter().filter(|permission| scope.contains(permission.scope()));
        let may_give = |permission: Permission| {
            self.may(permission)
                && self.person.is_none_or(|(_, role)| role.is_some_and(|role| role.may_give(permission)))
        };
        named.filter(|permission| !may_give(**permission)).map(|permission| permission.scope()).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(scope: &str) -> Authority {
        Authority { client: ClientId("tool".to_owned()), person: None, scope: Scope::parse(scope).unwrap() }
    }

    fn person(scope: &str, role: Option<Role>) -> Authority {
        Authority { person: Some((PersonId(uuid::Uuid::nil()), role)), ..machine(scope) }
    }

    #[test]
    fn lets_nobody_do_more_than_scope_and_role_allow() {
        let tool = machine("clients:read");
        assert!(tool.may(Permission::ClientsRead) && !tool.may(Permission::ClientsWrite));
        let auditor = person("clients:read clients:write", Some(Role::Auditor));
        assert!(auditor.may(Permission::ClientsRead) && !auditor.may(Permission::ClientsWrite));
        assert!(!person("clients:read", None).may(Permission::ClientsRead), "holds no role");
        let manager = person("clients:read", Some(Role::ClientManager));
        assert!(!manager.may(Permission::ClientsRead), "would see the clients of others");
        assert!(manager.may_to_own(Permission::ClientsRead) && !manager.may_to_own(Permission::PeopleRead));
        assert!(manager.only_clients_of().is_some() && auditor.only_clients_of().is_none());
    }

    #[test]
    fn lets_nobody_change_who_stands_above_them() {
        let tool = machine("people:write");
        assert!(tool.may_change_holder_of(None) && !tool.may_change_holder_of(Some(Role::Auditor)));
        assert!(machine("people:write roles:write").may_change_holder_of(Some(Role::Owner)));
        let admin = person("people:write roles:write", Some(Role::Admin));
        assert!(admin.may_change_holder_of(Some(Role::Auditor)) && !admin.may_change_holder_of(Some(Role::Owner)));
        assert!(!person("people:write", Some(Role::Owner)).may_change_holder_of(Some(Role::Auditor)));
    }

    #[test]
    fn gives_no_scope_away_that_it_lacks() {
        let tool = machine("clients:write people:read");
        let roles = Scope::parse("roles:write").unwrap();
        assert_eq!(person("roles:write", Some(Role::Admin)).lacks_of(&roles), Some("roles:write"));
        assert_eq!(person("roles:write", Some(Role::Owner)).lacks_of(&roles), None);
        assert_eq!(tool.lacks_of(&Scope::parse("openid people:read").unwrap()), None);
        assert_eq!(tool.lacks_of(&Scope::parse("people:read keys:write").unwrap()), Some("keys:write"));
    }
}
