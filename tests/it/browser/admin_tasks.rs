//! What admins do day by day, each from the sign-in to the result.

use claviger::domain::permission::Role;
use claviger::ids::ClientId;
use claviger::store::{Access, Client};

use super::*;

impl Scene {
    /// A desk at which an admin has just sat down.
    async fn at_the_desk() -> Self {
        let scene = Self::on(Screen::Desktop).await;
        scene.go_to_work().await;
        scene
    }

    async fn go(&self, path: &str) {
        self.chromium.open(&self.app.url(path)).await;
    }

    /// Chooses from a list, by the value.
    async fn choose(&self, field: &str, value: &str) {
        self.chromium.click(&format!("select[name={field}] option[value='{value}']")).await;
    }

    async fn harbour(&self) -> Client {
        let id = ClientId(self.client.id.clone());
        self.app.cx.store.client(&id, self.app.cx.now()).await.unwrap().unwrap()
    }
}

#[actix_web::test]
async fn changes_a_client_gives_it_a_new_secret_and_disables_it() {
    let scene = Scene::at_the_desk().await;
    let browser = &scene.chromium;
    scene.go("/admin/clients/harbour").await;
    browser.press("a[href$='/harbour/edit']").await;
    browser.fill("client_name", "Harbour Book").await;
    browser.press("form#edit-client [type=submit]").await;
    assert_eq!(browser.heading().await, "Harbour Book");
    browser.press("button[value=rotate]").await;
    assert!(browser.text(".once code").await.len() > 30);
    assert_eq!(scene.harbour().await.secrets.len(), 2, "the old one stays for a day");
    browser.press("button[value=disable]").await;
    assert!(browser.text(".facts-line").await.contains("disabled since"));
    browser.press("button[value=enable]").await;
    assert!(scene.harbour().await.disabled_at.is_none());
}

/// From what was refused to what is registered.
#[actix_web::test]
async fn adds_the_redirect_uri_that_was_refused() {
    let scene = Scene::at_the_desk().await;
    let browser = &scene.chromium;
    scene.start(&[("redirect_uri", "https://new.example/cb")]).await;
    scene.go("/admin/events?outcome=failure").await;
    browser.press(".event a.button").await;
    assert!(browser.text("[role=alert]").await.contains("https://new.example/cb"));
    browser.press("form#edit-client [type=submit]").await;
    let registered = scene.harbour().await.metadata.redirect_uris;
    assert!(registered.iter().any(|uri| uri.as_str() == "https://new.example/cb"));
}

#[actix_web::test]
async fn lets_somebody_in_changes_their_name_and_locks_them_out() {
    let scene = Scene::at_the_desk().await;
    let browser = &scene.chromium;
    scene.go("/admin/people").await;
    browser.press("a[href$='/admin/new-person']").await;
    browser.fill("username", "grace").await;
    browser.press("form#edit-person [type=submit]").await;
    assert!(browser.text(".once").await.contains("/invitation?link="));
    browser.press("a[href$='/edit']").await;
    browser.fill("name", "Grace Hopper").await;
    browser.press("form#edit-person [type=submit]").await;
    assert!(browser.heading().await.contains("Grace Hopper"), "{}", browser.heading().await);
    browser.press("button[value=link]").await;
    assert!(browser.text(".once").await.contains("/invitation?link="));
    browser.press("button[value=disable]").await;
    assert!(browser.text("[role=status]").await.starts_with("Disabled"));
    let grace = scene.app.cx.store.person_by_login("grace").await.unwrap().unwrap();
    assert!(grace.disabled_at.is_some());
}

#[actix_web::test]
async fn ends_a_session_gives_a_role_and_deletes_an_account() {
    let scene = Scene::at_the_desk().await;
    let browser = &scene.chromium;
    let ada = scene.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    let hers = scene.app.browser();
    let page = hers.open("/login").await;
    hers.submit(&page, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    scene.go(&format!("/admin/people/{ada}")).await;
    browser.press("button[value=end-session]").await;
    assert!(browser.text("[role=status]").await.contains("session has ended"));
    assert!(hers.open("/account/sessions").await.has("form#login"), "she is signed out");
    scene.choose("role", "auditor").await;
    browser.press("button[value=role]").await;
    let person = scene.app.cx.store.person(ada).await.unwrap().unwrap();
    assert_eq!(person.role, Some(Role::Auditor));
    browser.tick("form:has(button[value=delete]) label").await;
    browser.press("button[value=delete]").await;
    browser.arrives_at("/admin/people").await;
    assert!(scene.app.cx.store.person(ada).await.unwrap().is_none());
}

#[actix_web::test]
async fn makes_a_group_and_opens_an_app_to_it_alone() {
    let scene = Scene::at_the_desk().await;
    let browser = &scene.chromium;
    scene.go("/admin/groups").await;
    browser.fill("name", "Crew").await;
    browser.press("main form.sheet [type=submit]").await;
    assert_eq!(browser.heading().await, "Crew");
    browser.fill("username", "ada").await;
    browser.press("button[value=join]").await;
    assert!(browser.text("tbody").await.contains("ada"));
    scene.go("/admin/clients/harbour").await;
    browser.press("a[href$='/harbour/access']").await;
    browser.tick("label:has([value=groups])").await;
    browser.tick("label:has([name=group])").await;
    browser.press("button[value=access]").await;
    assert_eq!(scene.harbour().await.access, Access::Groups);
}

/// From the page of the client to the end of the key, by keyboard where something is typed.
#[actix_web::test]
async fn makes_an_api_key_copies_it_rotates_it_and_deletes_it() {
    let scene = Scene::at_the_desk().await;
    let browser = &scene.chromium;
    scene.go("/admin/clients/harbour").await;
    browser.press("a[href*='new-api-key']").await;
    browser.tab_to("name", "name").await;
    browser.keys("Nightly report").await;
    browser.tab_to("value", "boats.read").await;
    browser.keys(Key::Space).await;
    browser.enter().await;
    assert_eq!(browser.heading().await, "Nightly report");
    let secret = browser.text(".once .value").await;
    browser.click(".copy").await;
    browser.reads(".copy", "Copied").await;
    browser.press("button[value=rotate]").await;
    assert_ne!(browser.text(".once .value").await, secret);
    assert_eq!(browser.count("section[aria-labelledby=secrets] li").await, 2, "the old one stays for a day");
    browser.ask("document.querySelector('button[value=delete]').click()").await;
    assert_eq!(browser.heading().await, "Nightly report", "the browser asks for the box first");
    browser.tick("form:has(button[value=delete]) label").await;
    browser.press("button[value=delete]").await;
    browser.arrives_at("/admin/api-keys").await;
    assert!(browser.text("main").await.contains("There is no such key"));
}

#[actix_web::test]
async fn makes_the_next_key_and_reads_the_record() {
    let scene = Scene::at_the_desk().await;
    let browser = &scene.chromium;
    scene.go("/admin").await;
    browser.press(".sections a[href$='/keys']").await;
    let before = browser.count("tbody tr").await;
    browser.press("button[value=rotate]").await;
    assert_eq!(browser.count("tbody tr").await, before + 1);
    browser.press(".sections a[href$='/events']").await;
    scene.choose("kind", "key_rotated").await;
    browser.press("form.filter button").await;
    assert_eq!(browser.count(".event").await, 1);
    assert_eq!(browser.count("a[download]").await, 2, "as CSV and as JSON lines");
    browser.press(".sections a[href$='/settings']").await;
    assert!(browser.text("main").await.contains("server.issuer"));
}
