//! `/oauth2/userinfo`.

use serde_json::json;

use crate::support::{Allowed, TestApp};

/// OIDC Core §5.3, OIDC Core §5.3.2, OIDC Core §5.4: the claims of the scopes, and sub, which equals the ID token's.
#[actix_web::test]
async fn tells_what_the_scopes_allow() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed { scope: "openid email", ..Allowed::default() }).await;
    let answer = app.userinfo(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.ok(), json!({ "sub": person, "email": "ada@example.com", "email_verified": true }));
    let tokens = app.tokens(&client, person, Allowed { scope: "openid profile", ..Allowed::default() }).await;
    let claims = app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(claims["preferred_username"], "ada");
    assert_eq!(claims["name"], "Ada Lovelace");
    assert!(claims["updated_at"].is_number());
    assert_eq!(claims.get("email"), None);
}

/// OIDC Core §5.3.1, RFC 6750 §2.1, RFC 6750 §2.2: by GET and POST, in the header or in the body, not in both.
#[actix_web::test]
async fn takes_the_token_in_header_or_body() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let token = tokens["access_token"].as_str().unwrap();
    let header = format!("bearer {token}");
    let header = [("authorization", header.as_str())];
    app.post_with("/oauth2/userinfo", &[], &header).await.ok();
    app.post("/oauth2/userinfo", &[("access_token", token)]).await.ok();
    // RFC 6750 §2: one way a request.
    app.post_with("/oauth2/userinfo", &[("access_token", token)], &header).await.refuses(400, "invalid_request");
    // RFC 6750 §2.3, RFC 9700 §4.3.2: never in the URL.
    assert_eq!(app.get(&format!("/oauth2/userinfo?access_token={token}")).await.status, 401);
}

/// RFC 6750 §3, RFC 6750 §3.1: 401 with the scheme alone where there is no token, with `invalid_token` where it is bad.
#[actix_web::test]
async fn says_what_is_wrong_with_a_token() {
    let app = TestApp::start().await;
    let none = app.get("/oauth2/userinfo").await;
    assert_eq!(none.status, 401);
    assert!(none.header("www-authenticate").starts_with("Bearer realm="));
    assert!(!none.header("www-authenticate").contains("error"));
    for bad in ["nonsense", "clv_at_nonsense"] {
        let answer = app.userinfo(bad).await;
        answer.refuses(401, "invalid_token");
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
    }
}

/// RFC 6750 §3.1: a machine's token, and one without openid, lack the scope.
#[actix_web::test]
async fn refuses_tokens_without_openid() {
    let app = TestApp::start().await;
    let (client, person, machine) = (app.web_app().await, app.person("ada").await, app.machine().await);
    let tokens = app.tokens(&client, person, Allowed { scope: "profile", ..Allowed::default() }).await;
    let answer = app.userinfo(tokens["access_token"].as_str().unwrap()).await;
    answer.refuses(403, "insufficient_scope");
    assert!(answer.header("www-authenticate").contains("scope=\"openid\""));
    let token = app.token(&machine, &[("grant_type", "client_credentials")]).await.ok();
    app.userinfo(token["access_token"].as_str().unwrap()).await.refuses(403, "insufficient_scope");
}

/// RFC 9068 §4: an ID token or a refresh token is no access token, and neither is an expired one.
#[actix_web::test]
async fn refuses_every_other_kind_of_token() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    for other in ["id_token", "refresh_token"] {
        app.userinfo(tokens[other].as_str().unwrap()).await.refuses(401, "invalid_token");
    }
    app.clock.advance(std::time::Duration::from_mins(10));
    app.userinfo(tokens["access_token"].as_str().unwrap()).await.refuses(401, "invalid_token");
}
