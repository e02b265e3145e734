//! What people allow.

use super::*;

/// RFC 6749 §3.3: what was unticked is not granted.
#[actix_web::test]
async fn grants_what_was_left_ticked() {
    walk_as_ada(async |scene| {
        scene.start(&[]).await;
        assert!(scene.chromium.text("main").await.contains("See your boats and where they are moored"));
        assert!(scene.chromium.text("main").await.contains("Signed in as Ada Lovelace"));
        scene.chromium.tick("label:has([value=email])").await;
        scene.allow().await;
        assert_eq!(scene.tokens(&scene.told().await["code"]).await["scope"], "openid profile boats.read");
    })
    .await;
}

/// RFC 6749 §4.1.2.1: the app is told.
#[actix_web::test]
async fn takes_no_for_an_answer() {
    walk_as_ada(async |scene| {
        scene.start(&[]).await;
        scene.chromium.press("button[value=deny]").await;
        assert_eq!(scene.told().await["error"], "access_denied");
    })
    .await;
}

#[actix_web::test]
async fn asks_once_and_again_for_something_new() {
    walk_as_ada(async |scene| {
        scene.start(&[("scope", "openid email")]).await;
        scene.allow().await;
        scene.told().await;
        scene.start(&[("scope", "openid email")]).await;
        assert!(scene.told().await.contains_key("code"), "without a page in between");
        scene.start(&[("scope", "openid email boats.read")]).await;
        scene.chromium.arrives_at("/consent").await;
        assert_eq!(scene.chromium.text(".new").await, "new");
        assert_eq!(scene.chromium.count(".before").await, 2);
    })
    .await;
}
