//! The issuer: this server's name, which every token and every answer carries (RFC 8414, section 2; RFC 9207).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::uri;

/// An issuer identifier, kept exactly as written because others compare it as a string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Issuer {
    text: String,
    origin: String,
    host: String,
}

impl Issuer {
    /// Reads an issuer; the error is a sentence that says what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = uri::parse_absolute(text).map_err(|problem| format!("The issuer {problem}."))?;
        // RFC 8414 §2: https, without query and fragment. Plain http is for trying things out on one machine.
        match url.scheme() {
            "https" => {}
            "http" if uri::is_loopback(&url) => {}
            "http" => return Err("The issuer must use https unless its host is loopback.".to_owned()),
            other => return Err(format!("The issuer must use https, not {other}.")),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("The issuer must have no query and no fragment.".to_owned());
        }
        if uri::has_userinfo(text) {
            return Err("The issuer must not name a user before the host.".to_owned());
        }
        // RFC 8414 §3.1: well-known addresses are made from the issuer without a final slash; without one it is always
        // the same string. Any other difference is something that others would normalize away and then not recognize.
        let normal = url.as_str().trim_end_matches('/');
        if text != normal {
            return Err(format!("The issuer must be written as {normal}"));
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        Ok(Self { text: text.to_owned(), origin: url.origin().ascii_serialization(), host })
    }

    /// The issuer exactly as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host without port; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Scheme, host and port, as a browser sends them in `Origin`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path, `""` or `/x`, under which everything is served.
    #[must_use]
    pub fn path(&self) -> &str {
        self.text.strip_prefix(&self.origin).unwrap_or_default()
    }

    /// Whether browsers reach us by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// The address of a path (`/oauth2/token`) under the issuer.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Issuer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Issuer> for String {
    fn from(issuer: Issuer) -> Self {
        issuer.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8414 §2: https, without query and fragment.
    #[test]
    fn accepts_https_or_loopback() {
        let cases = [
            ("https://op.example", "op.example", "https://op.example", ""),
            ("https://op.example:8443/tenant/a", "op.example", "https://op.example:8443", "/tenant/a"),
            ("http://localhost:8080", "localhost", "http://localhost:8080", ""),
            ("http://127.0.0.1:1/x", "127.0.0.1", "http://127.0.0.1:1", "/x"),
            ("http://[::1]:8080", "[::1]", "http://[::1]:8080", ""),
        ];
        for (text, host, origin, path) in cases {
            let issuer = Issuer::parse(text).unwrap();
            assert_eq!((issuer.host(), issuer.origin(), issuer.path()), (host, origin, path));
            assert_eq!(issuer.as_str(), text);
            assert_eq!(issuer.is_https(), text.starts_with("https"));
        }
        let bad = [
            "http://op.example",
            "http://localhost.example",
            "ftp://op.example",
            "https://op.example?x",
            "op.example",
            "https://op.example/a#x",
            "https://op.example/a?x",
            "https://op.example?",
            "https://u@op.example",
            "https://",
            "urn:op",
            "",
        ];
        for bad in bad {
            assert!(Issuer::parse(bad).is_err(), "{bad}");
        }
    }

    /// RFC 8414 §3.1: no final slash, and only one way to write it.
    #[test]
    fn says_how_to_write_it() {
        let cases = [
            ("https://op.example/", "https://op.example"),
            ("https://op.example/a/", "https://op.example/a"),
            ("HTTPS://Op.Example", "https://op.example"),
            ("https://op.example:443", "https://op.example"),
            ("https://op.example/a/../b", "https://op.example/b"),
        ];
        for (text, instead) in cases {
            assert!(Issuer::parse(text).unwrap_err().ends_with(instead), "{text}");
        }
    }

    #[test]
    fn joins_paths_under_its_own() {
        let issuer = Issuer::parse("https://op.example/tenant").unwrap();
        assert_eq!(issuer.join("/oauth2/token"), "https://op.example/tenant/oauth2/token");
        let json = serde_json::to_string(&issuer).unwrap();
        assert_eq!(json, r#""https://op.example/tenant""#);
        assert_eq!(serde_json::from_str::<Issuer>(&json).unwrap(), issuer);
    }
}
