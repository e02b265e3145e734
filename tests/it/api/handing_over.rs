//! Roles, and whose own a client is, over the API and in the console.

use claviger::store::Role;
use serde_json::{Value, json};

use super::*;

async fn put(tool: &Tool<'_>, path: &str, body: Value) -> Answer {
    let tag = tool.get(path).await.header("etag").to_owned();
    tool.send("PUT", path, &body, &[("if-match", &tag)]).await
}

#[actix_web::test]
async fn gives_and_takes_a_role() {
    let app = TestApp::start().await;
    app.admin("root").await;
    let path = format!("/people/{}/role", app.person("ada").await);
    let tool = Tool::new(&app).await;
    let seen = tool.get(&path).await;
    assert_eq!(seen.json(), json!({ "role": null }));
    assert_eq!(put(&tool, &path, json!({ "role": "auditor" })).await.ok()["role"], "auditor");
    let late = tool.send("PUT", &path, &json!({ "role": "owner" }), &[("if-match", seen.header("etag"))]).await;
    assert_eq!(problem(&late), "changed-meanwhile");
    assert_eq!(tool.send("PUT", &path, &json!({ "role": null }), &[]).await.status, 428);
    for wrong in [json!({ "role": "king" }), json!({ "role": 1 }), json!({ "role": null, "more": 1 })] {
        assert_eq!(put(&tool, &path, wrong.clone()).await.status, 422, "{wrong}");
    }
    assert_eq!(put(&tool, &path, json!({ "role": null })).await.ok()["role"], Value::Null);
    assert_eq!(app.events("role_changed").await.len(), 2);
}

/// An admin makes no owner, and nobody changes their own role; of the last owner none is taken.
#[actix_web::test]
async fn gives_no_role_above_ones_own() {
    let app = TestApp::start().await;
    let api = format!("{}/api/v1", app.issuer);
    let scope = "openid people:read roles:write";
    let spa = app.client(json!({ "client_id": "spa", "redirect_uris": [REDIRECT_URI], "scope": scope })).await;
    let (root, ada) = (app.admin("root").await, app.person("ada").await);
    let max = app.add_person("max", Some(Role::Admin)).await;
    for (actor, whom, to, status) in [
        (max, ada, "owner", 403),
        (max, ada, "admin", 403),
        (max, root, "auditor", 403),
        (max, max, "auditor", 403),
        (root, root, "auditor", 403),
        (max, ada, "support", 200),
    ] {
        let allowed = Allowed { scope, resources: &[&api], ..Allowed::default() };
        let tokens = app.tokens(&spa, actor, allowed).await;
        let token = tokens["access_token"].as_str().unwrap().to_owned();
        let tool = Tool { app: &app, token, described: app.get("/api/v1/openapi.json").await.ok() };
        let answer = put(&tool, &format!("/people/{whom}/role"), json!({ "role": to })).await;
        assert_eq!(answer.status, status, "{to}: {}", answer.body);
    }
    let machine = Tool::new(&app).await;
    put(&machine, &format!("/people/{max}/role"), json!({ "role": null })).await.ok();
    let last = put(&machine, &format!("/people/{root}/role"), json!({ "role": null })).await;
    assert_eq!((last.status, problem(&last).as_str()), (409, "conflict"));
}

#[actix_web::test]
async fn changes_a_username() {
    let app = TestApp::start().await;
    app.person("bob").await;
    let ada = app.person("ada").await;
    let tool = Tool::new(&app).await;
    let path = format!("/people/{ada}");
    let patch = async |body: Value| {
        let tag = tool.get(&path).await.header("etag").to_owned();
        tool.send("PATCH", &path, &body, &[("if-match", &tag)]).await
    };
    let changed = patch(json!({ "username": "countess" })).await.ok();
    assert_eq!((&changed["username"], &changed["claims"]["email"]), (&json!("countess"), &json!("ada@example.com")));
    assert_eq!(problem(&patch(json!({ "username": "BOB" })).await), "conflict");
    let wrong = patch(json!({ "username": "" })).await;
    assert_eq!((wrong.status, wrong.json()["errors"][0]["member"].as_str()), (422, Some("username")));
    assert!(app.cx.store.person_by_login("countess").await.unwrap().is_some());
}

#[actix_web::test]
async fn gives_a_client_to_a_client_manager() {
    let app = TestApp::start().await;
    app.web_app().await;
    let ada = app.person("ada").await;
    let mia = app.add_person("mia", Some(Role::ClientManager)).await;
    let tool = Tool::new(&app).await;
    let path = "/clients/app/manager";
    assert_eq!(put(&tool, path, json!({ "person_id": mia.to_string() })).await.ok()["person_id"], mia.to_string());
    for nobody in [ada.to_string(), app.cx.entropy.uuid().to_string()] {
        assert_eq!(put(&tool, path, json!({ "person_id": nobody })).await.status, 422);
    }
    let id = claviger::ids::ClientId("app".to_owned());
    assert_eq!(app.cx.store.client(&id, app.cx.now()).await.unwrap().unwrap().managed_by, Some(mia));
    assert_eq!(app.events("client_updated").await[0].details["manager"], mia.to_string());
    assert_eq!(put(&tool, path, json!({ "person_id": null })).await.ok()["person_id"], Value::Null);
}

/// A client manager's token is good for their own clients, as if there were no others.
#[actix_web::test]
async fn shows_a_client_manager_their_own_clients() {
    let app = TestApp::start().await;
    app.web_app().await;
    let mia = app.add_person("mia", Some(Role::ClientManager)).await;
    let api = format!("{}/api/v1", app.issuer);
    let spa = app
        .client(json!({ "client_id": "spa", "redirect_uris": [REDIRECT_URI], "scope": format!("openid {ALL}") }))
        .await;
    let tokens = app.tokens(&spa, mia, Allowed { scope: ALL, resources: &[&api], ..Allowed::default() }).await;
    let described = app.get("/api/v1/openapi.json").await.ok();
    let hers = Tool { app: &app, token: tokens["access_token"].as_str().unwrap().to_owned(), described };
    assert_eq!(hers.get("/clients").await.ok()["items"], json!([]));
    assert_eq!(hers.get("/clients?q=app").await.ok()["items"], json!([]));
    assert_eq!(hers.get("/clients/app").await.status, 404);
    assert_eq!(hers.post("/clients/app/rotate-secret", Value::Null).await.status, 404);
    for elsewhere in
        ["/people", "/keys", "/settings", "/groups", "/overview", "/approval-requests", "/clients/app/manager"]
    {
        assert_eq!(problem(&hers.get(elsewhere).await), "insufficient-scope", "{elsewhere}");
    }
    let own = json!({ "client_id": "own", "grant_types": ["client_credentials"], "response_types": [] });
    assert_eq!(hers.post("/clients", own.clone()).await.status, 201);
    let listed = hers.get("/clients").await.ok();
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]["client_id"]), (1, &json!("own")));
    assert!(
        hers.get("/events").await.ok()["items"].as_array().unwrap().iter().all(|event| event["client_id"] == "own")
    );
    let rises = json!({ "client_id": "tool", "grant_types": ["client_credentials"], "response_types": [], "scope": "clients:read" });
    assert_eq!(problem(&hers.post("/clients", rises).await), "above-the-caller");
    assert_eq!(hers.delete("/clients/own").await.status, 204);
}

/// Both saw that it is nobody's; one of them gives it away.
#[actix_web::test]
async fn gives_a_client_to_one_of_two() {
    let app = TestApp::start().await;
    app.web_app().await;
    let tool = Tool::new(&app).await;
    let mut people = Vec::new();
    for number in 0..16 {
        people.push(app.add_person(&format!("m{number}"), Some(Role::ClientManager)).await);
    }
    let tag = tool.get("/clients/app/manager").await.header("etag").to_owned();
    let headers = [("if-match", tag.as_str())];
    let bodies: Vec<_> = people.iter().map(|person| json!({ "person_id": person.to_string() })).collect();
    let puts = bodies.iter().map(|body| tool.send("PUT", "/clients/app/manager", body, &headers));
    let answers = futures_util::future::join_all(puts).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 412)));
}

#[actix_web::test]
async fn tells_how_the_day_went_and_what_can_be_asked_for() {
    let app = TestApp::start_with("[[scopes]]\nname = \"boats.move\"\ntext = \"Move\"\nneeds_approval = true\n").await;
    let machine = app.machine().await;
    for _ in 0..3 {
        app.token(&machine, &[("grant_type", "client_credentials"), ("scope", "nonsense")]).await;
    }
    let tool = Tool::new(&app).await;
    claviger::domain::hourly::flush(&app.cx.store, &app.cx.hourly, app.cx.now()).await.unwrap();
    let day = tool.get("/overview").await.ok();
    assert_eq!(day["hours"].as_array().unwrap().len(), 24);
    assert_eq!(day["hours"][23]["tokens_refused"], 3);
    let scopes = tool.get("/scopes").await.ok();
    let moving = scopes["items"].as_array().unwrap().iter().find(|scope| scope["name"] == "boats.move").unwrap();
    assert_eq!((&moving["text"], &moving["needs_approval"]), (&json!("Move"), &json!(true)));
    let resources = tool.get("/resources").await.ok();
    assert!(resources["items"].as_array().unwrap().iter().any(|resource| resource["is_default"] == true));
}
