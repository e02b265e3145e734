//! Every page in every state once: accessible, within reach, and a picture of each for whoever wants to look.

use image::{Rgb, RgbImage};

use super::*;
use crate::browser::wall::Wall;

#[actix_web::test]
async fn every_page_can_be_used_by_everybody() {
    let scene = Scene::on(Screen::Desktop).await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    let at = |path: &str| scene.app.url(path);

    browser.open(&at("/")).await;
    wall.hang("home-signed-out").await;
    browser.open(&scene.set_up_link().await).await;
    wall.hang("set-up").await;
    for (field, text) in [("username", "ada"), ("email", "ada@example.com"), ("password", PASSWORD)] {
        browser.fill(field, text).await;
    }
    browser.press("form#set-up button").await;
    wall.hang("set-up-refused").await;
    browser.open(&scene.invitation_link().await).await;
    wall.hang("invitation").await;

    browser.open(&at("/login")).await;
    wall.hang("sign-in-at-home").await;
    scene.start(&[("scope", "openid profile")]).await;
    wall.hang("sign-in").await;
    scene.sign_in("ada", "wrong").await;
    wall.hang("sign-in-refused").await;
    scene.sign_in("ada", PASSWORD).await;
    browser.arrives_at("/consent").await;
    scene.allow().await;
    let tokens = scene.tokens(&scene.told().await["code"]).await;
    scene.start(&[("scope", "openid profile email boats.read offline_access")]).await;
    wall.hang("consent-to-more").await;
    scene.start(&[("prompt", "login")]).await;
    wall.hang("sign-in-to-confirm").await;
    scene.start(&[("prompt", "select_account")]).await;
    wall.hang("select-account").await;
    browser.open(&at("/login")).await;
    wall.hang("select-account-at-home").await;

    browser.open(&at("/")).await;
    wall.hang("home").await;
    browser.open(&at("/?welcome=yes")).await;
    wall.hang("home-new").await;
    browser.open(&at("/account/apps")).await;
    wall.hang("apps").await;
    browser.open(&at("/account/sessions")).await;
    wall.hang("sessions").await;
    for (path, name) in [
        ("/account/profile", "profile"),
        ("/account/picture", "picture"),
        ("/account/activity", "activity"),
        ("/account/data", "own-data"),
        ("/account/delete", "delete-account"),
    ] {
        browser.open(&at(path)).await;
        wall.hang(name).await;
    }
    hang_picture(&scene, &wall).await;
    hang_devices(&scene, &wall).await;
    hang_keys(&scene, &wall).await;
    browser.open(&at("/logout")).await;
    wall.hang("sign-out").await;
    browser.open(&scene.end_session(&tokens)).await;
    wall.hang("sign-out-for-an-app").await;
    browser.press("form#logout button").await;
    browser.open(&scene.end_session(&tokens)).await;
    wall.hang("signed-out-for-an-app").await;
    browser.open(&at("/logout")).await;
    wall.hang("signed-out").await;

    scene.app.person("eve").await;
    scene.start(&[]).await;
    scene.sign_in("eve", PASSWORD).await;
    browser.arrives_at("/consent").await;
    wall.hang("consent").await;
    browser.scripts_run(false).await;
    scene.start(&[("response_mode", "form_post"), ("prompt", "consent")]).await;
    scene.allow().await;
    browser.scripts_run(true).await;
    wall.hang("form-post").await;

    hang_errors(&scene, &wall).await;
    wall.write_index("index");
}

/// Right to left, by the pages that people see most.
#[actix_web::test]
async fn pages_can_be_used_right_to_left() {
    let scene = Scene::on(Screen::Desktop).await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    let at = |path: &str| scene.app.url(path);
    scene.start(&[("scope", "openid profile email"), ("ui_locales", "ar")]).await;
    wall.hang("arabic-sign-in").await;
    scene.sign_in("ada", "wrong").await;
    wall.hang("arabic-sign-in-refused").await;
    scene.sign_in("ada", PASSWORD).await;
    browser.arrives_at("/consent").await;
    wall.hang("arabic-consent").await;
    browser.open(&at("/language?to=ar")).await;
    wall.hang("arabic-home").await;
    for (path, name) in [
        ("/account/profile", "arabic-profile"),
        ("/account/security", "arabic-security"),
        ("/account/sessions", "arabic-sessions"),
        ("/account/activity", "arabic-activity"),
        ("/account/api-keys/new", "arabic-key-new"),
        ("/device", "arabic-device"),
        ("/no/such/page", "arabic-not-found"),
        ("/logout", "arabic-sign-out"),
    ] {
        browser.open(&at(path)).await;
        wall.hang(name).await;
    }
    wall.write_index("right-to-left");
}

async fn hang_picture(scene: &Scene, wall: &Wall<'_>) {
    let browser = &scene.chromium;
    let file = |name: &str| scene.app.folder.path().join(name);
    let colour = |x: u32, y: u32| Rgb([x, y, 128].map(|shade| u8::try_from(shade / 3).unwrap_or(u8::MAX)));
    RgbImage::from_fn(640, 480, colour).save(file("me.png")).unwrap();
    std::fs::write(file("me.txt"), "no picture").unwrap();
    browser.open(&scene.app.url("/account/picture")).await;
    for (name, hung) in [("me.txt", "picture-refused"), ("me.png", "picture-kept")] {
        browser.attach("picture", &file(name)).await;
        browser.press("form#own-picture button[value=put]").await;
        wall.hang(hung).await;
    }
    assert_eq!(browser.ask("return document.querySelector('img.portrait').naturalWidth").await, 320);
}

async fn hang_devices(scene: &Scene, wall: &Wall<'_>) {
    let browser = &scene.chromium;
    let at = |path: &str| scene.app.url(path);
    let device = scene.app.asking(&scene.app.television().await, "openid profile email offline_access").await;
    browser.open(&at("/device")).await;
    wall.hang("device").await;
    browser.fill("user_code", "bcdf ghjk").await;
    browser.press("form#device button").await;
    wall.hang("device-wrong").await;
    browser.open(&at(&format!("/device?user_code={}", device.user_code))).await;
    wall.hang("device-prefilled").await;
    browser.press("form#device button").await;
    browser.arrives_at("/device/consent").await;
    wall.hang("device-consent").await;
    browser.press("form#consent button[value=allow]").await;
    browser.arrives_at("/device/done").await;
    wall.hang("device-allowed").await;
}

async fn hang_keys(scene: &Scene, wall: &Wall<'_>) {
    let browser = &scene.chromium;
    let at = |path: &str| scene.app.url(path);
    browser.open(&at("/account/api-keys")).await;
    wall.hang("keys-none").await;
    browser.press("main nav a").await;
    wall.hang("key-new").await;
    for (field, text) in [("name", "Nightly backup of the harbour log"), ("rate_limit", "often"), ("addresses", "home")]
    {
        browser.fill(field, text).await;
    }
    browser.press("form#api-key-form button").await;
    wall.hang("key-new-refused").await;
    browser.tick("label:has([value='boats.read'])").await;
    for (field, text) in [("rate_limit", "100/minute"), ("addresses", "192.0.2.0/24\n2001:db8::/32")] {
        browser.fill(field, text).await;
    }
    browser.press("form#api-key-form button").await;
    browser.click(".copy").await;
    browser.reads(".copy", "Copied").await;
    wall.hang("key-secret").await;
    let secret = browser.text(".once .value").await;
    browser.press("main nav a").await;
    let key = browser.url().await.to_string();
    wall.hang("key").await;
    browser.open(&format!("{key}/rotate")).await;
    wall.hang("key-rotate").await;
    browser.press("form#rotate button").await;
    wall.hang("key-secret-again").await;
    browser.open(&format!("{key}/edit")).await;
    wall.hang("key-change").await;
    browser.open(&format!("{key}/delete")).await;
    wall.hang("key-delete").await;
    let found = json!([{ "token": secret, "url": "https://git.example/harbour/scripts/blob/4f1c/backup.sh#L12" }]);
    let kind = [("content-type", "application/json")];
    scene.app.request("POST", "/api-keys/report", found.to_string(), &kind).await.ok();
    for (page, name) in [(at("/account"), "home-key-leaked"), (at("/account/api-keys"), "keys-leaked")] {
        browser.open(&page).await;
        wall.hang(name).await;
    }
    browser.open(&key).await;
    wall.hang("key-leaked").await;
}

async fn hang_errors(scene: &Scene, wall: &Wall<'_>) {
    let browser = &scene.chromium;
    let at = |path: &str| scene.app.url(path);
    scene.start(&[("client_id", "nobody")]).await;
    wall.hang("error-unknown-app").await;
    scene.start(&[("redirect_uri", "https://harbour.example.attacker.example/oauth2/callback?from=claviger")]).await;
    wall.hang("error-wrong-redirect").await;
    browser.open(&at("/login?request=a&request=b")).await;
    wall.hang("error-malformed").await;
    browser.open(&at("/login?request=a")).await;
    wall.hang("error-altered").await;
    browser.open(&at("/set-up?link=a")).await;
    wall.hang("error-link-spent").await;
    browser.open(&at("/nowhere")).await;
    wall.hang("error-not-found").await;
    browser.open(&at("/login?another=yes")).await;
    browser.forget_cookies().await;
    scene.sign_in("eve", PASSWORD).await;
    wall.hang("error-form-refused").await;
    scene.start(&[]).await;
    scene.wait_too_long();
    scene.sign_in("eve", PASSWORD).await;
    wall.hang("error-stale").await;
    scene.start(&[]).await;
    scene.app.cx.store.close().await.unwrap();
    scene.sign_in("eve", PASSWORD).await;
    wall.hang("error-internal").await;
}
