//! `Authorization: Basic`: what is read can be written and is read again; what is not ours to read is left alone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger::domain::clients::authentication::Credentials;
use claviger::error::ErrorCode;
use claviger::protocol::basic_auth;
use claviger::protocol::params::MAX_VALUE_BYTES;
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded::byte_serialize;

use super::world::assert_presentable;

pub fn run(data: &[u8]) -> bool {
    let Ok(header) = std::str::from_utf8(data) else { return false };
    let (id, secret) = match basic_auth::parse(header) {
        Ok(Some((id, secret))) => (id, secret.expose_secret().to_owned()),
        Ok(None) => {
            let scheme = header.split(' ').next().unwrap_or_default();
            assert!(!scheme.eq_ignore_ascii_case("basic"), "{header}");
            return false;
        }
        Err(error) => {
            assert_presentable(&error);
            assert_eq!(error.code, ErrorCode::InvalidClient);
            return false;
        }
    };
    assert!(!id.is_empty());
    for half in [&id, &secret] {
        assert!(half.len() <= MAX_VALUE_BYTES && !half.contains(char::is_control), "{half:?}");
    }
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let written = format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(&id), encoded(&secret))));
    let (id_again, secret_again) = basic_auth::parse(&written).unwrap().unwrap();
    assert_eq!((id_again.as_str(), secret_again.expose_secret()), (id.as_str(), secret.as_str()));

    // RFC 6749 §2.3: one method in a request, and one client.
    let choose = |in_body, secret_in_body| {
        Credentials::choose(Some((id.clone(), SecretString::from(secret.as_str()))), in_body, secret_in_body)
    };
    assert_eq!(choose(None, None).unwrap().client_id.as_str(), id);
    assert_eq!(choose(Some(&id), None).unwrap().client_id.as_str(), id);
    let another = format!("{id}x");
    assert!(choose(Some(&another), None).is_err());
    assert!(choose(None, Some("x")).is_err());
    true
}
