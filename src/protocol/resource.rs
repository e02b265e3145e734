//! The resource indicator: the name of an API that a token is for (RFC 8707).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::uri;
use crate::error::{ErrorCode, OAuthError, Result};

/// The identifier of a resource, kept exactly as written: it becomes the audience of a token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct ResourceUri(Box<str>);

impl ResourceUri {
    /// Reads a `resource` parameter.
    pub fn parse(text: &str) -> Result<Self> {
        let url = uri::parse_absolute(text).map_err(|problem| invalid(format!("The resource {problem}.")))?;
        // RFC 8707 §2: an absolute URI, which has no fragment.
        if url.fragment().is_some() {
            return Err(invalid("The resource must have no fragment.".to_owned()));
        }
        Ok(Self(text.into()))
    }

    /// The identifier exactly as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ResourceUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ResourceUri {
    type Error = OAuthError;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

fn invalid(text: String) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidTarget, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8707 §2: an absolute URI without fragment; otherwise `invalid_target`.
    #[test]
    fn accepts_absolute_uris_without_fragment() {
        for good in ["https://api.example", "https://api.example/", "https://api.example/a?b", "urn:example:api"] {
            assert_eq!(ResourceUri::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "/api", "api.example", "https://api.example#", "https://api.example#x", "https://api example"] {
            assert_eq!(ResourceUri::parse(bad).unwrap_err().code, ErrorCode::InvalidTarget, "{bad}");
        }
    }
}
