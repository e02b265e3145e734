//! An app's page that watches, in a frame of ours, whether who is signed in has changed.

use super::*;

/// OIDC Session Management §3.2: unchanged, then, after a sign-out in another tab, changed; what is no question is an error.
#[actix_web::test]
async fn tells_a_page_of_the_app_that_the_person_signed_out() {
    let scene = Scene::with(Screen::Desktop, "sessions.session_management = true\n").await;
    let browser = &scene.chromium;
    scene.sign_in_at_home().await;
    scene.start(&[("scope", "openid")]).await;
    scene.allow().await;
    let told = scene.told().await;
    let question = format!("harbour {}", told["session_state"]);
    let frame = scene.app.url("/oauth2/check_session");
    browser.open(&scene.party.watch(&frame, "nonsense")).await;
    browser.click("button").await;
    browser.reads("output", "error").await;
    browser.open(&scene.party.watch(&frame, &question)).await;
    browser.click("button").await;
    browser.reads("output", "unchanged").await;
    browser.open_tab().await;
    browser.open(&scene.app.url("/logout")).await;
    browser.press("form#logout button[value=logout]").await;
    assert_eq!(browser.heading().await, "You are signed out");
    browser.go_to_tab(0).await;
    browser.click("button").await;
    browser.reads("output", "changed").await;
    browser.is_quiet().await;
}
