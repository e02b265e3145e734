//! Who gets into the console, and who does not.

use std::time::Duration;

use super::*;
use crate::support::form_encode;

/// Every page, and every form's path.
const PAGES: [&str; 9] = [
    "/admin",
    "/admin/clients",
    "/admin/new-client",
    "/admin/clients/app",
    "/admin/people",
    "/admin/people/0b7c1b4e-8f0c-4c57-9d0e-2f6a3a0d7c11",
    "/admin/events",
    "/admin/events.csv",
    "/admin/events.jsonl",
];

/// The ones that take a form.
const FORMS: [&str; 3] =
    ["/admin/new-client", "/admin/clients/app", "/admin/people/0b7c1b4e-8f0c-4c57-9d0e-2f6a3a0d7c11"];

#[actix_web::test]
async fn asks_a_stranger_to_sign_in_and_leads_back() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.admin("root").await;
    for path in PAGES {
        let browser = app.browser();
        let page = browser.open(path).await;
        assert_eq!((page.url.path(), page.query("continue").as_deref()), ("/login", Some(path)));
        let page = sign_in(&browser, &page, "root").await;
        assert_eq!(page.url.path(), path);
    }
    let browser = app.browser();
    let page = browser.open("/admin/events?kind=sign_in&outcome=failure").await;
    let page = sign_in(&browser, &page, "root").await;
    assert!(page.url.as_str().ends_with("/admin/events?kind=sign_in&outcome=failure"), "{}", page.url);
}

#[actix_web::test]
async fn leads_back_after_a_wrong_password_too() {
    let app = TestApp::start().await;
    app.admin("root").await;
    let browser = app.browser();
    let page = browser.open("/admin/people").await;
    let page = browser.submit(&page, "form#login", &[("username", "root"), ("password", "wrong")]).await;
    assert_eq!(page.answer.status, 422);
    assert_eq!(sign_in(&browser, &page, "root").await.url.path(), "/admin/people");
}

/// RFC 9700 §4.11.2: the sign-in leads on to pages of ours only.
#[actix_web::test]
async fn leads_nowhere_else() {
    let app = TestApp::start().await;
    app.admin("root").await;
    for elsewhere in [
        "https://evil.example/admin",
        "//evil.example/admin",
        "/\\evil.example",
        "/admin//evil.example/",
        "/admin\\@evil",
    ] {
        let browser = app.browser();
        let page = browser.open(&format!("/login?{}", form_encode(&[("continue", elsewhere)]))).await;
        assert!(!page.has("input[name=continue]"), "{elsewhere}");
        let fields = [("username", "root"), ("password", PASSWORD), ("continue", elsewhere)];
        let page = browser.submit_only(&page, "form#login", &fields).await;
        assert_eq!((page.answer.status, page.url.path()), (303, "/"), "{elsewhere}");
        assert!(page.url.as_str().starts_with(&app.issuer), "{}", page.url);
    }
}

#[actix_web::test]
async fn lets_nobody_in_who_is_no_admin() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    sign_in(&browser, &browser.open("/login").await, "ada").await;
    let home = browser.open("/").await;
    assert!(home.has("form#logout"));
    assert!(!home.has("a[href$='/admin']"), "there is no way to it at home either");
    for path in PAGES {
        let page = browser.open(path).await;
        assert_eq!((page.answer.status, page.url.path()), (403, path));
        assert!(page.text("h1").contains("administrators"));
    }
    let (_, proof) = home.form("form#logout", &[]);
    for path in FORMS {
        for action in ["rotate", "disable", "enable", "delete", "withdraw", "withdraw-all", "link", "end-session"] {
            let mut form = proof.clone();
            form.extend(
                [("action", action), ("sure", "yes"), ("overlap", "0")].map(|(a, b)| (a.to_owned(), b.to_owned())),
            );
            assert_eq!(browser.post(path, &form).await.answer.status, 403, "{path} {action}");
        }
    }
    assert!(
        app.cx
            .clients
            .find(&app.cx.store, &claviger::ids::ClientId("app".into()), app.cx.now())
            .await
            .unwrap()
            .is_some()
    );
}

#[actix_web::test]
async fn asks_for_the_password_again_after_a_while() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    app.clock.advance(Duration::from_mins(59));
    assert_eq!(browser.open("/admin/clients").await.url.path(), "/admin/clients");
    app.clock.advance(Duration::from_mins(1));
    let page = browser.open("/admin/clients").await;
    assert_eq!(page.url.path(), "/login");
    assert!(page.has("input#username[readonly][value=root]"), "whoever is signed in confirms");
    assert_eq!(sign_in(&browser, &page, "root").await.url.path(), "/admin/clients");
}

#[actix_web::test]
async fn lets_an_admin_in_no_more_once_they_are_disabled() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let root = app.cx.store.person_by_login("root").await.unwrap().unwrap();
    let since = Some(app.cx.now());
    app.cx.store.write(move |tx| Box::pin(async move { tx.set_person_disabled(root.id, since).await })).await.unwrap();
    assert_eq!(browser.open("/admin").await.url.path(), "/login");
}

/// RFC 6749 §10.12: a form without its proof changes nothing.
#[actix_web::test]
async fn takes_no_form_that_is_not_its_own() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = at_work(&app).await;
    let stranger = app.browser();
    let elsewhere = sign_in(&stranger, &stranger.open("/login?continue=/admin").await, "root").await;
    let (_, foreign) = elsewhere.form("form.leave", &[("action", "disable")]);
    let none = vec![("action".to_owned(), "disable".to_owned())];
    for form in [none, foreign] {
        let page = browser.post("/admin/clients/app", &form).await;
        assert_eq!(page.answer.status, 403, "{}", page.answer.body);
    }
    assert!(app.events("client_disabled").await.is_empty());
}

#[actix_web::test]
async fn works_where_the_issuer_has_a_path() {
    let app = TestApp::start_at("/auth", "").await;
    app.admin("root").await;
    let browser = app.browser();
    let page = browser.open("/admin/clients").await;
    assert_eq!(page.url.path(), "/auth/login");
    let page = sign_in(&browser, &page, "root").await;
    assert_eq!(page.url.path(), "/auth/admin/clients");
    assert!(page.has("a[href='/auth/admin/new-client']"));
}
