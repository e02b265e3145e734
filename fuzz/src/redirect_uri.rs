//! Redirect URIs: a line that is to be registered, a line that is sent, a line of `state`. What is registered is safe
//! to send a browser to; nothing else is ever sent to; and the answer arrives there unchanged.

use claviger::protocol::redirect_uri::{ApplicationType, RedirectUri, TrustedRedirect};
use claviger::protocol::response::ResponseMode;
use url::{Host, Url};

use super::world::{assert_plain_uri, lines};

pub fn run(data: &[u8]) -> bool {
    let [text, sent, state] = lines(data);
    let mut accepted = false;
    for kind in ApplicationType::ALL {
        let Ok(registered) = RedirectUri::register(&text, *kind) else { continue };
        accepted = true;
        assert_eq!(registered.as_str(), text);
        assert_safe(&text, *kind);
        assert!(registered.matches(&text));

        let check = |sent: &str| {
            let registered = std::slice::from_ref(&registered);
            TrustedRedirect::check(registered, Some(sent), ResponseMode::Query, Some(state.clone()))
        };
        assert_arrives(&check(&text).unwrap(), &text, &state);
        match check(&sent) {
            Err(_) => assert!(!registered.matches(&sent) && sent != text, "{sent}"),
            Ok(redirect) => {
                assert_same(&text, &sent, *kind);
                assert_safe(&sent, *kind);
                assert_arrives(&redirect, &sent, &state);
            }
        }
    }
    accepted
}

/// RFC 6749 §3.1.2, RFC 8252 §7: absolute, without fragment and without a user; https, or http on this machine, or a
/// private scheme of an app.
#[track_caller]
pub fn assert_safe(text: &str, kind: ApplicationType) {
    let url = assert_plain_uri(text);
    assert!(url.fragment().is_none() && !text.contains('#'), "{text}");
    assert!(url.username().is_empty() && url.password().is_none(), "{text}");
    match url.scheme() {
        "https" => assert!(url.has_host(), "{text}"),
        "http" => assert!(is_loopback(&url), "{text}"),
        scheme => assert!(kind == ApplicationType::Native && scheme.contains('.'), "{text}"),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// RFC 9700 §2.1, RFC 8252 §7.3: the same text; for an app on a device, but for the port of a loopback address.
#[track_caller]
pub fn assert_same(registered: &str, sent: &str, kind: ApplicationType) {
    if registered == sent {
        return;
    }
    assert_eq!(kind, ApplicationType::Native, "{registered} {sent}");
    let without_port = |text: &str| {
        let mut url = assert_plain_uri(text);
        assert!(url.scheme() == "http" && url.domain().is_none() && is_loopback(&url), "{text}");
        url.set_port(None).unwrap();
        url
    };
    assert_eq!(without_port(registered), without_port(sent));
}

/// RFC 6749 §4.1.2: what is added can be read at the other end, and what was there stays as it was.
#[track_caller]
pub fn assert_arrives(redirect: &TrustedRedirect, uri: &str, state: &str) {
    assert_eq!(redirect.uri(), uri);
    let location = redirect.location(&[("code", "c&=+% "), ("state", state)]);
    assert!(location.starts_with(uri), "{location}");
    let (before, after) = (assert_plain_uri(uri), assert_plain_uri(&location));
    assert_eq!(before.origin().ascii_serialization(), after.origin().ascii_serialization(), "{location}");
    assert_eq!(before.path(), after.path(), "{location}");
    let pairs = |url: &Url| url.query_pairs().into_owned().collect::<Vec<_>>();
    let mut expected = pairs(&before);
    expected.extend([("code".to_owned(), "c&=+% ".to_owned()), ("state".to_owned(), state.to_owned())]);
    assert_eq!(pairs(&after), expected, "{location}");
}
