//! The same by keyboard alone.

use super::*;

#[actix_web::test]
async fn lives_a_whole_life_by_keyboard() {
    walk(async |scene| {
        let browser = &scene.chromium;

        browser.open(&scene.set_up_link().await).await;
        assert_eq!(browser.focused("name").await, "username");
        for text in ["ada", "root@example.com", "Root", PASSWORD] {
            browser.keys(text).await;
            browser.tab().await;
        }
        browser.enter().await;
        assert_eq!(browser.focused("name").await, "username", "where the fault is");
        assert_eq!(browser.focused("aria-describedby").await, "username-hint");
        assert_eq!(browser.text("#username-hint").await, "This username is taken. Choose another.");
        browser.keys(Key::End + "-lovelace").await;
        browser.tab_to("name", "password").await;
        browser.keys(PASSWORD).await;
        browser.enter().await;
        browser.arrives_at("/").await;
        browser.tab_to("value", "logout").await;
        browser.enter().await;
        assert_eq!(browser.heading().await, "You are signed out");

        scene.start(&[]).await;
        browser.keys("ada-lovelace").await;
        browser.tab_to("name", "password").await;
        browser.keys("wrong").await;
        browser.enter().await;
        assert_eq!(browser.focused("name").await, "password");
        assert_eq!(browser.focused("aria-describedby").await, "problem");
        browser.keys(PASSWORD).await;
        browser.tab_to("name", "remember").await;
        browser.keys(Key::Space).await;
        browser.tab_to("type", "submit").await;
        browser.enter().await;
        browser.arrives_at("/consent").await;
        assert!(browser.cookie_ends_at(COOKIE).await.is_some(), "remember was ticked");
        browser.tab_to("value", "email").await;
        browser.keys(Key::Space).await;
        browser.tab_to("value", "allow").await;
        browser.keys(Key::Space).await;
        let tokens = scene.tokens(&scene.told().await["code"]).await;
        assert_eq!(tokens["scope"], "openid profile boats.read");

        scene.start(&[("prompt", "select_account consent")]).await;
        browser.arrives_at("/login/select").await;
        browser.tab_to("class", "quiet account").await;
        browser.enter().await;
        browser.arrives_at("/consent").await;
        browser.tab_to("value", "deny").await;
        browser.enter().await;
        assert_eq!(scene.told().await["error"], "access_denied");

        browser.open(&scene.end_session(&tokens)).await;
        browser.arrives_at("/logout").await;
        browser.tab_to("value", "logout").await;
        browser.enter().await;
        browser.arrives_at("/goodbye").await;
    })
    .await;
}

#[actix_web::test]
async fn gives_nothing_away_by_a_stray_enter() {
    walk_as_ada(async |scene| {
        scene.start(&[]).await;
        scene.chromium.arrives_at("/consent").await;
        scene.chromium.tab_to("value", "email").await;
        scene.chromium.enter().await;
        assert_eq!(scene.told().await["error"], "access_denied");
    })
    .await;
}

#[actix_web::test]
async fn skips_to_the_content() {
    walk_as_ada(async |scene| {
        scene.start(&[]).await;
        scene.chromium.arrives_at("/consent").await;
        scene.chromium.tab().await;
        assert_eq!(scene.chromium.focused("class").await, "skip");
        scene.chromium.keys(Key::Enter).await;
        scene.chromium.tab().await;
        assert_eq!(scene.chromium.focused("name").await, "scope", "the first thing in it");
    })
    .await;
}
