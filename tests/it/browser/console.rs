//! What admins do, from the sign-in to the result.

use super::wall::Wall;
use super::*;
use crate::support::Allowed;

/// A walk of an admin who has just come to work.
async fn walk_as_admin(deeds: impl AsyncFn(&Scene)) {
    walk(async |scene| {
        scene.go_to_work().await;
        deeds(scene).await;
    })
    .await;
}

#[actix_web::test]
async fn an_admin_registers_a_machine_which_gets_a_token() {
    walk_as_admin(async |scene| {
        let browser = &scene.chromium;
        browser.press(".sections a[href$='/clients']").await;
        browser.press(".head a.button").await;
        browser.tick("label:has([value=machine])").await;
        browser.fill("client_name", "Tide gauge").await;
        for changed in ["'boats.read'", "openid", "profile"] {
            browser.tick(&format!("label:has([value={changed}])")).await;
        }
        browser.press("form#new-client button").await;
        assert_eq!(browser.heading().await, "Tide gauge");
        let id = browser.text(".facts-line code").await;
        let machine = TestClient { id, secret: browser.text(".once code").await };
        let token = scene.app.token(&machine, &[("grant_type", "client_credentials")]).await.ok();
        assert_eq!(token["scope"], "boats.read");
    })
    .await;
}

#[actix_web::test]
async fn an_admin_withdraws_what_an_app_was_allowed() {
    walk_as_admin(async |scene| {
        let ada = scene.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
        let tokens =
            scene.app.tokens(&scene.client, ada, Allowed { scope: "openid profile", ..Allowed::default() }).await;
        let browser = &scene.chromium;
        browser.fill("q", "ada@example").await;
        browser.press(".seek button").await;
        browser.press("tbody a").await;
        browser.press("button[value=withdraw]").await;
        assert!(browser.text("[role=status]").await.contains("Withdrawn"));
        assert_eq!(scene.app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    })
    .await;
}

/// From the error id on a stranger's page to what was wrong.
#[actix_web::test]
async fn an_admin_finds_out_why_a_request_was_refused() {
    walk_as_admin(async |scene| {
        let browser = &scene.chromium;
        scene.start(&[("redirect_uri", "https://evil.example/cb")]).await;
        let id = browser.text(".facts div:nth-last-child(2) code").await;
        browser.open(&scene.app.url("/admin")).await;
        browser.fill("q", &id).await;
        browser.press(".seek button").await;
        assert!(browser.text(".events").await.contains("https://evil.example/cb"));
    })
    .await;
}

#[actix_web::test]
async fn an_admin_confirms_before_a_loss() {
    walk_as_admin(async |scene| {
        let browser = &scene.chromium;
        browser.open(&scene.app.url("/admin/clients/harbour")).await;
        browser.ask("document.querySelector('button[value=delete]').click()").await;
        assert_eq!(browser.heading().await, "Harbour Log", "the browser asks for the box first");
        browser.tick("form:has(button[value=delete]) label").await;
        browser.press("button[value=delete]").await;
        browser.arrives_at("/admin/clients").await;
        assert!(browser.text("main").await.contains("Deleted"));
    })
    .await;
}

#[actix_web::test]
async fn every_page_of_the_console_can_be_used_by_everybody() {
    let scene = Scene::on(Screen::Desktop).await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    let at = |path: &str| scene.app.url(path);
    scene.go_to_work().await;
    browser.open(&at("/")).await;
    wall.hang("home-of-an-admin").await;
    let ada = scene.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    scene.app.tokens(&scene.client, ada, Allowed { scope: "openid profile", ..Allowed::default() }).await;
    scene.app.machine().await;
    scene.start(&[("redirect_uri", "https://evil.example/cb?from=a-very-long-address-that-has-to-be-broken")]).await;

    browser.open(&at("/admin")).await;
    wall.hang("console-overview").await;
    browser.open(&at("/admin?q=ada")).await;
    wall.hang("console-search").await;
    browser.open(&at("/admin?q=nobody")).await;
    wall.hang("console-search-in-vain").await;
    browser.open(&at("/admin/clients")).await;
    wall.hang("console-clients").await;
    browser.open(&at("/admin/clients/harbour")).await;
    wall.hang("console-client").await;
    browser.press("button[value=rotate]").await;
    wall.hang("console-client-with-a-new-secret").await;
    browser.open(&at("/admin/new-client")).await;
    wall.hang("console-new-client").await;
    browser.fill("client_name", "Harbour").await;
    browser.press("form#new-client button").await;
    wall.hang("console-new-client-refused").await;
    browser.open(&at("/admin/people")).await;
    wall.hang("console-people").await;
    browser.open(&at(&format!("/admin/people/{ada}"))).await;
    wall.hang("console-person").await;
    browser.press("button[value=link]").await;
    wall.hang("console-person-with-a-link").await;
    browser.open(&at("/admin/events")).await;
    wall.hang("console-events").await;
    scene.app.clock.advance(scene.app.cx.config.sessions.admin_lifetime);
    browser.open(&at("/admin")).await;
    wall.hang("console-sign-in-again").await;
    wall.write_index("console");
}
