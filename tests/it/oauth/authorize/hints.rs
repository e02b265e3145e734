//! Hints and wishes: who is meant, how it should look.

use super::*;

/// OIDC Core §3.1.2.1: a hint at who is meant is honoured: for anybody else the answer is an error.
#[actix_web::test]
async fn answers_for_the_person_of_the_id_token_hint_only() {
    let app = TestApp::start().await;
    let (browser, client) = ada_who_has_allowed_it(&app).await;
    app.person("ben").await;
    let page = browser.open(&path(&[("prompt", "none")])).await;
    let hint = app.redeem(&client, &code(&app, &page)).await.ok()["id_token"].as_str().unwrap().to_owned();
    // Long after it has expired, it still says who is meant.
    app.clock.advance(std::time::Duration::from_hours(2));
    code(&app, &browser.open(&path(&[("id_token_hint", &hint), ("prompt", "none")])).await);

    let other = app.browser();
    let page = other.open(&path(&[])).await;
    let page = sign_in(&other, &page, "ben").await;
    code(&app, &allow(&other, &page).await);
    let silent = other.open(&path(&[("id_token_hint", &hint), ("prompt", "none")])).await;
    assert_eq!(error(&app, &silent.answer), "login_required");
    let page = other.open(&path(&[("id_token_hint", &hint)])).await;
    assert!(page.has("form#login"), "{}", page.answer.body);
    let page = sign_in(&other, &page, "ben").await;
    assert_eq!(error(&app, &page.answer), "login_required");
}

/// OIDC Core §3.1.2.1: wishes are never an error.
#[actix_web::test]
async fn takes_wishes_that_it_does_not_fulfil() {
    let app = TestApp::start().await;
    let (browser, _) = ada_who_has_allowed_it(&app).await;
    for wish in [
        ("display", "popup"),
        ("ui_locales", "xx-YY de"),
        ("claims_locales", "de"),
        ("login_hint", "ada@example.com"),
        ("acr_values", "urn:unheard:of urn:claviger:acr:password"),
        ("claims", "{\"userinfo\":{\"name\":{\"essential\":true}}}"),
        ("nonce", &"n".repeat(384)),
        ("unknown", "1"),
    ] {
        code(&app, &browser.open(&path(&[wish, ("prompt", "none")])).await);
    }
}
