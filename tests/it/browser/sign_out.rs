//! Signing out.

use super::*;

#[actix_web::test]
async fn asks_and_ends_the_session() {
    walk_as_ada(async |scene| {
        scene.chromium.open(&scene.app.url("/logout")).await;
        scene.chromium.press("form#logout button[value=logout]").await;
        assert_eq!(scene.chromium.heading().await, "You are signed out");
        scene.chromium.back().await;
        assert_eq!(scene.chromium.count("form#logout").await, 0, "not even a step back shows who was here");
        scene.start(&[]).await;
        scene.chromium.arrives_at("/login").await;
    })
    .await;
}

#[actix_web::test]
async fn is_a_button_at_home() {
    walk_as_ada(async |scene| {
        scene.chromium.press("form#logout button").await;
        assert_eq!(scene.chromium.heading().await, "You are signed out");
    })
    .await;
}

/// OIDC RP-Initiated Logout §3: back at the app, once the person has agreed.
#[actix_web::test]
async fn goes_back_to_the_app_that_asked() {
    walk_as_ada(async |scene| {
        scene.start(&[]).await;
        scene.allow().await;
        let tokens = scene.tokens(&scene.told().await["code"]).await;
        scene.chromium.open(&scene.end_session(&tokens)).await;
        assert!(scene.chromium.text("main").await.contains("Harbour Log asks to sign you out here."));
        scene.chromium.press("form#logout button").await;
        scene.chromium.arrives_at("/goodbye").await;
        scene.start(&[]).await;
        scene.chromium.arrives_at("/login").await;
    })
    .await;
}
