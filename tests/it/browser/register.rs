//! An account of one's own.

use super::*;
use crate::browser::wall::Wall;

const OPEN: &str = "people.registration = \"open\"\n";

/// From the app by `prompt=create` to the form, past a name that is taken, and back to the app.
#[actix_web::test]
async fn makes_an_account_on_the_way_to_an_app() {
    for screen in Screen::WALKED {
        let scene = Scene::with(screen, OPEN).await;
        let browser = &scene.chromium;
        scene.start(&[("prompt", "create")]).await;
        browser.arrives_at("/register").await;
        for (field, text) in [("username", "ada"), ("display_name", "Eve Newcomer"), ("password", PASSWORD)] {
            browser.fill(field, text).await;
        }
        browser.press("form#set-up button").await;
        assert_eq!(browser.count("input[aria-invalid=true]").await, 1, "ada is somebody else");
        for (field, text) in [("username", "eve"), ("password", PASSWORD)] {
            browser.fill(field, text).await;
        }
        browser.press("form#set-up button").await;
        scene.allow().await;
        let tokens = scene.tokens(&scene.told().await["code"]).await;
        assert!(tokens["id_token"].is_string());
        browser.is_quiet().await;
    }
}

#[actix_web::test]
async fn looks_and_sounds_right_everywhere() {
    let scene = Scene::with(Screen::Desktop, OPEN).await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    browser.open(&scene.app.url("/login")).await;
    wall.hang("sign-in-where-people-register").await;
    browser.press("p.person a").await;
    browser.arrives_at("/register").await;
    wall.hang("register").await;
    for (field, text) in [("username", "ada"), ("password", PASSWORD)] {
        browser.fill(field, text).await;
    }
    browser.press("form#set-up button").await;
    wall.hang("register-refused").await;
    scene.start(&[("prompt", "create")]).await;
    wall.hang("register-for-an-app").await;
}
