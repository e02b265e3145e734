//! Which people may use an app, as a word.

/// Which people may use an app. It says nothing of what a machine does with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Whoever can sign in.
    #[default]
    Everyone,
    /// The members of groups that are named.
    Groups,
    /// Nobody: the app is blocked.
    Nobody,
}

impl Access {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Everyone, Self::Groups, Self::Nobody];

    /// Its name in the database, in forms and in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Groups => "groups",
            Self::Nobody => "nobody",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|access| access.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_is_found_by_its_word() {
        for access in Access::ALL {
            assert_eq!(Access::from_word(access.word()), Some(access));
        }
        assert_eq!(Access::from_word("some"), None);
    }
}
