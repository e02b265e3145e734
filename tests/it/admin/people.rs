//! People in the console.

use super::*;
use crate::support::{Allowed, person_with_phone};

#[actix_web::test]
async fn withdraws_what_a_person_allowed_an_app() {
    let app = TestApp::start().await;
    let (browser, client, ada) = (at_work(&app).await, app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, ada, Allowed::default()).await;
    let page = browser.open(&format!("/admin/people/{ada}")).await;
    assert_eq!(page.text("h1"), "Ada Lovelace");
    let page = press(&browser, &page, "withdraw", &[]).await;
    assert!(page.text("main").contains("No app has been allowed anything."), "{}", page.answer.body);
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
}

/// Nobody's page takes back what somebody else allowed.
#[actix_web::test]
async fn withdraws_nothing_of_somebody_else() {
    let app = TestApp::start().await;
    let (browser, client) = (at_work(&app).await, app.web_app().await);
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    app.tokens(&client, ada, Allowed::default()).await;
    app.tokens(&client, eve, Allowed::default()).await;
    let of_eve = app.cx.store.grants_of(eve).await.unwrap()[0].id.to_string();
    let page = browser.open(&format!("/admin/people/{ada}")).await;
    let page = press(&browser, &page, "withdraw", &[("grant", &of_eve)]).await;
    assert!(page.text("[role=status]").contains("nothing left to do"));
    assert_eq!(app.cx.store.grants_of(eve).await.unwrap().len(), 1);
}

#[actix_web::test]
async fn ends_a_session() {
    let app = TestApp::start().await;
    let (browser, ada) = (at_work(&app).await, app.person("ada").await);
    let hers = app.browser();
    sign_in(&hers, &hers.open("/login").await, "ada").await;
    assert!(hers.open("/").await.has("form#logout"));
    let page = browser.open(&format!("/admin/people/{ada}")).await;
    let page = press(&browser, &page, "end-session", &[]).await;
    assert!(page.text("[role=status]").contains("ended") && page.text("main").contains("Nowhere."));
    assert!(!hers.open("/").await.has("form#logout"));
}

#[actix_web::test]
async fn signs_somebody_out_everywhere() {
    let app = TestApp::start().await;
    let (browser, client, ada) = (at_work(&app).await, app.web_app().await, app.person("ada").await);
    let all = [app.browser(), app.browser()];
    for hers in &all {
        sign_in(hers, &hers.open("/login").await, "ada").await;
    }
    let offline = Allowed { scope: "openid offline_access", ..Allowed::default() };
    let tokens = app.tokens(&client, ada, offline).await;
    let page = browser.open(&format!("/admin/people/{ada}")).await;
    let page = press(&browser, &page, "end-sessions", &[]).await;
    assert!(page.text("[role=status]").contains("signed out everywhere") && page.text("main").contains("Nowhere."));
    for hers in &all {
        assert!(!hers.open("/").await.has("form#logout"));
    }
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    // Their own sessions are ended on their own pages.
    let own = browser
        .open("/admin/people")
        .await
        .links("main tbody a")
        .into_iter()
        .find(|link| !link.contains(&ada.to_string()));
    let page = browser.open(&own.unwrap()).await;
    assert!(!page.has("button[value=end-sessions]"));
}

#[actix_web::test]
async fn ends_no_session_of_somebody_else() {
    let app = TestApp::start().await;
    let (browser, ada, eve) = (at_work(&app).await, app.person("ada").await, app.person("eve").await);
    let eves = app.browser();
    sign_in(&eves, &eves.open("/login").await, "eve").await;
    let hers = app.browser();
    sign_in(&hers, &hers.open("/login").await, "ada").await;
    let sid = app.cx.store.sessions_of(eve, app.cx.now()).await.unwrap()[0].sid.to_string();
    let page =
        press(&browser, &browser.open(&format!("/admin/people/{ada}")).await, "end-session", &[("sid", &sid)]).await;
    assert!(page.text("[role=status]").contains("nothing left to do"));
    assert!(eves.open("/").await.has("form#logout"));
}

#[actix_web::test]
async fn disables_enables_and_deletes_an_account() {
    let app = TestApp::start().await;
    let (browser, client, ada) = (at_work(&app).await, app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, ada, Allowed::default()).await;
    let path = format!("/admin/people/{ada}");
    let page = press(&browser, &browser.open(&path).await, "disable", &[]).await;
    assert!(page.text("h1 + p").contains("disabled since"));
    assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    let page = press(&browser, &page, "enable", &[]).await;
    assert_eq!(press(&browser, &page, "delete", &[]).await.answer.status, 400, "it is confirmed first");
    let list = press(&browser, &page, "delete", &[("sure", "yes")]).await;
    assert_eq!(list.url.path(), "/admin/people");
    assert_eq!(browser.open(&path).await.answer.status, 404);
}

#[actix_web::test]
async fn makes_a_link_for_a_new_password() {
    let app = TestApp::start().await;
    let (browser, ada) = (at_work(&app).await, app.person("ada").await);
    let page = press(&browser, &browser.open(&format!("/admin/people/{ada}")).await, "link", &[]).await;
    let link = page.text(".once code");
    assert!(!app.everything().await.contains(link.split("link=").nth(1).unwrap()), "only its hash is kept");
    let hers = app.browser();
    let form = hers.open(&link).await;
    let done = hers.submit(&form, "form#set-up", &[("password", "an entirely new passphrase")]).await;
    assert!(done.text("p.good[role=status]").starts_with("Your new password is set."), "{}", done.answer.body);
    assert!(hers.open("/").await.has("form#logout"));
    assert_eq!(app.events("link_made").await[0].person_id, Some(ada));
}

#[actix_web::test]
async fn keeps_admins_from_locking_themselves_out() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let root = app.cx.store.person_by_login("root").await.unwrap().unwrap();
    let page = browser.open(&format!("/admin/people/{}", root.id)).await;
    assert!(page.text("main").contains("This is you"));
    for action in ["disable", "delete"] {
        let form = "form:has(button[value=link])";
        let refused = browser.submit(&page, form, &[("action", action), ("sure", "yes")]).await;
        assert_eq!(refused.answer.status, 400, "{action}");
    }
    assert_eq!(browser.open("/admin").await.url.path(), "/admin");
}

#[actix_web::test]
async fn knows_nobody_of_a_strange_identifier() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    for id in ["x", "0b7c1b4e-8f0c-4c57-9d0e-2f6a3a0d7c11", "%00", "%ff"] {
        let page = browser.open(&format!("/admin/people/{id}")).await;
        assert!(matches!(page.answer.status, 400 | 404), "{id}: {}", page.answer.status);
    }
}

#[actix_web::test]
async fn takes_the_second_factors_of_who_has_lost_them() {
    let app = TestApp::start().await;
    let (browser, ada) = (at_work(&app).await, app.person("ada").await);
    let path = format!("/admin/people/{ada}");
    assert!(!browser.open(&path).await.has("button[value=reset-factors]"), "there is nothing to take");
    person_with_phone(&app, "ada").await;
    let page = browser.open(&path).await;
    assert!(page.text("main").contains("1 authenticator app, 10 recovery codes left"));
    let unsure = press(&browser, &page, "reset-factors", &[]).await;
    assert_eq!(unsure.answer.status, 400);
    let page = press(&browser, &page, "reset-factors", &[("sure", "yes")]).await;
    assert!(page.text("[role=status]").contains("second factors are gone"), "{}", page.answer.body);
    assert!(app.cx.store.authenticator_apps_of(ada).await.unwrap().is_empty());
}

/// Whoever has no app, and passkeys alone, has lost as much.
#[actix_web::test]
async fn takes_the_passkeys_of_who_has_lost_them() {
    let app = TestApp::start_by_name("").await;
    let (browser, ada) = (at_work(&app).await, app.person("ada").await);
    let hers = app.browser();
    sign_in(&hers, &hers.open("/login").await, "ada").await;
    app.passkey(&hers, "Key").await;
    let path = format!("/admin/people/{ada}");
    let page = browser.open(&path).await;
    assert!(page.text("main").contains("Second factor: 1 passkey."), "{}", page.answer.body);
    assert!(!page.text("main").contains("They have no password"));
    let page = press(&browser, &page, "reset-factors", &[("sure", "yes")]).await;
    assert!(page.text("[role=status]").contains("second factors are gone"), "{}", page.answer.body);
    assert!(app.cx.store.passkeys_of(ada).await.unwrap().is_empty());
    assert!(!browser.open(&path).await.has("button[value=reset-factors]"));
}
