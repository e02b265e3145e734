//! Requests that travel in encrypted objects (OIDC Core §6, RFC 9101 §6.1).

use std::time::Duration;

use claviger::domain::events::Actor;
use claviger::domain::keys::keeper::Plan;
use claviger::protocol::algorithm::KeyAlgorithm;
use serde_json::{Value, json};

use super::*;
use crate::support::{OBJECT_TYPE, REACH_LOOPBACK, Shelf, SigningKey, encrypt_to, encryption, unsigned, with_object};

/// The app has a key to sign with, and these members besides.
async fn scene(members: Value) -> (TestApp, SigningKey) {
    let (app, key) = (TestApp::start_with(REACH_LOOPBACK).await, SigningKey::p256());
    let mut all = json!({ "jwks": { "keys": [key.jwk("one")] } });
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    client_with(&app, all).await;
    (app, key)
}

/// The path of a request beside an object, as OIDC Core has it.
fn beside(object: &str) -> String {
    let query = [
        ("client_id", "app"),
        ("response_type", "code"),
        ("scope", "openid"),
        ("redirect_uri", REDIRECT_URI),
        ("code_challenge", crate::support::CHALLENGE),
        ("code_challenge_method", "S256"),
        ("request", object),
    ];
    format!("/oauth2/authorize?{}", form_encode(&query))
}

#[track_caller]
fn refused(app: &TestApp, answer: &Answer, said: &str) {
    assert_eq!(error(app, answer), "invalid_request_object", "{said}");
    let description = &told(app, answer)["error_description"];
    assert!(description.contains(said), "{said}: {description}");
}

/// RFC 9101 §6.1, OIDC Core §6.1, RFC 7516 §5.2: signed, then encrypted to a key of ours, in every way that is told; by
/// value and by reference.
#[actix_web::test]
async fn takes_a_request_that_is_signed_and_encrypted() {
    let shelf = Shelf::start().await;
    let (app, key) = scene(json!({ "request_uris": [shelf.at("/request")] })).await;
    let signed = app.object(&key, &json!({}));
    for alg in ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"] {
        for enc in ["A128CBC-HS256", "A256GCM", "A128GCM"] {
            let object = app.encrypted(alg, enc, &signed).await;
            assert!(app.browser().open(&with_object(&object)).await.has("form#login"), "{alg} {enc}");
        }
    }
    // The name of the key may be left out.
    let mut nameless = app.encryption_key("ECDH-ES").await;
    nameless.as_object_mut().unwrap().remove("kid");
    let object = encrypt_to(&nameless, encryption("ECDH-ES", "A256GCM"), &signed);
    assert!(app.browser().open(&with_object(&object)).await.has("form#login"));
    shelf.serves(&format!("{object}\n"));
    let query = form_encode(&[("client_id", "app"), ("request_uri", &shelf.at("/request"))]);
    assert!(app.browser().open(&format!("/oauth2/authorize?{query}")).await.has("form#login"));
}

/// OIDC Core §6.1: what is encrypted without being signed counts as unsigned: beside the rest, where `none` will do.
#[actix_web::test]
async fn judges_what_was_inside_as_if_it_had_come_plainly() {
    let (app, key) = scene(json!({})).await;
    let encrypted = async |plain: &str| app.encrypted("RSA-OAEP-256", "A256GCM", plain).await;
    let asked = app.asked(&json!({ "state": "inside" }));
    for plain in [unsigned(&asked), asked.to_string()] {
        let object = encrypted(&plain).await;
        assert!(app.browser().open(&beside(&object)).await.has("form#login"), "{plain}");
        refused(&app, &app.get(&with_object(&object)).await, "must be signed");
    }
    for (plain, said) in [
        (app.object(&SigningKey::p256(), &json!({})), "No key that is registered"),
        (app.object(&key, &json!({ "exp": 1 })), "exp is past"),
        (key.sign(&json!({ "alg": "ES256", "typ": "at+jwt" }), &app.asked(&json!({}))), "typ"),
        (encrypted(&app.object(&key, &json!({}))).await, "not a JWT"),
        ("nonsense".to_owned(), "not a JWT"),
        (String::new(), "not a JWT"),
    ] {
        refused(&app, &app.get(&beside(&encrypted(&plain).await)).await, said);
    }
    let (app, key) = scene(json!({ "require_signed_request_object": true })).await;
    let asked = app.asked(&json!({}));
    let object = app.encrypted("ECDH-ES", "A128GCM", &asked.to_string()).await;
    refused(&app, &app.get(&with_object(&object)).await, "must be signed");
    let signed = key.sign(&json!({ "alg": "ES256", "typ": OBJECT_TYPE }), &asked);
    let object = app.encrypted("ECDH-ES", "A128GCM", &signed).await;
    assert!(app.browser().open(&with_object(&object)).await.has("form#login"));
}

/// OIDC Registration §2: what the client registered is what its objects have to be.
#[actix_web::test]
async fn refuses_an_object_that_is_not_encrypted_as_it_was_registered() {
    let members = json!({ "request_object_encryption_alg": "ECDH-ES", "request_object_encryption_enc": "A256GCM" });
    let (app, key) = scene(members).await;
    let signed = app.object(&key, &json!({}));
    let good = app.encrypted("ECDH-ES", "A256GCM", &signed).await;
    assert!(app.browser().open(&with_object(&good)).await.has("form#login"));
    for (alg, enc) in [("ECDH-ES", "A128GCM"), ("ECDH-ES+A128KW", "A256GCM"), ("RSA-OAEP", "A256GCM")] {
        let object = app.encrypted(alg, enc, &signed).await;
        refused(&app, &app.get(&with_object(&object)).await, "request_object_encryption_alg");
    }
    for plain in [&signed, &unsigned(&app.asked(&json!({})))] {
        refused(&app, &app.get(&beside(plain)).await, "must be encrypted");
    }
}

/// OIDC Core §10.2.1: the next key takes over once everybody can have fetched it; the one before opens for as long again,
/// for those who have not, and then no more.
#[actix_web::test]
async fn opens_what_is_encrypted_to_the_key_before() {
    let (app, key) = scene(json!({})).await;
    let hour = Duration::from_hours(1);
    let old = app.encryption_key("ECDH-ES").await;
    let plan =
        Plan { actor: Actor::Operator, now: app.cx.now(), publish_before: hour, longest_token_lifetime: hour * 24 };
    app.cx.keeper.rotate(KeyAlgorithm::EcdhEs, plan).await.unwrap();
    app.cx.keys.replace(app.cx.keeper.load().await.unwrap());
    let published = async || app.encryption_keys().await.iter().filter(|key| key["kty"] == "EC").count();
    let opens = async |jwk: &Value| {
        let object = encrypt_to(jwk, encryption("ECDH-ES", "A256GCM"), &app.object(&key, &json!({})));
        let answer = app.get(&with_object(&object)).await;
        answer.header("location").contains("/login")
    };
    assert_eq!(published().await, 2);
    let new = app.encryption_keys().await.into_iter().find(|key| key["kty"] == "EC" && *key != old).unwrap();
    assert!(opens(&old).await && opens(&new).await);
    app.clock.advance(hour);
    assert_eq!((published().await, app.encryption_key("ECDH-ES").await), (1, new.clone()));
    assert!(opens(&old).await && opens(&new).await);
    app.clock.advance(hour + Duration::from_mins(1));
    assert!(!opens(&old).await && opens(&new).await);
}
