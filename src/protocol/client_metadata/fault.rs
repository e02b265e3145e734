//! What is wrong with client metadata: every fault at once, each with its remedy.

use std::fmt;

use serde_json::Value;

use crate::error::{ErrorCode, OAuthError};

/// One fault of client metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataFault {
    /// The member, `redirect_uris` for example.
    pub member: String,
    /// What was given, shortened; never a secret.
    pub value: String,
    /// What is wrong with it, a clause.
    pub problem: String,
    /// What would be right, a sentence.
    pub remedy: String,
    /// The error that a registration endpoint answers with.
    pub code: ErrorCode,
}

impl fmt::Display for MetadataFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { member, value, problem, remedy, .. } = self;
        let space = if value.is_empty() { "" } else { " " };
        write!(f, "{member}: {value}{space}{problem}. {remedy}")
    }
}

impl From<&MetadataFault> for OAuthError {
    fn from(fault: &MetadataFault) -> Self {
        Self::new(fault.code, fault.to_string())
    }
}

/// Collects faults.
#[derive(Default)]
pub(super) struct Faults(Vec<MetadataFault>);

impl Faults {
    /// Notes a fault of a member. The value is left out of the message where it may be a secret.
    pub(super) fn add(&mut self, member: &str, value: Option<&Value>, problem: &str, remedy: &str) {
        // RFC 7591 §3.2.2: redirect URIs have an error code of their own.
        let code = match member {
            "redirect_uris" => ErrorCode::InvalidRedirectUri,
            _ => ErrorCode::InvalidClientMetadata,
        };
        let value = match value {
            Some(value) if member != "client_secret" => shortened(&value.to_string()),
            _ => String::new(),
        };
        let (member, problem, remedy) = (member.to_owned(), problem.to_owned(), remedy.to_owned());
        self.0.push(MetadataFault { member, value, problem, remedy, code });
    }

    /// Whether any of the members has a fault already, so that what follows from it need not be said.
    pub(super) fn touch(&self, members: &[&str]) -> bool {
        self.0.iter().any(|fault| members.contains(&fault.member.as_str()))
    }

    pub(super) fn into_result<T>(self, value: T) -> Result<T, Vec<MetadataFault>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}

/// As much of a value as helps, on one line of the log: JSON itself lets some control characters stand.
fn shortened(text: &str) -> String {
    const MOST: usize = 200;
    let mut shown = String::new();
    for (number, character) in text.chars().enumerate() {
        match character {
            _ if number == MOST => return shown + "…",
            character if character.is_control() => shown.extend(character.escape_unicode()),
            character => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_a_value_shortened_and_without_control_characters() {
        assert_eq!(shortened("\"a\u{7f}b\u{85}ö\""), "\"a\\u{7f}b\\u{85}ö\"");
        assert_eq!(shortened(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(shortened(&"é".repeat(201)), "é".repeat(200) + "…");
    }
}
