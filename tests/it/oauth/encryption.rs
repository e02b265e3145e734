//! What is encrypted for clients: ID tokens, `UserInfo`, introspection.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Allowed, Answer, EncryptionKey, REACH_LOOPBACK, REDIRECT_URI, TestApp, TestClient, check_signature, claims, header,
    http, key_server, keys,
};

const ALGORITHMS: [&str; 5] = ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"];
const CONTENTS: [&str; 3] = ["A128CBC-HS256", "A256GCM", "A128GCM"];

/// A web app with these members besides.
async fn app_with(app: &TestApp, members: Value) -> TestClient {
    let mut all = json!({
        "redirect_uris": [REDIRECT_URI], "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access",
    });
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    app.client(all).await
}

fn with_keys(jwks: &[Value], what: &str, alg: &str, enc: &str) -> Value {
    json!({ "jwks": { "keys": jwks }, format!("{what}_alg"): alg, format!("{what}_enc"): enc })
}

async fn introspect(app: &TestApp, caller: &TestClient, token: &str, accept: &str) -> Answer {
    let authorization = caller.basic();
    let headers = [("authorization", authorization.as_str()), ("accept", accept)];
    app.post_with("/oauth2/introspect", &[("token", token)], &headers).await
}

/// OIDC Core §10.2, RFC 7519 §5.2, RFC 7519 §11.2: an ID token is signed, then encrypted to the client's key, by what it
/// registered; at a refresh, too.
#[actix_web::test]
async fn encrypts_id_tokens_to_the_key_of_the_client() {
    let app = TestApp::start().await;
    let person = app.person("ada").await;
    let (rsa, p256) = (EncryptionKey::rsa(), EncryptionKey::p256());
    let jwks = [rsa.jwk("rsa"), p256.jwk("p256")];
    for (number, alg) in ALGORITHMS.into_iter().enumerate() {
        for enc in CONTENTS {
            let mut members = with_keys(&jwks, "id_token_encrypted_response", alg, enc);
            members["client_id"] = json!(format!("app-{number}-{enc}"));
            let client = app_with(&app, members).await;
            let allowed = Allowed { scope: "openid offline_access", ..Allowed::default() };
            let tokens = app.tokens(&client, person, allowed).await;
            let (key, kid) = if alg.starts_with("RSA") { (&rsa, "rsa") } else { (&p256, "p256") };
            let encrypted = tokens["id_token"].as_str().unwrap();
            let told = header(encrypted);
            assert_eq!(
                (&told["alg"], &told["enc"], &told["kid"], &told["cty"]),
                (&alg.into(), &enc.into(), &kid.into(), &"JWT".into())
            );
            let signed = key.open(encrypted);
            check_signature(&app.get("/oauth2/jwks").await.ok(), &signed);
            assert_eq!((&claims(&signed)["sub"], &claims(&signed)["aud"]), (&json!(person), &json!(client.id)));
            let refreshed = app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.ok();
            assert_eq!(claims(&key.open(refreshed["id_token"].as_str().unwrap()))["sub"], json!(person));
        }
    }
}

/// OIDC Registration §2: without `enc` it is A128CBC-HS256.
#[actix_web::test]
async fn encrypts_with_the_default_of_the_specification() {
    let app = TestApp::start().await;
    let key = EncryptionKey::rsa();
    let members = json!({ "jwks": { "keys": [key.jwk("one")] }, "id_token_encrypted_response_alg": "RSA-OAEP" });
    let (client, person) = (app_with(&app, members).await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    assert_eq!(header(tokens["id_token"].as_str().unwrap())["enc"], "A128CBC-HS256");
}

/// OIDC Core §5.3.2: signed and encrypted; or encrypted only, then JSON is inside; whatever the client accepts.
#[actix_web::test]
async fn encrypts_what_userinfo_tells() {
    let app = TestApp::start().await;
    let person = app.person("ada").await;
    let key = EncryptionKey::p256();
    let mut members = with_keys(&[key.jwk("one")], "userinfo_encrypted_response", "ECDH-ES", "A256GCM");
    let allowed = || Allowed { scope: "openid email", ..Allowed::default() };
    let only = app_with(&app, members.clone()).await;
    let token = app.tokens(&only, person, allowed()).await["access_token"].as_str().unwrap().to_owned();
    let answer = app.userinfo(&token).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/jwt"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(header(&answer.body).get("cty"), None);
    let told: Value = serde_json::from_str(&key.open(&answer.body)).unwrap();
    assert_eq!(told, json!({ "sub": person, "email": "ada@example.com", "email_verified": true }));
    members["client_id"] = json!("both");
    members["userinfo_signed_response_alg"] = json!("RS256");
    let both = app_with(&app, members).await;
    let token = app.tokens(&both, person, allowed()).await["access_token"].as_str().unwrap().to_owned();
    let answer = app.userinfo(&token).await;
    assert_eq!((answer.header("content-type"), &header(&answer.body)["cty"]), ("application/jwt", &json!("JWT")));
    let signed = key.open(&answer.body);
    check_signature(&app.get("/oauth2/jwks").await.ok(), &signed);
    assert_eq!((&claims(&signed)["sub"], &claims(&signed)["aud"]), (&json!(person), &json!("both")));
}

/// RFC 9701 §5, RFC 9701 §6: signed, then encrypted; a caller that registered that gets nothing else, whatever it accepts.
#[actix_web::test]
async fn encrypts_what_introspection_tells() {
    let app = TestApp::start().await;
    let person = app.person("ada").await;
    let key = EncryptionKey::rsa();
    let members = with_keys(&[key.jwk("one")], "introspection_encrypted_response", "RSA-OAEP-256", "A128GCM");
    let client = app_with(&app, members).await;
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    for accept in ["application/token-introspection+jwt", "application/json"] {
        let answer = introspect(&app, &client, tokens["access_token"].as_str().unwrap(), accept).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/token-introspection+jwt"));
        let signed = key.open(&answer.body);
        check_signature(&app.get("/oauth2/jwks").await.ok(), &signed);
        assert_eq!(header(&signed)["typ"], "token-introspection+jwt");
        let told = claims(&signed);
        assert_eq!((&told["aud"], &told["token_introspection"]["active"]), (&json!(client.id), &json!(true)));
    }
}

/// RFC 7517 §4.2: the key for encryption, also where it is at `jwks_uri`; fetched again where none fits.
#[actix_web::test]
async fn fetches_the_key_that_a_client_publishes() {
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    let person = app.person("ada").await;
    let key = EncryptionKey::p256();
    let published = key.jwk("one");
    let mut signs = published.clone();
    signs["use"] = json!("sig");
    // At first there is only one that signs.
    let script = move |number| Some(keys(std::slice::from_ref(if number == 0 { &signs } else { &published })));
    let (port, asked) = key_server(Box::new(script)).await;
    let members = json!({
        "jwks_uri": format!("http://127.0.0.1:{port}/jwks"), "id_token_encrypted_response_alg": "ECDH-ES+A256KW",
    });
    let client = app_with(&app, members).await;
    let code = app.code(&client, person, Allowed::default()).await;
    let refused = app.redeem(&client, &code).await;
    assert!(refused.body.contains("ECDH-ES+A256KW"), "{}", refused.body);
    refused.refuses(400, "invalid_request");
    app.clock.advance(Duration::from_secs(30));
    let tokens = app.redeem(&client, &code).await.ok();
    assert_eq!(claims(&key.open(tokens["id_token"].as_str().unwrap()))["sub"], json!(person), "nothing was used up");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    app.tokens(&client, person, Allowed::default()).await;
    assert_eq!(asked.load(Ordering::SeqCst), 2, "and kept for a while");
}

/// Nothing is told that cannot be encrypted, and nothing is used up for it.
#[actix_web::test]
async fn tells_nothing_where_it_cannot_encrypt() {
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    let person = app.person("ada").await;
    let (port, _) = key_server(Box::new(|_| Some(http("500 Internal Server Error", "", "")))).await;
    let uri = format!("http://127.0.0.1:{port}/jwks");
    let client = app_with(&app, json!({ "jwks_uri": uri, "id_token_encrypted_response_alg": "RSA-OAEP" })).await;
    let code = app.code(&client, person, Allowed { scope: "openid offline_access", ..Allowed::default() }).await;
    for _ in 0..2 {
        let refused = app.redeem(&client, &code).await;
        assert!(refused.body.contains("jwks_uri") && !refused.body.contains("access_token"), "{}", refused.body);
        refused.refuses(400, "invalid_request");
    }
    // Without openid there is no ID token, and nothing to encrypt.
    let plain = app.tokens(&client, person, Allowed { scope: "profile", ..Allowed::default() }).await;
    assert!(plain.get("id_token").is_none());
    // A point beside the curve looks like a key.
    let mut jwk = EncryptionKey::p256().jwk("one");
    jwk["y"] = jwk["x"].clone();
    for what in ["id_token_encrypted_response", "userinfo_encrypted_response", "introspection_encrypted_response"] {
        let mut members = with_keys(std::slice::from_ref(&jwk), what, "ECDH-ES", "A256GCM");
        members["client_id"] = json!(what);
        let client = app_with(&app, members).await;
        let code = app.code(&client, person, Allowed::default()).await;
        let redeemed = app.redeem(&client, &code).await;
        if what == "id_token_encrypted_response" {
            redeemed.refuses(400, "invalid_request");
            app.redeem(&client, &code).await.refuses(400, "invalid_request");
            continue;
        }
        let tokens = redeemed.ok();
        let token = tokens["access_token"].as_str().unwrap();
        match what {
            "userinfo_encrypted_response" => app.userinfo(token).await.refuses(400, "invalid_request"),
            _ => introspect(&app, &client, token, "application/json").await.refuses(400, "invalid_request"),
        };
    }
}

/// OIDC Discovery §3, RFC 9701 §7: what everything can be encrypted with.
#[actix_web::test]
async fn tells_what_it_encrypts_with() {
    let app = TestApp::start().await;
    let document = app.get("/.well-known/openid-configuration").await.ok();
    for what in ["id_token", "userinfo", "introspection", "request_object"] {
        assert_eq!(document[format!("{what}_encryption_alg_values_supported")], json!(ALGORITHMS), "{what}");
        assert_eq!(document[format!("{what}_encryption_enc_values_supported")], json!(CONTENTS), "{what}");
    }
}
