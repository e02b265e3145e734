//! `UserInfo` and introspection as JWTs that we sign.

use serde_json::json;

use crate::support::{
    Allowed, Answer, CHALLENGE, REDIRECT_URI, TestApp, TestClient, check_signature, claims, form_encode, header,
};

/// As libraries send it.
const ASKS_FOR_JWT: &str = "application/json;q=0.5, Application/Token-Introspection+JWT";

async fn app_that_wants(algorithm: &str) -> (TestApp, TestClient) {
    let app = TestApp::start().await;
    let metadata = json!({ "redirect_uris": [REDIRECT_URI], "userinfo_signed_response_alg": algorithm });
    let client = app.client(metadata).await;
    (app, client)
}

async fn introspect(app: &TestApp, caller: &TestClient, token: &str, accept: &str) -> Answer {
    let authorization = caller.basic();
    let headers = [("authorization", authorization.as_str()), ("accept", accept)];
    app.post_with("/oauth2/introspect", &[("token", token)], &headers).await
}

/// OIDC Core §5.3.2: a JWT with `iss` and `aud` beside the claims, of the type `application/jwt`, by the registered
/// algorithm.
#[actix_web::test]
async fn signs_what_userinfo_tells_a_client_that_wants_it_so() {
    let (app, client) = app_that_wants("RS256").await;
    let person = app.person("ada").await;
    let tokens = app.tokens(&client, person, Allowed { scope: "openid email", ..Allowed::default() }).await;
    let answer = app.userinfo(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/jwt"));
    assert_eq!(answer.header("cache-control"), "no-store");
    check_signature(&app.get("/oauth2/jwks").await.ok(), &answer.body);
    assert_eq!(header(&answer.body)["alg"], "RS256");
    let told = json!({
        "iss": app.issuer, "aud": client.id, "sub": person, "email": "ada@example.com", "email_verified": true,
    });
    assert_eq!(claims(&answer.body), told, "and no nonce");
    let (app, client) = app_that_wants("ES256").await;
    let person = app.person("ada").await;
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let answer = app.userinfo(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(header(&answer.body)["alg"], "ES256");
    // What is wrong is told as ever.
    app.userinfo("nonsense").await.refuses(401, "invalid_token");
}

/// What `UserInfo` signed has the signature, `iss`, `sub` and `aud` of an ID token, and is none.
#[actix_web::test]
async fn takes_no_signed_userinfo_for_an_id_token() {
    let (app, client) = app_that_wants("RS256").await;
    let person = app.person("ada").await;
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let userinfo = app.userinfo(tokens["access_token"].as_str().unwrap()).await.body;
    for (hint, error) in
        [(userinfo.as_str(), "invalid_request"), (tokens["id_token"].as_str().unwrap(), "login_required")]
    {
        let query = form_encode(&[
            ("response_type", "code"),
            ("client_id", &client.id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("prompt", "none"),
            ("id_token_hint", hint),
        ]);
        let answer = app.get(&format!("/oauth2/authorize?{query}")).await;
        assert!(answer.header("location").contains(&format!("error={error}")), "{answer:?}");
    }
    app.userinfo(&userinfo).await.refuses(401, "invalid_token");
}

/// RFC 9701 §4, RFC 9701 §5: the answer in a claim of a JWT for whoever asked, of a type of its own, without `sub` and
/// `exp` beside it.
#[actix_web::test]
async fn signs_what_introspection_tells_whoever_asks_for_it() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let token = tokens["access_token"].as_str().unwrap();
    let plain = introspect(&app, &client, token, "application/json").await;
    assert_eq!(plain.header("content-type"), "application/json");
    let signed = introspect(&app, &client, token, ASKS_FOR_JWT).await;
    assert_eq!((signed.status, signed.header("content-type")), (200, "application/token-introspection+jwt"));
    assert_eq!(signed.header("cache-control"), "no-store");
    check_signature(&app.get("/oauth2/jwks").await.ok(), &signed.body);
    assert_eq!(header(&signed.body)["typ"], "token-introspection+jwt");
    let told = json!({
        "iss": app.issuer, "aud": client.id, "iat": app.cx.now().seconds(), "token_introspection": plain.ok(),
    });
    assert_eq!(claims(&signed.body), told);
    let unknown = introspect(&app, &client, "nonsense", ASKS_FOR_JWT).await;
    assert_eq!(claims(&unknown.body)["token_introspection"], json!({ "active": false }));
    // An error is no answer to sign.
    app.post_with("/oauth2/introspect", &[("token", token)], &[("accept", ASKS_FOR_JWT)])
        .await
        .refuses(401, "invalid_client");
    // It is no token, whatever endpoint it is shown.
    app.userinfo(&signed.body).await.refuses(401, "invalid_token");
    assert_eq!(introspect(&app, &client, &signed.body, "*/*").await.ok(), json!({ "active": false }));
}

/// RFC 9701 §6: by the algorithm that the client registered, RS256 if it registered none.
#[actix_web::test]
async fn signs_introspection_by_the_registered_algorithm() {
    let app = TestApp::start().await;
    let metadata = json!({ "redirect_uris": [REDIRECT_URI], "introspection_signed_response_alg": "ES256" });
    let client = app.client(metadata).await;
    let answer = introspect(&app, &client, "nonsense", ASKS_FOR_JWT).await;
    assert_eq!(header(&answer.body)["alg"], "ES256");
}

/// OIDC Discovery §3, RFC 9701 §7: the algorithms of the keys that sign.
#[actix_web::test]
async fn tells_what_it_signs_with() {
    let app = TestApp::start().await;
    let document = app.get("/.well-known/openid-configuration").await.ok();
    for answer in ["userinfo", "introspection"] {
        let named = &document[format!("{answer}_signing_alg_values_supported")];
        assert_eq!(named, &document["id_token_signing_alg_values_supported"], "{answer}");
    }
}
