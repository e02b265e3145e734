//! What people are told by mail of what happens at their account.

use super::*;
use crate::support::{MAILBOX, ReadMail, set_up_phone};

fn of_kind<'a>(mails: &'a [ReadMail], kind: &str) -> Vec<&'a ReadMail> {
    mails.iter().filter(|read| read.mail.kind == kind).collect()
}

/// A sign-in at another browser is told, with what it was; one at the same browser is not.
#[actix_web::test]
async fn tells_of_a_sign_in_at_a_browser_that_was_not_there_before() {
    let app = TestApp::start_with(MAILBOX).await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let mails = app.mails().await;
    let mail = TestApp::only(&mails, "new_device");
    assert_eq!(mail.mail.recipient, "ada@example.com");
    for part in ["A sign-in from a new device", "127.0.0.1", "2026-11-23"] {
        let all = format!("{} {}", mail.content.subject, mail.content.text);
        assert!(all.contains(part), "{part}: {all}");
    }
    assert_eq!(mail.link(&app), "/recover");
    let form = browser.open("/login?another=yes").await;
    sign_in_at(&browser, &form, "ada", PASSWORD).await;
    assert_eq!(of_kind(&app.mails().await, "new_device").len(), 1);
    let wrong = app.browser();
    sign_in_at(&wrong, &wrong.open("/login").await, "ada", "wrong").await;
    assert_eq!(of_kind(&app.mails().await, "new_device").len(), 1, "who did not get in is no news");
    signed_in(&app, "ada").await;
    assert_eq!(of_kind(&app.mails().await, "new_device").len(), 2);
}

/// Whoever makes an account of their own is told nothing of it.
#[actix_web::test]
async fn tells_nobody_of_their_own_registration() {
    let app = TestApp::start_with(&format!("{MAILBOX}people.registration = \"open\"\n")).await;
    let browser = app.browser();
    let page = browser.open("/register").await;
    let home = browser.submit(&page, "form#set-up", &[("username", "eve"), ("password", PASSWORD)]).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    assert!(app.mails().await.is_empty());
}

/// A password that is changed on the account's own pages, by whoever it was.
#[actix_web::test]
async fn tells_of_a_password_that_is_changed() {
    let app = TestApp::start_with(MAILBOX).await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let form = browser.open("/account/security/password").await;
    let fields = [("old", PASSWORD), ("new", "a new password of hers")];
    assert!(browser.submit(&form, "form#password", &fields).await.has(".good"));
    let mails = app.mails().await;
    let told = TestApp::only(&mails, "password_changed");
    assert_eq!((told.mail.recipient.as_str(), told.link(&app).as_str()), ("ada@example.com", "/recover"));
}

/// An authenticator app, added and removed.
#[actix_web::test]
async fn tells_of_an_app_that_is_added_and_removed() {
    let app = TestApp::start_with(MAILBOX).await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    set_up_phone(&app, &browser).await;
    let mails = app.mails().await;
    let added = TestApp::only(&mails, "factor_added");
    assert!(added.content.text.contains("Authenticator app: My phone"), "{}", added.content.text);
    let list = browser.open("/account/security").await;
    let question = browser.open(&list.links("main a[href^='/account/security/app/']")[0]).await;
    browser.submit(&question, "main form", &[]).await;
    let mails = app.mails().await;
    let removed = TestApp::only(&mails, "factor_removed");
    assert!(removed.content.text.contains("My phone"), "{}", removed.content.text);
    assert_eq!(app.events("factor_removed").await.len(), 1);
}

/// A passkey, added and removed.
#[actix_web::test]
async fn tells_of_a_passkey_that_is_added_and_removed() {
    let app = TestApp::start_by_name(MAILBOX).await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    app.passkey(&browser, "Ada’s key").await;
    let mails = app.mails().await;
    assert!(TestApp::only(&mails, "factor_added").content.text.contains("Passkey: Ada’s key"));
    let list = browser.open("/account/security/passkeys").await;
    let question = browser.open(&list.links("main a[href$='/remove']")[0]).await;
    browser.submit(&question, "main form", &[]).await;
    let mails = app.mails().await;
    assert!(TestApp::only(&mails, "factor_removed").content.text.contains("Ada’s key"));
}

/// Whoever has no address is told nothing, and goes on as ever.
#[actix_web::test]
async fn tells_nobody_without_an_address() {
    let app = TestApp::start_with(MAILBOX).await;
    let ada = app.person("ada").await;
    let mut person = app.cx.store.person(ada).await.unwrap().unwrap();
    person.claims.email = None;
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    let browser = signed_in(&app, "ada").await;
    set_up_phone(&app, &browser).await;
    assert!(app.mails().await.is_empty());
}
