//! What a reverse proxy asks about a request that it holds back, and how what it is told fits into headers.
//!
//! No specification says this; nginx, Caddy, Traefik and Envoy agree on the status alone.

use std::fmt::Write as _;

use super::params::Params;
use super::resource::ResourceUri;
use super::scope::Scope;
use crate::error::{ErrorCode, OAuthError, Result};

/// Every parameter of the question. A misspelt condition must not be no condition, so that there are no others.
const PARAMETERS: [&str; 3] = ["resource", "scope", "session"];

/// What a request must hold to be let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The resource that its credential must be for; the server's default if none is named.
    pub resource: Option<ResourceUri>,
    /// What its credential must allow, all of it.
    pub scope: Scope,
    /// Whether the session of a browser will do.
    pub session: bool,
}

impl Question {
    /// Reads the query of the question.
    pub fn parse(query: &str) -> Result<Self> {
        let params = Params::parse(query.as_bytes())?;
        params.check_all(&[])?;
        if let Some(unknown) = params.names().find(|name| !PARAMETERS.contains(name)) {
            let text = format!("The parameter {unknown} is unknown here: ask by resource, scope and session.");
            return Err(OAuthError::new(ErrorCode::InvalidRequest, text));
        }
        let session = match params.one("session")? {
            None => false,
            Some("allow") => true,
            Some(_) => return Err(OAuthError::new(ErrorCode::InvalidRequest, "session can only be allow.")),
        };
        Ok(Self {
            resource: params.one("resource")?.map(ResourceUri::parse).transpose()?,
            scope: params.one("scope")?.map(Scope::parse).transpose()?.unwrap_or_default(),
            session,
        })
    }

    /// RFC 6750 §3.1: whether a credential of this scope may do what is asked.
    pub fn check_scope(&self, held: &Scope) -> Result<()> {
        if self.scope.is_subset_of(held) {
            return Ok(());
        }
        let text = format!("This needs the scope {}: {} is missing.", self.scope, self.scope.without(held));
        Err(OAuthError::new(ErrorCode::InsufficientScope, text))
    }
}

/// The text with everything that is not printable ASCII, the space and the percent sign percent-encoded: one value of a
/// header, whatever it says.
#[must_use]
pub fn header_text(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Question {
        Question::parse(query).unwrap()
    }

    #[test]
    fn reads_what_a_proxy_asks() {
        let asked = parse("resource=https%3A%2F%2Fapi.example&scope=read+write&session=allow");
        assert_eq!(asked.resource.unwrap().as_str(), "https://api.example");
        assert_eq!((asked.scope.to_string().as_str(), asked.session), ("read write", true));
        assert_eq!(parse(""), Question { resource: None, scope: Scope::empty(), session: false });
    }

    #[test]
    fn takes_no_misspelt_condition_for_none() {
        for query in [
            "scopes=read",
            "audience=https://api.example",
            "resource=https://a.example&resource=https://b.example",
            "scope=read&scope=write",
            "session=yes",
            "scope=%FF",
            "%FF=read",
        ] {
            assert_eq!(Question::parse(query).unwrap_err().code, ErrorCode::InvalidRequest, "{query}");
        }
        assert_eq!(Question::parse("resource=/api").unwrap_err().code, ErrorCode::InvalidTarget);
        assert_eq!(Question::parse("scope=%C3%A9").unwrap_err().code, ErrorCode::InvalidScope);
    }

    /// RFC 6750 §3.1
    #[test]
    fn wants_every_scope() {
        let held = Scope::parse("read other").unwrap();
        parse("").check_scope(&Scope::empty()).unwrap();
        parse("scope=read").check_scope(&held).unwrap();
        for scope in ["write", "read+write", "Read"] {
            let error = parse(&format!("scope={scope}")).check_scope(&held).unwrap_err();
            assert_eq!(error.code, ErrorCode::InsufficientScope, "{scope}");
        }
    }

    #[test]
    fn fits_any_name_into_a_header() {
        for (name, expected) in [
            ("ada", "ada"),
            ("ada+x@example.com", "ada+x@example.com"),
            ("Jürgen Ö", "J%C3%BCrgen%20%C3%96"),
            ("a\r\nX-Auth-Subject: root", "a%0D%0AX-Auth-Subject:%20root"),
            ("100%", "100%25"),
            ("", ""),
        ] {
            assert_eq!(header_text(name), expected);
        }
    }
}
