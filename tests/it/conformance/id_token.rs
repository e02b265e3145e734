//! The ID token and its signature.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::protocol::client_metadata::ClientMetadata;
use jsonwebtoken::jwk::Jwk;

use super::*;

/// `at_hash` of an RS256 token: the left half of the SHA-256.
pub(super) fn half_hash(access_token: &str) -> String {
    let whole = digest::digest(&digest::SHA256, access_token.as_bytes());
    URL_SAFE_NO_PAD.encode(&whole.as_ref()[..16])
}

/// Every key has a `kid` of its own and nothing private, and parses; RS256 signs for a client that has registered nothing.
#[actix_web::test]
async fn oidcc_idtoken_signature() {
    let provider = Provider::start().await;
    let jwks = provider.app.get("/oauth2/jwks").await.ok();
    let keys = jwks["keys"].as_array().unwrap();
    let kids: BTreeSet<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert_eq!(kids.len(), keys.len());
    for key in keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert_eq!(key.get(private), None);
        }
        serde_json::from_value::<Jwk>(key.clone()).unwrap();
    }
    let flow = provider.flow(&[]).await;
    assert_eq!(header(flow.hint())["alg"], "RS256");
}

/// Skipped by the suite, as discovery does not list `none`: here, that nobody can register for it.
#[actix_web::test]
async fn oidcc_idtoken_unsigned() {
    let provider = Provider::start().await;
    let document = provider.app.get("/.well-known/openid-configuration").await.ok();
    assert!(!document["id_token_signing_alg_values_supported"].as_array().unwrap().contains(&json!("none")));
    let metadata = json!({"redirect_uris": [REDIRECT_URI], "id_token_signed_response_alg": "none"});
    assert!(ClientMetadata::parse(metadata.to_string().as_bytes()).is_err());
}
