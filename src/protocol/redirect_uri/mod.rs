//! Redirect URIs: which may be registered, which match one that was sent, and, in [`TrustedRedirect`], the proof that
//! a match took place.

use std::fmt;

use serde::{Serialize, Serializer};

use super::uri;
use super::wire::wire_names;

mod trusted;

pub use trusted::{RedirectFault, TrustedRedirect};

wire_names! {
    /// What kind of program a client is; it decides which redirect URIs it may have.
    pub enum ApplicationType {
        /// Runs on a server or in a browser.
        Web = "web",
        /// Runs on a person's device.
        Native = "native",
    }
}

/// A registered redirect URI, kept exactly as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    text: Box<str>,
    application_type: ApplicationType,
}

impl RedirectUri {
    /// Checks a URI for registration; the error is a clause such as "has a fragment".
    pub fn register(text: &str, application_type: ApplicationType) -> Result<Self, String> {
        let url = uri::parse_absolute(text)?;
        // RFC 6749 §3.1.2: absolute and without a fragment, not even an empty one.
        if url.fragment().is_some() {
            return Err("has a fragment".to_owned());
        }
        if uri::has_userinfo(text) {
            return Err("names a user before the host".to_owned());
        }
        match (url.scheme(), application_type) {
            ("https", _) => {}
            // RFC 8252 §7.3: a native app may listen on loopback; for web apps the same serves development.
            ("http", _) if uri::is_loopback(&url) => {}
            ("http", _) => return Err("uses http, which is only for loopback hosts".to_owned()),
            // RFC 8252 §7.1: a private-use scheme is a domain name turned round. The dot that this brings also keeps
            // out javascript:, data:, file: and whatever else a browser gives a meaning.
            (scheme, ApplicationType::Native) if scheme.contains('.') => {}
            (scheme, ApplicationType::Native) => {
                return Err(format!(
                    "has the scheme {scheme}, which is not a domain name turned round (com.example.app)"
                ));
            }
            (scheme, ApplicationType::Web) => {
                return Err(format!("has the scheme {scheme}, where a web application needs https"));
            }
        }
        Ok(Self { text: text.into(), application_type })
    }

    /// Whether a sent redirect URI is this one.
    #[must_use]
    pub fn matches(&self, sent: &str) -> bool {
        // RFC 9700 §2.1: strings are compared exactly; a pattern or a normalization is a way in.
        *sent == *self.text || self.is_native() && matches_but_for_port(&self.text, sent)
    }

    /// The URI exactly as registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn is_native(&self) -> bool {
        self.application_type == ApplicationType::Native
    }
}

/// RFC 8252 §7.3: a native app gets its port from the system when it starts to listen, so that any port of a loopback
/// address matches. The rest is compared exactly, and as text. `localhost` is left out: another may answer to it.
fn matches_but_for_port(registered: &str, sent: &str) -> bool {
    ["http://127.0.0.1", "http://[::1]"].iter().any(|loopback| {
        let rest = after_port(registered, loopback);
        rest.is_some() && rest == after_port(sent, loopback)
    })
}

/// What follows the host and the port, if there is one.
fn after_port<'a>(uri: &'a str, host: &str) -> Option<&'a str> {
    let rest = uri.strip_prefix(host)?;
    let Some(ported) = rest.strip_prefix(':') else { return Some(rest) };
    let (port, rest) = ported.split_at(ported.find(|c: char| !c.is_ascii_digit()).unwrap_or(ported.len()));
    port.parse::<u16>().ok().map(|_| rest)
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for RedirectUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::ApplicationType::{Native, Web};
    use super::*;

    /// RFC 6749 §3.1.2, RFC 8252 §7.1, RFC 8252 §7.3
    #[test]
    fn registers_what_is_safe_to_redirect_to() {
        let good = [
            (Web, "https://app.example/cb"),
            (Web, "https://app.example/cb?tenant=a"),
            (Web, "http://localhost:3000/cb"),
            (Web, "http://127.0.0.1/cb"),
            (Native, "https://app.example/cb"),
            (Native, "http://127.0.0.1/cb"),
            (Native, "http://[::1]:4000/cb"),
            (Native, "http://localhost/cb"),
            (Native, "com.example.app:/cb"),
        ];
        for (application_type, text) in good {
            let registered = RedirectUri::register(text, application_type).unwrap();
            assert_eq!(registered.as_str(), text);
            assert!(registered.matches(text));
        }
        let bad = [
            "",
            "/cb",
            "app.example/cb",
            "https://app.example/cb#",
            "https://app.example/cb#x",
            "https://user@app.example/cb",
            "https://user:secret@app.example/cb",
            "https://app.example\\@evil.example/cb",
            "https://app.example/c b",
            "https://app.example/\u{7}",
            "https://*.example/\u{202e}",
            "https:app.example",
            "http://app.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://localhost@evil.example/cb",
            "javascript:alert(1)",
            "javascript://app.example/%0aalert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "myapp:/cb",
            "intent://x",
        ];
        for text in bad {
            for application_type in [Web, Native] {
                assert!(RedirectUri::register(text, application_type).is_err(), "{application_type} {text}");
            }
        }
        assert!(RedirectUri::register("com.example.app:/cb", Web).is_err());
    }

    /// RFC 9700 §2.1: no prefix, no pattern, no normalization.
    #[test]
    fn matches_the_exact_string_only() {
        let registered = RedirectUri::register("https://app.example/cb?a=b", Web).unwrap();
        let others = [
            "https://app.example/cb",
            "https://app.example/cb?a=b&c=d",
            "https://app.example/cb?a=b/",
            "https://app.example:443/cb?a=b",
            "https://APP.example/cb?a=b",
            "https://app.example/%63b?a=b",
            "https://app.example/x/../cb?a=b",
            "https://app.example/cb?a=b#x",
            "http://app.example/cb?a=b",
            " https://app.example/cb?a=b",
        ];
        for sent in others {
            assert!(!registered.matches(sent), "{sent}");
        }
    }

    /// RFC 8252 §7.3: any port of a loopback address, for native apps only, and nothing else differs.
    #[test]
    fn lets_a_native_app_choose_its_loopback_port() {
        let cases = [
            (Native, "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", true),
            (Native, "http://127.0.0.1:8080/cb", "http://127.0.0.1:9/cb", true),
            (Native, "http://127.0.0.1:8080/cb", "http://127.0.0.1/cb", true),
            (Native, "http://[::1]/cb?x=1", "http://[::1]:51004/cb?x=1", true),
            (Native, "http://127.0.0.1/cb", "http://127.0.0.1:51004/other", false),
            (Native, "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb?x", false),
            (Native, "http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", false),
            (Native, "http://127.0.0.1/cb", "http://127.0.0.1:/cb", false),
            (Native, "http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb", false),
            (Native, "http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb", false),
            (Native, "http://127.0.0.1/cb", "https://127.0.0.1:51004/cb", false),
            (Native, "http://127.0.0.1/cb", "http://[::1]:51004/cb", false),
            (Native, "http://localhost/cb", "http://localhost:51004/cb", false),
            (Native, "https://127.0.0.1/cb", "https://127.0.0.1:51004/cb", false),
            (Web, "http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", false),
        ];
        for (application_type, text, sent, expected) in cases {
            let registered = RedirectUri::register(text, application_type).unwrap();
            assert_eq!(registered.matches(sent), expected, "{application_type} {text} {sent}");
        }
    }
}
