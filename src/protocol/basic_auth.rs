//! `Authorization: Basic`, as clients authenticate with it. Whether id and secret are right is decided elsewhere.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::form;
use super::params::MAX_VALUE_BYTES;
use crate::error::{ErrorCode, OAuthError, Result};

/// The client id and secret of an `Authorization` header; `None` if it is of another scheme.
pub fn parse(header: &str) -> Result<Option<(String, SecretString)>> {
    let (scheme, credentials) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Ok(None);
    }
    let decoded = STANDARD.decode(credentials.trim_matches(' ')).map(Zeroizing::new);
    let decoded = decoded.map_err(|_| malformed("The Basic credentials are not base64."))?;
    let colon = decoded.iter().position(|byte| *byte == b':');
    let (id, secret) = colon
        .and_then(|colon| Some((decoded.get(..colon)?, decoded.get(colon + 1..)?)))
        .ok_or_else(|| malformed("The Basic credentials have no colon between client_id and client_secret."))?;
    // RFC 6749 §2.3.1: both halves are form-encoded first, so that a colon, a percent or a letter beyond ASCII survives.
    let encoded = |half| {
        form::decode(half, MAX_VALUE_BYTES)
            .map_err(|_| malformed("Form-encode client_id and client_secret each before joining them with a colon."))
    };
    let id = encoded(id)?;
    if id.is_empty() {
        return Err(malformed("The Basic credentials name no client."));
    }
    Ok(Some((id, SecretString::from(encoded(secret)?))))
}

fn malformed(text: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, text)
}

#[cfg(test)]
mod tests {
    use proptest::proptest;
    use secrecy::ExposeSecret;
    use url::form_urlencoded::byte_serialize;

    use super::*;

    /// RFC 6749 §2.3.1: form-encoded halves, joined by a colon, in base64.
    #[test]
    fn reads_client_credentials() {
        let cases = [
            // The example of the specification.
            ("Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW", "s6BhdRkqt3", "gX1fBat3bV"),
            ("bAsIc czZCaGRSa3F0MzpnWDFmQmF0M2JW", "s6BhdRkqt3", "gX1fBat3bV"),
            ("Basic  czZCaGRSa3F0MzpnWDFmQmF0M2JW", "s6BhdRkqt3", "gX1fBat3bV"),
        ];
        for (header, id, secret) in cases {
            let (found_id, found_secret) = parse(header).unwrap().unwrap();
            assert_eq!((found_id.as_str(), found_secret.expose_secret()), (id, secret), "{header}");
        }
        let encoded = [
            ("a%3Ab:c%2Bd+e%25", "a:b", "c+d e%"),
            ("https%3A%2F%2Fapp.example:%C3%A9", "https://app.example", "é"),
            ("id:with:colon", "id", "with:colon"),
            ("id:", "id", ""),
        ];
        for (plain, id, secret) in encoded {
            let (found_id, found_secret) = parse(&format!("Basic {}", STANDARD.encode(plain))).unwrap().unwrap();
            assert_eq!((found_id.as_str(), found_secret.expose_secret()), (id, secret), "{plain}");
        }
    }

    #[test]
    fn leaves_other_schemes_alone() {
        for header in ["Bearer abc", "Basics abc", "", "DPoP x"] {
            assert!(parse(header).unwrap().is_none(), "{header}");
        }
    }

    #[test]
    fn refuses_malformed_credentials() {
        for header in ["Basic", "Basic ", "Basic !!!", "Basic czZCaGRSa3F0Mw", "Basic a b"] {
            assert_eq!(parse(header).unwrap_err().code, ErrorCode::InvalidClient, "{header}");
        }
        for plain in ["nocolon", ":secret", "id:100%", "id:%00", "%FF:x"] {
            let error = parse(&format!("Basic {}", STANDARD.encode(plain))).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidClient, "{plain}");
        }
    }

    proptest! {
        /// RFC 6749 §2.3.1: any id and secret, once each is form-encoded.
        #[test]
        fn reads_back_whatever_credentials_are_encoded(id in "\\PC{1,40}", secret in "\\PC{0,40}") {
            let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let header = format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(&id), encoded(&secret))));
            let (found_id, found_secret) = parse(&header).unwrap().unwrap();
            assert_eq!((found_id, found_secret.expose_secret()), (id, secret.as_str()));
        }
    }
}
