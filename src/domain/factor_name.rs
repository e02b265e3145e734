//! What people call the things by which they sign in: passkeys and authenticator apps.

/// The longest name, in characters.
pub const LONGEST: usize = 60;

/// What somebody typed as a name, if it will do for one.
#[must_use]
pub fn read(typed: &str) -> Option<&str> {
    let name = typed.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST && !name.chars().any(char::is_control);
    fits.then_some(name)
}

/// The same, of what is cut until it will do; `otherwise`, where nothing is left.
#[must_use]
pub fn read_or(typed: &str, otherwise: &str) -> String {
    let cut: String = typed.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    read(&cut).unwrap_or(otherwise).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_a_name_that_can_be_read() {
        assert_eq!(read(" Ada’s phone "), Some("Ada’s phone"));
        assert_eq!(read(&"é".repeat(LONGEST)).map(|name| name.chars().count()), Some(LONGEST));
        for typed in ["", "  ", "a\nb", &"a".repeat(LONGEST + 1)] {
            assert_eq!(read(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn cuts_what_nobody_has_to_see_again() {
        for (typed, name) in [(" My phone ", "My phone"), ("a\nb", "ab"), ("", "App"), (" \t ", "App")] {
            assert_eq!(read_or(typed, "App"), name, "{typed:?}");
        }
        assert_eq!(read_or(&"a".repeat(LONGEST + 1), "App"), "a".repeat(LONGEST));
    }
}
