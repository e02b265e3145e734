//! Claims in several languages and scripts (OIDC Core §5.2).

use serde_json::{Value, json};

use super::*;
use crate::support::claims as claims_of;

/// A server on which ada's name is known in several scripts, and her browser in which she has allowed the app everything.
async fn scene() -> (TestApp, TestClient, Browser) {
    let app = TestApp::start_with("tokens.front_channel_id_tokens = true\n").await;
    let ada = app.person("ada").await;
    app.know_of(
        ada,
        json!({ "family_name#ja-Kana-JP": "ラブレス", "family_name#ru": "Лавлейс", "name#ru": "Ада Лавлейс", "nickname#ru": "Ада" }),
    )
    .await;
    let metadata = json!({
        "client_id": "app", "redirect_uris": [REDIRECT_URI], "consent": "skip", "scope": "openid profile email offline_access",
        "grant_types": ["authorization_code", "implicit", "refresh_token"], "response_types": ["code", "id_token"],
    });
    let client = app.client(metadata).await;
    let browser = app.browser();
    let page = browser.open(&path(&[])).await;
    sign_in(&browser, &page, "ada").await;
    (app, client, browser)
}

fn foreign(told: &Value) -> Vec<String> {
    let names = told.as_object().unwrap().keys().filter(|name| name.contains('#'));
    names.cloned().collect()
}

/// OIDC Core §3.1.2.1, OIDC Core §5.2: told beside the claim to who wants the language, at `UserInfo` and after each refresh.
#[actix_web::test]
async fn tells_names_in_the_languages_that_are_wanted() {
    let (app, client, browser) = scene().await;
    for (scope, wanted, expected) in [
        ("openid profile offline_access", "fr ja", &["family_name#ja-Kana-JP"] as &[_]),
        ("openid profile offline_access", "ru-RU ru", &["family_name#ru", "name#ru"]),
        ("openid profile offline_access", "", &[]),
        ("openid profile offline_access", "not_a-tag ??", &[]),
        ("openid email offline_access", "ja ru", &[]),
    ] {
        let page = browser.open(&path(&[("scope", scope), ("claims_locales", wanted)])).await;
        let tokens = app.redeem(&client, &code(&app, &page)).await.ok();
        let told = app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
        assert_eq!(foreign(&told), expected, "{scope} {wanted}: nothing of what is not told itself, as nickname");
        let later = app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.ok();
        assert_eq!(foreign(&app.userinfo(later["access_token"].as_str().unwrap()).await.ok()), expected);
        assert!(
            foreign(&claims_of(tokens["id_token"].as_str().unwrap())).is_empty(),
            "what scopes release is no claim of it"
        );
    }
}

/// OIDC Core §5.2, OIDC Core §5.5: a claim may be asked for by its name in a language, in both places.
#[actix_web::test]
async fn tells_what_is_asked_for_by_its_name_in_a_language() {
    let (app, client, browser) = scene().await;
    let claims = json!({ "userinfo": { "family_name#ja": null }, "id_token": { "name#ru": { "essential": true } } });
    let page = browser.open(&path(&[("scope", "openid"), ("claims", &claims.to_string())])).await;
    let tokens = app.redeem(&client, &code(&app, &page)).await.ok();
    let told = app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(
        (&told["family_name"], foreign(&told)),
        (&json!("Lovelace"), vec!["family_name#ja-Kana-JP".to_owned(), "family_name#ru".to_owned()])
    );
    let id_token = claims_of(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id_token["name"], &id_token["name#ru"]), (&json!("Ada Lovelace"), &json!("Ада Лавлейс")));
}

/// OIDC Core §5.4: an ID token that comes alone tells them, too.
#[actix_web::test]
async fn tells_them_in_an_id_token_that_comes_alone() {
    let (_app, _client, browser) = scene().await;
    let alone = [("response_type", "id_token"), ("nonce", "n"), ("claims_locales", "ja")];
    let page = browser.open(&path(&alone)).await;
    let fragment = page.answer.header("location").split_once("id_token=").unwrap().1;
    let told = claims_of(fragment.split('&').next().unwrap());
    assert_eq!(foreign(&told), ["family_name#ja-Kana-JP"]);
}
