//! The other URIs: addresses that are shown to people, names of resources, issuers.

use claviger::protocol::issuer::Issuer;
use claviger::protocol::resource::ResourceUri;
use claviger::protocol::uri::{MAX_URI_BYTES, WebUri};

use super::world::{assert_plain_uri, assert_presentable};

pub fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    match ResourceUri::parse(text) {
        Ok(resource) => {
            assert_eq!(resource.as_str(), text);
            assert!(text.len() <= MAX_URI_BYTES && assert_plain_uri(text).fragment().is_none(), "{text}");
        }
        Err(error) => assert_presentable(&error),
    }
    if let Ok(issuer) = Issuer::parse(text) {
        let url = assert_plain_uri(text);
        assert!(url.query().is_none() && url.fragment().is_none() && url.username().is_empty(), "{text}");
        assert_eq!(issuer.is_https(), url.scheme() == "https");
        assert_eq!(format!("{}{}", issuer.origin(), issuer.path()), text);
        assert_eq!(assert_plain_uri(&issuer.join("/x")).path(), format!("{}/x", issuer.path()));
        assert_eq!(Issuer::parse(issuer.as_str()).unwrap(), issuer);
    }
    let Ok(web) = WebUri::parse(text) else { return false };
    assert_eq!(web.as_str(), text);
    let url = assert_plain_uri(text);
    assert!(matches!(url.scheme(), "https" | "http") && url.has_host(), "{text}");
    assert!(url.username().is_empty() && url.password().is_none(), "{text}");
    assert_eq!(web.is_https(), url.scheme() == "https", "{text}");
    true
}
