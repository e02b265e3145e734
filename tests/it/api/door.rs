//! Who gets into the API, and how far.

use serde_json::{Value, json};

use super::*;
use crate::support::{Allowed, REDIRECT_URI, claims};

/// Every operation of the description, with the scope that it names: method, path with its parameters filled in, scope.
fn operations(described: &Value) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let scope = operation["security"][0]["oauth2"][0].as_str().unwrap().to_owned();
            let parts = path.split('/').map(|part| match part {
                "{client_id}" => "app",
                part if part.starts_with('{') => "0b7c1b4e-8f0c-4c57-9d0e-2f6a3a0d7c11",
                part => part,
            });
            found.push((method.to_uppercase(), parts.collect::<Vec<_>>().join("/"), scope));
        }
    }
    found
}

async fn ask(app: &TestApp, method: &str, path: &str, token: Option<&str>) -> Answer {
    let authorization = format!("Bearer {}", token.unwrap_or_default());
    let headers: &[_] = if token.is_some() { &[("authorization", authorization.as_str())] } else { &[] };
    app.request(method, &format!("/api/v1{path}"), "", headers).await
}

/// RFC 6750 §3, RFC 6750 §3.1, RFC 9728 §5.1: a stranger is told the scheme and where to learn more, and no error code.
#[actix_web::test]
async fn tells_a_stranger_how_to_get_a_token() {
    let app = TestApp::start().await;
    let described = app.get("/api/v1/openapi.json").await.ok();
    let metadata = format!("resource_metadata=\"{}/.well-known/oauth-protected-resource/api/v1\"", app.issuer);
    let operations = operations(&described);
    assert!(operations.len() > 25, "{}", operations.len());
    for (method, path, _) in operations {
        let answer = ask(&app, &method, &path, None).await;
        assert_eq!((answer.status, problem(&answer).as_str()), (401, "unauthenticated"), "{method} {path}");
        let challenge = answer.header("www-authenticate");
        assert!(challenge.starts_with("Bearer ") && challenge.contains(&metadata), "{challenge}");
        assert!(!challenge.contains("error"), "{challenge}");
    }
}

/// RFC 6750 §3.1, RFC 9068 §4: a token that is not good, or good elsewhere only, is no token.
#[actix_web::test]
async fn refuses_tokens_of_another_audience_and_bad_ones() {
    let app = TestApp::start().await;
    let tool = machine(&app, "tool", ALL).await;
    let elsewhere = app.token(&tool, &[("grant_type", "client_credentials")]).await.ok();
    let elsewhere = elsewhere["access_token"].as_str().unwrap();
    // RFC 8707 §2.2: nor does a token for elsewhere carry the scopes of this API.
    assert_eq!(claims(elsewhere).get("scope"), None);
    let described = app.get("/api/v1/openapi.json").await.ok();
    for (method, path, _) in operations(&described) {
        for token in [elsewhere, "nonsense"] {
            let answer = ask(&app, &method, &path, Some(token)).await;
            assert_eq!((answer.status, problem(&answer).as_str()), (401, "unauthenticated"), "{method} {path}");
            assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
        }
    }
    let answer = app.get_with("/api/v1/clients", &[("authorization", "Bearer a b")]).await;
    assert_eq!(answer.status, 401);
}

/// RFC 6750 §3.1: each operation wants its own scope, names it, and every other one does not do.
#[actix_web::test]
async fn wants_the_scope_that_is_described() {
    let app = TestApp::start().await;
    let described = app.get("/api/v1/openapi.json").await.ok();
    for wanted in ALL.split(' ') {
        let others: Vec<_> = ALL.split(' ').filter(|scope| *scope != wanted).collect();
        let token = token(&app, &others.join(" ")).await;
        for (method, path, scope) in operations(&described) {
            let answer = ask(&app, &method, &path, Some(&token)).await;
            if scope == wanted {
                assert_eq!((answer.status, problem(&answer).as_str()), (403, "insufficient-scope"), "{method} {path}");
                let challenge = answer.header("www-authenticate");
                assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
                assert!(challenge.contains(&format!("scope=\"{wanted}\"")), "{challenge}");
            } else {
                assert!(!matches!(answer.status, 401 | 403), "{method} {path} {wanted}: {}", answer.body);
            }
        }
    }
}

/// A person's token goes as far as their role, and ends with it.
#[actix_web::test]
async fn lets_people_do_what_their_role_allows() {
    let app = TestApp::start().await;
    let api = format!("{}/api/v1", app.issuer);
    let console = app
        .client(json!({ "client_id": "spa", "redirect_uris": [REDIRECT_URI], "scope": "openid clients:read" }))
        .await;
    let (root, ada) = (app.admin("root").await, app.person("ada").await);
    for (person, status) in [(root, 200), (ada, 403)] {
        let allowed = Allowed { scope: "clients:read", resources: &[&api], ..Allowed::default() };
        let tokens = app.tokens(&console, person, allowed).await;
        let answer = ask(&app, "GET", "/clients", tokens["access_token"].as_str()).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

/// What is taken from a client's registration is taken from the tokens that it holds.
#[actix_web::test]
async fn forgets_a_scope_with_the_registration() {
    let app = TestApp::start().await;
    let tool = machine(&app, "tool", "clients:read people:read").await;
    let api = format!("{}/api/v1", app.issuer);
    let token = app.token(&tool, &[("grant_type", "client_credentials"), ("resource", &api)]).await.ok();
    let token = token["access_token"].as_str();
    assert_eq!(ask(&app, "GET", "/people", token).await.status, 200);
    let less = json!({ "grant_types": ["client_credentials"], "response_types": [], "scope": "clients:read" });
    app.update_client(&tool, less).await;
    assert_eq!(ask(&app, "GET", "/people", token).await.status, 403);
}

/// RFC 8707 §2: who is not registered with a scope of the API gets no token for it.
#[actix_web::test]
async fn gives_tokens_to_those_alone_who_are_registered_for_it() {
    let app = TestApp::start().await;
    let api = format!("{}/api/v1", app.issuer);
    let machine = app.machine().await;
    let form = [("grant_type", "client_credentials"), ("resource", &*api)];
    app.token(&machine, &form).await.refuses(400, "invalid_target");
    let form = [("grant_type", "client_credentials"), ("scope", "clients:read")];
    app.token(&machine, &form).await.refuses(400, "invalid_scope");
}

/// RFC 9728 §2, RFC 9728 §3: what the API says of itself, between host and path.
#[actix_web::test]
async fn says_what_it_is() {
    for path in ["", "/tenant"] {
        let app = TestApp::start_at(path, "").await;
        let address = format!("/.well-known/oauth-protected-resource{path}/api/v1");
        let document = crate::support::Http::new().get(&format!("{}{address}", app.origin), &[]).await.ok();
        assert_eq!(document["resource"], format!("{}/api/v1", app.issuer));
        assert_eq!(document["authorization_servers"], json!([app.issuer]));
        assert_eq!(document["bearer_methods_supported"], json!(["header"]));
        assert_eq!(document["scopes_supported"].as_array().unwrap().len(), 20);
        let tool = Tool::with_scope(&app, "clients:read").await;
        tool.get("/clients").await.ok();
        let challenge = ask(&app, "GET", "/clients", None).await.header("www-authenticate").to_owned();
        assert!(challenge.contains(&format!("{}{address}", app.origin)), "{challenge}");
    }
}
