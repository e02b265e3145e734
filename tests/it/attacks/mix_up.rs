//! Mix-up: a client of several servers is led to take an answer of one for an answer of another.

use serde_json::json;

use super::scene::*;
use crate::support::{Allowed, Page, REDIRECT_URI, TestApp, claims};

/// The values of a parameter in an answer by form.
fn posted(page: &Page, name: &str) -> Vec<String> {
    assert_eq!((page.answer.status, page.answer.header("location")), (200, ""), "{}", page.answer.body);
    let (action, fields) = page.form("form#form-post", &[]);
    assert_eq!(action, REDIRECT_URI);
    fields.into_iter().filter(|(own, _)| own == name).map(|(_, value)| value).collect()
}

/// RFC 9700 §4.4.2.1, RFC 9207 §2: the client of the honest server would know by `iss`, so every answer has it, once:
/// codes and errors, by query and by form, from the first look at the request to the person's refusal.
#[actix_web::test]
async fn hopes_for_an_answer_that_does_not_name_its_server() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = at_the_app(&app, "ada").await;
    let stranger = app.browser();
    let silent = ("prompt", "none");
    for mode in ["query", "form_post"] {
        let mode = ("response_mode", mode);
        let page = browser.open(&path(&[mode, ("prompt", "consent")])).await;
        let answers = [
            ("code", browser.open(&path(&[mode, silent])).await),
            ("code", allow(&browser, &page).await),
            ("access_denied", browser.submit(&page, "form#consent", &[("decision", "deny")]).await),
            ("login_required", stranger.open(&path(&[mode, silent])).await),
            ("consent_required", browser.open(&path(&[mode, silent, ("scope", "openid email")])).await),
            ("invalid_scope", stranger.open(&path(&[mode, ("scope", "unheard-of")])).await),
            ("invalid_request", stranger.open(&path(&[mode, ("code_challenge", "x")])).await),
            ("invalid_request", stranger.open(&path(&[mode, ("nonce", "a"), ("nonce", "b")])).await),
            ("unsupported_response_type", stranger.open(&path(&[mode, ("response_type", "token")])).await),
            ("invalid_request_object", stranger.open(&path(&[mode, ("request", "a.b.c")])).await),
            ("invalid_target", stranger.open(&path(&[mode, ("resource", "https://unheard-of.example")])).await),
        ];
        for (expected, page) in answers {
            if mode.1 == "query" {
                let told = told(&page.answer);
                assert_eq!(told.get("iss"), Some(&app.issuer), "{expected}");
                assert!(told.contains_key(expected) || told["error"] == expected, "{told:?}");
            } else {
                assert_eq!(posted(&page, "iss"), [app.issuer.as_str()], "{expected}");
                let is_there = posted(&page, expected).len() == 1 || posted(&page, "error") == [expected];
                assert!(is_there, "{expected} in {}", page.answer.body);
            }
        }
    }
}

/// RFC 9207 §3, RFC 9700 §4.4.2.1: metadata, answers and ID tokens all have one name, the path included, and the promise
/// to send it.
#[actix_web::test]
async fn looks_for_a_second_name_of_the_server() {
    let app = TestApp::start_at("/tenant-a", "").await;
    let client = app.web_app().await;
    app.person("ada").await;
    assert!(app.issuer.ends_with("/tenant-a"));
    let browser = at_the_app(&app, "ada").await;
    let page = browser.open(&path(&[])).await;
    assert_eq!(told(&page.answer)["iss"], app.issuer);
    let tokens = app.redeem(&client, &code(&page)).await.ok();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["iss"], json!(app.issuer));
    assert_eq!(claims(access_token(&tokens))["iss"], json!(app.issuer));
    for document in ["openid-configuration", "oauth-authorization-server"] {
        // A header of the attacker's is no name of ours.
        let headers =
            [("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("forwarded", "host=evil.example")];
        let metadata = app.get_with(&format!("/.well-known/{document}"), &headers).await.ok();
        assert_eq!(metadata["issuer"], json!(app.issuer), "{document}");
        assert_eq!(metadata["authorization_response_iss_parameter_supported"], json!(true), "{document}");
        assert!(!metadata.to_string().contains("evil.example"), "{document}");
    }
}

/// RFC 9700 §4.4: the name in the answer is the server's, whatever the request says.
#[actix_web::test]
async fn puts_another_servers_name_into_the_request() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = at_the_app(&app, "ada").await;
    let evil = "https://evil.example";
    for changes in [("iss", evil), ("issuer", evil), ("state", "x&iss=https://evil.example"), ("nonce", "iss=evil")] {
        for prompt in ["none", "consent none"] {
            let told = told(&browser.open(&path(&[changes, ("prompt", prompt)])).await.answer);
            assert_eq!(told["iss"], app.issuer, "{changes:?}");
        }
    }
}

/// RFC 9700 §4.4.1: a code, a token or a waiting request of one server is worth nothing at another, even if both have the
/// same clients, people and key to encrypt with.
#[actix_web::test]
async fn plays_an_answer_of_one_server_at_another() {
    let (one, two) = (TestApp::start().await, TestApp::start().await);
    let mut clients = Vec::new();
    for app in [&one, &two] {
        clients.push((app.web_app().await, app.person("ada").await));
    }
    let (client, ada) = &clients[0];
    let code = one.code(client, *ada, Allowed::default()).await;
    two.redeem(&clients[1].0, &code).await.refuses(400, "invalid_grant");
    let tokens = one.redeem(client, &code).await.ok();
    assert_eq!(two.userinfo(access_token(&tokens)).await.status, 401);
    two.refresh(&clients[1].0, refresh_token(&tokens)).await.refuses(400, "invalid_grant");
    let hint = [("id_token_hint", tokens["id_token"].as_str().unwrap()), ("prompt", "none")];
    assert_eq!(told(&two.get(&path(&hint)).await)["error"], "invalid_request");
    one.userinfo(access_token(&tokens)).await.ok();
}
