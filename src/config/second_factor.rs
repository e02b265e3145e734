//! `[second_factor]`: who has to prove who they are by more than a password.

use super::reader::Reader;

/// Everybody.
const EVERYONE: &str = "everyone";
/// Whoever opens the console.
const CONSOLE: &str = "console";
/// The roles of people, by the words by which the settings know them.
const ROLES: [&str; 5] = ["owner", "admin", "client_manager", "support", "auditor"];

/// `[second_factor]`
#[derive(Clone, Debug)]
pub struct SecondFactorConfig {
    required_for: Vec<String>,
    /// Whether whoever has a second factor is asked for it at each sign-in, not only where it is required.
    pub always: bool,
}

impl SecondFactorConfig {
    /// Whether somebody who holds this role, if any, has to have a second factor.
    #[must_use]
    pub fn is_required_of(&self, role: Option<&str>) -> bool {
        self.required_for.iter().any(|word| word == EVERYONE || role == Some(word))
    }

    /// Whether the console asks for one.
    #[must_use]
    pub fn is_required_at_the_console(&self) -> bool {
        self.required_for.iter().any(|word| word == CONSOLE)
    }

    pub(super) fn read(reader: &mut Reader) -> Self {
        let key = "second_factor.required_for";
        let required_for: Vec<String> = reader.value(key, Vec::new());
        let is_known = |word: &String| word == EVERYONE || word == CONSOLE || ROLES.contains(&word.as_str());
        if let Some(word) = required_for.iter().find(|word| !is_known(word)) {
            let remedy = format!("Choose among {EVERYONE}, {CONSOLE}, {}.", ROLES.join(", "));
            reader.refuse(key, &format!("names {word:?}, which nobody is"), &remedy);
        }
        Self { required_for, always: reader.value("second_factor.always", true) }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn is_required_of_whom_the_settings_name() {
        let of = |toml: &str, role| Config::from_toml(toml, []).unwrap().second_factor.is_required_of(role);
        assert!(!of("", None) && !of("", Some("owner")));
        let everyone = "second_factor.required_for = [\"everyone\"]";
        assert!(of(everyone, None) && of(everyone, Some("auditor")));
        let some = "second_factor.required_for = [\"owner\", \"console\"]";
        assert!(of(some, Some("owner")) && !of(some, Some("admin")) && !of(some, None));
        let console = |toml: &str| Config::from_toml(toml, []).unwrap().second_factor.is_required_at_the_console();
        assert!(console(some) && !console(everyone) && !console(""));
        assert!(Config::from_toml("second_factor.required_for = [\"admins\"]", []).is_err());
    }
}
