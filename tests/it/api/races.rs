//! Many at once.

use futures_util::future::join_all;
use serde_json::json;

use super::*;

const MANY: usize = 64;

async fn started() -> TestApp {
    TestApp::start_with("server.workers = 4\ndatabase.max_connections = 16\n").await
}

/// RFC 9110 §13.1.1: of sixty-four who saw the same, one changes it.
#[actix_web::test]
async fn lets_one_of_many_updates_win() {
    let app = started().await;
    app.web_app().await;
    let tool = Tool::new(&app).await;
    let tag = tool.get("/clients/app").await.header("etag").to_owned();
    let puts = (0..MANY).map(|number| {
        let (tool, tag) = (&tool, &tag);
        async move {
            let body = json!({ "client_name": format!("N{number}"), "redirect_uris": ["https://app.example/cb"] });
            tool.send("PUT", "/clients/app", &body, &[("if-match", tag)]).await
        }
    });
    let answers = join_all(puts).await;
    let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(won.len(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 412)));
    assert_eq!(tool.get("/clients/app").await.ok()["client_name"], won[0].json()["client_name"]);
    assert_eq!(app.events("client_updated").await.len(), 1);
}

/// The same for people.
#[actix_web::test]
async fn lets_one_of_many_patches_win() {
    let app = started().await;
    let ada = app.person("ada").await;
    let tool = Tool::new(&app).await;
    let path = format!("/people/{ada}");
    let tag = tool.get(&path).await.header("etag").to_owned();
    let patches = (0..MANY).map(|number| {
        let (tool, tag, path) = (&tool, &tag, &path);
        async move {
            let body = json!({ "claims": { "nickname": format!("N{number}") } });
            tool.send("PATCH", path, &body, &[("if-match", tag)]).await
        }
    });
    let answers = join_all(patches).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 412)));
}

/// The same for a group, and for who may use a client.
#[actix_web::test]
async fn lets_one_of_many_who_change_a_group_or_an_access_win() {
    let app = started().await;
    app.web_app().await;
    let tool = Tool::new(&app).await;
    let made = tool.post("/groups", json!({ "name": "Crew" })).await;
    let group = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/groups/{group}");
    for path in [path.as_str(), "/clients/app/access"] {
        let tag = tool.get(path).await.header("etag").to_owned();
        let puts = (0..MANY).map(|number| {
            let (tool, tag, group) = (&tool, &tag, &group);
            let body = match (path, number % 2) {
                ("/clients/app/access", 0) => json!({ "access": "nobody" }),
                ("/clients/app/access", _) => json!({ "access": "groups", "groups": [group] }),
                _ => json!({ "name": format!("N{number}") }),
            };
            async move { tool.send("PUT", path, &body, &[("if-match", tag)]).await }
        });
        let answers = join_all(puts).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{path}");
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 412)), "{path}");
    }
    let changes = app.events("group_updated").await.len() + app.events("access_changed").await.len();
    assert_eq!(changes, 2);
}

/// Sixty-four times the same creation under one key is one creation, answered sixty-four times.
#[actix_web::test]
async fn creates_once_under_one_key() {
    let app = started().await;
    let tool = Tool::new(&app).await;
    let client = json!({ "client_name": "Once", "redirect_uris": ["https://app.example/cb"] });
    let person = json!({ "username": "ada" });
    for (path, body, kind) in [("/clients", client, "client_added"), ("/people", person, "person_added")] {
        let key = [("idempotency-key", "9d1f")];
        let posts = (0..MANY).map(|_| tool.send("POST", path, &body, &key));
        let answers = join_all(posts).await;
        for answer in &answers {
            assert_eq!((answer.status, &answer.body), (201, &answers[0].body));
            assert_eq!(answer.header("location"), answers[0].header("location"));
        }
        assert_eq!(app.events(kind).await.len(), 1);
        assert_eq!(tool.send("POST", path, &body, &key).await.header("idempotency-replayed"), "true");
        // Another body under the key is another request, and the key of another caller another key.
        let other = json!({ "username": "eve", "redirect_uris": ["https://app.example/cb"] });
        assert_eq!(problem(&tool.send("POST", path, &drop_for(path, &other), &key).await), "idempotency-key-reused");
    }
    let stranger = Tool::new(&app).await;
    let body = json!({ "username": "bob" });
    assert_eq!(stranger.send("POST", "/people", &body, &[("idempotency-key", "9d1f")]).await.status, 201);
}

/// A kept answer can hold a secret, and so must not be read from a copy of the database.
#[actix_web::test]
async fn keeps_no_secret_in_clear() {
    let app = started().await;
    let tool = Tool::new(&app).await;
    let body = json!({ "redirect_uris": ["https://app.example/cb"] });
    let key = [("idempotency-key", "9d1f")];
    let made = tool.send("POST", "/clients", &body, &key).await.json();
    let secret = made["client_secret"].as_str().unwrap();
    let everything = app.everything().await;
    assert!(everything.contains("kept_answers: ") && !everything.contains(secret));
    app.clock.advance(std::time::Duration::from_hours(25));
    let config = &app.cx.config;
    let settings = claviger::domain::jobs::sweep_settings(config);
    claviger::domain::jobs::sweep_once(&app.cx.event_chain, settings, app.cx.now()).await.unwrap();
    assert!(!app.everything().await.contains("kept_answers: "));
}

/// A refusal is not kept: what was wrong may be mended under the same key.
#[actix_web::test]
async fn keeps_no_refusal() {
    let app = started().await;
    let tool = Tool::new(&app).await;
    let key = [("idempotency-key", "9d1f")];
    assert_eq!(tool.send("POST", "/clients", &json!({}), &key).await.status, 422);
    let body = json!({ "redirect_uris": ["https://app.example/cb"] });
    assert_eq!(tool.send("POST", "/clients", &body, &key).await.status, 201);
    let long = "x".repeat(256);
    assert_eq!(tool.send("POST", "/clients", &body, &[("idempotency-key", &long)]).await.status, 400);
}

fn drop_for(path: &str, body: &Value) -> Value {
    let name = if path == "/clients" { "redirect_uris" } else { "username" };
    json!({ name: body[name] })
}
