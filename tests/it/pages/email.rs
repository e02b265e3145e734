//! `/account/email`: the address of a person, and another one in its place.

use std::time::Duration;

use super::*;
use crate::support::{MAILBOX, ReadMail};

async fn ada() -> (TestApp, claviger::ids::PersonId, Browser) {
    let app = TestApp::start_with(MAILBOX).await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    (app, ada, browser)
}

/// Asks for a link to `address`; answers the mails that were written of it.
async fn ask(app: &TestApp, browser: &Browser, address: &str) -> Vec<ReadMail> {
    let page = browser.open("/account/email").await;
    let sent = browser.submit(&page, "form[action$='/account/email']", &[("email", address)]).await;
    assert!(sent.has(".good"), "{}", sent.answer.body);
    let mails = app.mails().await;
    mails.into_iter().filter(|read| read.mail.kind == "email_verification" && read.mail.recipient == address).collect()
}

async fn address(app: &TestApp, person: claviger::ids::PersonId) -> (Option<String>, Option<bool>) {
    let claims = app.cx.store.person(person).await.unwrap().unwrap().claims;
    (claims.email, claims.email_verified)
}

#[actix_web::test]
async fn takes_another_address_once_its_link_is_followed() {
    let (app, ada, browser) = ada().await;
    let mails = ask(&app, &browser, "ada@new.example").await;
    assert_eq!(address(&app, ada).await.0.unwrap(), "ada@example.com", "nothing has changed yet");
    assert!(!mails[0].content.text.contains("Lovelace"), "a stranger is told no name");
    let link = mails[0].link(&app);
    let question = browser.open(&link).await;
    assert!(question.text("main").contains("ada@new.example"), "{}", question.answer.body);
    let done = browser.submit(&question, "main form", &[]).await;
    assert_eq!(done.url.path(), "/account/email");
    assert_eq!(address(&app, ada).await, (Some("ada@new.example".to_owned()), Some(true)));
    assert_eq!(browser.open(&link).await.answer.status, 410);
    let mails = app.mails().await;
    assert_eq!(TestApp::only(&mails, "email_changed").mail.recipient, "ada@example.com");
    assert_eq!(app.events("email_changed").await.len(), 1);
}

#[actix_web::test]
async fn verifies_the_address_that_there_is() {
    let (app, ada, browser) = ada().await;
    let mut person = app.cx.store.person(ada).await.unwrap().unwrap();
    person.claims.email_verified = Some(false);
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    let page = browser.open("/account/email").await;
    assert!(page.has("input[name=email][value='ada@example.com']"));
    let mails = ask(&app, &browser, "ada@example.com").await;
    let question = browser.open(&mails[0].link(&app)).await;
    browser.submit(&question, "main form", &[]).await;
    assert_eq!(address(&app, ada).await, (Some("ada@example.com".to_owned()), Some(true)));
    assert!(app.mails().await.iter().all(|read| read.mail.kind != "email_changed"), "it is the same");
    assert_eq!(app.events("email_verified").await.len(), 1);
}

/// Whoever has the mailbox, but not the account, attaches nothing: and the reverse.
#[actix_web::test]
async fn takes_no_address_into_the_account_of_a_stranger() {
    let (app, ada, browser) = ada().await;
    let eve = app.person("eve").await;
    let link = ask(&app, &browser, "eve@elsewhere.example").await[0].link(&app);
    let hers = signed_in(&app, "eve").await;
    assert_eq!(hers.open(&link).await.answer.status, 410);
    let nobody = app.browser().open(&link).await;
    assert_eq!(nobody.url.path(), "/login", "first it is seen who follows it");
    for person in [ada, eve] {
        assert!(!address(&app, person).await.0.unwrap().contains("elsewhere"));
    }
    assert!(ask(&app, &browser, "eve@example.com").await.is_empty(), "it is eve's");
}

#[actix_web::test]
async fn undoes_a_change_from_the_old_address_whatever_was_done_since() {
    let (app, ada, thief) = ada().await;
    let link = ask(&app, &thief, "thief@evil.example").await[0].link(&app);
    let question = thief.open(&link).await;
    thief.submit(&question, "main form", &[]).await;
    let origin = claviger::domain::events::Origin::default();
    let act = claviger::domain::people::Act {
        store: &app.cx.store,
        entropy: &*app.cx.entropy,
        now: app.cx.now(),
        actor: claviger::domain::events::Actor::Person(ada),
        origin: &origin,
    };
    let hash = app.cx.passwords.hash("the password of a thief".into()).await.unwrap();
    claviger::domain::people::accounts::set_password(&act, ada, hash).await.unwrap();
    let thief = app.browser();
    sign_in_at(&thief, &thief.open("/login").await, "ada", "the password of a thief").await;
    let mails = app.mails().await;
    let undo = TestApp::only(&mails, "email_changed").link(&app);
    let browser = app.browser();
    let question = browser.open(&undo).await;
    assert!(question.text("main").contains("ada@example.com"), "{}", question.answer.body);
    let after = browser.submit(&question, "main form", &[]).await;
    assert_eq!(after.url.path(), "/recover");
    assert_eq!(address(&app, ada).await, (Some("ada@example.com".to_owned()), Some(true)));
    assert!(!thief.open("/").await.has("form#logout"), "whoever changed it is out");
    assert_eq!(browser.open(&undo).await.answer.status, 410);
}

#[actix_web::test]
async fn asks_who_it_is_before_anything_changes() {
    let (app, _, browser) = ada().await;
    let page = browser.open("/account/email").await;
    app.clock.advance(app.cx.config.sessions.recent_lifetime + Duration::from_secs(1));
    let sent = browser.submit(&page, "form[action$='/account/email']", &[("email", "ada@new.example")]).await;
    assert_eq!(sent.url.path(), "/login");
    assert!(app.mails().await.is_empty());
}

#[actix_web::test]
async fn sends_so_many_links_only_and_the_last_one_counts() {
    let (app, _, browser) = ada().await;
    let first = ask(&app, &browser, "ada@one.example").await[0].link(&app);
    for number in 0..4 {
        ask(&app, &browser, &format!("ada@{number}.example")).await;
    }
    assert_eq!(browser.open(&first).await.answer.status, 410);
    let page = browser.open("/account/email").await;
    let more = browser.submit(&page, "form[action$='/account/email']", &[("email", "ada@more.example")]).await;
    assert_eq!(more.answer.status, 503);
    for wrong in ["nobody", "a b@c", ""] {
        let answer = browser.submit(&page, "form[action$='/account/email']", &[("email", wrong)]).await;
        assert_eq!(answer.answer.status, 422, "{wrong}");
    }
}
