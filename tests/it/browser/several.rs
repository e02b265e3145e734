//! Two accounts in one browser.

use super::*;
use crate::browser::wall::Wall;

/// OIDC Core §3.1.2.1: the person chooses among those who are signed in.
#[actix_web::test]
async fn chooses_between_two_accounts() {
    walk_as_ada(async |scene| {
        let browser = &scene.chromium;
        scene.app.person("eve").await;
        browser.open(&scene.app.url("/login?another=yes")).await;
        scene.sign_in("eve", PASSWORD).await;
        browser.arrives_at("/").await;
        scene.start(&[("prompt", "select_account")]).await;
        browser.arrives_at("/login/select").await;
        assert_eq!(browser.count("button.account").await, 2);
        browser.press("button.account").await;
        scene.allow().await;
        let subject = async |tokens: &Value| {
            let token = crate::support::claims(tokens["id_token"].as_str().unwrap());
            token["sub"].as_str().unwrap().to_owned()
        };
        let first = subject(&scene.tokens(&scene.told().await["code"]).await).await;
        scene.start(&[("prompt", "select_account")]).await;
        browser.press("button.account + button.account").await;
        scene.allow().await;
        let tokens = scene.tokens(&scene.told().await["code"]).await;
        assert_ne!(subject(&tokens).await, first);

        browser.open(&scene.end_session(&tokens)).await;
        browser.press("form#logout button[value=logout]").await;
        browser.arrives_at("/goodbye").await;
        browser.open(&scene.app.url("/")).await;
        browser.press("a[href='/login/select']").await;
        assert_eq!(browser.count("button.account").await, 1);
        browser.press("button.account").await;
        browser.arrives_at("/").await;
        assert_eq!(browser.heading().await, "Your account");
    })
    .await;
}

#[actix_web::test]
async fn looks_and_sounds_right_everywhere() {
    let scene = Scene::on(Screen::Desktop).await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    scene.sign_in_at_home().await;
    scene.app.person("a-very-long-username-of-somebody-who-likes-them-long@harbour.example").await;
    browser.open(&scene.app.url("/login?another=yes")).await;
    scene.sign_in("a-very-long-username-of-somebody-who-likes-them-long@harbour.example", PASSWORD).await;
    browser.arrives_at("/").await;
    wall.hang("home-several").await;
    scene.start(&[("prompt", "select_account")]).await;
    wall.hang("select-account-of-two").await;
    browser.open(&scene.app.url("/login/select")).await;
    wall.hang("select-account-of-two-at-home").await;
    browser.open(&scene.app.url("/logout")).await;
    wall.hang("sign-out-of-several").await;
    browser.press("form#logout button[value=logout]").await;
    wall.hang("signed-out-others-stay").await;
    browser.open(&scene.app.url("/")).await;
    wall.hang("home-nobody-chosen").await;
}
