//! Forged, stolen and replayed request objects, requests that go around them, and addresses that lead where they should not.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::ids::ClientId;
use serde_json::{Value, json};

use super::scene::*;
use crate::support::{
    Answer, OBJECT_TYPE, REACH_LOOPBACK, Shelf, SigningKey, TestApp, TestClient, form_encode, unsigned, with_object,
};

/// An app that signs with one of these keys, and has to.
async fn signing_app(app: &TestApp, keys: &[Value], members: Value) -> TestClient {
    let mut all = json!({ "jwks": { "keys": keys }, "require_signed_request_object": true });
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    client_with(app, all).await
}

#[track_caller]
fn is_refused(answer: &Answer, error: &str) -> String {
    let told = told(answer);
    assert!(!told.contains_key("code"));
    assert_eq!(told["error"], error, "{}", told["error_description"]);
    told["error_description"].clone()
}

/// RFC 8725 §3.1, RFC 9101 §6.2: no algorithm, a public key as a shared secret, one key's algorithm with another kind of key.
#[actix_web::test]
async fn plays_with_the_algorithm_of_an_object() {
    let app = TestApp::start().await;
    let (rsa, p256) = (SigningKey::rsa(), SigningKey::p256());
    signing_app(&app, &[rsa.jwk("rsa"), p256.jwk("p256")], json!({})).await;
    let asked = app.asked(&json!({}));
    let public = SigningKey::Secret(rsa.jwk("rsa").to_string().into_bytes());
    let modulus = SigningKey::Secret(rsa.jwk("rsa")["n"].as_str().unwrap().as_bytes().to_vec());
    let good = app.object(&p256, &json!({}));
    let (signed, _) = good.rsplit_once('.').unwrap();
    let forged = [
        unsigned(&asked),
        p256.sign(&json!({ "alg": "none" }), &asked),
        p256.sign(&json!({ "alg": "None" }), &asked),
        p256.sign(&json!({ "alg": "" }), &asked),
        p256.sign(&json!({ "alg": "RS256" }), &asked),
        p256.sign(&json!({ "alg": "RS256", "kid": "p256" }), &asked),
        rsa.sign(&json!({ "alg": "ES256" }), &asked),
        rsa.sign(&json!({ "alg": "RS256", "kid": "p256" }), &asked),
        public.sign(&json!({ "alg": "HS256" }), &asked),
        public.sign(&json!({ "alg": "HS256", "kid": "rsa" }), &asked),
        modulus.sign(&json!({ "alg": "HS256" }), &asked),
        SigningKey::Secret(Vec::new()).sign(&json!({ "alg": "HS256" }), &asked),
        format!("{signed}."),
        format!("{signed}.AAAA"),
    ];
    for object in &forged {
        is_refused(&app.get(&with_object(object)).await, "invalid_request_object");
        is_refused(&app.get(&path(&[("request", object)])).await, "invalid_request_object");
    }
    assert!(app.browser().open(&with_object(&good)).await.has("form#login"));
}

/// OIDC Registration §2: the client is registered for ES256, and has an RSA key, too.
#[actix_web::test]
async fn signs_with_another_algorithm_than_the_registered_one() {
    let app = TestApp::start().await;
    let (rsa, p256) = (SigningKey::rsa(), SigningKey::p256());
    let members = json!({ "request_object_signing_alg": "ES256" });
    signing_app(&app, &[rsa.jwk("rsa"), p256.jwk("p256")], members).await;
    is_refused(&app.get(&with_object(&app.object(&rsa, &json!({})))).await, "invalid_request_object");
    assert!(app.browser().open(&with_object(&app.object(&p256, &json!({})))).await.has("form#login"));
}

/// RFC 9101 §6.2, RFC 8725 §3.10, RFC 7515 §4.1.11: another client's key, a key of the attacker's own in the header, an
/// extension that switches checks off.
#[actix_web::test]
async fn signs_an_object_with_another_key() {
    let app = TestApp::start().await;
    let (known, own) = (SigningKey::p256(), SigningKey::p256());
    signing_app(&app, &[known.jwk("one")], json!({})).await;
    signing_app(&app, &[own.jwk("one")], json!({ "client_id": "other" })).await;
    is_refused(&app.get(&with_object(&app.object(&own, &json!({})))).await, "invalid_request_object");
    let of_other = own.sign(
        &json!({ "alg": "ES256", "typ": OBJECT_TYPE }),
        &app.asked(&json!({ "iss": "other", "client_id": "other" })),
    );
    is_refused(&app.get(&with_object(&of_other)).await, "invalid_request_object");
    for (name, value) in [
        ("jwk", own.jwk("one")),
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/x5u")),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        ("crit", Value::Null),
    ] {
        for key in [&known, &own] {
            let mut header = json!({ "alg": "ES256", "kid": "one" });
            header[name] = value.clone();
            let object = key.sign(&header, &app.asked(&json!({})));
            is_refused(&app.get(&with_object(&object)).await, "invalid_request_object");
        }
    }
}

/// RFC 7519 §4.1.4, RFC 7519 §4.1.5, RFC 9101 §10.2: an object is good until its end, with a minute for the clocks.
#[actix_web::test]
async fn replays_an_object_after_its_end() {
    let app = TestApp::start().await;
    let key = SigningKey::p256();
    signing_app(&app, &[key.jwk("one")], json!({})).await;
    let object = app.object(&key, &json!({}));
    app.clock.advance(Duration::from_secs(119));
    assert!(app.browser().open(&with_object(&object)).await.has("form#login"));
    app.clock.advance(Duration::from_secs(1));
    let said = is_refused(&app.get(&with_object(&object)).await, "invalid_request_object");
    assert!(said.contains("exp is past"), "{said}");
}

/// RFC 9101 §10.8, RFC 8725 §3.11: what authenticates a client is no request, and a request authenticates nobody; nor is a
/// logout token or an ID token a request.
#[actix_web::test]
async fn passes_one_kind_of_token_off_as_another() {
    let app = TestApp::start().await;
    let key = SigningKey::p256();
    let members = json!({ "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["authorization_code", "client_credentials"] });
    signing_app(&app, &[key.jwk("one")], members).await;
    let mut assertion = app.asked(&json!({}));
    assertion.as_object_mut().unwrap().extend(app.assertion_claims("app").as_object().unwrap().clone());
    let assertion = key.sign(&json!({ "alg": "ES256" }), &assertion);
    let said = is_refused(&app.get(&with_object(&assertion)).await, "invalid_request_object");
    assert!(said.contains("sub must not be"), "{said}");
    app.token_by_assertion(&assertion).await.ok();
    for typ in ["client-authentication+jwt", "at+jwt", "logout+jwt", "dpop+jwt", ""] {
        let object = key.sign(&json!({ "alg": "ES256", "typ": typ }), &app.asked(&json!({})));
        is_refused(&app.get(&with_object(&object)).await, "invalid_request_object");
    }
    let jti = json!({ "jti": "one" });
    for object in [app.object(&key, &jti), key.sign(&json!({ "alg": "ES256" }), &app.asked(&jti))] {
        app.token_by_assertion(&object).await.refuses(401, "invalid_client");
    }
}

/// RFC 9101 §10.5, RFC 9101 §6.3: the attacker leaves the object away, or writes beside it what they would like.
#[actix_web::test]
async fn rewrites_what_stands_beside_an_object() {
    let app = TestApp::start().await;
    let key = SigningKey::p256();
    app.person("ada").await;
    let client = signing_app(&app, &[key.jwk("one")], json!({})).await;
    is_refused(&app.get(&path(&[])).await, "invalid_request");
    let object = app.object(&key, &json!({ "scope": "openid" }));
    let beside = [
        ("redirect_uri", "https://evil.example/cb"),
        ("scope", "openid email offline_access"),
        ("state", "evil"),
        ("code_challenge", "x"),
        ("response_mode", "form_post"),
        ("prompt", "none"),
    ];
    let browser = app.browser();
    let page = browser.open(&format!("{}&{}", with_object(&object), form_encode(&beside))).await;
    let page = allow(&browser, &sign_in(&browser, &page, "ada").await).await;
    assert_eq!(told(&page.answer)["state"], "inside");
    assert_eq!(app.redeem(&client, &code(&page)).await.ok()["scope"], "openid");
    // The object of one client, sent in the name of another.
    signing_app(&app, &[key.jwk("one")], json!({ "client_id": "other" })).await;
    let other = form_encode(&[("client_id", "other"), ("request", &object)]);
    is_refused(&app.get(&format!("/oauth2/authorize?{other}")).await, "invalid_request_object");
}

/// RFC 9101 §4, RFC 7519 §4: an object in an object, members twice, objects of objects without end.
#[actix_web::test]
async fn hides_one_request_in_another() {
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    let key = SigningKey::p256();
    let shelf = Shelf::start().await;
    signing_app(&app, &[key.jwk("one")], json!({ "request_uris": [shelf.at("/r")] })).await;
    let inner = app.object(&key, &json!({ "scope": "openid email" }));
    for nested in [
        json!({ "request": inner }),
        json!({ "request_uri": shelf.at("/r") }),
        json!({ "request": null, "request_uri": {} }),
    ] {
        let said = is_refused(&app.get(&with_object(&app.object(&key, &nested))).await, "invalid_request_object");
        assert!(said.contains("neither request nor request_uri"), "{said}");
    }
    assert!(shelf.asked().is_empty());
    let deep = (0..200).fold(json!({}), |inner, _| json!({ "x": inner }));
    for payload in
        [r#"{"client_id":"app","client_id":"app"}"#.to_owned(), json!({ "claims": deep }).to_string(), "[]".to_owned()]
    {
        let object = key.sign(&json!({ "alg": "ES256" }), &Value::Null);
        let parts: Vec<_> = object.split('.').collect();
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let object = format!("{}.{payload}.{}", parts[0], parts[2]);
        let said = is_refused(&app.get(&with_object(&object)).await, "invalid_request_object");
        assert!(said.contains("not a JWT"), "{said}");
    }
}

/// RFC 9101 §10.4.1, OIDC Core §6.2: addresses that the client has not registered, and what the server could reach alone.
#[actix_web::test]
async fn has_the_server_fetch_what_only_it_can_reach() {
    let inside = Shelf::start().await;
    let key = SigningKey::p256();
    let by = |uri: &str| path(&[("request_uri", uri)]);
    let registered = inside.at("/r#one");
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    client_with(&app, json!({ "request_uris": [registered] })).await;
    inside.serves(&app.object(&key, &json!({})));
    for uri in [
        inside.at("/r"),
        inside.at("/r#"),
        inside.at("/r#two"),
        inside.at("/R#one"),
        inside.at("/r?#one"),
        inside.at("/r/../r#one"),
        format!("http://127.0.0.1:{}@evil.example/r#one", inside.port),
        "file:///etc/passwd".to_owned(),
        "urn:ietf:params:oauth:request_uri:x".to_owned(),
        "data:application/jwt,a.b.c".to_owned(),
    ] {
        is_refused(&app.get(&by(&uri)).await, "invalid_request_uri");
    }
    assert!(inside.asked().is_empty(), "nothing was asked");
    // Registered, but not to be reached: nobody has allowed the host.
    let app = TestApp::start().await;
    let others = ["http://localhost", "http://[::1]", "http://127.1"].map(|host| format!("{host}:{}/r", inside.port));
    let all = [&others[..], &[inside.at("/r"), "https://169.254.169.254/latest".to_owned()]].concat();
    client_with(&app, json!({ "request_uris": all })).await;
    for uri in &all {
        is_refused(&app.get(&by(uri)).await, "invalid_request_uri");
    }
    assert!(inside.asked().is_empty(), "nothing inside was asked");
    let events = format!("{:?}", app.events("authorization_refused").await);
    assert_eq!(events.matches("has no public address").count(), all.len(), "{events}");
}

/// RFC 9101 §10.4.1: the server behind the address leads elsewhere, answers without end, or with what is no text.
#[actix_web::test]
async fn answers_badly_when_an_object_is_fetched() {
    let (inside, shelf) = (Shelf::start().await, Shelf::start().await);
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    client_with(&app, json!({ "request_uris": [shelf.at("/r")] })).await;
    let elsewhere = format!("location: {}\r\n", inside.at("/r"));
    let huge = "x".repeat(64 * 1024 + 1);
    for (status, headers, body, error, said) in [
        ("302 Found", elsewhere.as_str(), "", "invalid_request_uri", "answered 302"),
        ("404 Not Found", "", "", "invalid_request_uri", "answered 404"),
        ("200 OK", "", huge.as_str(), "invalid_request_uri", "longer than 65536 bytes"),
        ("200 OK", "content-type: text/html\r\n", "<html>", "invalid_request_object", "not a JWT"),
    ] {
        shelf.answers(status, headers, body);
        is_refused(&app.get(&path(&[("request_uri", &shelf.at("/r"))])).await, error);
        let events = format!("{:?}", app.events("authorization_refused").await);
        assert!(events.contains(said), "{said}: {events}");
    }
    assert!(inside.asked().is_empty(), "no redirect was followed");
}

/// RFC 6749 §4.1.2.1: for a client that is unknown or disabled nothing is fetched, and nobody is told.
#[actix_web::test]
async fn has_objects_fetched_for_a_client_that_is_not_there() {
    let shelf = Shelf::start().await;
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    let uri = shelf.at("/r");
    stays_here(&app.get(&path(&[("request_uri", &uri)])).await, "unknown");
    client_with(&app, json!({ "request_uris": [uri] })).await;
    disable(&app).await;
    stays_here(&app.get(&path(&[("request_uri", &uri)])).await, "disabled");
    assert!(shelf.asked().is_empty());
}

async fn disable(app: &TestApp) {
    let (id, now) = (ClientId("app".to_owned()), app.cx.now());
    let changed = id.clone();
    let write =
        app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&changed, Some(now)).await }));
    assert!(write.await.unwrap());
    app.cx.clients.forget(&id);
}
