//! `/login/link`: sign-in by a link in a mail.

use std::time::Duration;

use super::*;
use crate::support::{MAILBOX, person_with_phone};

const ON: &str = "people.sign_in_links = true\n";

async fn start() -> TestApp {
    TestApp::start_with(&format!("{MAILBOX}{ON}")).await
}

/// Asks for a link, by the way that the sign-in page at `way` offers.
async fn ask(app: &TestApp, way: &str, login: &str) -> Page {
    let browser = app.browser();
    let sign_in = browser.open(way).await;
    let form = browser.open(&sign_in.links("a#by-link")[0]).await;
    browser.submit(&form, "form#sign-in-link", &[("login", login)]).await
}

async fn link(app: &TestApp, login: &str) -> String {
    app.clock.advance(Duration::from_secs(1));
    app.sign_in_link(login).await
}

#[actix_web::test]
async fn lets_in_once_and_says_how() {
    let app = start().await;
    let ada = app.person("ada").await;
    let link = link(&app, "ADA@example.com").await;
    let browser = app.browser();
    let question = browser.open(&link).await;
    assert_eq!(question.text("main b"), "ada", "{}", question.answer.body);
    assert!(!browser.open("/").await.has("form#logout"), "a look signs nobody in");
    let home = browser.submit(&question, "form#follow-link", &[]).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    for browser in [&app.browser(), &browser] {
        assert_eq!(browser.open(&link).await.answer.status, 410);
    }
    let sessions = app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap();
    let state = format!("{:?}", sessions[0].state);
    assert!(state.contains("email") && !state.contains("pwd"), "{state}");
    assert_eq!(app.events("sign_in_link_asked").await.len(), 1);
}

#[actix_web::test]
async fn leads_on_to_the_app_that_asked() {
    let app = start().await;
    app.web_app().await;
    app.person("ada").await;
    let request = sealed(&app, &waiting(&app, "openid"));
    ask(&app, &format!("/login?request={request}"), "ada").await;
    let mails = app.mails().await;
    let browser = app.browser();
    let question = browser.open(&TestApp::only(&mails, "sign_in_link").link(&app)).await;
    let resumed = resumed(&app, &browser, &question, "form#follow-link", &[]).await;
    assert!(resumed.signed_in.is_some());
}

#[actix_web::test]
async fn says_the_same_to_everybody_and_writes_only_to_confirmed_addresses() {
    let app = start().await;
    let (ada, eve, ida) = (app.person("ada").await, app.person("eve").await, app.person("ida").await);
    for (person, verified) in [(ada, Some(false)), (eve, None)] {
        let mut person = app.cx.store.person(person).await.unwrap().unwrap();
        person.claims.email_verified = verified;
        app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    }
    let now = app.cx.now();
    let disable = app.cx.store.write(move |tx| Box::pin(async move { tx.set_person_disabled(ida, Some(now)).await }));
    assert!(disable.await.unwrap());
    let mut pages = Vec::new();
    for login in ["ada", "eve", "ida", "nobody"] {
        let page = ask(&app, "/login", login).await;
        assert_eq!(page.url.path(), "/login/link/sent", "{login}");
        pages.push(page.text("main"));
    }
    pages.dedup();
    assert_eq!(pages.len(), 1);
    assert!(app.mails().await.is_empty(), "take-over by an address that nobody confirmed");
    let mut reasons: Vec<_> =
        app.events("sign_in_link_asked").await.into_iter().filter_map(|event| event.reason).collect();
    reasons.sort_unstable();
    let unverified = "address not verified";
    assert_eq!(reasons, [unverified, unverified, "nobody signs in by that", "person disabled"]);
}

#[actix_web::test]
async fn is_asked_for_the_second_factor_like_anybody() {
    let app = start().await;
    app.person("ada").await;
    person_with_phone(&app, "ada").await;
    let link = link(&app, "ada").await;
    let browser = app.browser();
    let question = browser.open(&link).await;
    let second = browser.submit(&question, "form#follow-link", &[]).await;
    assert_eq!(second.url.path(), "/login/second");
    assert!(!browser.open("/").await.has("form#logout"));
}

#[actix_web::test]
async fn leads_nowhere_when_it_is_old_replaced_of_another_kind_or_sent_elsewhere() {
    let app = start().await;
    let ada = app.person("ada").await;
    let (first, second) = (link(&app, "ada").await, link(&app, "ada").await);
    let browser = app.browser();
    assert_eq!(browser.open(&first).await.answer.status, 410, "the next one replaces it");
    let elsewhere = second.replace("/login/link", "/recover/password");
    assert_eq!(browser.open(&elsewhere).await.answer.status, 410);
    let recovery = app.recovery_link("ada").await.replace("/recover/password", "/login/link");
    assert_eq!(browser.open(&recovery).await.answer.status, 410);
    let question = browser.open(&second).await;
    let mut person = app.cx.store.person(ada).await.unwrap().unwrap();
    person.claims.email_verified = Some(false);
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    assert_eq!(browser.submit(&question, "form#follow-link", &[]).await.answer.status, 410);
    let mut person = app.cx.store.person(ada).await.unwrap().unwrap();
    (person.claims.email_verified, person.claims.email) = (Some(true), Some("ada@new.example".to_owned()));
    app.cx.store.write(move |tx| Box::pin(async move { tx.update_person(&person).await })).await.unwrap();
    assert_eq!(browser.open(&second).await.answer.status, 410, "she reads mail elsewhere now");
    let third = link(&app, "ada").await;
    app.clock.advance(app.cx.config.links.sign_in_lifetime);
    assert_eq!(browser.open(&third).await.answer.status, 410);
}

#[actix_web::test]
async fn lets_in_once_however_many_follow_it_at_once() {
    let app = start().await;
    app.person("ada").await;
    let link = link(&app, "ada").await;
    let browsers: Vec<_> = (0..8).map(|_| app.browser()).collect();
    let questions = futures_util::future::join_all(browsers.iter().map(|browser| browser.open(&link))).await;
    let all = browsers.iter().zip(&questions).map(|(browser, page)| browser.submit(page, "form#follow-link", &[]));
    let answers = futures_util::future::join_all(all).await;
    assert_eq!(answers.iter().filter(|page| page.has("form#logout")).count(), 1);
}

/// A stranger asks in ada's name again and again: she is sent three at most at a time, and is never without one that she can follow.
#[actix_web::test]
async fn is_not_kept_from_somebody_by_a_stranger() {
    let app = start().await;
    app.person("ada").await;
    for _ in 0..5 {
        ask(&app, "/login", "ada").await;
    }
    assert_eq!(app.mails().await.len(), 3);
    app.clock.advance(app.cx.config.links.sign_in_lifetime);
    for _ in 0..5 {
        ask(&app, "/login", "ada").await;
    }
    let mails = app.mails().await;
    assert_eq!(mails.len(), 4, "the earlier ones have ended");
    let browser = app.browser();
    let question = browser.open(&mails[3].link(&app)).await;
    assert!(browser.submit(&question, "form#follow-link", &[]).await.has("form#logout"), "{}", question.answer.body);
}

#[actix_web::test]
async fn is_off_unless_it_is_switched_on_and_there_is_mail() {
    for settings in [MAILBOX, ON] {
        let app = TestApp::start_with(settings).await;
        let browser = app.browser();
        assert!(!browser.open("/login").await.has("a#by-link"), "{settings}");
        for path in ["/login/link", "/login/link/sent"] {
            assert_eq!(browser.open(path).await.answer.status, 404, "{settings} {path}");
        }
    }
}

#[actix_web::test]
async fn is_in_the_language_of_the_page_where_nothing_else_is_known() {
    let app = start().await;
    app.person("ada").await;
    let browser = app.browser();
    browser.open("/language?to=de").await;
    let form = browser.open("/login/link").await;
    browser.submit(&form, "form#sign-in-link", &[("login", "ada")]).await;
    let mails = app.mails().await;
    assert_eq!(TestApp::only(&mails, "sign_in_link").content.subject, "Ihr Anmeldelink");
}
