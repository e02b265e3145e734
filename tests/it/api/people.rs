//! People over the API.

use serde_json::{Value, json};

use super::*;
use crate::support::Allowed;

/// RFC 7396 §4: a patch is sent under the type of patches, too.
#[actix_web::test]
async fn invites_changes_and_deletes() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let new = json!({ "username": "ada", "claims": { "email": "ada@example.org", "name": "Ada" } });
    let made = tool.post("/people", new.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let person = made.json();
    let path = format!("/people/{}", person["id"].as_str().unwrap());
    let link = person["invitation"]["url"].as_str().unwrap();
    let page = app.get(link.strip_prefix(&app.issuer).unwrap()).await;
    assert!(page.status == 200 && page.body.contains("ada"), "{}", page.body);
    assert_eq!((&person["has_password"], &person["role"]), (&json!(false), &Value::Null));
    assert_eq!(problem(&tool.post("/people", new).await), "conflict");

    let tag = made.header("etag");
    let patch = json!({ "claims": { "email": "countess@example.org", "name": null } });
    let merge = [("if-match", tag), ("content-type", "application/merge-patch+json")];
    let answer = app
        .request(
            "PATCH",
            &format!("/api/v1{path}"),
            patch.to_string(),
            &[merge[0], merge[1], ("authorization", &format!("Bearer {}", tool.token))],
        )
        .await;
    let changed = answer.ok();
    assert_eq!(changed["claims"]["email"], "countess@example.org");
    assert_eq!((changed["claims"].get("name"), &changed["claims"]["email_verified"]), (None, &json!(false)));
    assert_eq!(tool.send("PATCH", &path, &patch, &[("if-match", tag)]).await.status, 412);
    assert_eq!(tool.send("PATCH", &path, &patch, &[]).await.status, 428);

    assert_eq!(tool.post(&format!("{path}/disable"), Value::Null).await.ok()["state"], "disabled");
    assert_eq!(tool.post(&format!("{path}/enable"), Value::Null).await.ok()["state"], "active");
    let link = tool.post(&format!("{path}/password-link"), Value::Null).await.ok();
    assert!(link["url"].as_str().unwrap().starts_with(&format!("{}/invitation?link=", app.issuer)));
    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(tool.delete(&path).await.status, 404);
}

/// A machine without `roles:write` does not touch who administers the server.
#[actix_web::test]
async fn changes_nobody_who_stands_above() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let clerk = Tool::with_scope(&app, "people:read people:write sessions:write").await;
    let path = format!("/people/{root}");
    assert_eq!(clerk.get(&path).await.ok()["role"], "owner");
    for action in ["disable", "enable", "password-link"] {
        let answer = clerk.post(&format!("{path}/{action}"), Value::Null).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (403, "above-the-caller"), "{action}");
    }
    let patch = json!({ "claims": { "email": "eve@example.org" } });
    assert_eq!(clerk.send("PATCH", &path, &patch, &[("if-match", "*")]).await.status, 403);
    assert_eq!(clerk.delete(&path).await.status, 403);
    assert_eq!(clerk.delete(&format!("{path}/sessions")).await.status, 403);
    assert_eq!(Tool::new(&app).await.delete(&path).await.status, 204);
}

#[actix_web::test]
async fn takes_consents_back_and_ends_sessions() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let tool = Tool::new(&app).await;
    let tokens = app.tokens(&client, ada, Allowed::default()).await;
    let of_person = tool.get(&format!("/people/{ada}/consents")).await.ok();
    let of_client = tool.get("/clients/app/consents").await.ok();
    assert_eq!(of_person["items"], of_client["items"]);
    let path = format!("/consents/{}", of_person["items"][0]["id"].as_str().unwrap());
    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(tool.delete(&path).await.status, 404);
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    app.tokens(&client, ada, Allowed::default()).await;
    assert_eq!(tool.delete("/clients/app/consents").await.status, 204);
    assert_eq!(tool.get("/clients/app/consents").await.ok()["items"], json!([]));

    for _ in 0..3 {
        let browser = app.browser();
        let page = browser.open("/login").await;
        browser.submit(&page, "form#login", &[("username", "ada"), ("password", crate::support::PASSWORD)]).await;
    }
    let sessions = tool.get(&format!("/people/{ada}/sessions")).await.ok();
    let sessions = sessions["items"].as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    let path = format!("/sessions/{}", sessions[0]["sid"].as_str().unwrap());
    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(tool.delete(&path).await.status, 404);
    assert_eq!(tool.delete(&format!("/people/{ada}/sessions")).await.status, 204);
    assert_eq!(tool.get(&format!("/people/{ada}/sessions")).await.ok()["items"], json!([]));
    assert_eq!(app.events("sign_out").await.len(), 3);
}
