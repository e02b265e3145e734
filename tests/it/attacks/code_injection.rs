//! Authorization code injection: the attacker has somebody's code and wants what it gives.

use super::scene::*;
use crate::support::{Allowed, REDIRECT_URI, TestApp, VERIFIER, claims};
use serde_json::json;

/// The verifier of the attacker's own sign-in, and its challenge.
const EVES_VERIFIER: &str = "M25iVXpKU3puUjFaYWg3T1NDTDQtcW1ROUY5YXlwalNoc0hhakxifmZHag";
const EVES_CHALLENGE: &str = "qjrzSW9gMiUgpUvqgEPE4_-8swvyCtfOVvg55o5S_es";

/// RFC 9700 §4.5.1, RFC 6819 §5.2.4.4, RFC 6749 §4.1.3: at the attacker's own client the code is good for nothing,
/// whatever comes with it; and its owner can still use it.
#[actix_web::test]
async fn redeems_a_stolen_code_as_its_own_client() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let public = json!({"client_id": "public", "token_endpoint_auth_method": "none"});
    let thieves = [
        client_with(&app, json!({"client_id": "eve"})).await,
        client_with(&app, public).await,
        client_with(&app, json!({"client_id": "lax", "require_pkce": false})).await,
    ];
    let code = app.code(&client, ada, Allowed::default()).await;
    for thief in &thieves {
        for verifier in [VERIFIER, EVES_VERIFIER, ""] {
            for uri in [REDIRECT_URI, "https://evil.example/callback", ""] {
                let answer = redeem_with(&app, thief, &code, uri, verifier).await;
                answer.refuses(400, "invalid_grant");
            }
        }
    }
    app.redeem(&client, &code).await.ok();
}

/// RFC 6749 §3.2.1, RFC 6819 §4.4.1.1: the code of an app that has a secret, by somebody who does not.
#[actix_web::test]
async fn redeems_a_stolen_code_in_the_apps_name() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let eve = client_with(&app, json!({"client_id": "eve", "token_endpoint_auth_method": "none"})).await;
    let code = app.code(&client, ada, Allowed::default()).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    let with = |extra: &[(&'static str, &'static str)]| [&form[..], extra].concat();
    app.post("/oauth2/token", &with(&[])).await.refuses(401, "invalid_client");
    app.post("/oauth2/token", &with(&[("client_id", "app")])).await.refuses(401, "invalid_client");
    let guess = with(&[("client_id", "app"), ("client_secret", "a guess of eve's, long enough to be one")]);
    app.post("/oauth2/token", &guess).await.refuses(401, "invalid_client");
    for header in ["Basic YXBwOg==", "Basic YXBwOmd1ZXNz", "Bearer YXBwOg==", "Basic"] {
        let answer = app.post_with("/oauth2/token", &with(&[]), &[("authorization", header)]).await;
        assert!([400, 401].contains(&answer.status), "{header}: {}", answer.body);
    }
    // Her own name in the header does not go with the app's in the form.
    let both = app.post_with("/oauth2/token", &with(&[("client_id", "app")]), &[("authorization", &eve.basic())]).await;
    assert!([400, 401].contains(&both.status), "{}", both.body);
    app.redeem(&client, &code).await.ok();
}

/// RFC 9700 §4.5.3.1, RFC 7636 §1, RFC 6819 §4.4.1.13: the attacker puts ada's code into her own sign-in at the honest
/// app, and the app redeems it with the verifier of her session.
#[actix_web::test]
async fn injects_a_stolen_code_into_its_own_sign_in_at_the_app() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    app.person("eve").await;
    let (ada, eve) = (at_the_app(&app, "ada").await, at_the_app(&app, "eve").await);
    let adas_code = code(&ada.open(&path(&[("nonce", "of-ada")])).await);
    let hers = [("code_challenge", EVES_CHALLENGE), ("nonce", "of-eve")];
    let eves_code = code(&eve.open(&path(&hers)).await);
    redeem_with(&app, &client, &adas_code, REDIRECT_URI, EVES_VERIFIER).await.refuses(400, "invalid_grant");
    redeem_with(&app, &client, &eves_code, REDIRECT_URI, VERIFIER).await.refuses(400, "invalid_grant");
    redeem_with(&app, &client, &adas_code, REDIRECT_URI, "").await.refuses(400, "invalid_grant");
    // Both are good where they belong.
    redeem_with(&app, &client, &eves_code, REDIRECT_URI, EVES_VERIFIER).await.ok();
    redeem_with(&app, &client, &adas_code, REDIRECT_URI, VERIFIER).await.ok();
}

/// RFC 9700 §4.5.3.2: where an app does without PKCE, the nonce in the ID token tells it whose request the code answers.
#[actix_web::test]
async fn injects_a_code_where_only_the_nonce_protects_it() {
    let app = TestApp::start().await;
    let client = client_with(&app, json!({"require_pkce": false})).await;
    app.person("ada").await;
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let ada = signed_in(&app, "ada").await;
    let page = ada.open(&path(&[&without[..], &[("nonce", "of-ada")]].concat())).await;
    let code = code(&allow(&ada, &page).await);
    let tokens = redeem_with(&app, &client, &code, REDIRECT_URI, "").await.ok();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["nonce"], "of-ada");
    let page = ada.open(&path(&without)).await;
    let tokens = redeem_with(&app, &client, &super::scene::code(&page), REDIRECT_URI, "").await.ok();
    assert!(claims(tokens["id_token"].as_str().unwrap()).get("nonce").is_none(), "no nonce where none was sent");
}

/// RFC 9700 §4.5, RFC 6819 §5.2.4.5, RFC 6749 §4.1.3: the code was sent to one of the app's URIs and comes back with
/// another, also a registered one.
#[actix_web::test]
async fn redeems_a_code_that_was_sent_to_another_redirect_uri() {
    let app = TestApp::start().await;
    let other = "https://app.example/other";
    let client = client_with(&app, json!({"redirect_uris": [REDIRECT_URI, other]})).await;
    app.person("ada").await;
    let ada = at_the_app(&app, "ada").await;
    let uris = [
        other,
        "https://evil.example/callback",
        "https://app.example/callback/",
        "https://app.example/%63allback",
        "https://APP.example/callback",
        "https://app.example/callback?x=1",
        "",
    ];
    let sent = code(&ada.open(&path(&[])).await);
    for uri in uris {
        redeem_with(&app, &client, &sent, uri, VERIFIER).await.refuses(400, "invalid_grant");
    }
    let twice = [
        ("grant_type", "authorization_code"),
        ("code", sent.as_str()),
        ("redirect_uri", other),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    app.token(&client, &twice).await.refuses(400, "invalid_request");
    app.redeem(&client, &sent).await.ok();
    let to_the_other = code(&ada.open(&path(&[("redirect_uri", other)])).await);
    app.redeem(&client, &to_the_other).await.refuses(400, "invalid_grant");
}

/// RFC 8252 §7.3: the port of a native app is free when it asks, not when it redeems: another program on the same
/// machine listens at another one.
#[actix_web::test]
async fn redeems_a_native_apps_code_for_another_port() {
    let app = TestApp::start().await;
    let native = json!({
        "application_type": "native", "token_endpoint_auth_method": "none", "redirect_uris": ["http://127.0.0.1/cb"],
    });
    let client = client_with(&app, native).await;
    app.person("ada").await;
    let ada = signed_in(&app, "ada").await;
    let asked = "http://127.0.0.1:51004/cb";
    let page = ada.open(&path(&[("redirect_uri", asked)])).await;
    let code = code(&allow(&ada, &page).await);
    for uri in
        ["http://127.0.0.1:51005/cb", "http://127.0.0.1/cb", "http://localhost:51004/cb", "http://[::1]:51004/cb"]
    {
        redeem_with(&app, &client, &code, uri, VERIFIER).await.refuses(400, "invalid_grant");
    }
    redeem_with(&app, &client, &code, asked, VERIFIER).await.ok();
}

/// RFC 6819 §4.4.1.3, RFC 6749 §10.10: neither a code that was altered nor anything else that the server has handed out.
#[actix_web::test]
async fn offers_something_that_is_almost_a_code() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, ada, Allowed::default()).await;
    let code = app.code(&client, ada, Allowed::default()).await;
    let last = if code.ends_with('A') { "B" } else { "A" };
    let changed = format!("{}{last}", &code[..code.len() - 1]);
    let variants = [
        changed.clone(),
        code[..code.len() - 1].to_owned(),
        format!("{code}A"),
        format!("{code} "),
        format!(" {code}"),
        format!("{code}{code}"),
        code.to_ascii_uppercase(),
        code.replace("clv_code_", ""),
        code.replace("clv_code_", "clv_rt_"),
        code.replace("clv_code_", "clv_at_"),
        refresh_token(&tokens).to_owned(),
        access_token(&tokens).to_owned(),
        tokens["id_token"].as_str().unwrap().to_owned(),
        "*".to_owned(),
        "%".to_owned(),
        "' OR 1=1 --".to_owned(),
    ];
    for variant in &variants {
        redeem_with(&app, &client, variant, REDIRECT_URI, VERIFIER).await.refuses(400, "invalid_grant");
    }
    let form =
        [("grant_type", "authorization_code"), ("code", &code), ("code", &changed), ("redirect_uri", REDIRECT_URI)];
    app.token(&client, &form).await.refuses(400, "invalid_request");
    app.redeem(&client, &code).await.ok();
}

/// RFC 9700 §4.5.2: hundreds of guesses at the verifier gain nothing, and take nothing from the owner.
#[actix_web::test]
async fn guesses_at_the_verifier_until_the_owner_comes() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let code = app.code(&client, ada, Allowed::default()).await;
    for number in 0..200 {
        let guess = format!("{number:043}");
        redeem_with(&app, &client, &code, REDIRECT_URI, &guess).await.refuses(400, "invalid_grant");
    }
    let tokens = app.redeem(&client, &code).await.ok();
    assert!(is_active(&app, &client, access_token(&tokens)).await);
}
