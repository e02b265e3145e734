//! The only way to send a browser back to a client: a value that nothing but the check against the registered URIs
//! can make. An error that redirects holds one, an error page does not, so an open redirect does not compile.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::RedirectUri;
use crate::protocol::response::ResponseMode;

/// Where, how and with which `state` the answer to an authorization request goes.
///
/// It can be serialized so that it travels inside the sealed request; deserialize it only from there, never from
/// anything that a browser could have written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustedRedirect {
    uri: String,
    sent: bool,
    mode: ResponseMode,
    state: Option<String>,
}

/// Why there is nowhere to redirect to. It is shown on a page and says nothing of what is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectFault {
    /// The request has no `redirect_uri` and needs one.
    Missing,
    /// The `redirect_uri` sent is not one of those registered.
    NotRegistered,
    /// The client has no redirect URI at all.
    NoneRegistered,
}

impl fmt::Display for RedirectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "The request does not say where to go afterwards: redirect_uri is missing.",
            Self::NotRegistered => {
                "The redirect_uri is not registered for this client. It has to be the same, character by character."
            }
            Self::NoneRegistered => "This client has no registered redirect URI, so nobody can sign in to it.",
        })
    }
}

impl TrustedRedirect {
    /// The one constructor: compares what was sent with what the client has registered.
    pub fn check(
        registered: &[RedirectUri],
        sent: Option<&str>,
        mode: ResponseMode,
        state: Option<String>,
    ) -> Result<Self, RedirectFault> {
        let uri = match (registered, sent) {
            // RFC 6749 §3.1.2.4: nothing to compare with, so never redirect.
            ([], _) => return Err(RedirectFault::NoneRegistered),
            // RFC 6749 §3.1.2.3: it may be left out only where exactly one full URI is registered.
            ([only], None) => only.as_str(),
            (_, None) => return Err(RedirectFault::Missing),
            (_, Some(sent)) if registered.iter().any(|uri| uri.matches(sent)) => sent,
            (_, Some(_)) => return Err(RedirectFault::NotRegistered),
        };
        Ok(Self { uri: uri.to_owned(), sent: sent.is_some(), mode, state })
    }

    /// OIDC Core §3.1.2.1: a request with the scope `openid` must send its `redirect_uri`, even if only one is known.
    pub fn require_sent(self) -> Result<Self, RedirectFault> {
        if self.sent { Ok(self) } else { Err(RedirectFault::Missing) }
    }

    /// The URI, as sent or, if none was sent, as registered.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Whether the request named the URI; then the token request has to name it again.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.sent
    }

    /// How the answer travels.
    #[must_use]
    pub fn mode(&self) -> ResponseMode {
        self.mode
    }

    /// The client's `state`, to be given back unchanged.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The URI with `params` in its fragment. No registered one has a fragment of its own.
    #[must_use]
    pub fn location_with_fragment(&self, params: &[(&str, &str)]) -> String {
        let fragment = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
        format!("{}#{fragment}", self.uri)
    }

    /// The URI with `params` added to its query. Pass everything that is to be there, `state` and `iss` included.
    #[must_use]
    pub fn location(&self, params: &[(&str, &str)]) -> String {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let mut location = self.uri.clone();
        for (name, value) in params {
            // RFC 6749 §3.1.2: a query that the URI already has is kept.
            let separator = match location.find('?') {
                None => "?",
                Some(mark) if mark + 1 == location.len() || location.ends_with('&') => "",
                Some(_) => "&",
            };
            location.extend([separator, &encode(name), "=", &encode(value)]);
        }
        location
    }
}

#[cfg(test)]
mod tests {
    use super::super::ApplicationType;
    use proptest::collection::vec;
    use proptest::proptest;

    use super::*;

    const ONE: &str = "https://app.example/cb";
    const OTHER: &str = "https://app.example/other";

    fn check(registered: &[&str], sent: Option<&str>) -> Result<TrustedRedirect, RedirectFault> {
        let registered: Vec<_> =
            registered.iter().map(|text| RedirectUri::register(text, ApplicationType::Native).unwrap()).collect();
        TrustedRedirect::check(&registered, sent, ResponseMode::Query, Some("s t".to_owned()))
    }

    /// RFC 6749 §3.1.2.3, RFC 6749 §3.1.2.4: only to a registered URI, which may be left out where there is one.
    #[test]
    fn redirects_only_where_the_client_is_registered() {
        let cases = [
            (&[ONE][..], Some(ONE), Ok(ONE)),
            (&[ONE], None, Ok(ONE)),
            (&[ONE, OTHER], Some(OTHER), Ok(OTHER)),
            (&["http://127.0.0.1/cb"], Some("http://127.0.0.1:5100/cb"), Ok("http://127.0.0.1:5100/cb")),
            (&[ONE, OTHER], None, Err(RedirectFault::Missing)),
            (&[ONE], Some("https://evil.example/cb"), Err(RedirectFault::NotRegistered)),
            (&[ONE], Some(""), Err(RedirectFault::NotRegistered)),
            (&[], Some(ONE), Err(RedirectFault::NoneRegistered)),
            (&[], None, Err(RedirectFault::NoneRegistered)),
        ];
        for (registered, sent, expected) in cases {
            let found = check(registered, sent);
            assert_eq!(found.as_ref().map(TrustedRedirect::uri), expected.as_ref().copied(), "{registered:?} {sent:?}");
        }
    }

    /// OIDC Core §3.1.2.1: `redirect_uri` is required with `openid`.
    #[test]
    fn needs_the_uri_in_an_openid_request() {
        let omitted = check(&[ONE], None).unwrap();
        assert!(!omitted.was_sent());
        assert_eq!(omitted.require_sent(), Err(RedirectFault::Missing));
        assert!(check(&[ONE], Some(ONE)).unwrap().require_sent().unwrap().was_sent());
    }

    /// RFC 6749 §3.1.2: the query of the URI is kept, parameters are added to it.
    #[test]
    fn adds_parameters_to_the_query() {
        let cases = [
            (ONE, "https://app.example/cb?code=a%26b&state=s+t"),
            ("https://app.example/cb?x=%20", "https://app.example/cb?x=%20&code=a%26b&state=s+t"),
            ("https://app.example/cb?", "https://app.example/cb?code=a%26b&state=s+t"),
            ("https://app.example/cb??", "https://app.example/cb??&code=a%26b&state=s+t"),
            ("https://app.example/cb?x&", "https://app.example/cb?x&code=a%26b&state=s+t"),
            ("https://app.example", "https://app.example?code=a%26b&state=s+t"),
            ("com.example.app:/cb", "com.example.app:/cb?code=a%26b&state=s+t"),
        ];
        for (uri, expected) in cases {
            assert_eq!(check(&[uri], None).unwrap().location(&[("code", "a&b"), ("state", "s t")]), expected);
        }
        assert_eq!(check(&[ONE], None).unwrap().location(&[]), ONE);
    }

    #[test]
    fn survives_the_sealed_request() {
        let redirect = check(&[ONE], Some(ONE)).unwrap();
        let json = serde_json::to_string(&redirect).unwrap();
        assert_eq!(serde_json::from_str::<TrustedRedirect>(&json).unwrap(), redirect);
        assert_eq!((redirect.mode(), redirect.state()), (ResponseMode::Query, Some("s t")));
    }

    proptest! {
        /// RFC 6749 §3.1.2, RFC 6749 §4.1.2: the app reads what we sent, after what its URI had already.
        #[test]
        fn is_read_by_the_app_as_it_was_meant(
            query in "(\\?([a-z]=[a-z&]{0,9})?)?",
            sent in vec(("[a-z]{1,9}", "\\PC{0,40}"), 0..5),
        ) {
            let uri = format!("{ONE}{query}");
            let redirect = check(&[&uri], Some(&uri)).unwrap();
            let pairs: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let location = redirect.location(&pairs);
            assert!(location.starts_with(&uri) && location.is_ascii());
            let read = |text: &str| url::Url::parse(text).unwrap().query_pairs().into_owned().collect::<Vec<_>>();
            assert_eq!(read(&location), [read(&uri), sent].concat());
        }
    }
}
