//! What a person is to this server besides one who signs in; what each role may do, `domain::permission` says.

/// A role, the mightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// May do everything, and make others owner.
    Owner,
    /// May do everything, but not to owners and other admins.
    Admin,
    /// Registers clients, and changes those that are its own; sees no others.
    ClientManager,
    /// Helps people: accounts, sessions, consents. Sees clients, changes none, and is shown no secret of theirs.
    Support,
    /// Sees all and changes nothing.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::ClientManager, Self::Support, Self::Auditor];

    /// Whether it stands for the server as a whole: somebody who holds such a one is always left.
    #[must_use]
    pub const fn may_everything(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }

    /// Its name in the database, in commands and in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::ClientManager => "client_manager",
            Self::Support => "support",
            Self::Auditor => "auditor",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_found_by_its_word() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
        assert_eq!(Role::from_word("root"), None);
    }
}
