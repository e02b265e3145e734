//! Signing in, from an app and at our own door.

use super::*;

#[actix_web::test]
async fn leads_from_the_app_and_back_with_a_code_that_works() {
    walk(async |scene| {
        scene.start(&[]).await;
        scene.chromium.arrives_at("/login").await;
        assert!(scene.chromium.text("main").await.contains("to continue to Harbour Log"));
        scene.sign_in("ada", PASSWORD).await;
        scene.allow().await;
        let code = &scene.told().await["code"];
        assert_eq!(scene.tokens(code).await["scope"], "openid profile email boats.read");
    })
    .await;
}

#[actix_web::test]
async fn says_aloud_that_the_password_is_wrong_and_waits_in_its_field() {
    walk(async |scene| {
        scene.start(&[]).await;
        assert_eq!(scene.chromium.focused("name").await, "username");
        scene.sign_in("ada", "wrong").await;
        assert_eq!(scene.chromium.text("[role=alert]").await, "The username or password is not right.");
        assert_eq!(scene.chromium.focused("name").await, "password");
        assert_eq!(scene.chromium.focused("aria-describedby").await, "problem");
        assert_eq!(scene.chromium.attribute("[name=username]", "value").await, "ada");
        scene.chromium.fill("password", PASSWORD).await;
        scene.chromium.enter().await;
        scene.allow().await;
        assert!(scene.told().await.contains_key("code"));
    })
    .await;
}

#[actix_web::test]
async fn serves_two_tabs_with_a_request_each() {
    walk(async |scene| {
        let browser = &scene.chromium;
        scene.start(&[("scope", "openid email")]).await;
        browser.open_tab().await;
        scene.start(&[("scope", "openid profile"), ("response_mode", "")]).await;
        scene.sign_in("ada", PASSWORD).await;
        scene.allow().await;
        assert_eq!(scene.tokens(&scene.told().await["code"]).await["scope"], "openid profile");
        browser.go_to_tab(0).await;
        browser.arrives_at("/login").await;
        scene.sign_in("ada", PASSWORD).await;
        scene.allow().await;
        assert_eq!(scene.tokens(&scene.told().await["code"]).await["scope"], "openid email");
    })
    .await;
}

#[actix_web::test]
async fn goes_on_after_a_step_back() {
    walk(async |scene| {
        scene.start(&[]).await;
        scene.sign_in("ada", PASSWORD).await;
        scene.chromium.arrives_at("/consent").await;
        scene.chromium.back().await;
        scene.chromium.arrives_at("/login").await;
        scene.chromium.fill("password", PASSWORD).await;
        scene.chromium.enter().await;
        scene.allow().await;
        assert!(scene.told().await.contains_key("code"));
        scene.chromium.back().await;
        scene.allow().await;
        assert!(scene.told().await.contains_key("code"), "the consent page, too, can be sent again");
    })
    .await;
}

#[actix_web::test]
async fn keeps_the_cookie_beyond_the_window_only_if_asked_to() {
    walk_as_ada(async |scene| {
        assert_eq!(scene.chromium.cookie_ends_at(COOKIE).await, None);
        scene.chromium.open(&scene.app.url("/login?another=yes")).await;
        scene.chromium.tick("label:has([name=remember])").await;
        scene.sign_in("ada", PASSWORD).await;
        scene.chromium.arrives_at("/").await;
        assert!(scene.chromium.cookie_ends_at(COOKIE).await.is_some());
    })
    .await;
}

/// OIDC Core §3.1.2.1: `prompt=login` asks who is signed in for the password again.
#[actix_web::test]
async fn confirms_who_is_signed_in() {
    walk_as_ada(async |scene| {
        scene.start(&[("prompt", "login")]).await;
        scene.chromium.arrives_at("/login").await;
        assert_eq!(scene.chromium.heading().await, "Please confirm that it’s you");
        assert_eq!(scene.chromium.focused("name").await, "password");
        scene.chromium.fill("password", PASSWORD).await;
        scene.chromium.press("form#login button").await;
        scene.allow().await;
        assert!(scene.told().await.contains_key("code"));
    })
    .await;
}

/// OIDC Core §3.1.2.1: `prompt=select_account` lets the person be somebody else.
#[actix_web::test]
async fn lets_the_person_choose_the_account() {
    walk_as_ada(async |scene| {
        scene.app.person("eve").await;
        scene.start(&[("prompt", "select_account")]).await;
        scene.chromium.arrives_at("/login/select").await;
        scene.chromium.press("button[value=another]").await;
        scene.app.clock.advance(Duration::from_secs(1));
        scene.sign_in("eve", PASSWORD).await;
        scene.allow().await;
        scene.told().await;
        scene.start(&[("prompt", "select_account")]).await;
        scene.chromium.press("button.account + button.account").await;
        assert!(scene.told().await.contains_key("code"), "eve has allowed it before");
    })
    .await;
}

/// OIDC Core §3.1.2.1: the request may be posted. The post comes from another site, so without the cookie; who is
/// signed in stays so.
#[actix_web::test]
async fn knows_who_is_signed_in_when_an_app_posts_its_request() {
    walk_as_ada(async |scene| {
        let endpoint = scene.app.url("/oauth2/authorize");
        scene.chromium.open(&scene.party.start_page("post", &endpoint, &scene.request(&[]))).await;
        scene.chromium.press("button").await;
        scene.allow().await;
        assert!(scene.told().await.contains_key("code"));
    })
    .await;
}
