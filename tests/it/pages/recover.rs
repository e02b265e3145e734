//! `/recover`: another password in the place of one that was forgotten.

use std::time::Duration;

use super::*;
use crate::support::{Allowed, MAILBOX};

const NEW: &str = "a password that ada has just chosen";

async fn start() -> TestApp {
    TestApp::start_with(MAILBOX).await
}

/// Asks for a link as a person does, and answers the page that follows.
async fn ask(app: &TestApp, login: &str) -> Page {
    let browser = app.browser();
    let sign_in = browser.open("/login").await;
    let way = sign_in.links("main a[href^='/recover']");
    let form = browser.open(&way[0]).await;
    browser.submit(&form, "form#recover", &[("login", login)]).await
}

#[actix_web::test]
async fn lets_whoever_reads_the_mail_choose_another_password_once() {
    let app = start().await;
    app.person("ada").await;
    let elsewhere = signed_in(&app, "ada").await;
    let told = ask(&app, "ada").await;
    assert_eq!((told.answer.status, told.text("h1").as_str()), (200, "Look into your mail"));
    let mails = app.mails().await;
    let mail = TestApp::only(&mails, "recovery");
    assert_eq!(mail.mail.recipient, "ada@example.com");
    let link = mail.link(&app);
    let browser = app.browser();
    let form = browser.open(&link).await;
    assert!(form.has("input[name=username][readonly][value=ada]"), "{}", form.answer.body);
    let again = browser.open(&link).await;
    assert_eq!(again.answer.status, 200, "a look does not use the link");
    let short = browser.submit(&form, "form#set-up", &[("password", "short")]).await;
    assert_eq!(short.answer.status, 422);
    let done = browser.submit(&short, "form#set-up", &[("password", NEW)]).await;
    assert_eq!((done.url.path(), done.text("h1").as_str()), ("/recover/done", "Your new password is set"));
    assert!(!browser.open("/").await.has("form#logout"), "the link signs nobody in");
    assert!(!elsewhere.open("/").await.has("form#logout"), "whoever knew the old password is out");
    assert_eq!(browser.open(&link).await.answer.status, 410);
    assert_eq!(browser.submit(&form, "form#set-up", &[("password", NEW)]).await.answer.status, 410);
    let old = sign_in_at(&browser, &browser.open("/login").await, "ada", PASSWORD).await;
    assert_eq!(old.answer.status, 422);
    assert!(sign_in_at(&browser, &old, "ada", NEW).await.has("form#logout"));
    let mails = app.mails().await;
    let alert = TestApp::only(&mails, "password_changed");
    assert!(alert.content.text.contains("ada"), "{}", alert.content.text);
    for (kind, number) in [("recovery_asked", 1), ("link_used", 1), ("password_set", 1)] {
        assert_eq!(app.events(kind).await.len(), number, "{kind}");
    }
}

#[actix_web::test]
async fn ends_what_apps_hold_and_knows_that_the_address_is_read() {
    let app = start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let held = app.tokens(&client, ada, Allowed::default()).await;
    let mut person = app.cx.store.person(ada).await.unwrap().unwrap();
    person.claims.email_verified = Some(false);
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    let link = app.recovery_link("ADA@example.com").await;
    let browser = app.browser();
    let form = browser.open(&link).await;
    browser.submit(&form, "form#set-up", &[("password", NEW)]).await;
    let person = app.cx.store.person(ada).await.unwrap().unwrap();
    assert_eq!(person.claims.email_verified, Some(true));
    let refresh = held["refresh_token"].as_str().unwrap();
    let answer = app.token(&client, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
    answer.refuses(400, "invalid_grant");
}

#[actix_web::test]
async fn leads_nowhere_when_it_is_old_replaced_or_sent_elsewhere() {
    let app = start().await;
    let ada = app.person("ada").await;
    let (first, second) = (app.recovery_link("ada").await, app.recovery_link("ada").await);
    let browser = app.browser();
    assert_eq!(browser.open(&first).await.answer.status, 410, "the next one replaces it");
    let form = browser.open(&second).await;
    let mut person = app.cx.store.person(ada).await.unwrap().unwrap();
    person.claims.email = Some("ada@new.example".to_owned());
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    assert_eq!(browser.open(&second).await.answer.status, 410, "she reads mail elsewhere now");
    assert_eq!(browser.submit(&form, "form#set-up", &[("password", NEW)]).await.answer.status, 410);
    let third = app.recovery_link("ada").await;
    assert_eq!(browser.open(&third.replace("/recover/password", "/invitation")).await.answer.status, 410);
    app.clock.advance(app.cx.config.links.recovery_lifetime);
    assert_eq!(browser.open(&third).await.answer.status, 410);
    assert_eq!(app.events("password_set").await.len(), 0);
}

#[actix_web::test]
async fn writes_to_nobody_who_is_disabled_or_has_no_address() {
    let app = start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let mut person = app.cx.store.person(eve).await.unwrap().unwrap();
    person.claims.email = None;
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    let now = app.cx.now();
    let disable = app.cx.store.write(move |tx| Box::pin(async move { tx.set_person_disabled(ada, Some(now)).await }));
    assert!(disable.await.unwrap());
    for login in ["ada", "eve", "nobody"] {
        assert_eq!(ask(&app, login).await.url.path(), "/recover/sent", "{login}");
    }
    assert!(app.mails().await.is_empty());
    let mut reasons: Vec<_> = app.events("recovery_asked").await.into_iter().filter_map(|event| event.reason).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["no address", "nobody signs in by that", "person disabled"]);
}

#[actix_web::test]
async fn fills_nobodys_mailbox() {
    let app = start().await;
    app.person("ada").await;
    for _ in 0..5 {
        assert_eq!(ask(&app, "ada").await.url.path(), "/recover/sent");
    }
    assert_eq!(app.mails().await.len(), 3, "however often somebody asks");
    app.clock.advance(Duration::from_hours(1));
    assert_eq!(ask(&app, "ada").await.url.path(), "/recover/sent");
    assert_eq!(app.mails().await.len(), 4);
}

/// Strangers at ever other addresses ask in ada's name: she is not kept from asking herself.
#[actix_web::test]
async fn lets_nobody_use_up_the_asking_of_another() {
    let app = TestApp::start_with(&format!("{MAILBOX}server.trusted_proxies = [\"127.0.0.1/32\"]\n")).await;
    app.person("ada").await;
    let ask_at = async |address: &str| {
        let browser = app.browser().at(address);
        let form = browser.open("/recover").await;
        browser.submit(&form, "form#recover", &[("login", "ada")]).await
    };
    for number in 0..24 {
        assert_eq!(ask_at(&format!("203.0.113.{}", number / 4)).await.url.path(), "/recover/sent", "{number}");
    }
    assert_eq!(ask_at("192.0.2.1").await.url.path(), "/recover/sent");
}

#[actix_web::test]
async fn lets_an_address_ask_so_often_only() {
    let app = TestApp::start_with(&format!("{MAILBOX}protection.failures_per_address = 3\n")).await;
    for number in 0..3 {
        assert_eq!(ask(&app, &format!("nobody{number}")).await.answer.status, 200);
    }
    let held = ask(&app, "nobody3").await;
    assert_eq!((held.answer.status, held.answer.header("retry-after")), (429, "60"));
    assert_eq!(held.answer.header("ratelimit"), "\"address\";r=0;t=60");
    assert!(held.text(".problem").contains("Too many attempts") && held.has("form#recover input[value=nobody3]"));
    app.clock.advance(Duration::from_mins(1));
    assert_eq!(ask(&app, "nobody3").await.answer.status, 200);
    assert_eq!(app.events("held_back").await.len(), 1);
}

/// Somebody has tried passwords at this account until it was held back. Its owner, with a new password, signs in at once.
#[actix_web::test]
async fn lets_whoever_recovered_sign_in_at_once() {
    let app = TestApp::start_with(&format!("{MAILBOX}protection.failures_per_account = 5\n")).await;
    app.person("ada").await;
    let browser = app.browser();
    for login in ["ada", "ada@example.com"] {
        for _ in 0..5 {
            let form = browser.open("/login").await;
            assert_eq!(sign_in_at(&browser, &form, login, "wrong").await.answer.status, 422);
        }
        let form = browser.open("/login").await;
        assert_eq!(sign_in_at(&browser, &form, login, PASSWORD).await.answer.status, 429);
    }
    let link = app.recovery_link("ada").await;
    let form = browser.open(&link).await;
    browser.submit(&form, "form#set-up", &[("password", NEW)]).await;
    let by_address = sign_in_at(&browser, &browser.open("/login").await, "ada@example.com", NEW).await;
    assert!(by_address.has("form#logout"), "{}", by_address.answer.body);
    let elsewhere = app.browser();
    let by_name = sign_in_at(&elsewhere, &elsewhere.open("/login").await, "ada", NEW).await;
    assert!(by_name.has("form#logout"), "{}", by_name.answer.body);
}

/// Where nobody has shown whose the address is, the page says what becomes of the account.
#[actix_web::test]
async fn says_that_other_ways_in_are_removed() {
    let app = start().await;
    let ada = app.person("ada").await;
    let link = app.recovery_link("ada").await;
    assert!(!app.browser().open(&link).await.text("main").contains("passkeys"));
    let mut person = app.cx.store.person(ada).await.unwrap().unwrap();
    person.claims.email_verified = Some(false);
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    assert!(app.browser().open(&link).await.text("main").contains("passkeys"));
}

#[actix_web::test]
async fn is_not_there_where_there_is_no_mail() {
    let app = TestApp::start().await;
    let browser = app.browser();
    assert!(browser.open("/login").await.links("main a[href^='/recover']").is_empty());
    for path in ["/recover", "/recover/sent", "/recover/password?link=x"] {
        assert_eq!(browser.open(path).await.answer.status, 404, "{path}");
    }
}

#[actix_web::test]
async fn leads_back_to_the_sign_in_with_the_request_that_waits() {
    let app = start().await;
    app.web_app().await;
    let sealed = sealed(&app, &waiting(&app, "openid"));
    let browser = app.browser();
    let sign_in = browser.open(&format!("/login?request={sealed}")).await;
    let recover = browser.open(&sign_in.links("main a[href^='/recover']")[0]).await;
    assert_eq!(recover.links("main a[href^='/login']"), [format!("/login?request={sealed}")]);
}
