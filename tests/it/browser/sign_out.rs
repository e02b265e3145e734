//! Signing out.

use claviger::ids::ClientId;

use super::*;
use crate::support::claims;

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

/// OIDC Front-Channel Logout §3: the app's page is really loaded in the person's browser, which then goes on by itself.
#[actix_web::test]
async fn tells_apps_in_frames_and_goes_on() {
    walk_as_ada(async |scene| {
        let id = ClientId("harbour".to_owned());
        let client = scene.app.cx.store.client(&id, scene.app.cx.now()).await.unwrap().unwrap();
        let mut metadata = client.metadata.to_json();
        metadata["frontchannel_logout_uri"] = json!(scene.party.signed_out());
        metadata["frontchannel_logout_session_required"] = json!(true);
        scene.app.update_client(&scene.client, metadata).await;
        scene.start(&[]).await;
        scene.allow().await;
        let tokens = scene.tokens(&scene.told().await["code"]).await;
        scene.chromium.open(&scene.end_session(&tokens)).await;
        scene.chromium.press("form#logout button").await;
        scene.chromium.arrives_at("/goodbye").await;
        let (_, told) = scene.party.answer();
        let id_token = claims(tokens["id_token"].as_str().unwrap());
        assert_eq!((json!(told["iss"]), json!(told["sid"])), (id_token["iss"].clone(), id_token["sid"].clone()));
        scene.start(&[]).await;
        scene.chromium.arrives_at("/login").await;
    })
    .await;
}
