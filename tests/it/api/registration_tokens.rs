//! The tokens by which clients register themselves, and what is told of clients that did.

use claviger::store::Role;

use super::*;
use crate::support::{BY_TOKEN, web_app};

/// RFC 7591 §3: made once, shown once, used up, and taken back.
#[actix_web::test]
async fn makes_and_takes_back_a_token() {
    let app = TestApp::start_with(BY_TOKEN).await;
    let tool = Tool::new(&app).await;
    let draft = json!({ "note": "Harbour", "expires_in": 3600, "uses": 2 });
    let key = [("idempotency-key", "one")];
    let made = tool.send("POST", "/registration-tokens", &draft, &key).await;
    let again = tool.send("POST", "/registration-tokens", &draft, &key).await;
    assert_eq!((made.status, again.status, &made.body), (201, 201, &again.body));
    let token = made.json()["initial_access_token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("clv_init_") && !app.everything().await.contains(&token));
    let path = format!("/registration-tokens/{}", made.json()["id"].as_str().unwrap());
    assert!(made.header("location").ends_with(&path));
    let shown = tool.get(&path).await;
    assert_eq!(shown.header("etag"), made.header("etag"));
    assert!(shown.ok().get("initial_access_token").is_none());

    let registered = app.register_by(&token, &web_app()).await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    let listed = tool.get("/registration-tokens").await.ok();
    let left = |index: usize| (listed["items"][index]["uses"].clone(), listed["items"][index]["uses_left"].clone());
    assert_eq!(left(0), (json!(2), json!(1)));
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "made once");
    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(tool.delete(&path).await.status, 404);
    assert_eq!(tool.get(&path).await.status, 404);
    app.register_by(&token, &web_app()).await.refuses(401, "invalid_token");
    assert_eq!(app.events("registration_token_deleted").await.len(), 1);

    let id = registered.json()["client_id"].as_str().unwrap().to_owned();
    let client = tool.get(&format!("/clients/{id}")).await.ok();
    assert_eq!(client["registration"]["address"], "127.0.0.1");
    assert!(client["registration"]["unused_until"].is_string());
    app.web_app().await;
    assert_eq!(tool.get("/clients/app").await.ok()["registration"], Value::Null);
}

#[actix_web::test]
async fn says_what_is_wrong_with_a_token() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    for draft in [
        json!({}),
        json!({ "expires_in": 0 }),
        json!({ "expires_in": 31_536_001 }),
        json!({ "expires_in": 60, "uses": 0 }),
        json!({ "expires_in": 60, "uses": 10_001 }),
        json!({ "expires_in": 60, "note": "a\nb" }),
        json!({ "expires_in": 60, "note": "x".repeat(101) }),
        json!({ "expires_in": 60, "unknown": 1 }),
    ] {
        assert_eq!(problem(&tool.post("/registration-tokens", draft.clone()).await), "invalid", "{draft}");
    }
    assert_eq!(tool.get("/registration-tokens").await.ok()["items"], json!([]));
    assert_eq!(tool.get("/registration-tokens/none").await.status, 404);
}

/// Who sees only their own clients lets nobody in: what registers itself is nobody's own.
#[actix_web::test]
async fn gives_none_to_those_who_see_only_their_own_clients() {
    let app = TestApp::start().await;
    let api = format!("{}/api/v1", app.issuer);
    let mia = app.add_person("mia", Some(Role::ClientManager)).await;
    let spa =
        json!({ "client_id": "spa", "redirect_uris": [REDIRECT_URI], "scope": "openid clients:read clients:write" });
    let spa = app.client(spa).await;
    let allowed = Allowed { scope: "clients:read clients:write", resources: &[&api], ..Allowed::default() };
    let tokens = app.tokens(&spa, mia, allowed).await;
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = json!({ "expires_in": 60 }).to_string();
    assert_eq!(app.request("GET", "/api/v1/clients", "", &headers).await.status, 200);
    assert_eq!(app.request("POST", "/api/v1/registration-tokens", body, &headers).await.status, 403);
    assert_eq!(app.request("GET", "/api/v1/registration-tokens", "", &headers).await.status, 403);
}
