//! What ends with a resource or a scope: nothing that names it is good for it any more.

use super::resources::{BOATS, ask, created, introspect, register, sailor};
use super::*;
use crate::support::ApiKeys;

#[actix_web::test]
async fn ends_a_scope_with_its_deletion() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let resource = register(&tool).await;
    let sailor = sailor(&app, &tool, &resource).await;
    assert_eq!(ask(&app, &sailor).await.ok()["scope"], "boats.read");
    let token = ask(&app, &sailor).await.ok();
    let access_token = token["access_token"].as_str().unwrap();

    let held = tool.delete("/scopes/boats.read?even_if_named=true").await;
    assert_eq!(held.status, 409);
    assert!(held.body.contains(BOATS), "{}", held.body);
    let free = json!({ "name": "Boats", "scopes": [] });
    let path = format!("/resources/{resource}");
    tool.send("PUT", &path, &free, &[("if-match", "*")]).await.ok();
    assert!(tool.delete("/scopes/boats.read").await.body.contains("1 client,"));
    assert_eq!(tool.delete("/scopes/boats.read?even_if_named=true").await.status, 204);
    assert_eq!(introspect(&app, &sailor, access_token).await["scope"], "", "a scope that is none is not told");
    let named = app.token(&sailor, &[("grant_type", "client_credentials"), ("scope", "boats.read")]).await;
    assert_eq!(named.json()["error"], "invalid_scope");
    assert!(!app.get("/.well-known/openid-configuration").await.body.contains("boats.read"));
    assert_eq!(app.events("scope_deleted").await.len(), 1);
}

/// RFC 8707 §2, RFC 7662 §2.2, RFC 9068 §4: neither new tokens nor those that are out there, neither keys nor by the default of
/// a client; not even for whoever holds them.
#[actix_web::test]
async fn ends_all_that_was_good_at_a_resource() {
    let keys = ApiKeys::start().await;
    let app = &keys.app;
    let tool = Tool::new(app).await;
    let resource = register(&tool).await;
    let metadata = json!({
        "client_id": "sailor", "grant_types": ["client_credentials"], "response_types": [], "scope": "boats.read",
        "resources": [BOATS], "default_resource": BOATS,
    });
    let sailor = app.client(metadata).await;
    let token = app.token(&sailor, &[("grant_type", "client_credentials")]).await.ok();
    let authorization = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let ada = app.person("ada").await;
    let key = keys.of_person(ada, json!({ "resources": [BOATS], "scope": "boats.read" })).await;
    let both = [("authorization", authorization.as_str()), ("x-api-key", key.secret.as_str())];
    let question = format!("/forward-auth?resource={BOATS}&scope=boats.read");
    for credential in both {
        assert_eq!(app.get_with(&question, &[credential]).await.status, 200, "{credential:?}");
    }
    assert_eq!(tool.delete(&format!("/resources/{resource}?even_if_named=true")).await.status, 204);
    for credential in both {
        assert_eq!(app.get_with(&question, &[credential]).await.status, 401, "{credential:?}");
    }
    let by_default = app.token(&sailor, &[("grant_type", "client_credentials")]).await;
    by_default.refuses(400, "invalid_target");
    let own = introspect(app, &sailor, token["access_token"].as_str().unwrap()).await;
    assert_eq!(own, json!({ "active": false }), "not even to whom it was issued");

    // Registered again, all of that works again.
    let draft = json!({ "identifier": BOATS, "scopes": ["boats.read"] });
    created(&tool.post("/resources", draft).await);
    for credential in both {
        assert_eq!(app.get_with(&question, &[credential]).await.status, 200, "{credential:?}");
    }
    app.token(&sailor, &[("grant_type", "client_credentials")]).await.ok();
}

/// A proxy that asks for a scope lets nobody through by one that is none any more, and is not told of it.
#[actix_web::test]
async fn ends_a_scope_at_the_proxy() {
    let keys = ApiKeys::start().await;
    let app = &keys.app;
    let tool = Tool::new(app).await;
    created(&tool.post("/scopes", json!({ "name": "boats.read", "text": "See your boats" })).await);
    let ada = app.person("ada").await;
    let key = keys.of_person(ada, json!({ "scope": "read boats.read" })).await;
    let ask = async |query: &str| app.get_with(&format!("/forward-auth{query}"), &[("x-api-key", &key.secret)]).await;
    assert_eq!(ask("?scope=boats.read").await.header("x-auth-scope"), "read boats.read");
    assert_eq!(tool.delete("/scopes/boats.read?even_if_named=true").await.status, 204);
    assert_eq!(ask("?scope=boats.read").await.status, 403);
    assert_eq!(ask("").await.header("x-auth-scope"), "read");
    let told = keys.introspect(&key.secret).await;
    assert_eq!((&told["active"], &told["scope"]), (&json!(true), &json!("read")));
}
