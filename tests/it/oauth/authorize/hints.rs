//! Hints and wishes: who is meant, how it should look.

use super::*;
use crate::support::EncryptionKey;

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

/// OIDC Core §3.1.2.1, OIDC RP-Initiated Logout §2: an ID token that was encrypted to the app is no hint; one that the app
/// has encrypted to us is one, here and at sign-out.
#[actix_web::test]
async fn takes_a_hint_that_is_encrypted_to_it() {
    let app = TestApp::start().await;
    let (browser, _) = ada_who_has_allowed_it(&app).await;
    let key = EncryptionKey::p256();
    let members = json!({
        "client_id": "private", "jwks": { "keys": [key.jwk("one")] }, "id_token_encrypted_response_alg": "ECDH-ES",
        "consent": "skip", "post_logout_redirect_uris": ["https://app.example/goodbye"],
    });
    let client = client_with(&app, members).await;
    let page = browser.open(&path(&[("client_id", "private"), ("prompt", "none")])).await;
    let tokens = app.redeem(&client, &code(&app, &page)).await.ok();
    let sent = tokens["id_token"].as_str().unwrap();
    let anew = app.encrypted("RSA-OAEP-256", "A128GCM", &key.open(sent)).await;
    let hint = |hint: &str| path(&[("client_id", "private"), ("prompt", "none"), ("id_token_hint", hint)]);
    code(&app, &browser.open(&hint(&anew)).await);
    code(&app, &browser.open(&hint(&key.open(sent))).await);
    assert_eq!(error(&app, &app.get(&hint(sent)).await), "invalid_request");
    for (hint, is_known) in [(anew.as_str(), true), (sent, false)] {
        let query =
            form_encode(&[("id_token_hint", hint), ("post_logout_redirect_uri", "https://app.example/goodbye")]);
        let said = browser.open(&format!("/oauth2/end_session?{query}")).await.answer.body;
        assert_eq!(!said.contains("Send as id_token_hint an ID token"), is_known, "{said}");
    }
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
