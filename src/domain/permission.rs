//! What somebody may do with this server, and which role may do what. The console and the API ask the same table; each
//! permission is a scope of the API too.

use crate::protocol::scope::Scope;
pub use crate::store::Role;

macro_rules! permissions {
    ($( $(#[$doc:meta])* $name:ident = $scope:literal; )*) => {
        /// One thing that may be done with this server.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission { $( $(#[$doc])* $name, )* }

        impl Permission {
            /// All of them, as they are listed to people.
            pub const ALL: &[Self] = &[$( Self::$name, )*];

            /// The scope of the API that gives it.
            #[must_use]
            pub const fn scope(self) -> &'static str { match self { $( Self::$name => $scope, )* } }
        }
    };
}

permissions! {
    /// See registered clients; never their secrets.
    ClientsRead = "clients:read";
    /// Register, change, disable and delete clients, and give them new secrets.
    ClientsWrite = "clients:write";
    /// Register, change and delete resources and scopes, and give the servers of resources their credentials.
    ResourcesWrite = "resources:write";
    /// See people and their claims; never their passwords.
    PeopleRead = "people:read";
    /// Add, change, disable and delete people, and make links with which they choose a password.
    PeopleWrite = "people:write";
    /// Give and take roles, and change people who hold one.
    RolesWrite = "roles:write";
    /// See who allowed which app what.
    ConsentsRead = "consents:read";
    /// Take consents back.
    ConsentsWrite = "consents:write";
    /// See where people are signed in.
    SessionsRead = "sessions:read";
    /// End sessions.
    SessionsWrite = "sessions:write";
    /// See groups and who is in them.
    GroupsRead = "groups:read";
    /// Make, change and delete groups, and say who is in them.
    GroupsWrite = "groups:write";
    /// See who may use which app, what apps are approved for, and what people ask for.
    ApprovalsRead = "approvals:read";
    /// Say who may use which app, and what it may ask them for.
    ApprovalsWrite = "approvals:write";
    /// See API keys: what they may do and when they were used, never their secrets.
    ApiKeysRead = "api-keys:read";
    /// Make, change, rotate, disable and delete API keys.
    ApiKeysWrite = "api-keys:write";
    /// Read the record of what happened.
    EventsRead = "events:read";
    /// See the signing keys: their ages, never the keys.
    KeysRead = "keys:read";
    /// Rotate and retire signing keys.
    KeysWrite = "keys:write";
    /// See the settings in force, with secrets masked.
    SettingsRead = "settings:read";
}

impl Role {
    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Admin => "Admin",
            Self::ClientManager => "Client manager",
            Self::Support => "Support",
            Self::Auditor => "Auditor",
        }
    }

    /// What it is there for, in a few words.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Owner => "everything",
            Self::Admin => "everything, but not to owners and other admins",
            Self::ClientManager => "their own clients",
            Self::Support => "people, their sessions and consents",
            Self::Auditor => "sees all, changes nothing",
        }
    }

    /// Whether who holds it may do this.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner | Self::Admin => true,
            Self::ClientManager => {
                matches!(
                    permission,
                    P::ClientsRead
                        | P::ClientsWrite
                        | P::ConsentsRead
                        | P::ApiKeysRead
                        | P::ApiKeysWrite
                        | P::EventsRead
                )
            }
            Self::Support => !matches!(
                permission,
                P::ClientsWrite
                    | P::ResourcesWrite
                    | P::RolesWrite
                    | P::GroupsWrite
                    | P::ApprovalsWrite
                    | P::ApiKeysWrite
                    | P::KeysRead
                    | P::KeysWrite
                    | P::SettingsRead
            ),
            Self::Auditor => matches!(
                permission,
                P::ClientsRead
                    | P::PeopleRead
                    | P::ConsentsRead
                    | P::SessionsRead
                    | P::GroupsRead
                    | P::ApprovalsRead
                    | P::ApiKeysRead
                    | P::EventsRead
                    | P::KeysRead
                    | P::SettingsRead
            ),
        }
    }

    /// Whether who holds it may let a client do this by the API: what they may do themselves, to everybody. A client that
    /// writes roles reaches owners, so that an owner has to give it.
    #[must_use]
    pub const fn may_give(self, permission: Permission) -> bool {
        match permission {
            Permission::RolesWrite => matches!(self, Self::Owner),
            _ => self.may(permission) && !self.own_clients_only(),
        }
    }

    /// The first scope of the API among `scope` that who holds this role may not give. Whoever registers a client with a
    /// scope, or gets hold of the secret of one that has it, could use it.
    #[must_use]
    pub fn lacks_of(self, scope: &Scope) -> Option<&'static str> {
        let lacking = Permission::ALL.iter().filter(|permission| !self.may_give(**permission));
        lacking.map(|permission| permission.scope()).find(|name| scope.contains(name))
    }

    /// Whether it sees only the clients that are its holder's own, and what happened with them.
    #[must_use]
    pub const fn own_clients_only(self) -> bool {
        matches!(self, Self::ClientManager)
    }

    /// Whether who holds it may change somebody who holds `other`, or give or take that role: nobody rises above
    /// themselves, nor gets hold of an account that stands above them.
    #[must_use]
    pub const fn may_change(self, other: Option<Self>) -> bool {
        match (self, other) {
            (Self::Owner, _) | (Self::Admin, None | Some(Self::ClientManager | Self::Support | Self::Auditor)) => true,
            (Self::Support, other) => other.is_none(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_it_is_there_for() {
        let of = |role: Role| {
            Permission::ALL.iter().filter(|permission| role.may(**permission)).map(|p| p.scope()).collect::<Vec<_>>()
        };
        assert_eq!(of(Role::Owner).len(), Permission::ALL.len());
        assert_eq!(of(Role::Admin).len(), Permission::ALL.len());
        let own = ["clients:read", "clients:write", "consents:read", "api-keys:read", "api-keys:write", "events:read"];
        assert_eq!(of(Role::ClientManager), own);
        let not_theirs = ["clients:write", "resources:write", "api-keys:write"];
        assert!(!of(Role::Support).iter().any(|scope| not_theirs.contains(scope)));
        assert!(of(Role::Auditor).iter().all(|scope| scope.ends_with(":read")));
    }

    #[test]
    fn nobody_gives_a_client_what_they_may_not_do_themselves() {
        let lacks = |role: Role, scope: &str| role.lacks_of(&Scope::parse(scope).unwrap());
        assert_eq!(lacks(Role::Owner, "roles:write keys:write"), None);
        assert_eq!(lacks(Role::Admin, "people:write keys:write openid"), None);
        assert_eq!(lacks(Role::Admin, "people:write roles:write"), Some("roles:write"), "it reaches owners");
        assert_eq!(lacks(Role::ClientManager, "openid boats.read"), None);
        assert_eq!(lacks(Role::ClientManager, "clients:read"), Some("clients:read"), "it sees all clients");
    }

    #[test]
    fn nobody_changes_who_stands_above_them() {
        assert!(Role::Owner.may_change(Some(Role::Owner)));
        assert!(Role::Admin.may_change(Some(Role::Auditor)) && Role::Admin.may_change(None));
        for above in [Role::Owner, Role::Admin] {
            assert!(!Role::Admin.may_change(Some(above)));
        }
        for role in Role::ALL {
            assert!(!Role::Support.may_change(Some(role)));
            assert!(!Role::Auditor.may_change(Some(role)) && !Role::ClientManager.may_change(Some(role)));
        }
        assert!(!Role::Auditor.may_change(None) && !Role::ClientManager.may_change(None));
        assert!(Role::Support.may_change(None));
    }
}
