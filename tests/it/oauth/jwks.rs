//! `/oauth2/jwks`.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use claviger::domain::events::Actor;
use claviger::domain::keys::keeper::Plan;
use claviger::protocol::algorithm::SigningAlgorithm;
use serde_json::Value;

use crate::support::{Allowed, TestApp, header};

fn kids(jwks: &Value) -> BTreeSet<String> {
    jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// RFC 7517 §4, §5: public members only, each with kid, use and alg; the kid is the thumbprint (RFC 7638 §3).
#[actix_web::test]
async fn publishes_the_public_halves_only() {
    let app = TestApp::start().await;
    let answer = app.get("/oauth2/jwks").await;
    assert_eq!(answer.header("cache-control"), "public, max-age=900");
    let jwks = answer.ok();
    assert_eq!(kids(&jwks).len(), 4);
    for key in jwks["keys"].as_array().unwrap() {
        let algorithms = if key["use"] == "sig" { ["RS256", "ES256"] } else { ["RSA-OAEP-256", "ECDH-ES"] };
        assert!(algorithms.contains(&key["alg"].as_str().unwrap()), "{key}");
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert_eq!(key.get(private), None);
        }
        let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(key.clone()).unwrap();
        assert_eq!(key["kid"], jwk.thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap());
    }
}

/// RFC 9110 §13.1.2: a cache that has this version is told so.
#[actix_web::test]
async fn spares_caches_what_they_have() {
    let app = TestApp::start().await;
    let etag = app.get("/oauth2/jwks").await.header("etag").to_owned();
    let again = app.get_with("/oauth2/jwks", &[("if-none-match", &etag)]).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(app.get_with("/oauth2/jwks", &[("if-none-match", "\"other\"")]).await.status, 200);
}

/// OIDC Core §10.1.1: a key is published before it signs, and stays until all it signed has expired.
#[actix_web::test]
async fn rotates_without_anybody_noticing() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let signed_with = async || {
        let tokens = app.tokens(&client, person, Allowed { scope: "openid", ..Allowed::default() }).await;
        header(tokens["id_token"].as_str().unwrap())["kid"].as_str().unwrap().to_owned()
    };
    let published = async || kids(&app.get("/oauth2/jwks").await.ok());
    let old = signed_with().await;
    let plan = Plan {
        actor: Actor::Operator,
        now: app.cx.now(),
        publish_before: Duration::from_hours(1),
        longest_token_lifetime: Duration::from_hours(1),
    };
    let new = app.cx.keeper.rotate(SigningAlgorithm::RS256, plan).await.unwrap().kid;
    app.cx.keys.replace(app.cx.keeper.load().await.unwrap());
    assert!(published().await.is_superset(&[old.clone(), new.clone()].into()), "published before it signs");
    assert_eq!(signed_with().await, old);
    app.clock.advance(Duration::from_hours(1));
    assert_eq!(signed_with().await, new);
    assert!(published().await.contains(&old), "what it signed is still good");
    app.clock.advance(Duration::from_hours(1) + Duration::from_mins(1));
    assert!(!published().await.contains(&old));
    assert!(published().await.contains(&new));
}

/// A copy of the database signs nothing: without the encryption key no private key opens.
#[actix_web::test]
async fn keeps_private_keys_sealed() {
    let app = TestApp::start().await;
    for stored in app.cx.store.signing_keys().await.unwrap() {
        let pkcs8 = app.cx.keeper.open(&stored).unwrap().to_pem().unwrap();
        let line = pkcs8.lines().nth(1).unwrap().to_owned();
        let der = base64::engine::general_purpose::STANDARD.decode(&line[..60]).unwrap();
        assert!(!stored.sealed_private_key.windows(der.len()).any(|window| window == der));
    }
}
