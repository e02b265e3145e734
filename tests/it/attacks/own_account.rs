//! Somebody else's account: an open browser that is found, another person's identifiers, a name that is theirs.

use std::time::Duration;

use super::scene::*;
use crate::support::{Browser, TestApp, set_up_phone};

/// What ada's browser would send from that page, after the password was given long ago.
async fn found_open(app: &TestApp, browser: &Browser, path: &str, form: &str, fields: &[(&str, &str)]) -> String {
    let page = browser.open(path).await;
    assert!(page.has(form), "{path}: {}", page.answer.body);
    app.clock.advance(app.cx.config.sessions.recent_lifetime + Duration::from_millis(1));
    let sent = browser.submit_only(&page, form, fields).await;
    assert_eq!(sent.answer.status, 303, "{path}: {}", sent.answer.body);
    sent.url.path().to_owned()
}

/// Whoever finds a browser open, with the page of long ago still in it, takes nothing away and ends nothing.
#[actix_web::test]
async fn finds_a_browser_open_and_takes_the_account() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    for (path, form, fields) in [
        ("/account/data", "form#own-data", &[][..]),
        ("/account/delete", "form#delete-account", &[("username", "ada")]),
    ] {
        let browser = signed_in(&app, "ada").await;
        assert_eq!(found_open(&app, &browser, path, form, fields).await, "/login", "{path}");
    }
    assert!(app.cx.store.person(ada).await.unwrap().is_some());
    assert!(app.events("data_downloaded").await.is_empty());
}

/// Whoever knows the password of somebody who has a second factor reads nothing of them, changes nothing and ends nothing.
#[actix_web::test]
async fn knows_the_password_alone_and_takes_the_account() {
    let editable = "people.editable = [\"email\", \"nickname\", \"picture\"]\n";
    for (settings, has_phone) in [("second_factor.always = false\n", true), ("", false), (editable, false)] {
        let app = TestApp::start_by_name(settings).await;
        let ada = app.person("ada").await;
        let hers = signed_in(&app, "ada").await;
        if has_phone {
            set_up_phone(&app, &hers).await;
        } else {
            app.passkey(&hers, "Key").await;
        }
        let mut seen = hers.open("/account/profile").await.form("form#own-profile", &[("nickname", "Mallory")]).1;
        seen.retain(|(name, _)| name != "csrf");
        seen.push(("username".to_owned(), "ada".to_owned()));
        let thief = signed_in(&app, "ada").await;
        let own = thief.open("/logout").await.form("form#logout", &[]).1;
        let sent: Vec<_> = own.into_iter().filter(|(name, _)| name == "csrf").chain(seen).collect();
        for path in ["/account/profile", "/account/data", "/account/delete"] {
            assert_eq!(thief.open(path).await.url.path(), "/login/second", "{path}, {settings}");
            let page = thief.post(path, &sent).await;
            assert_eq!(page.url.path(), "/login/second", "{path}, {settings}: {}", page.answer.body);
            assert_eq!(hers.open(path).await.url.path(), path, "{settings}: she proved it all");
        }
        for path in [
            "/account/picture",
            "/account/activity",
            "/account/apps",
            "/account/sessions",
            "/account/api-keys",
            "/account/api-keys/new",
            "/account/providers",
            "/account/security",
            "/account/security/passkeys",
        ] {
            assert_eq!(thief.open(path).await.url.path(), "/login/second", "{path}, {settings}");
            assert_eq!(hers.open(path).await.url.path(), path, "{settings}: she proved it all");
        }
        for (path, field) in [
            ("/account/sessions", ("sid", "everywhere")),
            ("/account/apps", ("grant", "00000000-0000-0000-0000-000000000000")),
            ("/account/api-keys/new", ("name", "Backup")),
        ] {
            let field = (field.0.to_owned(), field.1.to_owned());
            let sent: Vec<_> = sent.iter().cloned().chain([field]).collect();
            let page = thief.post(path, &sent).await;
            assert_eq!(page.url.path(), "/login/second", "{path}, {settings}: {}", page.answer.body);
        }
        assert!(hers.open("/").await.has("form#logout") && app.events("api_key_added").await.is_empty());
        let form = hers.open("/account/picture").await;
        let token = sent.iter().find(|(name, _)| name == "csrf").unwrap().1.as_str();
        let fields = [("decision", "remove"), ("csrf", token)];
        let page = thief.upload(&form, "form#own-picture", ("picture", b""), &fields).await;
        assert_eq!(page.url.path(), "/login/second", "{settings}: {}", page.answer.body);
        let person = app.cx.store.person(ada).await.unwrap().unwrap();
        assert_eq!(person.claims.nickname, None);
        assert!(app.events("person_updated").await.is_empty(), "nor was the picture taken away");
        assert!(app.events("data_downloaded").await.is_empty() && app.events("person_deleted").await.is_empty());
    }
}

/// A session's identifier is known to apps. It is no key: with it nobody ends the session of somebody else.
#[actix_web::test]
async fn ends_the_sessions_of_somebody_else() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    app.person("eve").await;
    let (hers, eves) = (signed_in(&app, "ada").await, signed_in(&app, "eve").await);
    let sid = app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap()[0].sid.to_string();
    let page = eves.open("/account/sessions").await;
    for target in [sid.as_str(), "others", "everywhere"] {
        let page = if target == "everywhere" { &eves.open("/account/sessions").await } else { &page };
        eves.submit(page, "form#end-everything", &[("sid", target)]).await;
        assert!(hers.open("/").await.has("form#logout"), "{target}");
    }
}

/// The form of one account, sent by who is signed in to another in the same browser since.
#[actix_web::test]
async fn sends_the_form_of_one_account_as_another() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let browser = signed_in(&app, "ada").await;
    let deletion = browser.open("/account/delete").await;
    let profile = browser.open("/account/profile").await;
    browser.sign_in_too("eve").await;
    for (page, form, field) in
        [(&deletion, "form#delete-account", ("username", "eve")), (&profile, "form#own-profile", ("name", "Mallory"))]
    {
        assert_eq!(browser.submit(page, form, &[field]).await.answer.status, 403, "{form}");
    }
    for person in [ada, eve] {
        let person = app.cx.store.person(person).await.unwrap().unwrap();
        assert_eq!(person.claims.name.as_deref(), Some("Ada Lovelace"));
    }
}
