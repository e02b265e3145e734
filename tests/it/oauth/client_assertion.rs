//! Clients that authenticate by an assertion (RFC 7521 §4.2, RFC 7523 §2.2, RFC 7523 §3, OIDC Core §9).

use serde_json::{Value, json};

use crate::support::{ASSERTION_TYPE, Answer, SigningKey, TestApp};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// A server that knows the robot's key.
async fn with_robot() -> (TestApp, SigningKey) {
    let (app, key) = (TestApp::start().await, SigningKey::p256());
    app.robot(&[key.jwk("one")]).await;
    (app, key)
}

/// What becomes of an assertion with one claim changed; null leaves it out.
async fn with_claim(app: &TestApp, key: &SigningKey, name: &str, value: Value) -> Answer {
    let mut claims = app.assertion_claims("robot");
    claims[name] = value;
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    app.token_by_assertion(&key.sign(&json!({ "alg": "ES256" }), &claims)).await
}

fn description(answer: &Answer) -> String {
    answer.json()["error_description"].as_str().unwrap().to_owned()
}

/// RFC 7523 §2.2, OIDC Core §9: `private_key_jwt`, with every kind of key.
#[actix_web::test]
async fn lets_a_client_in_by_its_key() {
    let app = TestApp::start().await;
    let keys = [SigningKey::rsa(), SigningKey::p256(), SigningKey::ed25519()];
    app.robot(&keys.iter().map(|key| key.jwk(key.algorithm())).collect::<Vec<_>>()).await;
    for key in &keys {
        let answer = app.token_by_assertion(&app.assertion("robot", key)).await;
        assert_eq!(answer.ok()["scope"], "read write", "{}", key.algorithm());
        let header = json!({ "alg": key.algorithm(), "kid": key.algorithm(), "typ": "JWT" });
        app.token_by_assertion(&key.sign(&header, &app.assertion_claims("robot"))).await.ok();
    }
    let header = json!({ "alg": "PS256", "typ": "client-authentication+jwt" });
    app.token_by_assertion(&keys[0].sign(&header, &app.assertion_claims("robot"))).await.ok();
}

/// OIDC Core §9: `client_secret_jwt`, with the secret as the key of HS256.
#[actix_web::test]
async fn lets_a_client_in_by_what_its_secret_signed() {
    let app = TestApp::start().await;
    let client = app
        .client(json!({
            "client_id": "robot", "grant_types": ["client_credentials"], "response_types": [],
            "token_endpoint_auth_method": "client_secret_jwt",
        }))
        .await;
    let key = SigningKey::Secret(client.secret.clone().into_bytes());
    app.token_by_assertion(&app.assertion("robot", &key)).await.ok();
    let other = SigningKey::Secret(b"another secret of thirty-two bytes".to_vec());
    app.token_by_assertion(&app.assertion("robot", &other)).await.refuses(401, "invalid_client");
    app.token(&client, &[GRANT]).await.refuses(401, "invalid_client");
    assert!(!app.everything().await.contains(&client.secret), "the secret is sealed");
}

/// RFC 7521 §4.2: at every endpoint where clients authenticate; RFC 7523 §3: the endpoint's own address will do as audience.
#[actix_web::test]
async fn lets_a_client_in_at_every_endpoint() {
    let (app, key) = with_robot().await;
    let token = app.token_by_assertion(&app.assertion("robot", &key)).await.ok();
    let token = token["access_token"].as_str().unwrap();
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        for audience in [json!(app.issuer), json!(app.url(path)), json!([app.url("/oauth2/token")])] {
            let mut claims = app.assertion_claims("robot");
            claims["aud"] = audience;
            let assertion = key.sign(&json!({ "alg": "ES256" }), &claims);
            let form = [("token", token), ASSERTION_TYPE, ("client_assertion", &assertion)];
            let answer = app.post(path, &form).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            app.post(path, &form).await.refuses(401, "invalid_client");
        }
    }
}

/// RFC 7523 §3: who made it, whom it is for, until when, and that it is the only one of its kind.
#[actix_web::test]
async fn says_what_to_change_about_an_assertion() {
    let (app, key) = with_robot().await;
    let now = app.cx.now().seconds();
    let (issuer, token) = (app.issuer.as_str(), app.url("/oauth2/token"));
    for (name, value) in [
        ("aud", json!(issuer)),
        ("aud", json!(token)),
        ("aud", json!([issuer])),
        ("exp", json!(now + 3600)),
        ("exp", json!(now - 59)),
        ("nbf", json!(now + 60)),
        ("iat", Value::Null),
        ("jti", json!("x".repeat(255))),
    ] {
        assert_eq!(with_claim(&app, &key, name, value.clone()).await.status, 200, "{name} {value}");
    }
    for (name, value, said) in [
        ("iss", json!("other"), "iss and sub must both"),
        ("iss", Value::Null, "iss and sub must both"),
        ("sub", Value::Null, "sub is the client_id"),
        ("aud", Value::Null, "aud must be"),
        ("aud", json!("https://other.example"), "aud must be"),
        ("aud", json!([issuer, token]), "aud must be"),
        ("aud", json!([issuer, issuer]), "aud must be"),
        ("aud", json!([]), "aud must be"),
        ("aud", json!(app.url("/oauth2/introspect")), "aud must be"),
        ("exp", Value::Null, "has no exp"),
        ("exp", json!(now - 60), "exp is past"),
        ("exp", json!(now + 3661), "exp is too far in the future: at most one hour."),
        ("exp", json!(i64::MAX), "exp is too far in the future: at most one hour."),
        ("exp", json!("tomorrow"), "not a signed JWT"),
        ("nbf", json!(now + 61), "nbf or iat lies in the future"),
        ("iat", json!(now + 61), "nbf or iat lies in the future"),
        ("jti", Value::Null, "needs a jti"),
        ("jti", json!(""), "needs a jti"),
        ("jti", json!("x".repeat(256)), "needs a jti"),
    ] {
        let answer = with_claim(&app, &key, name, value.clone()).await;
        answer.refuses(401, "invalid_client");
        assert!(description(&answer).contains(said), "{name} {value}: {}", answer.body);
    }
}

/// RFC 7521 §4.2, RFC 6749 §2.3: both parameters, the one type there is, one method, one client.
#[actix_web::test]
async fn refuses_a_request_that_contradicts_itself() {
    let (app, key) = with_robot().await;
    let other = app.machine().await;
    let assertion = app.assertion("robot", &key);
    let assertion = ("client_assertion", assertion.as_str());
    let saml = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer");
    let requests: [(&[_], u16, &str); 7] = [
        (&[GRANT, assertion], 400, "invalid_request"),
        (&[GRANT, ASSERTION_TYPE], 400, "invalid_request"),
        (&[GRANT, ASSERTION_TYPE, assertion, assertion], 400, "invalid_request"),
        (&[GRANT, ASSERTION_TYPE, assertion, ("client_secret", &other.secret)], 400, "invalid_request"),
        (&[GRANT, saml, assertion], 401, "invalid_client"),
        (&[GRANT, ASSERTION_TYPE, ("client_assertion", "nonsense")], 401, "invalid_client"),
        (&[GRANT, ASSERTION_TYPE, assertion, ("client_id", "machine")], 401, "invalid_client"),
    ];
    for (form, status, code) in requests {
        app.post("/oauth2/token", form).await.refuses(status, code);
    }
    let form = [GRANT, ASSERTION_TYPE, assertion];
    let answer = app.post_with("/oauth2/token", &form, &[("authorization", &other.basic())]).await;
    answer.refuses(400, "invalid_request");
    app.post("/oauth2/token", &[GRANT, ASSERTION_TYPE, assertion, ("client_id", "robot")]).await.ok();
}

/// OIDC Registration §2: the registered method, and `token_endpoint_auth_signing_alg` where there is one, are enforced.
#[actix_web::test]
async fn enforces_what_is_registered() {
    let app = TestApp::start().await;
    let key = SigningKey::rsa();
    let client = app
        .client(json!({
            "client_id": "robot", "grant_types": ["client_credentials"], "response_types": [],
            "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "PS256",
            "jwks": { "keys": [key.jwk("one")] },
        }))
        .await;
    app.token_by_assertion(&key.sign(&json!({ "alg": "PS256" }), &app.assertion_claims("robot"))).await.ok();
    app.token_by_assertion(&app.assertion("robot", &key)).await.refuses(401, "invalid_client");
    app.update_client(
        &client,
        json!({ "grant_types": ["client_credentials"], "response_types": [], "jwks": { "keys": [key.jwk("one")] } }),
    )
    .await;
    app.token_by_assertion(&app.assertion("robot", &key)).await.refuses(401, "invalid_client");
}

/// RFC 6749 §5.2: whatever is wrong with the client, the same words, and an event that knows more.
#[actix_web::test]
async fn does_not_tell_whether_a_client_exists() {
    let (app, key) = with_robot().await;
    app.machine().await;
    let unknown = app.token_by_assertion(&app.assertion("nobody", &key)).await;
    let answers = [
        app.token_by_assertion(&app.assertion("robot", &SigningKey::p256())).await,
        app.token_by_assertion(&app.assertion("robot", &SigningKey::Secret(vec![1; 32]))).await,
        app.token_by_assertion(&app.assertion("machine", &key)).await,
        app.token_by_assertion(&key.sign(&json!({ "alg": "ES256", "kid": "two" }), &app.assertion_claims("robot")))
            .await,
    ];
    for answer in &answers {
        answer.refuses(401, "invalid_client");
        assert_eq!(answer.body, unknown.body);
    }
    let reasons: Vec<_> = app.events("client_authentication").await.into_iter().map(|event| event.reason).collect();
    assert_eq!(reasons.len(), 5, "{reasons:?}");
    assert!(format!("{reasons:?}").contains("made the assertion's signature"), "{reasons:?}");
}

/// OIDC Discovery §3, RFC 8414 §2: the methods and algorithms are published.
#[actix_web::test]
async fn publishes_methods_and_algorithms() {
    let document = TestApp::start().await.get("/.well-known/openid-configuration").await.ok();
    for endpoint in ["token", "introspection", "revocation"] {
        let methods = document[format!("{endpoint}_endpoint_auth_methods_supported")].to_string();
        assert!(methods.contains("private_key_jwt") && methods.contains("client_secret_jwt"), "{methods}");
        let algorithms = &document[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")];
        assert_eq!(*algorithms, json!(["RS256", "PS256", "ES256", "EdDSA", "HS256"]));
    }
}
