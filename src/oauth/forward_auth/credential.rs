//! What a request carries to be let in by: an access token or an API key, and never two of them.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::bearer;
use crate::protocol::token_format::{self, TokenKind};

/// Where many scripts put a key.
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// What a request carries.
pub(super) enum Credential {
    /// What should be an access token.
    Token(Zeroizing<String>),
    /// What should be an API key.
    Key(Zeroizing<String>),
}

/// Whether a request carries anything that could be one, good or not.
pub(super) fn is_present(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key(API_KEY)
}

/// The one credential of a request. A scheme that is none of ours is no credential.
///
/// Whatever is wrong with it is `invalid_token` and so 401, also where RFC 6750 would have 400: proxies let their clients
/// know of a 401, and take anything but that and 403 for a fault of ours.
pub(super) fn presented(headers: &HeaderMap) -> Result<Option<Credential>> {
    let mut all = headers.get_all(header::AUTHORIZATION).chain(headers.get_all(API_KEY));
    let Some(value) = all.next() else { return Ok(None) };
    // RFC 6750 §2: of two, the proxy's backend could believe the other one.
    if all.next().is_some() {
        return Err(invalid("Send one credential: one Authorization header or one X-API-Key header."));
    }
    let text = readable(value)?;
    if !headers.contains_key(header::AUTHORIZATION) {
        return Ok(Some(Credential::Key(Zeroizing::new(text.to_owned()))));
    }
    let Some(token) = bearer::parse(text) else { return Ok(None) };
    let token = token.map_err(|error| OAuthError { code: ErrorCode::InvalidToken, ..error })?;
    let is_key = matches!(token_format::kind_of(token), Some(TokenKind::LiveApiKey | TokenKind::TestApiKey));
    let token = Zeroizing::new(token.to_owned());
    Ok(Some(if is_key { Credential::Key(token) } else { Credential::Token(token) }))
}

fn readable(value: &HeaderValue) -> Result<&str> {
    value.to_str().map_err(|_| invalid("The credential holds characters that none has."))
}

fn invalid(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidToken, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&'static str, &str)]) -> Result<Option<Credential>> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        presented(&map)
    }

    #[test]
    fn tells_tokens_from_keys() {
        assert!(matches!(read(&[]), Ok(None)));
        assert!(matches!(read(&[("authorization", "Basic YTpi")]), Ok(None)));
        for bearer in ["Bearer clv_at_x", "bearer eyJ.a.b", "Bearer clv_rt_x"] {
            assert!(matches!(read(&[("authorization", bearer)]), Ok(Some(Credential::Token(_)))), "{bearer}");
        }
        for bearer in ["Bearer clv_key_live_x", "Bearer clv_key_test_x"] {
            assert!(matches!(read(&[("authorization", bearer)]), Ok(Some(Credential::Key(_)))), "{bearer}");
        }
        assert!(matches!(read(&[("x-api-key", "eyJ.a.b")]), Ok(Some(Credential::Key(_)))));
    }

    /// RFC 6750 §2: a token must not be sent in more than one way.
    #[test]
    fn chooses_between_no_two() {
        let (bearer, key) = ("Bearer clv_at_x", "clv_key_live_x");
        for two in [
            [("authorization", bearer), ("x-api-key", key)],
            [("authorization", "Basic YTpi"), ("x-api-key", key)],
            [("authorization", bearer), ("authorization", bearer)],
            [("x-api-key", key), ("x-api-key", key)],
        ] {
            assert_eq!(read(&two).err().map(|error| error.code), Some(ErrorCode::InvalidToken), "{two:?}");
        }
    }

    #[test]
    fn calls_whatever_is_malformed_invalid() {
        for one in [("authorization", "Bearer"), ("authorization", "Bearer a b"), ("x-api-key", "é")] {
            assert_eq!(read(&[one]).err().map(|error| error.code), Some(ErrorCode::InvalidToken), "{one:?}");
        }
    }
}
