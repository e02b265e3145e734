//! Errors that no app may be told.

use super::*;

/// RFC 6749 §4.1.2.1: the browser stays here, whatever the address was that nobody registered.
#[actix_web::test]
async fn stops_at_an_address_that_is_not_registered() {
    walk_as_ada(async |scene| {
        scene.start(&[("redirect_uri", "https://attacker.example/callback")]).await;
        scene.chromium.arrives_at("/oauth2/authorize").await;
        assert_eq!(scene.chromium.heading().await, "This app’s address doesn’t fit");
        let main = scene.chromium.text("main").await;
        assert!(
            main.contains("https://attacker.example/callback") && !main.contains(&scene.party.callback()),
            "{main}"
        );
        assert_eq!(scene.chromium.count("[href*=attacker], [action*=attacker]").await, 0);
    })
    .await;
}

#[actix_web::test]
async fn says_that_it_does_not_know_the_app() {
    walk(async |scene| {
        scene.start(&[("client_id", "nobody")]).await;
        assert_eq!(scene.chromium.heading().await, "We don’t know this app");
    })
    .await;
}
