//! What is encrypted to us, changed, made up or asked about; and clients that are to be told things without encryption.

use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::domain::events::Actor;
use claviger::domain::keys::keeper::Plan;
use claviger::protocol::algorithm::{KeyAlgorithm, SigningAlgorithm};
use serde_json::{Value, json};

use super::scene::*;
use crate::support::{
    Allowed, Answer, EncryptionKey, SigningKey, TestApp, TestClient, encrypt_to, encryption, header, with_object,
};

/// A server, the app that signs its objects, and one of them.
async fn scene() -> (TestApp, String) {
    let (app, key) = (TestApp::start().await, SigningKey::p256());
    client_with(&app, json!({ "jwks": { "keys": [key.jwk("one")] } })).await;
    let signed = app.object(&key, &json!({}));
    (app, signed)
}

/// What the attacker is told: all of it.
#[track_caller]
fn refusal(answer: &Answer) -> (u16, String, String) {
    let told = told(answer);
    assert!(!told.contains_key("code"), "{told:?}");
    (answer.status, told["error"].clone(), told["error_description"].clone())
}

/// The same JWE with one of its five parts replaced.
fn with_part(jwe: &str, number: usize, part: &str) -> String {
    let mut parts: Vec<_> = jwe.split('.').collect();
    parts[number] = part;
    parts.join(".")
}

fn flipped(jwe: &str, number: usize) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(jwe.split('.').nth(number).unwrap()).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    with_part(jwe, number, &URL_SAFE_NO_PAD.encode(bytes))
}

/// A key of the content, encrypted to the server: of whatever length.
fn content_key(jwk: &Value, key: &[u8]) -> String {
    let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let public: PublicEncryptingKey = RsaPublicKeyComponents { n: number("n"), e: number("e") }.try_into().unwrap();
    let public = OaepPublicEncryptingKey::new(public).unwrap();
    let mut encrypted = vec![0; public.ciphertext_size()];
    let length = public.encrypt(&OAEP_SHA1_MGF1SHA1, key, &mut encrypted, None).unwrap().len();
    URL_SAFE_NO_PAD.encode(&encrypted[..length])
}

/// RFC 7516 §11.5, RFC 8017 §7.1.2: whoever changes what was encrypted, or makes it up, learns nothing of what was wrong: every
/// answer is the same, whatever the algorithm.
#[actix_web::test]
async fn asks_the_server_what_is_wrong_with_a_ciphertext() {
    let (app, signed) = scene().await;
    let rsa = app.encryption_key("RSA-OAEP").await;
    let mut answers = Vec::new();
    for alg in ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"] {
        for enc in ["A128CBC-HS256", "A256GCM", "A128GCM"] {
            let good = app.encrypted(alg, enc, &signed).await;
            assert!(app.browser().open(&with_object(&good)).await.has("form#login"));
            let mut forged = vec![flipped(&good, 2), flipped(&good, 3), flipped(&good, 4), with_part(&good, 3, "")];
            if alg != "ECDH-ES" {
                let other = app.encrypted(alg, enc, &signed).await;
                let foreign = other.split('.').nth(1).unwrap();
                forged.extend([flipped(&good, 1), with_part(&good, 1, foreign), with_part(&good, 1, "AA")]);
                forged.push(with_part(&good, 1, &URL_SAFE_NO_PAD.encode([0xff; 256])));
            }
            if alg == "RSA-OAEP" {
                forged
                    .extend([0, 1, 16, 32, 48].map(|length| with_part(&good, 1, &content_key(&rsa, &vec![7; length]))));
            }
            for object in &forged {
                answers.push(refusal(&app.get(&with_object(object)).await));
            }
        }
    }
    // A key that nobody has, and the name of ours on what is for another.
    let mut stranger = EncryptionKey::p256().jwk("unheard of");
    answers.push(refusal(&app.get(&with_object(&to(&stranger, &signed))).await));
    stranger["kid"] = app.encryption_key("ECDH-ES").await["kid"].clone();
    answers.push(refusal(&app.get(&with_object(&to(&stranger, &signed))).await));
    // And a point beside the curve.
    let good = app.encrypted("ECDH-ES", "A256GCM", &signed).await;
    let mut told = header(&good);
    told["epk"]["y"] = told["epk"]["x"].clone();
    let invalid = with_part(&good, 0, &URL_SAFE_NO_PAD.encode(told.to_string()));
    answers.push(refusal(&app.get(&with_object(&invalid)).await));
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert_eq!(answers[0].1, "invalid_request_object");
}

fn to(jwk: &Value, plain: &str) -> String {
    encrypt_to(jwk, encryption("ECDH-ES", "A256GCM"), plain)
}

/// RFC 7516 §4.1.13, RFC 8725 §3.6, RFC 8725 §3.1: compression, extensions, no algorithm at all, shared secrets and passwords.
#[actix_web::test]
async fn plays_with_the_header_of_what_is_encrypted() {
    let (app, signed) = scene().await;
    let good = app.encrypted("RSA-OAEP", "A256GCM", &signed).await;
    let with = |changes: Value| {
        let mut header = header(&good);
        header.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        with_part(&good, 0, &URL_SAFE_NO_PAD.encode(header.to_string()))
    };
    for (changes, said) in [
        (json!({ "zip": "DEF" }), "zip"),
        (json!({ "crit": ["exp"] }), "crit"),
        (json!({ "alg": "RSA1_5" }), "alg"),
        (json!({ "alg": "dir" }), "alg"),
        (json!({ "alg": "none" }), "alg"),
        (json!({ "alg": "PBES2-HS256+A128KW", "p2c": 100_000_000, "p2s": "AA" }), "alg"),
        (json!({ "enc": "A128CBC-HS512" }), "enc"),
    ] {
        let (_, error, description) = refusal(&app.get(&with_object(&with(changes))).await);
        assert_eq!(error, "invalid_request_object");
        assert!(description.contains(said), "{said}: {description}");
    }
    let twice = format!(r#"{{"alg":"RSA-OAEP","enc":"A256GCM","kid":"a","kid":{}}}"#, header(&good)["kid"]);
    let twice = with_part(&good, 0, &URL_SAFE_NO_PAD.encode(twice));
    assert_eq!(refusal(&app.get(&with_object(&twice)).await).1, "invalid_request_object");
    let other = with(json!({ "alg": "RSA-OAEP-256" }));
    assert_eq!(refusal(&app.get(&with_object(&other)).await).1, "invalid_request_object");
}

/// OIDC Registration §2: an object without encryption, where the client registered it, would show everything to the browser,
/// and let whoever changes the request leave the encryption out.
#[actix_web::test]
async fn leaves_the_encryption_out() {
    let (app, key) = (TestApp::start().await, SigningKey::p256());
    let members = json!({ "jwks": { "keys": [key.jwk("one")] }, "request_object_encryption_alg": "RSA-OAEP-256" });
    client_with(&app, members).await;
    let signed = app.object(&key, &json!({}));
    let (_, error, description) = refusal(&app.get(&with_object(&signed)).await);
    assert_eq!(error, "invalid_request_object");
    assert!(description.contains("must be encrypted"), "{description}");
    let weaker = app.encrypted("RSA-OAEP", "A128CBC-HS256", &signed).await;
    assert_eq!(refusal(&app.get(&with_object(&weaker)).await).1, "invalid_request_object");
    let good = app.encrypted("RSA-OAEP-256", "A128CBC-HS256", &signed).await;
    assert!(app.browser().open(&with_object(&good)).await.has("form#login"));
}

/// RFC 7517 §4.2: a key to which apps encrypt signs nothing, and what signs opens nothing.
#[actix_web::test]
async fn uses_a_key_for_what_it_is_not_for() {
    let (app, signed) = scene().await;
    let jwks = app.get("/oauth2/jwks").await.ok();
    let signing = jwks["keys"].as_array().unwrap().iter().find(|key| key["alg"] == "ES256").unwrap().clone();
    let mut as_recipient = signing.clone();
    as_recipient["use"] = json!("enc");
    assert_eq!(refusal(&app.get(&with_object(&to(&as_recipient, &signed))).await).1, "invalid_request_object");
    let now = app.cx.now();
    let keys = app.cx.keys.current();
    for key in app.encryption_keys().await {
        assert!(keys.find(key["kid"].as_str().unwrap(), now).is_none(), "it checks no signature");
    }
    assert_eq!(keys.algorithms(now).collect::<Vec<_>>(), [SigningAlgorithm::RS256, SigningAlgorithm::ES256]);
    // Nor after a rotation.
    let plan = Plan {
        actor: Actor::Operator,
        now,
        publish_before: std::time::Duration::ZERO,
        longest_token_lifetime: std::time::Duration::ZERO,
    };
    app.cx.keeper.rotate(KeyAlgorithm::RsaOaep256, plan).await.unwrap();
    let rotated = app.cx.keeper.load().await.unwrap();
    assert_eq!(rotated.algorithms(now).collect::<Vec<_>>(), [SigningAlgorithm::RS256, SigningAlgorithm::ES256]);
}

/// RFC 7519 §11.2: an ID token that was encrypted for one client is of no use to another, nor as an access token.
#[actix_web::test]
async fn shows_an_encrypted_id_token_where_another_token_belongs() {
    let (app, key) = (TestApp::start().await, EncryptionKey::p256());
    let members = json!({ "client_id": "own", "jwks": { "keys": [key.jwk("one")] }, "id_token_encrypted_response_alg": "ECDH-ES" });
    let client: TestClient = client_with(&app, members).await;
    let tokens = app.tokens(&client, app.person("ada").await, Allowed::default()).await;
    let encrypted = tokens["id_token"].as_str().unwrap();
    app.userinfo(encrypted).await.refuses(401, "invalid_token");
    app.userinfo(&key.open(encrypted)).await.refuses(401, "invalid_token");
    let authorization = client.basic();
    let answer =
        app.post_with("/oauth2/introspect", &[("token", encrypted)], &[("authorization", &authorization)]).await;
    assert_eq!(answer.ok(), json!({ "active": false }));
}
