//! When people are asked, and what their answer gives.

use super::*;

/// OIDC Core §3.1.2.1: what was allowed is remembered; `prompt=consent` and something new ask again.
#[actix_web::test]
async fn asks_only_for_something_new() {
    let app = TestApp::start().await;
    let (browser, _) = ada_who_has_allowed_it(&app).await;
    for changes in [("prompt", ""), ("prompt", "none"), ("scope", "openid")] {
        code(&app, &browser.open(&path(&[changes])).await);
    }
    for changes in [("prompt", "consent"), ("scope", "openid profile email")] {
        assert_eq!(browser.open(&path(&[changes])).await.url.path(), "/consent", "{changes:?}");
    }
    let silent = browser.open(&path(&[("scope", "openid profile email"), ("prompt", "none")])).await;
    assert_eq!(error(&app, &silent.answer), "consent_required");
    let page = browser.open(&path(&[("scope", "openid profile email")])).await;
    code(&app, &allow(&browser, &page).await);
    code(&app, &browser.open(&path(&[("scope", "email profile openid")])).await);
}

#[actix_web::test]
async fn asks_as_often_as_the_operator_has_set() {
    let app = TestApp::start().await;
    client_with(&app, json!({"client_id": "ours", "consent": "skip"})).await;
    client_with(&app, json!({"client_id": "strict", "consent": "always"})).await;
    app.person("ada").await;
    let browser = app.browser();
    let page = browser.open(&path(&[("client_id", "ours")])).await;
    code(&app, &sign_in(&browser, &page, "ada").await);
    for _ in 0..2 {
        let page = browser.open(&path(&[("client_id", "strict")])).await;
        code(&app, &allow(&browser, &page).await);
    }
    let silent = browser.open(&path(&[("client_id", "strict"), ("prompt", "none")])).await;
    assert_eq!(error(&app, &silent.answer), "consent_required");
}

/// RFC 6749 §4.1.2.1: a refusal is told, and writes nothing but the event.
#[actix_web::test]
async fn tells_the_app_that_the_person_refused() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let page = sign_in(&browser, &browser.open(&path(&[])).await, "ada").await;
    let page = browser.submit(&page, "form#consent", &[("decision", "deny")]).await;
    assert_eq!(error(&app, &page.answer), "access_denied");
    assert_eq!(told(&app, &page.answer)["state"], STATE);
    let everything = app.everything().await;
    for table in ["grants: ", "authorizations: ", "codes: "] {
        assert!(!everything.contains(table), "{everything}");
    }
    assert_eq!(app.events("consent").await.len(), 1);
    assert_eq!(app.events("authorization_refused").await.len(), 0);
}

/// RFC 6749 §3.3: less than was asked for may be granted.
#[actix_web::test]
async fn gives_only_what_was_ticked() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let page = browser.open(&path(&[("scope", "openid profile email offline_access")])).await;
    let page = sign_in(&browser, &page, "ada").await;
    let page = browser.submit(&page, "form#consent", &[("decision", "allow"), ("scope", "email")]).await;
    let tokens = app.redeem(&client, &code(&app, &page)).await.ok();
    assert_eq!(tokens["scope"], "openid email");
    assert!(tokens["id_token"].is_string() && tokens["refresh_token"].is_null());
}

/// What was left out is remembered as well: the same question is not asked again, and the answer stays.
#[actix_web::test]
async fn does_not_ask_again_for_what_was_left_out() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let asked = path(&[("scope", "openid profile email")]);
    let page = sign_in(&browser, &browser.open(&asked).await, "ada").await;
    let page = browser.submit(&page, "form#consent", &[("decision", "allow"), ("scope", "email")]).await;
    code(&app, &page);
    let again = browser.open(&asked).await;
    assert_eq!(app.redeem(&client, &code(&app, &again)).await.ok()["scope"], "openid email");
    let insisting = browser.open(&path(&[("scope", "openid profile email"), ("prompt", "consent")])).await;
    assert!(insisting.has("input[value='email'][checked]") && !insisting.has("input[value='profile'][checked]"));
    let fields = [("decision", "allow"), ("scope", "profile"), ("scope", "email")];
    let page = browser.submit(&insisting, "form#consent", &fields).await;
    assert_eq!(app.redeem(&client, &code(&app, &page)).await.ok()["scope"], "openid profile email");
    let again = browser.open(&asked).await;
    assert_eq!(app.redeem(&client, &code(&app, &again)).await.ok()["scope"], "openid profile email");
}
