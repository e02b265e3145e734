//! Forged, stolen and replayed assertions, and addresses of keys that lead where they should not.

use std::sync::atomic::Ordering;
use std::time::Duration;

use claviger::domain::jobs::{sweep_once, sweep_settings};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{SigningKey, TestApp, http, key_server, keys};

/// RFC 7523 §3: sixty-four send the same assertion at once. One is let in.
#[actix_web::test]
async fn sends_one_assertion_sixty_four_times_at_once() {
    let app =
        TestApp::start_with("server.workers = 4\ndatabase.max_connections = 16\nprotection.client_failures = 100\n")
            .await;
    let key = SigningKey::ed25519();
    app.robot(&[key.jwk("one")]).await;
    let assertion = app.assertion("robot", &key);
    let answers = join_all((0..64).map(|_| app.token_by_assertion(&assertion))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for loser in answers.iter().filter(|answer| answer.status != 200) {
        loser.refuses(401, "invalid_client");
        assert!(loser.body.contains("used before"), "{}", loser.body);
    }
}

/// RFC 7523 §3: an assertion is remembered until it is refused for its age, and forgotten then.
#[actix_web::test]
async fn waits_until_a_used_assertion_is_forgotten() {
    let app = TestApp::start().await;
    let key = SigningKey::ed25519();
    app.robot(&[key.jwk("one")]).await;
    let assertion = app.assertion("robot", &key);
    app.token_by_assertion(&assertion).await.ok();
    let swept = async || {
        let settings = sweep_settings(&app.cx.config);
        let removed = sweep_once(&app.cx.event_chain, settings, app.cx.now()).await.unwrap();
        removed.into_iter().find(|(table, _)| *table == "assertion_ids").unwrap().1
    };
    // Good for a minute, and a minute more by a clock that is late.
    app.clock.advance(Duration::from_secs(119));
    assert_eq!(swept().await, 0);
    let answer = app.token_by_assertion(&assertion).await;
    assert!(answer.body.contains("used before"), "{}", answer.body);
    app.clock.advance(Duration::from_secs(1));
    assert!(app.token_by_assertion(&assertion).await.body.contains("exp is past"));
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(swept().await, 1);
    assert!(app.token_by_assertion(&assertion).await.body.contains("exp is past"));
}

/// RFC 8725 §3.1: no algorithm, a public key as a shared secret, one key's algorithm with another kind of key.
#[actix_web::test]
async fn plays_with_the_algorithm() {
    let app = TestApp::start().await;
    let (rsa, p256) = (SigningKey::rsa(), SigningKey::p256());
    app.robot(&[rsa.jwk("rsa"), p256.jwk("p256")]).await;
    let claims = || app.assertion_claims("robot");
    let public = SigningKey::Secret(rsa.jwk("rsa").to_string().into_bytes());
    let modulus = SigningKey::Secret(rsa.jwk("rsa")["n"].as_str().unwrap().as_bytes().to_vec());
    let forged = [
        p256.sign(&json!({ "alg": "none" }), &claims()),
        p256.sign(&json!({ "alg": "None" }), &claims()),
        p256.sign(&json!({ "alg": "" }), &claims()),
        p256.sign(&json!({ "alg": "ES512" }), &claims()),
        p256.sign(&json!({ "alg": "RS256" }), &claims()),
        p256.sign(&json!({ "alg": "RS256", "kid": "p256" }), &claims()),
        rsa.sign(&json!({ "alg": "ES256" }), &claims()),
        rsa.sign(&json!({ "alg": "RS256", "kid": "p256" }), &claims()),
        public.sign(&json!({ "alg": "HS256" }), &claims()),
        public.sign(&json!({ "alg": "HS256", "kid": "rsa" }), &claims()),
        modulus.sign(&json!({ "alg": "HS256" }), &claims()),
        SigningKey::Secret(Vec::new()).sign(&json!({ "alg": "HS256" }), &claims()),
    ];
    for assertion in forged {
        app.token_by_assertion(&assertion).await.refuses(401, "invalid_client");
    }
    let good = app.assertion("robot", &p256);
    let unsigned = good.rsplit_once('.').unwrap().0;
    app.token_by_assertion(&format!("{unsigned}.")).await.refuses(401, "invalid_client");
    app.token_by_assertion(&good).await.ok();
}

/// RFC 8725 §3.10, RFC 7515 §4.1.11: a key of the attacker's own in the header, and an extension that switches checks off.
#[actix_web::test]
async fn brings_a_key_or_an_extension_along() {
    let app = TestApp::start().await;
    let (known, own) = (SigningKey::p256(), SigningKey::p256());
    app.robot(&[known.jwk("one")]).await;
    for (name, value) in [
        ("jwk", own.jwk("one")),
        ("jku", json!("https://evil.example/jwks")),
        ("x5u", json!("https://evil.example/x5u")),
        ("x5c", json!(["MIIB"])),
        ("crit", json!(["exp"])),
        ("crit", Value::Null),
        ("typ", json!("at+jwt")),
        ("typ", json!("")),
    ] {
        for key in [&known, &own] {
            let mut header = json!({ "alg": "ES256", "kid": "one" });
            header[name] = value.clone();
            let assertion = key.sign(&header, &app.assertion_claims("robot"));
            app.token_by_assertion(&assertion).await.refuses(401, "invalid_client");
        }
    }
}

/// RFC 7523 §3: one client signs for another; an assertion that was meant for another server.
#[actix_web::test]
async fn poses_as_another_client_or_passes_on_what_another_server_got() {
    let app = TestApp::start().await;
    let (robot, other) = (SigningKey::p256(), SigningKey::p256());
    app.robot(&[robot.jwk("one")]).await;
    app.client(json!({
        "client_id": "other", "grant_types": ["client_credentials"], "response_types": [],
        "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [other.jwk("one")] },
    }))
    .await;
    app.token_by_assertion(&app.assertion("robot", &other)).await.refuses(401, "invalid_client");
    for (name, value) in [("iss", "other"), ("sub", "other"), ("aud", "https://evil.example")] {
        let mut claims = app.assertion_claims("robot");
        claims[name] = json!(value);
        for key in [&robot, &other] {
            let assertion = key.sign(&json!({ "alg": "ES256" }), &claims);
            app.token_by_assertion(&assertion).await.refuses(401, "invalid_client");
        }
    }
}

async fn robot_at(app: &TestApp, uri: &str) {
    app.client(json!({
        "client_id": "robot", "grant_types": ["client_credentials"], "response_types": [],
        "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": uri,
    }))
    .await;
}

fn named(app: &TestApp, key: &SigningKey, kid: &str) -> String {
    key.sign(&json!({ "alg": key.algorithm(), "kid": kid }), &app.assertion_claims("robot"))
}

const ALLOWED: &str = "outbound.allowed_hosts = [\"127.0.0.1\", \"localhost\"]\n";

/// RFC 7523 §2.2: the keys at `jwks_uri` are fetched once for all who ask at once, and again for a new one.
#[actix_web::test]
async fn follows_a_client_that_changes_its_keys() {
    let app = TestApp::start_with(&format!("server.workers = 4\n{ALLOWED}")).await;
    let (old, new) = (SigningKey::p256(), SigningKey::p256());
    let answers = [keys(&[old.jwk("old")]), keys(&[old.jwk("old"), new.jwk("new")]), keys(&[new.jwk("new")])];
    let (port, asked) = key_server(Box::new(move |time| Some(answers[time.min(2)].clone()))).await;
    robot_at(&app, &format!("http://localhost:{port}/jwks")).await;
    let assertions: Vec<_> = (0..16).map(|_| named(&app, &old, "old")).collect();
    for answer in join_all(assertions.iter().map(|assertion| app.token_by_assertion(assertion))).await {
        answer.ok();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "one fetch for all");
    app.token_by_assertion(&named(&app, &new, "new")).await.refuses(401, "invalid_client");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "not fetched again so soon");
    app.clock.advance(Duration::from_secs(30));
    app.token_by_assertion(&named(&app, &new, "new")).await.ok();
    app.token_by_assertion(&named(&app, &old, "old")).await.ok();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    app.clock.advance(Duration::from_mins(10));
    app.token_by_assertion(&named(&app, &old, "old")).await.refuses(401, "invalid_client");
    app.token_by_assertion(&named(&app, &new, "new")).await.ok();
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

/// The attacker registers an address inside the network; a redirect there; an answer without end; no answer.
#[actix_web::test]
async fn points_the_server_at_what_only_it_can_reach() {
    let key = SigningKey::p256();
    let jwks = keys(&[key.jwk("one")]);
    let inner = jwks.clone();
    let (inner, asked) = key_server(Box::new(move |_| Some(inner.clone()))).await;
    // Not allowed: an address as such, in other spellings, and a name that resolves to one.
    for host in ["http://127.0.0.1", "http://localhost", "http://[::1]", "http://127.1", "https://[::ffff:127.0.0.1]"] {
        let app = TestApp::start().await;
        robot_at(&app, &format!("{host}:{inner}/jwks")).await;
        app.token_by_assertion(&named(&app, &key, "one")).await.refuses(401, "invalid_client");
        assert!(reason(&app).await.contains("has no public address"), "{host}: {}", reason(&app).await);
    }
    let app = TestApp::start().await;
    robot_at(&app, "https://169.254.169.254/latest/meta-data").await;
    app.token_by_assertion(&named(&app, &key, "one")).await.refuses(401, "invalid_client");
    assert!(reason(&app).await.contains("has no public address"));
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nothing inside was asked");

    let elsewhere = format!("location: http://localhost:{inner}/jwks\r\n");
    let huge = format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(64 * 1024));
    let bad = json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] }).to_string();
    for (answer, said) in [
        (http("302 Found", &elsewhere, ""), "answered 302"),
        (http("404 Not Found", "", ""), "answered 404"),
        (http("200 OK", "", &huge), "longer than 65536 bytes"),
        (http("200 OK", "", "no"), "not JSON"),
        (http("200 OK", "", &bad), "private or symmetric"),
    ] {
        let (port, times) = key_server(Box::new(move |_| Some(answer.clone()))).await;
        let app = TestApp::start_with(ALLOWED).await;
        robot_at(&app, &format!("http://127.0.0.1:{port}/jwks")).await;
        for _ in 0..3 {
            app.token_by_assertion(&named(&app, &key, "one")).await.refuses(401, "invalid_client");
        }
        assert!(reason(&app).await.contains(said), "{said}: {}", reason(&app).await);
        assert_eq!(times.load(Ordering::SeqCst), 1, "a failure is remembered");
        app.clock.advance(Duration::from_secs(10));
        app.token_by_assertion(&named(&app, &key, "one")).await.refuses(401, "invalid_client");
        assert_eq!(times.load(Ordering::SeqCst), 2, "but not for long");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0, "no redirect was followed");

    let (port, _) = key_server(Box::new(|_| None)).await;
    let app = TestApp::start_with(ALLOWED).await;
    robot_at(&app, &format!("http://127.0.0.1:{port}/jwks")).await;
    app.token_by_assertion(&named(&app, &key, "one")).await.refuses(401, "invalid_client");
    assert!(reason(&app).await.contains("cannot be fetched"));
}

/// Somebody between this server and the client's, with a certificate of their own; and the operator who vouches for it.
#[actix_web::test]
async fn answers_for_the_key_server_with_another_certificate() {
    let tls = "server.issuer = \"https://localhost\"\nserver.tls.certificate_file = \"tests/keys/tls-issued.crt.pem\"\n\
               server.tls.key_file = \"tests/keys/tls-issued.key.pem\"\n";
    let published = TestApp::start_with(tls).await;
    let port = url::Url::parse(&published.origin).unwrap().port().unwrap();
    let trusting = format!("{ALLOWED}outbound.ca_file = \"tests/keys/tls-ca.crt.pem\"\n");
    for (settings, said) in [(ALLOWED, "cannot be fetched"), (trusting.as_str(), "made the assertion's signature")] {
        let app = TestApp::start_with(settings).await;
        robot_at(&app, &format!("https://localhost:{port}/oauth2/jwks")).await;
        app.token_by_assertion(&app.assertion("robot", &SigningKey::p256())).await.refuses(401, "invalid_client");
        assert!(reason(&app).await.contains(said), "{said}: {}", reason(&app).await);
    }
}

/// What the failures left in the log.
async fn reason(app: &TestApp) -> String {
    format!("{:?}", app.events("client_authentication").await)
}
