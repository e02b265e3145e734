//! The address of another provider, or of one of its endpoints.

use std::fmt;

use url::Url;

use super::uri;

/// An address at another provider, exactly as written: https, or http on this very machine for trying things out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderUrl(String);

impl ProviderUrl {
    /// Reads an address; the error says what is wrong with it, as a clause.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = uri::parse_absolute(text)?;
        if !Self::is_fit(&url) {
            return Err("does not use https".to_owned());
        }
        if url.fragment().is_some() || uri::has_userinfo(text) {
            return Err("has a fragment, or names a user before the host".to_owned());
        }
        Ok(Self(text.to_owned()))
    }

    /// OIDC Core §3.1.2.1: what is sent there is nobody else's business.
    #[must_use]
    pub fn is_fit(url: &Url) -> bool {
        url.scheme() == "https" || url.scheme() == "http" && uri::is_loopback(url)
    }

    /// The address exactly as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OIDC Core §3.1.2.1
    #[test]
    fn takes_addresses_at_which_nobody_listens_in() {
        for text in
            ["https://accounts.google.com", "https://id.example/tenant/", "http://127.0.0.1:9", "http://localhost"]
        {
            assert!(ProviderUrl::parse(text).is_ok(), "{text}");
        }
        for text in
            ["http://id.example", "id.example", "https://a@id.example", "https://id.example/#x", "ftp://id.example", ""]
        {
            assert!(ProviderUrl::parse(text).is_err(), "{text}");
        }
    }
}
