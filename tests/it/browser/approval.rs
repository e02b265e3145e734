//! What an admin has to approve, from who meets it to who decides it and back.

use super::wall::Wall;
use super::*;

impl Scene {
    /// Signs out whoever is signed in, and somebody else in.
    async fn change_places(&self, username: &str, path: &str) {
        self.chromium.forget_cookies().await;
        self.chromium.open(&self.app.url(path)).await;
        self.sign_in(username, PASSWORD).await;
    }

    /// A group with ada in it.
    async fn make_a_crew(&self) {
        let browser = &self.chromium;
        browser.open(&self.app.url("/admin/groups")).await;
        browser.fill("name", "Harbour crew").await;
        browser.fill("description", "Who moves boats").await;
        browser.press("form.sheet button").await;
        browser.fill("username", "ada").await;
        browser.press("button[value=join]").await;
    }
}

#[actix_web::test]
async fn somebody_asks_an_admin_approves_and_they_go_on() {
    let scene = Scene::on(Screen::Desktop).await;
    let browser = &scene.chromium;
    scene.sign_in_at_home().await;
    scene.start(&[("scope", "openid boats.move")]).await;
    browser.arrives_at("/approval").await;
    browser.fill("reason", "I run the harbour.").await;
    browser.press("button[value=ask]").await;
    assert_eq!(browser.heading().await, "Waiting for an administrator");
    scene.app.admin("root").await;
    scene.change_places("root", "/admin").await;
    scene.make_a_crew().await;
    browser.press(".sections a[href$='/approvals']").await;
    browser.press("tbody a").await;
    assert!(browser.text("main").await.contains("I run the harbour."));
    browser.ask("document.querySelector('#for').selectedIndex = 1").await;
    browser.fill("answer", "Mind the pier.").await;
    browser.press("button[value=approve]").await;
    assert!(browser.text("[role=status]").await.starts_with("Approved"));
    scene.change_places("ada", "/login").await;
    scene.start(&[("scope", "openid boats.move")]).await;
    assert!(browser.text("main").await.contains("Move your boats to another berth"));
    scene.allow().await;
    assert_eq!(scene.tokens(&scene.told().await["code"]).await["scope"], "openid boats.move");
    browser.open(&scene.app.url("/account/apps")).await;
    assert!(browser.text("main").await.contains("Mind the pier."));
    browser.is_quiet().await;
}

#[actix_web::test]
async fn every_page_about_approval_can_be_used_by_everybody() {
    let scene = Scene::on(Screen::Desktop).await;
    let browser = &scene.chromium;
    let wall = Wall::new(browser);
    let at = |path: &str| scene.app.url(path);
    scene.sign_in_at_home().await;
    scene.start(&[("scope", "openid boats.move")]).await;
    wall.hang("approval").await;
    browser.press("button[value=ask]").await;
    wall.hang("approval-without-a-reason").await;
    browser.fill("reason", "I run the harbour, and boats have to move when the tide is high.").await;
    browser.press("button[value=ask]").await;
    wall.hang("approval-waiting").await;
    browser.open(&at("/account/apps")).await;
    wall.hang("apps-with-a-request").await;

    scene.app.admin("root").await;
    scene.change_places("root", "/admin").await;
    browser.open(&at("/admin/groups")).await;
    wall.hang("console-groups-none").await;
    scene.make_a_crew().await;
    wall.hang("console-group").await;
    browser.open(&at("/admin/groups")).await;
    wall.hang("console-groups").await;
    browser.open(&at("/admin/clients/harbour/access")).await;
    browser.press("button[value=approve]").await;
    wall.hang("console-access").await;
    browser.press("button[value=withdraw]").await;
    browser.open(&at("/admin/approvals")).await;
    wall.hang("console-approvals-none").await;
    scene.change_places("ada", "/login").await;
    scene.start(&[("scope", "openid boats.move")]).await;
    browser.fill("reason", "I run the harbour, and boats have to move when the tide is high.").await;
    browser.press("button[value=ask]").await;
    scene.change_places("root", "/admin/approvals").await;
    wall.hang("console-approvals").await;
    browser.press("tbody a").await;
    wall.hang("console-approval").await;
    browser.fill("answer", "Ask the harbour office first.").await;
    browser.press("button[value=refuse]").await;
    scene.change_places("ada", "/login").await;
    scene.start(&[("scope", "openid boats.move")]).await;
    wall.hang("approval-refused").await;
    scene.change_places("root", "/admin/clients/harbour/access").await;
    browser.tick("label:has([value=nobody])").await;
    browser.press("button[value=access]").await;
    scene.change_places("ada", "/login").await;
    scene.start(&[("scope", "openid")]).await;
    wall.hang("approval-shut-out").await;
    wall.write_index("approval");
}
