//! The admin API, as a program calls it that knows its description.

mod api_key_roles;
mod api_keys;
mod approvals;
mod clients;
mod description;
mod door;
mod handing_over;
mod import;
mod invitations;
mod lists;
mod people;
mod races;
mod registration_tokens;
mod resource_ends;
mod resources;
mod rest;

use serde_json::{Value, json};

use crate::support::{Allowed, Answer, REDIRECT_URI, TestApp, TestClient};

/// Every scope of the API.
const ALL: &str = "clients:read clients:write resources:write people:read people:write roles:write consents:read consents:write \
    sessions:read sessions:write groups:read groups:write approvals:read approvals:write api-keys:read \
    api-keys:write events:read keys:read keys:write settings:read";

/// A program with a token.
struct Tool<'a> {
    app: &'a TestApp,
    token: String,
    /// Where the description is held against what is answered.
    described: Value,
}

impl<'a> Tool<'a> {
    /// One that may do everything.
    async fn new(app: &'a TestApp) -> Self {
        Self::with_scope(app, ALL).await
    }

    /// One that may do what these scopes allow.
    async fn with_scope(app: &'a TestApp, scope: &str) -> Self {
        let token = token(app, scope).await;
        let described = app.get("/api/v1/openapi.json").await.ok();
        Self { app, token, described }
    }

    async fn send(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let authorization = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", authorization.as_str())];
        if !body.is_null() {
            all.push(("content-type", "application/json"));
        }
        all.extend_from_slice(headers);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.app.request(method, &format!("/api/v1{path}"), body, &all).await;
        self.is_described(method, path, &answer);
        answer
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &Value::Null, &[]).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &body, &[]).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &Value::Null, &[]).await
    }

    /// Every answer is one that the description knows: by its status, and by its type.
    #[track_caller]
    fn is_described(&self, method: &str, path: &str, answer: &Answer) {
        let path = path.split('?').next().unwrap();
        let paths = self.described["paths"].as_object().unwrap();
        // One without parameters comes first, as `/keys/rotate`.
        let exact = paths.get_key_value(path);
        let found = exact.or_else(|| paths.iter().find(|(pattern, _)| fits(pattern, path)));
        let Some(operation) = found.and_then(|(_, methods)| methods.get(method.to_lowercase())) else {
            assert!(matches!(answer.status, 404 | 405), "{method} {path} is not described: {}", answer.status);
            problem(answer);
            return;
        };
        let response = &operation["responses"][answer.status.to_string()];
        assert!(response.is_object(), "{method} {path} answers {} undescribed: {}", answer.status, answer.body);
        if let Some(content) = response["content"].as_object() {
            assert!(content.contains_key(answer.header("content-type")), "{method} {path} {}", answer.status);
        }
        if answer.status >= 400 {
            problem(answer);
        }
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(part, sent)| part.starts_with('{') || *part == sent)
}

/// RFC 9457 §3: checks that the answer is a problem, and tells which.
#[track_caller]
fn problem(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{} {}", answer.status, answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status);
    assert_eq!(problem["request_id"].as_str().unwrap(), answer.header("x-request-id"));
    assert!(!problem["title"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty());
    problem["type"].as_str().unwrap().rsplit_once("/api/v1/docs#").unwrap().1.to_owned()
}

/// A machine that is registered with this scope.
async fn machine(app: &TestApp, id: &str, scope: &str) -> TestClient {
    app.client(json!({
        "client_id": id, "grant_types": ["client_credentials"], "response_types": [], "scope": scope,
    }))
    .await
}

/// A token of a machine of its own, for the API.
async fn token(app: &TestApp, scope: &str) -> String {
    let id = format!("tool-{}", app.cx.entropy.uuid());
    let machine = machine(app, &id, scope).await;
    let api = format!("{}/api/v1", app.issuer);
    let answer = app.token(&machine, &[("grant_type", "client_credentials"), ("resource", &api)]).await.ok();
    assert_eq!(answer["scope"], scope);
    answer["access_token"].as_str().unwrap().to_owned()
}
