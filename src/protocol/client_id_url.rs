//! A `client_id` that is an address: the client describes itself in a document there
//! (draft-ietf-oauth-client-id-metadata-document, section 3).

use super::uri;

/// The longest one, in bytes: as of every `client_id`.
const MAX_BYTES: usize = 255;

/// The address of a client's metadata document, exactly as it was sent: two that differ in a character are two clients.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientIdUrl(Box<str>);

impl ClientIdUrl {
    /// Whether a `client_id` looks like one. No identifier that is made here does.
    #[must_use]
    pub fn is_meant_by(client_id: &str) -> bool {
        client_id.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
    }

    /// Reads one strictly; the error is a clause such as "has a fragment".
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err(format!("is longer than {MAX_BYTES} bytes"));
        }
        let url = uri::parse_absolute(text)?;
        if !text.starts_with("https://") {
            return Err("does not begin with https://".to_owned());
        }
        if uri::has_userinfo(text) {
            return Err("names a user before the host".to_owned());
        }
        if text.contains('#') {
            return Err("has a fragment".to_owned());
        }
        // The draft says that there should be none: it would make any number of clients of one document.
        if text.contains('?') {
            return Err("has a query".to_owned());
        }
        // What the parser has repaired is fetched otherwise than it is written: dots, a default port, capital letters.
        if url.path() == "/" {
            return Err("has no path".to_owned());
        }
        if url.as_str() != text {
            return Err(format!("is not in its plain form, {url}"));
        }
        Ok(Self(text.into()))
    }

    /// The address as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_of_documents_and_nothing_that_only_looks_like_one() {
        for good in [
            "https://app.example/client.json",
            "https://app.example:8443/oauth/client",
            "https://app.example/a/b/",
            "https://app.example/%7Euser/client",
            "https://192.0.2.1/client",
            "https://xn--bcher-kva.example/client",
        ] {
            assert_eq!(ClientIdUrl::parse(good).unwrap().as_str(), good);
        }
        let long = format!("https://app.example/{}", "x".repeat(MAX_BYTES));
        for bad in [
            "",
            "app",
            "http://app.example/client",
            "HTTPS://app.example/client",
            "https://app.example",
            "https://app.example/",
            "https://app.example/client#",
            "https://app.example/client#x",
            "https://app.example/client?",
            "https://app.example/client?a=b",
            "https://user@app.example/client",
            "https://user:password@app.example/client",
            "https://@app.example/client",
            "https://app.example/a/../client",
            "https://app.example/./client",
            "https://app.example/a/..",
            "https://app.example/a/%2e%2e/client",
            "https://app.example/%2E/client",
            "https://app.example:443/client",
            "https://APP.example/client",
            r"https://app.example\@evil.example/client",
            "https://0x7f.1/client",
            "https://2130706433/client",
            "https://127.1/client",
            "https:app.example/client",
            "https:///client",
            "https://bücher.example/client",
            &long,
        ] {
            assert!(ClientIdUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn knows_what_is_meant_as_one() {
        for (client_id, expected) in [
            ("https://app.example/client", true),
            ("HTTPS://app.example", true),
            ("https://", true),
            ("http://app.example/client", false),
            ("app", false),
            ("0f0c9d3e-7a1b-4c52-9d3e-000000000000", false),
            ("ééééé", false),
        ] {
            assert_eq!(ClientIdUrl::is_meant_by(client_id), expected, "{client_id}");
        }
    }
}
