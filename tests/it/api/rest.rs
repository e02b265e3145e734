//! Keys, events, settings, and what goes wrong before a handler is asked.

use serde_json::{Value, json};

use super::*;

#[actix_web::test]
async fn rotates_and_retires_keys() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    assert_eq!(tool.get("/keys").await.ok()["items"].as_array().unwrap().len(), 4);
    let made = tool.post("/keys/rotate", Value::Null).await;
    assert_eq!((made.status, made.json()["items"].as_array().unwrap().len()), (201, 4), "{}", made.body);
    assert_eq!(problem(&tool.post("/keys/rotate", json!({})).await), "conflict");
    let kid = made.json()["items"][0]["kid"].as_str().unwrap().to_owned();
    assert_eq!(tool.post(&format!("/keys/{kid}/retire"), Value::Null).await.status, 204);
    assert_eq!(tool.post(&format!("/keys/{kid}/retire"), Value::Null).await.status, 409);
    assert_eq!(tool.post("/keys/none/retire", Value::Null).await.status, 404);
    let jwks = app.get("/oauth2/jwks").await.body;
    assert!(!jwks.contains(&kid), "this server goes by it at once");
}

#[actix_web::test]
async fn shows_settings_without_their_secrets() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let answer = tool.get("/settings").await;
    let settings = answer.ok();
    let of = |key: &str| {
        let found = settings["items"].as_array().unwrap().iter().find(|setting| setting["key"] == key);
        found.unwrap_or_else(|| panic!("{key}"))["value"].clone()
    };
    assert_eq!(of("server.issuer"), app.issuer.as_str());
    assert_eq!(of("keys.encryption_key"), "(hidden)");
    assert!(!answer.body.contains(crate::support::ENCRYPTION_KEY));
}

/// RFC 9457 §3, RFC 9457 §3.1, RFC 9110 §15.5.6, §15.5.14, §15.5.16: whatever is wrong, wherever, is told in one form.
#[actix_web::test]
async fn tells_every_problem_in_one_form() {
    let app = TestApp::start().await;
    let tool = Tool::new(&app).await;
    let bearer = format!("Bearer {}", tool.token);
    let send = async |method: &str, path: &str, body: Vec<u8>, kind: &str| {
        let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
        app.request(method, &format!("/api/v1{path}"), body, &headers).await
    };
    for (method, path, body, kind, status) in [
        ("GET", "", "", "application/json", 404),
        ("GET", "/", "", "application/json", 404),
        ("GET", "/teapots", "", "application/json", 404),
        ("GET", "/clients/", "", "application/json", 404),
        ("GET", "/clients/none", "", "application/json", 404),
        ("GET", "/clients/%00", "", "application/json", 404),
        ("GET", "/people/none", "", "application/json", 404),
        ("DELETE", "/clients", "", "application/json", 405),
        ("PATCH", "/settings", "", "application/json", 405),
        ("TRACE", "/clients", "", "application/json", 405),
        ("POST", "/openapi.json", "", "application/json", 405),
        ("POST", "/clients", "{", "application/json", 400),
        ("POST", "/clients", "", "application/json", 400),
        ("POST", "/clients", "{}", "text/plain", 415),
        ("POST", "/clients", "{}", "application/x-www-form-urlencoded", 415),
    ] {
        let answer = send(method, path, body.into(), kind).await;
        assert_eq!(answer.status, status, "{method} {path} {kind}: {}", answer.body);
        problem(&answer);
    }
    let answer = send("DELETE", "/clients", Vec::new(), "application/json").await;
    assert_eq!(answer.header("allow"), "GET, POST, HEAD");
    let answer = send("POST", "/clients", vec![b' '; 100_000], "application/json").await;
    assert_eq!((answer.status, problem(&answer).as_str()), (413, "too-large"));
    let answer = send("HEAD", "/clients", Vec::new(), "application/json").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}
