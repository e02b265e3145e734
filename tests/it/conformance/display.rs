//! Wishes, none of which may be an error.

use super::*;

#[actix_web::test]
async fn oidcc_display_page() {
    Provider::start().await.flow(&[("display", "page")]).await;
}

#[actix_web::test]
async fn oidcc_display_popup() {
    Provider::start().await.flow(&[("display", "popup")]).await;
}

/// The hint is in the field where a person would type it.
#[actix_web::test]
async fn oidcc_login_hint() {
    let provider = Provider::start().await;
    let page = provider.open(&[("login_hint", "ada@ada.example")]).await;
    assert_eq!(
        page.form("form#login", &[]).1.into_iter().find(|(name, _)| name == "username").unwrap().1,
        "ada@ada.example"
    );
    let page = provider.go_on(page).await;
    provider.finish(&page, &[]).await;
}

#[actix_web::test]
async fn oidcc_ui_locales() {
    Provider::start().await.flow(&[("ui_locales", "se")]).await;
}

#[actix_web::test]
async fn oidcc_claims_locales() {
    Provider::start().await.flow(&[("claims_locales", "se")]).await;
}

/// The level that is told is one of those asked for.
#[actix_web::test]
async fn oidcc_ensure_request_with_acr_values_succeeds() {
    let provider = Provider::start().await;
    let document = provider.app.get("/.well-known/openid-configuration").await.ok();
    let offered: Vec<_> = document["acr_values_supported"]
        .as_array()
        .unwrap()
        .iter()
        .map(|acr| acr.as_str().unwrap().to_owned())
        .collect();
    let flow = provider.flow(&[("acr_values", &offered.join(" "))]).await;
    assert!(offered.iter().any(|acr| flow.id_token["acr"] == acr.as_str()), "{}", flow.id_token);
}
