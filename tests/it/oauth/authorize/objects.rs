//! Requests that travel in an object, by value and by reference (OIDC Core §6, RFC 9101).

use serde_json::{Value, json};

use super::*;
use crate::support::{OBJECT_TYPE, REACH_LOOPBACK, Shelf, SigningKey, claims as claims_of, unsigned, with_object};

/// A server, ada, and the app with its key.
struct Scene {
    app: TestApp,
    client: TestClient,
    key: SigningKey,
}

impl Scene {
    /// The app has these members besides.
    async fn with(members: Value) -> Self {
        let (app, key) = (TestApp::start_with(REACH_LOOPBACK).await, SigningKey::p256());
        let mut all = json!({ "jwks": { "keys": [key.jwk("one")] } });
        all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        app.person("ada").await;
        let client = client_with(&app, all).await;
        Self { app, client, key }
    }

    /// An object that is signed, but not of the type of RFC 9101.
    fn untyped(&self, members: &Value) -> String {
        self.key.sign(&json!({ "alg": "ES256" }), members)
    }

    /// Where the app gets ada's code, and what for it.
    async fn go(&self, target: &str) -> (Page, Value) {
        let browser = self.app.browser();
        let mut page = sign_in(&browser, &browser.open(target).await, "ada").await;
        if page.has("form#consent") {
            page = allow(&browser, &page).await;
        }
        let tokens = self.app.redeem(&self.client, &code(&self.app, &page)).await.ok();
        (page, tokens)
    }

    /// What the app is told at once: the error, and whether the description says that.
    #[track_caller]
    fn refuses(&self, answer: &Answer, expected: &str, said: &str) {
        assert_eq!(error(&self.app, answer), expected, "{said}");
        let description = &told(&self.app, answer)["error_description"];
        assert!(description.contains(said), "{said}: {description}");
    }
}

/// OIDC Core §6, RFC 9101 §5, RFC 9101 §6.2, RFC 9101 §6.3: beside the object there is only `client_id`, and whatever else stands there
/// counts for nothing. All of the request survives the sign-in. Every kind of key will do that is registered.
#[actix_web::test]
async fn takes_a_signed_request() {
    let keys = [SigningKey::rsa(), SigningKey::p256(), SigningKey::ed25519()];
    let jwks: Vec<_> = keys.iter().map(|key| key.jwk(key.algorithm())).collect();
    let scene = Scene::with(json!({ "jwks": { "keys": jwks } })).await;
    let app = &scene.app;
    for key in &keys {
        for (alg, typ) in [
            (key.algorithm(), OBJECT_TYPE),
            (key.algorithm(), "OautH-auThZ-REQ+jWt"),
            (key.algorithm(), "application/oauth-authz-req+jwt"),
            (key.algorithm(), "JWT"),
            (if key.algorithm() == "RS256" { "PS256" } else { key.algorithm() }, OBJECT_TYPE),
        ] {
            let header = json!({ "alg": alg, "typ": typ, "kid": key.algorithm() });
            let object = key.sign(&header, &app.asked(&json!({ "aud": ["https://x.example", app.issuer] })));
            let page = app.browser().open(&with_object(&object)).await;
            assert!(page.has("form#login"), "{alg} {typ}: {} {}", page.url, page.answer.body);
        }
    }
    let object = app.object(&keys[0], &json!({ "nonce": "inside", "max_age": 300 }));
    let beside =
        [("state", "outside"), ("scope", "openid email"), ("nonce", "outside"), ("response_type", "token"), ("x", "y")];
    let target = format!("{}&{}", with_object(&object), form_encode(&beside));
    let (page, tokens) = scene.go(&target).await;
    assert_eq!(told(app, &page.answer)["state"], "inside");
    assert_eq!(tokens["scope"], "openid profile");
    assert_eq!(claims_of(tokens["id_token"].as_str().unwrap())["nonce"], "inside");
    let object = app.object(&keys[1], &json!({ "state": null, "prompt": "none" }));
    let answer = app.get(&format!("{}&state=outside", with_object(&object))).await;
    assert_eq!((error(app, &answer).as_str(), told(app, &answer).get("state")), ("login_required", None));
}

/// OIDC Core §6.1: what is in the object supersedes what stands beside it, and what it leaves open is taken from there. What
/// is JSON in it means the same. Posted, too.
#[actix_web::test]
async fn fills_a_request_up_with_what_stands_beside_its_object() {
    let scene = Scene::with(json!({})).await;
    let members = json!({
        "iss": "app", "aud": scene.app.issuer, "state": "inside", "max_age": 0,
        "claims": { "id_token": { "email": { "essential": true } } },
    });
    for object in [scene.untyped(&members), unsigned(&members)] {
        let changes = [("request", object.as_str()), ("state", "outside"), ("max_age", "x"), ("nonce", "outside")];
        let posted = scene.app.post("/oauth2/authorize", &parameters(&changes)).await;
        for target in [&path(&changes), posted.header("location")] {
            let (page, tokens) = scene.go(target).await;
            assert_eq!(told(&scene.app, &page.answer)["state"], "inside");
            let id_token = claims_of(tokens["id_token"].as_str().unwrap());
            assert_eq!((&id_token["nonce"], &id_token["email"]), (&json!("outside"), &json!("ada@example.com")));
        }
    }
}

/// OIDC Core §6.1: the answer goes where the object says, whatever stands beside it; a bad address in the object is a page.
#[actix_web::test]
async fn answers_at_the_address_in_the_object() {
    let scene = Scene::with(json!({})).await;
    let object = scene.untyped(&json!({ "redirect_uri": REDIRECT_URI, "prompt": "none" }));
    let outside = ("redirect_uri", "https://evil.example/cb");
    let answer = scene.app.get(&path(&[("request", &object), outside])).await;
    assert_eq!(error(&scene.app, &answer), "login_required");
    let object = scene.untyped(&json!({ "redirect_uri": "https://evil.example/cb" }));
    let answer = scene.app.get(&path(&[("request", &object)])).await;
    assert_eq!((answer.status, answer.header("location")), (400, ""));
    // With an object that is not good there is only what stands beside it.
    let answer = scene.app.get(&path(&[("request", "a.b.c"), outside])).await;
    assert_eq!((answer.status, answer.header("location")), (400, ""));
}

/// OIDC Core §6.1, RFC 9101 §4: what is wrong with the object is told in words.
#[actix_web::test]
async fn says_what_to_change_about_an_object() {
    let scene = Scene::with(json!({})).await;
    let now = scene.app.cx.now().seconds();
    for (changes, said) in [
        (json!({ "iss": "other" }), "iss must be"),
        (json!({ "aud": "https://other.example" }), "aud must be"),
        (json!({ "aud": [] }), "aud must be"),
        (json!({ "client_id": "other" }), "client_id in the request object"),
        (json!({ "client_id": null }), "must hold the client_id"),
        (json!({ "client_id": ["app"] }), "client_id in the request object"),
        (json!({ "sub": "app" }), "sub must not be"),
        (json!({ "exp": now - 60 }), "exp is past"),
        (json!({ "nbf": now + 61 }), "nbf or iat"),
        (json!({ "iat": now + 61 }), "nbf or iat"),
        (json!({ "exp": "soon" }), "not a JWT"),
        (json!({ "request": "a.b.c" }), "neither request nor request_uri"),
        (json!({ "request_uri": "" }), "neither request nor request_uri"),
    ] {
        let answer = scene.app.get(&with_object(&scene.app.object(&scene.key, &changes))).await;
        scene.refuses(&answer, "invalid_request_object", said);
    }
    for changes in
        [json!({ "exp": now - 59, "nbf": now + 60, "iat": null }), json!({ "iss": null, "aud": null, "exp": null })]
    {
        let object = scene.app.object(&scene.key, &changes);
        assert!(scene.app.browser().open(&with_object(&object)).await.has("form#login"), "{changes}");
    }
    let answer = scene.app.get(&with_object("a.b.c.d.e")).await;
    scene.refuses(&answer, "invalid_request_object", "encrypted");
    // What is asked for is judged as it is without an object, and told with the state in it.
    for (changes, expected) in [
        (json!({ "scope": "unheard-of" }), "invalid_scope"),
        (json!({ "response_type": "token" }), "unsupported_response_type"),
        (json!({ "code_challenge": null }), "invalid_request"),
        (json!({ "max_age": 1.5 }), "invalid_request"),
        (json!({ "nonce": "a\u{7}" }), "invalid_request"),
        (json!({ "registration": {} }), "registration_not_supported"),
    ] {
        let answer = scene.app.get(&with_object(&scene.app.object(&scene.key, &changes))).await;
        assert_eq!(error(&scene.app, &answer), expected, "{changes}");
        assert_eq!(told(&scene.app, &answer)["state"], "inside", "{changes}");
    }
}

/// RFC 9101 §7: where nobody can be told, because the address is in the object alone, a page says what is wrong with it.
#[actix_web::test]
async fn shows_what_is_wrong_with_an_object_that_alone_knows_the_address() {
    let scene = Scene::with(json!({ "redirect_uris": [REDIRECT_URI, "https://app.example/other"] })).await;
    let good = scene.app.object(&scene.key, &json!({}));
    assert!(scene.app.browser().open(&with_object(&good)).await.has("form#login"));
    let page = scene.app.browser().open(&with_object(&scene.app.object(&scene.key, &json!({ "exp": 1 })))).await;
    assert_eq!((page.answer.status, page.answer.header("location")), (400, ""));
    assert!(page.text("main").contains("exp is past"), "{}", page.text("main"));
}

/// OIDC Core §6.1, RFC 9101 §5: one object, in one place; beside it `response_type` as in it, and `openid`.
#[actix_web::test]
async fn refuses_a_request_that_contradicts_its_object() {
    let scene = Scene::with(json!({})).await;
    let object = scene.untyped(&json!({ "response_type": "token", "scope": "openid" }));
    let good = scene.untyped(&json!({}));
    let uri = ("request_uri", "https://app.example/request");
    for (changes, said) in [
        (vec![("request", good.as_str()), uri], "not both"),
        (vec![("request", &good), ("request", &good)], "more than once"),
        (vec![("request", &good), ("nonce", "a"), ("nonce", "b")], "more than once"),
        (vec![("request", &object)], "response_type beside"),
        (vec![("request", &good), ("scope", "profile")], "hold openid"),
        (vec![("request", &object), ("scope", "")], "hold openid"),
    ] {
        let answer = scene.app.get(&path(&changes)).await;
        scene.refuses(&answer, "invalid_request", said);
        assert_eq!(told(&scene.app, &answer)["state"], STATE);
    }
}

/// RFC 9101 §10.5, RFC 9101 §10.1: who has to sign gets no answer to what is not signed; OIDC Registration §2: nor to what is
/// signed otherwise than registered.
#[actix_web::test]
async fn holds_a_client_to_what_it_has_registered() {
    let scene = Scene::with(json!({ "require_signed_request_object": true })).await;
    let members = scene.app.asked(&json!({}));
    scene.refuses(&scene.app.get(&path(&[])).await, "invalid_request", "signed request object");
    let answer = scene.app.get(&path(&[("request", &unsigned(&members))])).await;
    scene.refuses(&answer, "invalid_request_object", "alg is none");
    // What stands beside it counts for nothing, although the object has no type.
    let object = scene.untyped(&scene.app.asked(&json!({ "code_challenge": null, "code_challenge_method": null })));
    scene.refuses(&scene.app.get(&path(&[("request", &object)])).await, "invalid_request", "code_challenge is missing");
    let (page, _) = scene.go(&path(&[("request", &scene.untyped(&members))])).await;
    assert_eq!(told(&scene.app, &page.answer)["state"], "inside");

    let scene = Scene::with(json!({ "request_object_signing_alg": "EdDSA" })).await;
    let members = scene.app.asked(&json!({}));
    for object in [scene.untyped(&members), unsigned(&members)] {
        let answer = scene.app.get(&path(&[("request", &object)])).await;
        scene.refuses(&answer, "invalid_request_object", "request_object_signing_alg");
    }
    let scene = Scene::with(json!({ "request_object_signing_alg": "none" })).await;
    let members = scene.app.asked(&json!({}));
    let answer = scene.app.get(&path(&[("request", &scene.untyped(&members))])).await;
    scene.refuses(&answer, "invalid_request_object", "request_object_signing_alg");
    scene.go(&path(&[("request", &unsigned(&json!({ "state": "inside" })))])).await;
    // Without a response_type beside it, or of the type of RFC 9101, an object counts alone, and then it is signed.
    scene.refuses(&scene.app.get(&with_object(&unsigned(&members))).await, "invalid_request_object", "alg is none");
}

/// OIDC Core §6.2: the object is fetched from the address that is registered, without the fragment, each time anew.
#[actix_web::test]
async fn fetches_the_object_of_a_request() {
    let shelf = Shelf::start().await;
    let uri = shelf.at("/requests/1?x=y#GkurKxf5T0Y-mnPFCHqWOMiZi4VS138cQO_V7PZHAdM");
    let scene = Scene::with(json!({ "request_uris": [uri] })).await;
    let by_reference = format!("/oauth2/authorize?{}", form_encode(&[("client_id", "app"), ("request_uri", &uri)]));
    for state in ["first", "second"] {
        shelf.serves(&format!("{}\n", scene.app.object(&scene.key, &json!({ "state": state }))));
        let (page, _) = scene.go(&by_reference).await;
        assert_eq!(told(&scene.app, &page.answer)["state"], state);
        assert_eq!(shelf.asked(), ["GET /requests/1?x=y HTTP/1.1"], "once, although a person signed in meanwhile");
    }
    shelf.answers("200 OK", "", &unsigned(&json!({ "nonce": "inside" })));
    let (_, tokens) = scene.go(&path(&[("request_uri", &uri)])).await;
    assert_eq!(claims_of(tokens["id_token"].as_str().unwrap())["nonce"], "inside");
    shelf.answers("500 Oops", "", "");
    let answer = scene.app.get(&path(&[("request_uri", &uri)])).await;
    scene.refuses(&answer, "invalid_request_uri", "cannot be fetched");
    shelf.serves("nonsense");
    let answer = scene.app.get(&path(&[("request_uri", &uri)])).await;
    scene.refuses(&answer, "invalid_request_object", "not a JWT");
    let events = format!("{:?}", scene.app.events("authorization_refused").await);
    assert!(events.contains("request_uri: answered 500"), "{events}");
}

/// OIDC Core §10.1: a client that publishes its keys signs with a new one as soon as it is there.
#[actix_web::test]
async fn follows_a_client_that_publishes_its_keys() {
    let keys = Shelf::start().await;
    let scene = Scene::with(json!({ "jwks": null, "jwks_uri": keys.at("/jwks") })).await;
    let new = SigningKey::p256();
    let object = |key: &SigningKey, kid: &str| {
        key.sign(&json!({ "alg": "ES256", "kid": kid, "typ": OBJECT_TYPE }), &scene.app.asked(&json!({})))
    };
    keys.answers("200 OK", "", &json!({ "keys": [scene.key.jwk("old")] }).to_string());
    assert!(scene.app.browser().open(&with_object(&object(&scene.key, "old"))).await.has("form#login"));
    keys.answers("200 OK", "", &json!({ "keys": [new.jwk("new")] }).to_string());
    scene.app.clock.advance(std::time::Duration::from_secs(31));
    assert!(scene.app.browser().open(&with_object(&object(&new, "new"))).await.has("form#login"));
    let answer = scene.app.get(&with_object(&object(&scene.key, "old"))).await;
    scene.refuses(&answer, "invalid_request_object", "made the request object's signature");
    keys.answers("500 Oops", "", "");
    scene.app.clock.advance(std::time::Duration::from_mins(10));
    let answer = scene.app.get(&with_object(&object(&new, "new"))).await;
    scene.refuses(&answer, "invalid_request_object", "jwks_uri cannot be had");
}

/// OIDC Discovery §3, RFC 9101 §4: what is taken is published, and what is not published is not taken.
#[actix_web::test]
async fn publishes_what_it_takes() {
    let document = TestApp::start().await.get("/.well-known/openid-configuration").await.ok();
    for flag in ["request_parameter_supported", "request_uri_parameter_supported", "require_request_uri_registration"] {
        assert_eq!(document[flag], true, "{flag}");
    }
    let algorithms = &document["request_object_signing_alg_values_supported"];
    assert_eq!(*algorithms, json!(["RS256", "PS256", "ES256", "EdDSA", "none"]));
}
