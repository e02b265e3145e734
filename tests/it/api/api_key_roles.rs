//! Who may do what to which API keys over the API.

use claviger::store::Role;

use super::api_keys::{is_active, of_machine, path, text};
use super::*;
use crate::support::ApiKeys;

/// The token of a person who holds this role.
async fn in_role<'a>(keys: &'a ApiKeys, spa: &TestClient, name: &str, role: Role) -> Tool<'a> {
    let app = &keys.app;
    let person = app.add_person(name, Some(role)).await;
    let api = format!("{}/api/v1", app.issuer);
    let tokens = app.tokens(spa, person, Allowed { scope: ALL, resources: &[&api], ..Allowed::default() }).await;
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    Tool { app, token, described: app.get("/api/v1/openapi.json").await.ok() }
}

async fn spa(keys: &ApiKeys) -> TestClient {
    let metadata = json!({ "client_id": "spa", "redirect_uris": [REDIRECT_URI], "scope": format!("openid {ALL}") });
    keys.app.client(metadata).await
}

#[actix_web::test]
async fn each_role_does_what_it_may_and_is_refused_the_rest() {
    let keys = ApiKeys::start().await;
    let spa = spa(&keys).await;
    let ada = keys.app.person("ada").await;
    for (role, reads, writes) in [
        (Role::Owner, true, true),
        (Role::Admin, true, true),
        (Role::Support, true, false),
        (Role::Auditor, true, false),
        (Role::ClientManager, false, false),
    ] {
        let tool = in_role(&keys, &spa, role.word(), role).await;
        for key in [keys.of_machine(json!({})).await, keys.of_person(ada, json!({})).await] {
            let path = format!("/api-keys/{}", key.id);
            // A client manager sees neither: the machine is not theirs, nor is anybody.
            let hidden = role == Role::ClientManager;
            let expected = if hidden { 404 } else { 200 };
            assert_eq!(tool.get(&path).await.status, expected, "{role:?}");
            let listed = tool.get("/api-keys").await.ok();
            assert_eq!(!listed["items"].as_array().unwrap().is_empty(), reads, "{role:?}");
            let matched = [("if-match", "*")];
            let (patch, none) = (json!({ "name": "Mine" }), Value::Null);
            for (method, path, body, done) in [
                ("PATCH", path.clone(), &patch, 200),
                ("POST", format!("{path}/rotate"), &none, 200),
                ("POST", format!("{path}/disable"), &none, 200),
                ("POST", format!("{path}/enable"), &none, 200),
                ("DELETE", path.clone(), &none, 204),
            ] {
                let expected = if writes {
                    done
                } else if hidden {
                    404
                } else {
                    403
                };
                let answer = tool.send(method, &path, body, &matched).await;
                assert_eq!(answer.status, expected, "{role:?} {method} {path}: {}", answer.body);
            }
        }
        for body in [of_machine(&json!({})), json!({ "person_id": ada.to_string(), "name": "Hers" })] {
            let expected = match (writes, role == Role::ClientManager && body["person_id"].is_null()) {
                (true, _) => 201,
                // As if there were no such client.
                (false, true) => 422,
                (false, false) => 403,
            };
            assert_eq!(tool.post("/api-keys", body.clone()).await.status, expected, "{role:?} {body}");
        }
    }
}

/// A client manager handles the keys of their own clients, as if there were no others.
#[actix_web::test]
async fn a_client_manager_handles_the_keys_of_their_own_clients() {
    let keys = ApiKeys::start().await;
    let spa = spa(&keys).await;
    let mia = in_role(&keys, &spa, "mia", Role::ClientManager).await;
    let own = json!({
        "client_id": "own", "grant_types": ["client_credentials"], "response_types": [],
        "scope": "read", "resources": [ApiKeys::API],
    });
    assert_eq!(mia.post("/clients", own).await.status, 201);
    let foreign = keys.of_machine(json!({})).await;
    let ada = keys.app.person("ada").await;
    keys.of_person(ada, json!({})).await;
    let key = mia.post("/api-keys", json!({ "client_id": "own", "name": "Mine", "scope": "read" })).await.json();
    assert!(is_active(&keys, text(&key, "secret")).await);
    for query in ["", "?client_id=machine", "?unused_for=0s", "?state=active"] {
        let listed = mia.get(&format!("/api-keys{query}")).await.ok();
        let ids: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| text(item, "id").to_owned()).collect();
        assert!(ids.iter().all(|id| id == text(&key, "id")), "{query}: {ids:?}");
        assert!(!ids.contains(&foreign.id.to_string()));
    }
    assert_eq!(mia.post(&format!("{}/rotate", path(&key)), Value::Null).await.status, 200);
    assert_eq!(mia.get(&format!("/api-keys/{}", foreign.id)).await.status, 404);
    assert_eq!(mia.delete(&path(&key)).await.status, 204);
}

/// A key speaks for its owner: nobody makes one that speaks for who stands above them, nor gets hold of one.
#[actix_web::test]
async fn nobody_gets_hold_of_a_key_of_who_stands_above_them() {
    let keys = ApiKeys::start().await;
    let spa = spa(&keys).await;
    let max = in_role(&keys, &spa, "max", Role::Admin).await;
    let root = keys.app.admin("root").await;
    let key = keys.of_person(root, json!({})).await;
    let body = json!({ "person_id": root.to_string(), "name": "Crown" });
    assert_eq!(problem(&max.post("/api-keys", body.clone()).await), "above-the-caller");
    let rotated = max.post(&format!("/api-keys/{}/rotate", key.id), Value::Null).await;
    assert_eq!(problem(&rotated), "above-the-caller");
    let patched =
        max.send("PATCH", &format!("/api-keys/{}", key.id), &json!({ "scope": "write" }), &[("if-match", "*")]).await;
    assert_eq!(problem(&patched), "above-the-caller");
    let machine = Tool::with_scope(&keys.app, "api-keys:read api-keys:write").await;
    assert_eq!(problem(&machine.post("/api-keys", body.clone()).await), "above-the-caller");
    let higher = Tool::with_scope(&keys.app, "api-keys:write roles:write").await;
    assert_eq!(higher.post("/api-keys", body).await.status, 201);
    assert!(is_active(&keys, &key.secret).await);
}

/// A client manager gives a key no more than its client may have now: neither a scope or resource that is not registered
/// for it, nor a scope that needs an approval which no admin gave.
#[actix_web::test]
async fn a_client_manager_gives_a_key_no_more_than_the_client_may_have() {
    let keys = ApiKeys::start().await;
    let spa = spa(&keys).await;
    let (mia, max) =
        (in_role(&keys, &spa, "mia", Role::ClientManager).await, in_role(&keys, &spa, "max", Role::Admin).await);
    let own = json!({
        "client_id": "own", "grant_types": ["client_credentials"], "response_types": [],
        "scope": "read payroll", "resources": [ApiKeys::API],
    });
    assert_eq!(mia.post("/clients", own).await.status, 201);
    let body = |scope: &str| json!({ "client_id": "own", "name": "Wages", "scope": scope });
    for (wrong, member) in [
        (body("write"), "scope"),
        (body("payroll"), "scope"),
        (json!({ "client_id": "own", "name": "Away", "resources": ["https://other.example"] }), "resources"),
    ] {
        let refused = mia.post("/api-keys", wrong.clone()).await;
        assert_eq!((refused.status, text(&refused.json()["errors"][0], "member")), (422, member), "{wrong}");
    }
    let (matched, payroll) = ([("if-match", "*")], json!({ "scope": "read payroll" }));
    let key = mia.post("/api-keys", body("read")).await.json();
    let refused = mia.send("PATCH", &path(&key), &payroll, &matched).await;
    assert!(refused.status == 422 && refused.body.contains("approvals:write"), "{}", refused.body);

    // An admin may. What they put into a key, a manager does not extend: they leave the key as it is, or take it out.
    let given = max.post("/api-keys", body("payroll")).await.json();
    assert_eq!(keys.introspect(text(&given, "secret")).await["scope"], "payroll");
    let later = mia.send("PATCH", &path(&given), &json!({ "expires_at": null }), &matched).await;
    assert_eq!(later.status, 422, "{}", later.body);
    assert_eq!(mia.send("PATCH", &path(&given), &json!({ "scope": "read" }), &matched).await.status, 200);

    // Approved for one person it is still not the client's own.
    let ada = keys.app.person("ada").await;
    let approve = |holder: Value| json!({ "for": holder, "scope": "payroll" });
    for (holder, status) in [(json!({ "person": ada.to_string() }), 422), (json!("everyone"), 200)] {
        assert_eq!(max.post("/clients/own/approvals", approve(holder.clone())).await.status, 204);
        assert_eq!(mia.send("PATCH", &path(&key), &payroll, &matched).await.status, status, "{holder}");
    }
    let made = mia.post("/api-keys", body("payroll")).await.json();
    assert_eq!(keys.introspect(text(&made, "secret")).await["scope"], "payroll");
}

/// A program that makes keys does not get past the admins by one.
#[actix_web::test]
async fn gives_no_key_what_needs_an_approval_that_the_token_may_not_give() {
    let keys = ApiKeys::start().await;
    let ada = keys.app.person("ada").await;
    let body = json!({ "person_id": ada.to_string(), "name": "Wages", "scope": "payroll" });
    let tool = Tool::with_scope(&keys.app, "api-keys:read api-keys:write").await;
    assert_eq!(problem(&tool.post("/api-keys", body.clone()).await), "invalid");
    let higher = Tool::with_scope(&keys.app, "api-keys:write approvals:write").await;
    assert_eq!(higher.post("/api-keys", body).await.status, 201);
}
