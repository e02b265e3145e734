//! PKCE: a challenge, its method and a verifier, a line each. A challenge is satisfied by what hashes to it, and by
//! nothing else.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::error::ErrorCode;
use claviger::protocol::pkce::{CodeChallenge, CodeVerifier};

use super::world::{assert_presentable, lines};

pub fn run(data: &[u8]) -> bool {
    let [challenge, method, verifier] = lines(data);
    let sent = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let parsed = CodeChallenge::parse(sent(&challenge).as_deref(), sent(&method).as_deref());
    let verifier = CodeVerifier::parse(&verifier).map(|parsed| (parsed, verifier));
    match &verifier {
        Ok((_, text)) => {
            let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            assert!((43..=128).contains(&text.len()) && text.bytes().all(unreserved), "{text}");
        }
        Err(error) => {
            assert_presentable(error);
            assert_eq!(error.code, ErrorCode::InvalidGrant);
        }
    }
    let parsed = match parsed {
        Ok(Some(parsed)) => parsed,
        Ok(None) => {
            assert!(challenge.is_empty() && method.is_empty());
            return false;
        }
        Err(error) => {
            assert_presentable(&error);
            assert_eq!(error.code, ErrorCode::InvalidRequest);
            return false;
        }
    };
    assert_eq!((parsed.as_str(), method.as_str(), challenge.len()), (challenge.as_str(), "S256", 43));
    let Ok((verifier, text)) = verifier else { return false };
    let own = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
    assert_eq!(parsed.verify(&verifier), own == challenge);
    assert!(CodeChallenge::s256(&own).unwrap().verify(&verifier));
    own == challenge
}
