//! Clients over the API.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::support::SigningKey;

fn web_app(name: &str) -> Value {
    json!({ "client_name": name, "redirect_uris": ["https://app.example/cb"], "kind": "web" })
}

/// RFC 7591 §3.2.1: a secret is told once; RFC 9110 §8.8.3: and what was made can be changed by the tag it came with.
#[actix_web::test]
async fn registers_changes_and_deletes() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let made = tool.post("/clients", web_app("Harbour")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let client = made.json();
    let path = format!("/clients/{}", client["client_id"].as_str().unwrap());
    assert_eq!(made.header("location"), format!("{}/api/v1{path}", app.issuer));
    assert!(client["client_secret"].as_str().unwrap().starts_with("clv_secret_"));
    assert_eq!((&client["kind"], &client["state"]), (&json!("web"), &json!("active")));

    let seen = tool.get(&path).await;
    assert_eq!(seen.header("etag"), made.header("etag"));
    assert_eq!(seen.json().get("client_secret"), None);
    let changed = json!({ "client_name": "Haven", "redirect_uris": ["https://app.example/cb"] });
    let put = tool.send("PUT", &path, &changed, &[("if-match", seen.header("etag"))]).await;
    assert_eq!((&put.ok()["client_name"], put.json().get("client_secret")), (&json!("Haven"), None));
    assert_eq!(tool.get(&path).await.header("etag"), put.header("etag"));

    assert_eq!(tool.get(&format!("{path}/review")).await.ok()["score"], 100);
    assert_eq!(tool.post(&format!("{path}/disable"), Value::Null).await.ok()["state"], "disabled");
    assert_eq!(tool.post(&format!("{path}/enable"), Value::Null).await.ok()["state"], "active");
    let rotated = tool.post(&format!("{path}/rotate-secret"), json!({ "overlap": 60 })).await.ok();
    assert_ne!(rotated["client_secret"], client["client_secret"]);
    assert_eq!(tool.get(&path).await.ok()["secrets"].as_array().unwrap().len(), 2);

    assert_eq!(tool.delete(&path).await.status, 204);
    assert_eq!(problem(&tool.delete(&path).await), "not-found");
    let kinds = ["client_added", "client_updated", "client_disabled", "client_secret_rotated", "client_deleted"];
    for kind in kinds {
        assert!(app.events(kind).await[0].actor.starts_with("client:tool-"), "{kind}");
    }
}

/// RFC 7591 §3.2.1: a secret that says when it ends opens nothing from then on; the one that follows it does.
#[actix_web::test]
async fn lets_a_secret_end_when_its_time_is_over() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let body = json!({ "kind": "machine", "client_id": "robot", "scope": "read", "client_secret_lifetime": 300 });
    let made = tool.post("/clients", body).await.json();
    assert_eq!(made["client_secret_expires_at"], json!(app.cx.now().seconds() + 300), "{made}");
    let ask = async |told: &Value| {
        let secret = told["client_secret"].as_str().unwrap().to_owned();
        let robot = TestClient { id: "robot".to_owned(), secret };
        app.token(&robot, &[("grant_type", "client_credentials")]).await
    };
    app.clock.advance(Duration::from_mins(4));
    ask(&made).await.ok();
    let next = tool.post("/clients/robot/rotate-secret", json!({ "overlap": 3600 })).await.ok();
    app.clock.advance(Duration::from_mins(1));
    ask(&made).await.refuses(401, "invalid_client");
    ask(&next).await.ok();
}

/// RFC 7523 §2.2: a client with a key of its own is given no secret, now or later.
#[actix_web::test]
async fn registers_a_client_with_a_key() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let key = SigningKey::rsa();
    let body = json!({
        "client_id": "robot", "grant_types": ["client_credentials"], "response_types": [], "scope": "",
        "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "RS256",
        "jwks": { "keys": [key.jwk("one")] },
    });
    let made = tool.post("/clients", body).await;
    assert_eq!((made.status, made.json().get("client_secret")), (201, None), "{}", made.body);
    assert_eq!(tool.get("/clients/robot").await.ok()["jwks"]["keys"][0], key.jwk("one"));
    app.token_by_assertion(&app.assertion("robot", &key)).await.ok();
    let refused = tool.post("/clients/robot/rotate-secret", Value::Null).await;
    assert_eq!((refused.status, problem(&refused).as_str()), (409, "conflict"), "{}", refused.body);
    assert!(refused.body.contains("private_key_jwt"), "{}", refused.body);
}

/// RFC 9110 §13.1.1, RFC 6585 §3: nothing is changed by who has not seen it as it is.
#[actix_web::test]
async fn changes_nothing_unseen() {
    let app = TestApp::start().await;
    app.web_app().await;
    let tool = Tool::new(&app).await;
    let body = json!({ "redirect_uris": ["https://app.example/cb"] });
    assert_eq!(problem(&tool.send("PUT", "/clients/app", &body, &[]).await), "precondition-required");
    for tag in ["\"old\"", "W/\"old\"", "nonsense"] {
        let answer = tool.send("PUT", "/clients/app", &body, &[("if-match", tag)]).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (412, "changed-meanwhile"));
    }
    assert!(app.events("client_updated").await.is_empty());
    tool.send("PUT", "/clients/app", &body, &[("if-match", "*")]).await.ok();
}

/// RFC 9457 §3, RFC 9110 §15.5.21: every fault at once, each with its member.
#[actix_web::test]
async fn says_what_is_wrong_with_the_metadata() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let wrong = json!({ "client_name": 5, "redirect_uris": ["x"], "scope": "no-such-scope" });
    let answer = tool.post("/clients", wrong).await;
    assert_eq!((answer.status, problem(&answer).as_str()), (422, "invalid"));
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let members: Vec<_> = errors.iter().map(|error| error["member"].as_str().unwrap()).collect();
    assert!(members.contains(&"client_name") && members.contains(&"redirect_uris"), "{members:?}");
    assert_eq!(tool.post("/clients", json!({ "kind": "teapot" })).await.json()["errors"][0]["member"], "kind");
    assert_eq!(tool.post("/clients", json!([])).await.status, 422);
    assert_eq!(tool.post("/clients", json!({ "client_name": "a\u{0}b" })).await.status, 422);
    let taken = json!({ "client_id": "app", "redirect_uris": ["https://app.example/cb"] });
    app.web_app().await;
    assert_eq!(problem(&tool.post("/clients", taken).await), "conflict");
}

/// Who may change clients gets no more power by it than they have.
#[actix_web::test]
async fn hands_out_no_scope_that_the_caller_lacks() {
    let app = TestApp::start().await;
    let clerk = Tool::with_scope(&app, "clients:read clients:write").await;
    machine(&app, "mighty", "keys:write").await;
    let wish = json!({ "kind": "machine", "scope": "keys:write" });
    assert_eq!(problem(&clerk.post("/clients", wish.clone()).await), "above-the-caller");
    let any = [("if-match", "*")];
    let plain = json!({ "kind": "machine", "grant_types": ["client_credentials"], "response_types": [] });
    assert_eq!(clerk.send("PUT", "/clients/mighty", &plain, &any).await.status, 403);
    assert_eq!(clerk.post("/clients/mighty/rotate-secret", Value::Null).await.status, 403);
    assert_eq!(clerk.delete("/clients/mighty").await.status, 403);
    let own = clerk.post("/clients", json!({ "kind": "machine", "scope": "clients:read" })).await;
    assert_eq!(own.status, 201, "{}", own.body);
    let path = format!("/clients/{}", own.json()["client_id"].as_str().unwrap());
    let more = json!({ "grant_types": ["client_credentials"], "response_types": [], "scope": "people:read" });
    assert_eq!(clerk.send("PUT", &path, &more, &any).await.status, 403);
    assert_eq!(Tool::new(&app).await.post("/clients", wish).await.status, 201);
}
