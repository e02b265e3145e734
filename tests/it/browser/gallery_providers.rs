//! The pages on the way through another provider, and about the accounts there: as in the gallery.

use url::Url;

use super::*;
use crate::browser::wall::Wall;
use crate::support::{FakeProvider, MAILBOX, REACH_LOOPBACK};

#[actix_web::test]
async fn every_page_about_other_providers_can_be_used_by_everybody() {
    let provider = FakeProvider::start();
    let section = provider.section("harbour", "register = \"open\"\n");
    let scene = Scene::with(Screen::Desktop, &format!("{MAILBOX}{REACH_LOOPBACK}{section}")).await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);

    browser.open(&scene.app.url("/login")).await;
    wall.hang("provider-sign-in").await;
    let there = go(&scene, &provider, "form#providers button").await;
    browser.open(&provider.way_back_with(&there, &[("error", "access_denied"), ("iss", &provider.issuer)])).await;
    wall.hang("provider-denied").await;

    provider.says_subject("there-2");
    provider.says_address("new@example.com", true);
    browser.open(&scene.app.url("/login")).await;
    let there = go(&scene, &provider, "form#providers button").await;
    browser.open(&provider.way_back(&there)).await;
    wall.hang("provider-register").await;
    browser.fill("username", "ada").await;
    browser.press("form#provider-register button").await;
    wall.hang("provider-register-refused").await;

    scene.sign_in_at_home().await;
    browser.open(&scene.app.url("/account/providers")).await;
    wall.hang("providers-none").await;
    provider.says_subject("there-1");
    let there = go(&scene, &provider, "form#link-provider button").await;
    browser.open(&provider.way_back(&there)).await;
    wall.hang("providers-linked").await;
    wall.write_index("providers");
}

/// Presses a button that leads to the provider; answers where it has led.
async fn go(scene: &Scene, provider: &FakeProvider, button: &str) -> Url {
    scene.chromium.press(button).await;
    let there = scene.chromium.url().await;
    assert!(there.as_str().starts_with(&provider.issuer), "{there}");
    there
}
