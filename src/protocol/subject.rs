//! What a client calls a person: the kinds of `sub` (OIDC Core §8), and the sector within which a pairwise one is the same.

use serde_json::Value;
use url::{Host, Url};

use super::redirect_uri::RedirectUri;
use super::uri::{self, WebUri};
use super::wire::wire_names;

wire_names! {
    /// How `sub` is made for a client: OIDC Core §8.
    pub enum SubjectType {
        /// The same for every client.
        Public = "public",
        /// Another for each sector, so that clients cannot find out by it that they know the same person.
        Pairwise = "pairwise",
    }
}

/// OIDC Core §8.1: the host of the `sector_identifier_uri`, otherwise that of every redirect URI. `None` where these are at
/// several hosts, or at none of its own: loopback hosts and schemes of apps are those of many.
#[must_use]
pub fn sector(sector_identifier_uri: Option<&WebUri>, redirect_uris: &[RedirectUri]) -> Option<String> {
    if let Some(uri) = sector_identifier_uri {
        return uri::parse_absolute(uri.as_str()).ok().and_then(|url| host(&url));
    }
    let mut hosts = redirect_uris.iter().map(|uri| {
        let url = uri::parse_absolute(uri.as_str()).ok()?;
        if uri::is_http(&url) && !uri::is_loopback(&url) { host(&url) } else { None }
    });
    let first = hosts.next()??;
    hosts.all(|host| host.as_ref() == Some(&first)).then_some(first)
}

fn host(url: &Url) -> Option<String> {
    url.host().as_ref().map(Host::to_string)
}

/// OIDC Registration §5: what is found at a `sector_identifier_uri` is an array that holds every redirect URI of the client;
/// the error is a clause.
pub fn check_sector(document: &Value, redirect_uris: &[RedirectUri]) -> Result<(), String> {
    let listed = document.as_array().filter(|listed| listed.iter().all(Value::is_string));
    let Some(listed) = listed else {
        return Err("leads to something that is not a JSON array of redirect URIs".to_owned());
    };
    let is_listed = |uri: &&RedirectUri| listed.iter().any(|listed| listed == uri.as_str());
    match redirect_uris.iter().find(|uri| !is_listed(uri)) {
        Some(missing) => Err(format!("leads to a list that does not hold {}", missing.as_str())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::protocol::redirect_uri::ApplicationType;

    fn redirects(uris: &[&str]) -> Vec<RedirectUri> {
        uris.iter().map(|uri| RedirectUri::register(uri, ApplicationType::Native).unwrap()).collect()
    }

    /// OIDC Core §8.1: the host of the `sector_identifier_uri`, otherwise the one of all redirect URIs.
    #[test]
    fn knows_the_sector_of_a_client() {
        for (named, uris, expected) in [
            (None, &["https://app.example/cb"] as &[_], Some("app.example")),
            (None, &["https://app.example/cb", "https://APP.example:8443/other"], Some("app.example")),
            (None, &["https://app.example/cb", "https://www.app.example/cb"], None),
            (None, &["https://app.example/cb", "com.example.app:/cb"], None),
            (None, &["http://localhost:3000/cb"], None),
            (None, &["http://127.0.0.1/cb"], None),
            (None, &["com.example.app:/cb"], None),
            (None, &[], None),
            (
                Some("https://group.example/sector.json"),
                &["https://a.example/", "https://b.example/"],
                Some("group.example"),
            ),
            (Some("https://Group.example:8443/s"), &[], Some("group.example")),
        ] {
            let named = named.map(|uri| WebUri::parse(uri).unwrap());
            assert_eq!(sector(named.as_ref(), &redirects(uris)).as_deref(), expected, "{named:?} {uris:?}");
        }
    }

    /// OIDC Registration §5: every redirect URI stands in the array, letter for letter.
    #[test]
    fn holds_the_redirect_uris_against_the_list_of_the_sector() {
        let own = redirects(&["https://a.example/cb", "https://b.example/cb"]);
        let good = json!(["https://b.example/cb", "https://c.example/cb", "https://a.example/cb"]);
        assert_eq!(check_sector(&good, &own), Ok(()));
        for bad in [
            json!(["https://a.example/cb"]),
            json!(["https://a.example/cb", "https://b.example/cb/"]),
            json!(["https://a.example/cb", "https://b.example/cb", 7]),
            json!({ "redirect_uris": ["https://a.example/cb", "https://b.example/cb"] }),
            json!("https://a.example/cb https://b.example/cb"),
            json!([]),
        ] {
            assert!(check_sector(&bad, &own).is_err(), "{bad}");
        }
    }
}
