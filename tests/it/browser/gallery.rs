//! Every page in every state once: accessible, within reach, and a picture of each for whoever wants to look.

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
    hang_devices(&scene, &wall).await;
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
