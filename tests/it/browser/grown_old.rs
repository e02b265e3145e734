//! Pages that were left open for too long.

use super::*;

#[actix_web::test]
async fn says_that_a_sign_in_waited_too_long() {
    walk(async |scene| {
        scene.start(&[]).await;
        scene.wait_too_long();
        scene.sign_in("ada", PASSWORD).await;
        sends_back_to_the_app(scene).await;
    })
    .await;
}

#[actix_web::test]
async fn says_that_a_consent_waited_too_long() {
    walk_as_ada(async |scene| {
        scene.start(&[]).await;
        scene.chromium.arrives_at("/consent").await;
        scene.wait_too_long();
        scene.chromium.press("button[value=allow]").await;
        sends_back_to_the_app(scene).await;
    })
    .await;
}

#[actix_web::test]
async fn says_that_a_choice_of_accounts_waited_too_long() {
    walk_as_ada(async |scene| {
        scene.start(&[("prompt", "select_account")]).await;
        scene.chromium.arrives_at("/login/select").await;
        scene.wait_too_long();
        scene.chromium.press("button.account").await;
        sends_back_to_the_app(scene).await;
    })
    .await;
}

/// Nothing was told to the app; a new start there goes well.
async fn sends_back_to_the_app(scene: &Scene) {
    let browser = &scene.chromium;
    assert_eq!(browser.heading().await, "This page has grown old");
    assert!(browser.text("main").await.contains("Go back to the app and sign in again from there."));
    browser.is_in_reach().await;
    browser.is_accessible().await;
    scene.start(&[]).await;
    if browser.url().await.path() == "/login" {
        scene.sign_in("ada", PASSWORD).await;
    }
    scene.allow().await;
    assert!(scene.told().await.contains_key("code"));
}

/// The session may end while its pages stay open.
#[actix_web::test]
async fn takes_no_consent_from_somebody_who_signed_out_in_another_tab() {
    walk_as_ada(async |scene| {
        let browser = &scene.chromium;
        scene.start(&[]).await;
        browser.arrives_at("/consent").await;
        browser.open_tab().await;
        browser.open(&scene.app.url("/logout")).await;
        browser.press("form#logout button").await;
        browser.go_to_tab(0).await;
        browser.press("button[value=allow]").await;
        browser.arrives_at("/login").await;
        scene.sign_in("ada", PASSWORD).await;
        scene.allow().await;
        assert!(scene.told().await.contains_key("code"));
    })
    .await;
}

#[actix_web::test]
async fn signs_out_of_a_session_that_has_ended_by_itself() {
    walk_as_ada(async |scene| {
        scene.app.clock.advance(scene.app.cx.config.sessions.idle_lifetime + Duration::from_secs(1));
        scene.chromium.press("form#logout button").await;
        assert_eq!(scene.chromium.heading().await, "You are signed out");
    })
    .await;
}

#[actix_web::test]
async fn signs_out_though_what_the_app_asked_for_is_too_old() {
    walk_as_ada(async |scene| {
        scene.start(&[]).await;
        scene.allow().await;
        let tokens = scene.tokens(&scene.told().await["code"]).await;
        scene.chromium.open(&scene.end_session(&tokens)).await;
        scene.wait_too_long();
        scene.chromium.press("form#logout button").await;
        assert_eq!(scene.chromium.heading().await, "You are signed out");
    })
    .await;
}

#[actix_web::test]
async fn says_that_a_link_is_too_old() {
    walk(async |scene| {
        let browser = &scene.chromium;
        let lifetimes = &scene.app.cx.config.links;
        browser.open(&scene.set_up_link().await).await;
        scene.app.clock.advance(lifetimes.set_up_lifetime + Duration::from_secs(1));
        for (field, text) in [("username", "root"), ("email", "root@example.com"), ("password", PASSWORD)] {
            browser.fill(field, text).await;
        }
        browser.press("form#set-up button").await;
        assert_eq!(browser.heading().await, "This link has been used or is too old");

        browser.open(&scene.invitation_link().await).await;
        scene.app.clock.advance(lifetimes.invitation_lifetime + Duration::from_secs(1));
        browser.fill("password", PASSWORD).await;
        browser.press("form#set-up button").await;
        assert_eq!(browser.heading().await, "This link has been used or is too old");
        assert!(browser.text("main").await.contains("Ask whoever sent it for a new one."));
    })
    .await;
}

#[actix_web::test]
async fn says_what_to_do_when_the_forms_cookie_is_gone() {
    walk(async |scene| {
        scene.start(&[]).await;
        scene.chromium.forget_cookies().await;
        scene.sign_in("ada", PASSWORD).await;
        assert_eq!(scene.chromium.heading().await, "We couldn’t take this form");
        scene.chromium.back().await;
        scene.chromium.arrives_at("/login").await;
        scene.chromium.reload().await;
        scene.sign_in("ada", PASSWORD).await;
        scene.allow().await;
        assert!(scene.told().await.contains_key("code"));
    })
    .await;
}
