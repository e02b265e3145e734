//! What all kinds of URI have in common: the alphabet of RFC 3986, a bound, and which hosts are loopback.
//!
//! The text of a URI is always kept exactly as written, because URIs here are compared as strings. The `url` crate
//! only answers questions about it, and what it would silently repair is refused first.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The longest URI, in bytes.
pub const MAX_URI_BYTES: usize = 2048;

/// Reads an absolute URI strictly. The error says what is wrong with it, as a clause: "has a …".
pub(super) fn parse_absolute(text: &str) -> Result<Url, String> {
    if text.len() > MAX_URI_BYTES {
        return Err(format!("is longer than {MAX_URI_BYTES} bytes"));
    }
    // RFC 3986 §2: these characters and no others; a browser would read a backslash as a slash.
    if let Some(stranger) = text.chars().find(|c| !c.is_ascii_alphanumeric() && !"-._~:/?#[]@!$&'()*+,;=%".contains(*c))
    {
        return Err(format!("holds {stranger:?}, which has to be percent-encoded in a URI"));
    }
    let mut escapes = text.split('%').skip(1);
    if !escapes.all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2) {
        return Err("has a percent sign without two hexadecimal digits after it".to_owned());
    }
    let url = Url::parse(text).map_err(|problem| format!("is not an absolute URI ({problem})"))?;
    if is_http(&url) && !has_authority(text, url.scheme()) {
        return Err(format!("has no host: it must begin with {}://", url.scheme()));
    }
    Ok(url)
}

/// Whether the scheme is `https` or `http`.
pub(super) fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http")
}

/// Whether the host is this very machine: `localhost`, `127.0.0.0/8` or `::1`.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether the authority names a user (`https://user@host/`), which only ever serves to deceive people.
pub(super) fn has_userinfo(text: &str) -> bool {
    let authority = text.split_once("://").map_or("", |(_, rest)| rest);
    authority.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

fn has_authority(text: &str, scheme: &str) -> bool {
    let rest = text.get(scheme.len()..).and_then(|rest| rest.strip_prefix("://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

/// The address of a page or picture that is shown to people: `https` or `http`, never `javascript:` and the like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct WebUri(Box<str>);

impl WebUri {
    /// Reads a web address; the error is a clause such as "is not an absolute URI".
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = parse_absolute(text)?;
        if !is_http(&url) {
            return Err(format!("has the scheme {}, where https or http is needed", url.scheme()));
        }
        if has_userinfo(text) {
            return Err("names a user before the host".to_owned());
        }
        Ok(Self(text.into()))
    }

    /// Reads where a client answers programs, or publishes its keys: https, or http on a loopback host for tests.
    pub fn of_program(text: &str) -> Result<Self, String> {
        let uri = Self::parse(text)?;
        if uri.is_https() || is_loopback(&parse_absolute(text)?) {
            Ok(uri)
        } else {
            Err("does not use https".to_owned())
        }
    }

    /// Whether this is an address of the same scheme, host and port.
    #[must_use]
    pub fn shares_origin(&self, uri: &str) -> bool {
        let origin = |text: &str| parse_absolute(text).ok().filter(is_http).map(|url| url.origin());
        origin(&self.0).is_some_and(|own| origin(uri) == Some(own))
    }

    /// Whether it is reached by https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
    }

    /// The address exactly as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for WebUri {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3986 §2: only the characters of a URI, and nothing that a lenient parser would repair.
    #[test]
    fn reads_absolute_uris_strictly() {
        for good in ["https://a.example", "https://a.example:8443/x?y=%20#z", "urn:example:api", "com.example.app:/cb"]
        {
            assert!(parse_absolute(good).is_ok(), "{good}");
        }
        let long = format!("https://a.example/{}", "x".repeat(MAX_URI_BYTES));
        let bad = [
            "",
            "/callback",
            "a.example/cb",
            "https:a.example",
            "https:/a.example",
            "https:///a.example",
            "https://",
            "https://a.example\\@b.example",
            "https://a.example/ x",
            "https://a.example/\n",
            "https://a.example/é",
            "https://a.example/%4",
            "https://a.example/%zz",
            "https://a.example/\"",
            "https://a b.example/",
            &long,
        ];
        for bad in bad {
            assert!(parse_absolute(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn knows_loopback_hosts() {
        let loopback = |text| is_loopback(&Url::parse(text).unwrap());
        for own in ["http://localhost/", "http://127.0.0.1:8080/", "http://127.1.2.3/", "http://[::1]/"] {
            assert!(loopback(own), "{own}");
        }
        for other in ["http://localhost.example/", "http://a.localhost/", "http://10.0.0.1/", "http://[::2]/"] {
            assert!(!loopback(other), "{other}");
        }
    }

    #[test]
    fn shows_people_web_addresses_only() {
        assert_eq!(WebUri::parse("https://app.example/terms").unwrap().as_str(), "https://app.example/terms");
        for bad in ["javascript:alert(1)", "data:text/html,x", "https://bank.example@evil.example/", "file:///etc"] {
            assert!(WebUri::parse(bad).is_err(), "{bad}");
        }
    }
}
