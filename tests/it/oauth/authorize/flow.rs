//! From the app to the pages and back, with a code.

use std::time::Duration;

use claviger::store::CodeState;

use super::*;
use crate::support::claims;

/// RFC 6749 §4.1.1, RFC 6749 §4.1.2, RFC 9207 §2, OIDC Core §3.1.2: a person signs in and allows it, the app gets a code
/// that works, with its state and our name; the database holds no code that works.
#[actix_web::test]
async fn signs_a_person_in_and_gives_the_app_a_code() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    let ada = app.person("ada").await;
    let browser = app.browser();
    let page = browser.open(&path(&[("nonce", "n-0S6_WzA2Mj"), ("unknown", "ignored")])).await;
    let page = sign_in(&browser, &page, "ada").await;
    let page = allow(&browser, &page).await;
    assert_eq!(told(&app, &page.answer)["state"], STATE);
    let code = code(&app, &page);
    let everything = app.everything().await;
    assert!(!everything.contains(&code), "only the hash of a code is kept");
    let (stored, _) = app.cx.store.code_and_authorization(&app.cx.hasher.hash(&code)).await.unwrap().unwrap();
    assert_eq!(stored.state, CodeState::Unused);
    assert_eq!(stored.expires_at, app.cx.now() + Duration::from_mins(1));
    let tokens = app.redeem(&client, &code).await.ok();
    let id_token = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id_token["sub"], json!(ada));
    assert_eq!((&id_token["nonce"], &id_token["acr"]), (&json!("n-0S6_WzA2Mj"), &json!("urn:claviger:acr:password")));
    assert_eq!(id_token["auth_time"], json!(app.cx.now().seconds()));
    assert_eq!((app.events("code_issued").await.len(), app.events("consent").await.len()), (1, 1));
}

/// OIDC Core §3.1.2.1: the request may be posted. The form comes from another site, so without our cookie; who is
/// signed in is still seen.
#[actix_web::test]
async fn takes_a_posted_request() {
    let app = TestApp::start().await;
    let (browser, _) = ada_who_has_allowed_it(&app).await;
    let posted = app.post("/oauth2/authorize", &parameters(&[("prompt", "none")])).await;
    assert_eq!(posted.status, 303, "{}", posted.body);
    let location = posted.header("location");
    assert!(location.starts_with("/oauth2/authorize/resume?request="), "{location}");
    code(&app, &browser.open(location).await);
    assert_eq!(error(&app, &app.get(location).await), "login_required");
}

#[actix_web::test]
async fn finds_its_pages_below_an_issuer_with_a_path() {
    let app = TestApp::start_at("/id", "").await;
    app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let page = sign_in(&browser, &browser.open(&path(&[])).await, "ada").await;
    assert_eq!(page.url.path(), "/id/consent");
    code(&app, &allow(&browser, &page).await);
}

/// OIDC Core §3.1.2.1: `prompt=login` and `max_age` bring a new sign-in, and the ID token says when it was.
#[actix_web::test]
async fn asks_for_a_fresh_sign_in_where_the_app_wants_one() {
    let app = TestApp::start().await;
    let (browser, client) = ada_who_has_allowed_it(&app).await;
    let auth_time = async |page: &Page| {
        let tokens = app.redeem(&client, &code(&app, page)).await.ok();
        claims(tokens["id_token"].as_str().unwrap())["auth_time"].as_i64().unwrap()
    };
    let first = auth_time(&browser.open(&path(&[("prompt", "none")])).await).await;
    app.clock.advance(Duration::from_secs(5));
    assert_eq!(auth_time(&browser.open(&path(&[("max_age", "10000")])).await).await, first);
    assert_eq!(
        error(&app, &browser.open(&path(&[("max_age", "1"), ("prompt", "none")])).await.answer),
        "login_required"
    );
    for changes in [("prompt", "login"), ("max_age", "1"), ("max_age", "0")] {
        app.clock.advance(Duration::from_secs(5));
        let page = browser.open(&path(&[changes])).await;
        let page = sign_in(&browser, &page, "ada").await;
        assert_eq!(auth_time(&page).await, app.cx.now().seconds(), "{changes:?}");
    }
}

/// OIDC Core §3.1.2.1: `prompt=select_account` asks even a person who is signed in.
#[actix_web::test]
async fn lets_the_person_choose_the_account() {
    let app = TestApp::start().await;
    let (browser, client) = ada_who_has_allowed_it(&app).await;
    let ben = app.person("ben").await;
    let choose = browser.open(&path(&[("prompt", "select_account")])).await;
    assert_eq!(choose.url.path(), "/login/select");
    code(&app, &browser.submit(&choose, "form", &[("account", &choose.account("ada"))]).await);
    let page = browser.submit(&choose, "form", &[("account", "another")]).await;
    let page = sign_in(&browser, &page, "ben").await;
    let page = allow(&browser, &page).await;
    let tokens = app.redeem(&client, &code(&app, &page)).await.ok();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["sub"], json!(ben));
}

/// OIDC Form Post §2: the code travels in a form that the browser posts to the app.
#[actix_web::test]
async fn posts_the_code_where_the_app_wants_it_by_form() {
    let app = TestApp::start().await;
    let (browser, client) = ada_who_has_allowed_it(&app).await;
    let page = browser.open(&path(&[("response_mode", "form_post")])).await;
    let (action, fields) = page.form("form#form-post", &[]);
    assert_eq!(action, REDIRECT_URI);
    let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    app.redeem(&client, &fields[0].1).await.ok();
}

/// RFC 8707 §2: the resources of the request become the audience of its tokens.
#[actix_web::test]
async fn keeps_the_resources_for_the_tokens() {
    let app = TestApp::start_with("[[resources]]\nidentifier = \"https://api.example\"\n").await;
    let client = client_with(&app, json!({"resources": ["https://api.example"], "consent": "skip"})).await;
    app.person("ada").await;
    let browser = app.browser();
    let page = browser.open(&path(&[("resource", "https://api.example")])).await;
    let page = sign_in(&browser, &page, "ada").await;
    let tokens = app.redeem(&client, &code(&app, &page)).await.ok();
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["aud"], json!("https://api.example"));
}
