//! `grant_type=client_credentials`.

use serde_json::json;

use crate::support::{TestApp, claims, header};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// RFC 6749 §4.4.3: an access token and no refresh token; RFC 6749 §5.1: never stored.
#[actix_web::test]
async fn gives_a_machine_an_access_token() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    let answer = app.token(&machine, &[GRANT]).await;
    let token = answer.ok();
    assert_eq!(token["token_type"], "Bearer");
    assert_eq!(token["expires_in"], json!(600));
    assert_eq!(token["scope"], "read write");
    assert_eq!(token.get("refresh_token"), None);
    assert_eq!(token.get("id_token"), None);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
}

/// RFC 9068 §2.1, RFC 9068 §2.2: the header and claims of a JWT access token.
#[actix_web::test]
async fn writes_a_jwt_access_token_as_its_profile_says() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    let token = app.token(&machine, &[GRANT, ("scope", "read")]).await.ok();
    let jwt = token["access_token"].as_str().unwrap();
    assert_eq!(header(jwt)["typ"], "at+jwt");
    assert_eq!(header(jwt)["alg"], "ES256");
    let claims = claims(jwt);
    let now = app.cx.now().seconds();
    assert_eq!(claims["iss"], json!(app.issuer));
    assert_eq!(claims["aud"], json!(app.issuer));
    assert_eq!(claims["sub"], "machine");
    assert_eq!(claims["client_id"], "machine");
    assert_eq!(claims["scope"], "read");
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(now), &json!(now + 600)));
    assert_eq!(claims["jti"].as_str().unwrap().len(), 36);
}

/// A JWT for a machine costs no write: neither token nor event is in the database.
#[actix_web::test]
async fn writes_nothing_for_a_machines_jwt() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    let before = app.everything().await;
    for _ in 0..3 {
        app.token(&machine, &[GRANT]).await.ok();
    }
    assert_eq!(app.everything().await, before);
}

/// RFC 6749 §4.4.2, RFC 6749 §5.2: what is not registered is refused.
#[actix_web::test]
async fn refuses_a_scope_that_is_not_registered() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    for scope in ["delete", "read delete", "openid"] {
        app.token(&machine, &[GRANT, ("scope", scope)]).await.refuses(400, "invalid_scope");
    }
}

/// RFC 6749 §4.4: confidential clients only; RFC 6749 §5.2: a grant that is not registered is `unauthorized_client`.
#[actix_web::test]
async fn refuses_clients_that_are_not_registered_for_it() {
    let app = TestApp::start().await;
    let web = app.web_app().await;
    app.token(&web, &[GRANT]).await.refuses(400, "unauthorized_client");
    let public = app
        .client(json!({
            "client_id": "public",
            "token_endpoint_auth_method": "none",
            "redirect_uris": ["https://app.example/callback"],
        }))
        .await;
    app.token(&public, &[GRANT]).await.refuses(400, "unauthorized_client");
}

#[actix_web::test]
async fn keeps_to_the_lifetime_that_a_client_is_registered_with() {
    let app = TestApp::start().await;
    let machine = app
        .client(json!({
            "client_id": "brief",
            "grant_types": ["client_credentials"],
            "response_types": [],
            "access_token_lifetime": 30,
        }))
        .await;
    assert_eq!(app.token(&machine, &[GRANT]).await.ok()["expires_in"], json!(30));
}

/// RFC 6749 §3.3: a scope has at least one token; where nothing was granted there is none to name.
#[actix_web::test]
async fn leaves_the_scope_out_where_there_is_none() {
    let app = TestApp::start().await;
    let machine =
        app.client(json!({ "client_id": "bare", "grant_types": ["client_credentials"], "response_types": [] })).await;
    let token = app.token(&machine, &[GRANT]).await.ok();
    assert_eq!(token.get("scope"), None);
    assert_eq!(claims(token["access_token"].as_str().unwrap()).get("scope"), None);
}
