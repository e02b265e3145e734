//! What admins do, from the sign-in to the result.

use claviger::domain::catalogue::resource_id;
use claviger::domain::hourly::{self, Counted, HourlyCounts};
use claviger::ids::ClientId;
use serde_json::json;

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

/// From the client's page through sign-in and consent of the real endpoints to what an app would get.
#[actix_web::test]
async fn an_admin_tries_a_client_out() {
    walk_as_admin(async |scene| {
        let browser = &scene.chromium;
        browser.open(&scene.app.url("/admin/clients/harbour")).await;
        browser.press("a[href$='/harbour/try']").await;
        browser.tick("form#try-person label:has([value='boats.move'])").await;
        browser.press("form#try-person button").await;
        browser.press("form#consent button[value=allow]").await;
        browser.arrives_at("/admin/try").await;
        assert!(browser.text(".good").await.starts_with("It works."));
        assert!(browser.text("main").await.contains("at_hash"));
    })
    .await;
}

/// What scripts add, and nothing needs.
#[actix_web::test]
async fn an_admin_imports_a_file_and_copies_what_is_to_be_pasted() {
    walk_as_admin(async |scene| {
        let browser = &scene.chromium;
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        let person = |number: usize| format!("p{number},p{number}@example.org,Person {number}");
        let people: Vec<_> = (0..300).map(person).collect();
        std::fs::write(file.path(), format!("\u{feff}username,email,name\n{}\n", people.join("\n"))).unwrap();
        browser.open(&scene.app.url("/admin/people/import")).await;
        browser.choose_file("file", file.path()).await;
        browser.press("form#import [type=submit]").await;
        assert!(browser.text("main").await.contains("To be added: 300."), "{}", browser.text("main").await);
        browser.press("form#confirm-import [type=submit]").await;
        assert!(browser.text(".good").await.starts_with("Added: 300."));
        browser.open(&scene.app.url("/admin/clients/harbour")).await;
        browser.click(".copy").await;
        browser.reads(".copy", "Copied").await;
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

impl Scene {
    /// Something for every part of the overview to show.
    async fn has_had_a_day(&self) {
        let (store, counts, now) = (&self.app.cx.store, HourlyCounts::default(), self.app.cx.now());
        for hour in 0..24_u32 {
            let numbers = [
                (Counted::SignIn, 3 + hour * 7 % 11),
                (Counted::SignInRefused, if hour == 9 { 40 } else { hour % 3 }),
                (Counted::Token, 1000 + hour * 613 % 977),
                (Counted::TokenRefused, hour * 5 % 17),
            ];
            for (counted, number) in numbers {
                (0..number).for_each(|_| counts.count(counted));
            }
            hourly::flush(store, &counts, now - Duration::from_hours(hour.into())).await.unwrap();
        }
        let wrong = [("authorization", "Basic aGFyYm91cjp3cm9uZw==")];
        for _ in 0..20 {
            self.app.post_with("/oauth2/token", &[("grant_type", "client_credentials")], &wrong).await;
        }
        let (client, ada) = (&self.client, self.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id);
        let tokens =
            self.app.tokens(client, ada, Allowed { scope: "openid offline_access", ..Allowed::default() }).await;
        let refresh_token = tokens["refresh_token"].as_str().unwrap();
        self.app.refresh(client, refresh_token).await.ok();
        self.app.clock.advance(Duration::from_mins(1));
        self.app.refresh(client, refresh_token).await.refuses(400, "invalid_grant");
        let ends = now + Duration::from_hours(30 * 24);
        let id = ClientId(client.id.clone());
        let ending = store.write(move |tx| Box::pin(async move { tx.expire_client_secrets(&id, ends).await }));
        ending.await.unwrap();
    }
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
    scene.has_had_a_day().await;

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
    for (page, path) in [
        ("console-edit-client", "/admin/clients/harbour/edit?redirect_uri=https%3A%2F%2Fother.example%2Fcb".to_owned()),
        ("console-snippets", "/admin/clients/harbour/snippets".to_owned()),
        ("console-new-person", "/admin/new-person".to_owned()),
        ("console-import", "/admin/people/import".to_owned()),
        ("console-edit-person", format!("/admin/people/{ada}/edit")),
        ("console-keys", "/admin/keys".to_owned()),
        ("console-settings", "/admin/settings".to_owned()),
    ] {
        browser.open(&at(&path)).await;
        wall.hang(page).await;
    }
    hang_api_keys(&scene, &wall).await;
    hang_resources(&scene, &wall).await;
    browser.open(&at("/admin/clients/harbour/try")).await;
    wall.hang("console-try").await;
    browser.tick("form#try-person label:has([value='boats.move'])").await;
    browser.press("form#try-person button").await;
    browser.press("form#consent button[value=allow]").await;
    browser.arrives_at("/admin/try").await;
    wall.hang("console-tried").await;
    scene.app.clock.advance(scene.app.cx.config.sessions.admin_lifetime);
    browser.open(&at("/admin")).await;
    wall.hang("console-sign-in-again").await;
    wall.write_index("console");
}

async fn hang_resources(scene: &Scene, wall: &Wall<'_>) {
    let browser = &scene.chromium;
    let at = |path: &str| scene.app.url(path);
    browser.open(&at("/admin/resources")).await;
    wall.hang("console-no-resources").await;
    browser.press(".first a").await;
    wall.hang("console-new-resource").await;
    browser.fill("identifier", "boats").await;
    browser.fill("access_token_lifetime", "an hour").await;
    browser.press("form#new-resource button").await;
    assert_eq!(browser.focused("name").await, "identifier", "where the first fault is");
    wall.hang("console-new-resource-refused").await;
    let identifier = "https://boats.harbour.example/a-very-long-address-that-has-to-be-broken/api/v1";
    for (field, text) in [("identifier", identifier), ("name", "Boats and berths"), ("access_token_lifetime", "600")] {
        browser.fill(field, text).await;
    }
    browser.tick("label:has([value='boats.read'])").await;
    browser.tick("label:has([value='boats.move'])").await;
    browser.press("form#new-resource button").await;
    assert_eq!(browser.heading().await, "Boats and berths");
    wall.hang("console-resource-new").await;
    let page = browser.url().await.to_string();
    browser.fill("client", "harbor").await;
    browser.press("button[value=allow]").await;
    wall.hang("console-resource-refused").await;
    browser.fill("client", "harbour").await;
    browser.press("button[value=allow]").await;
    browser.press("button[value=credentials]").await;
    wall.hang("console-resource-with-credentials").await;
    browser.open(&page).await;
    wall.hang("console-resource").await;
    for (name, path) in [
        ("console-edit-resource", page.replace("?done=changed", "/edit")),
        ("console-delete-resource", page.replace("?done=changed", "/delete")),
        ("console-resources", at("/admin/resources")),
        ("console-resource-built-in", at(&format!("/admin/resources/{}", resource_id(&scene.app.issuer)))),
        ("console-new-scope", at("/admin/scopes/new")),
    ] {
        browser.open(&path).await;
        wall.hang(name).await;
    }
    browser.fill("name", "openid").await;
    browser.fill("text", "Whatever").await;
    browser.press("form#new-scope button").await;
    wall.hang("console-new-scope-refused").await;
    browser.fill("name", "berths.rent").await;
    browser.fill("text", "Rent a berth in your name, and pay for it").await;
    browser.press("form#new-scope button").await;
    wall.hang("console-scopes").await;
    browser.press("tbody a[href$='/edit']").await;
    wall.hang("console-edit-scope").await;
    browser.press("a[href$='/delete']").await;
    wall.hang("console-delete-scope").await;
}

async fn hang_api_keys(scene: &Scene, wall: &Wall<'_>) {
    let browser = &scene.chromium;
    let at = |path: &str| scene.app.url(path);
    browser.open(&at("/admin/api-keys")).await;
    wall.hang("console-no-api-keys").await;
    browser.open(&at("/admin/new-api-key?client=harbour")).await;
    wall.hang("console-new-api-key").await;
    browser.fill("name", "Nightly report to the harbour master of the old town").await;
    browser.fill("rate_limit", "often").await;
    browser.fill("expires_at", "soon").await;
    browser.press("form#new-api-key button").await;
    assert_eq!(browser.focused("name").await, "rate_limit", "where the first fault is");
    wall.hang("console-new-api-key-refused").await;
    for (field, text) in [("rate_limit", "100/minute"), ("quota", "10000/month"), ("expires_at", "2027-01-31")] {
        browser.fill(field, text).await;
    }
    browser.fill("addresses", "192.0.2.0/24").await;
    browser.tick("label:has([value='boats.read'])").await;
    browser.press("form#new-api-key button").await;
    wall.hang("console-api-key-with-its-secret").await;
    let secret = browser.text(".once .value").await;
    browser.press("button[value=disable]").await;
    wall.hang("console-api-key-disabled").await;
    let found = json!([{ "token": secret, "url": "https://git.example/harbour/scripts/blob/4f1c/backup.sh#L12" }]);
    let kind = [("content-type", "application/json")];
    scene.app.request("POST", "/api-keys/report", found.to_string(), &kind).await.ok();
    browser.open(&at("/admin")).await;
    browser.press("a[href*='state=leaked']").await;
    browser.press("tbody th a").await;
    wall.hang("console-api-key-leaked").await;
    browser.press("button[value=rotate]").await;
    wall.hang("console-api-key-rotated").await;
    let ada = scene.app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    browser.open(&at(&format!("/admin/new-api-key?person={ada}"))).await;
    browser.fill("name", "Laptop").await;
    browser.press("form#new-api-key button").await;
    browser.press("a[href$='/edit']").await;
    wall.hang("console-edit-api-key").await;
    browser.open(&at("/admin/api-keys")).await;
    wall.hang("console-api-keys").await;
}

#[actix_web::test]
async fn the_description_of_the_api_can_be_read_by_everybody() {
    let scene = Scene::on(Screen::Desktop).await;
    scene.chromium.open(&scene.app.url("/api/v1/docs")).await;
    let wall = Wall::new(&scene.chromium);
    wall.hang("api-docs").await;
    wall.write_index("api-docs");
}
