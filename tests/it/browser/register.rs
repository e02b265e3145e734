//! An account of one's own.

use super::*;
use crate::browser::wall::Wall;
use crate::support::{MAILBOX, TestApp};

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

#[actix_web::test]
async fn looks_right_where_an_address_is_shown_first() {
    let address = "people.registration_address = true\npeople.registration_domains = [\"example.com\"]\n";
    let terms = "people.terms = \"https://example.com/terms\"\n";
    let scene = Scene::with(Screen::Desktop, &format!("{OPEN}{address}{terms}{MAILBOX}")).await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    browser.open(&scene.app.url("/register")).await;
    wall.hang("register-address").await;
    browser.fill("email", "eve@elsewhere.example").await;
    browser.press("form#register-address button").await;
    wall.hang("register-address-refused").await;
    browser.fill("email", "eve@example.com").await;
    browser.press("form#register-address button").await;
    browser.arrives_at("/register/sent").await;
    wall.hang("register-sent").await;
    let mails = scene.app.mails().await;
    let link = TestApp::only(&mails, "registration").link(&scene.app);
    browser.open(&scene.app.url(&link)).await;
    wall.hang("register-by-link").await;
    for (field, text) in [("username", "ada"), ("password", PASSWORD)] {
        browser.fill(field, text).await;
    }
    browser.click("#accept_terms").await;
    browser.press("form#set-up button").await;
    wall.hang("register-by-link-refused").await;
    for (field, text) in [("username", "eve"), ("password", PASSWORD)] {
        browser.fill(field, text).await;
    }
    browser.press("form#set-up button").await;
    browser.arrives_at("/").await;
}

#[actix_web::test]
async fn looks_right_where_people_are_invited() {
    let scene = Scene::with(Screen::Desktop, "people.registration = \"invitation\"\n").await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    browser.open(&scene.app.url("/register")).await;
    wall.hang("register-by-invitation-only").await;
    scene.go_to_work().await;
    browser.open(&scene.app.url("/admin/people")).await;
    wall.hang("console-people-invite").await;
    browser.fill("email", "ada@example.com").await;
    browser.press("form#invite-to-register button").await;
    wall.hang("console-people-invite-refused").await;
    browser.fill("email", "eve@example.com").await;
    browser.press("form#invite-to-register button").await;
    wall.hang("console-people-invited").await;
}
