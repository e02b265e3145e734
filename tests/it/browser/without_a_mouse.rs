//! The same by keyboard alone.

use super::*;

#[actix_web::test]
async fn signs_in_and_allows_by_keyboard() {
    let scene = Scene::new().await;
    let browser = &scene.chromium;
    scene.start(&[]).await;
    browser.keys("ada").await;
    browser.keys(Key::Tab).await;
    browser.keys(PASSWORD).await;
    browser.keys(Key::Tab).await;
    assert_eq!(browser.focused("name").await, "remember");
    browser.keys(Key::Tab).await;
    browser.keys(Key::Enter).await;
    browser.arrives_at("/consent").await;
    tab_to(browser, "value", "email").await;
    browser.keys(Key::Space).await;
    tab_to(browser, "value", "allow").await;
    browser.keys(Key::Enter).await;
    assert_eq!(scene.tokens(&scene.told().await["code"]).await["scope"], "openid profile boats.read");
}

#[actix_web::test]
async fn gives_nothing_away_by_a_stray_enter() {
    let scene = Scene::signed_in().await;
    scene.start(&[]).await;
    scene.chromium.arrives_at("/consent").await;
    tab_to(&scene.chromium, "value", "email").await;
    scene.chromium.keys(Key::Enter).await;
    assert_eq!(scene.told().await["error"], "access_denied");
}

/// Presses Tab until what has the focus has this attribute; wherever it comes by, the focus can be seen.
async fn tab_to(browser: &Chromium, attribute: &str, value: &str) {
    for _ in 0..20 {
        if browser.focused(attribute).await == value {
            return;
        }
        browser.keys(Key::Tab).await;
        let outline = browser.ask("return getComputedStyle(document.activeElement).outlineStyle").await;
        assert_eq!(outline, "solid", "{}", browser.focused("class").await);
    }
    panic!("the keyboard does not reach {value}");
}
