//! Somebody knows ada's password, and wants to be ada.

use std::time::Duration;

use claviger::domain::events::Origin;
use futures_util::future::join;

use super::scene::*;
use crate::support::{Browser, PASSWORD, Page, Phone, TestApp, person_with_phone};

const COOKIE: &str = "claviger-session";

async fn scene() -> (TestApp, Phone, Vec<String>) {
    let app = TestApp::start().await;
    app.person("ada").await;
    let (phone, codes) = person_with_phone(&app, "ada").await;
    (app, phone, codes)
}

/// With ada's password, as far as it leads.
async fn halfway(browser: &Browser) -> Page {
    let page = sign_in(browser, &browser.open("/login").await, "ada").await;
    assert!(page.has("form#totp"), "{}", page.answer.body);
    page
}

async fn enter(browser: &Browser, page: &Page, code: &str) -> Page {
    browser.submit(page, "form#totp", &[("code", code)]).await
}

/// Somebody who knows the password is wrong so often, from ever other addresses, that her account is held back for hours: where ada has
/// signed in before, she gets in.
#[actix_web::test]
async fn shuts_the_owner_out_by_wrong_codes() {
    let app = TestApp::start_with("server.trusted_proxies = [\"127.0.0.1/32\"]\n").await;
    app.person("ada").await;
    let (phone, _) = person_with_phone(&app, "ada").await;
    let owner = app.browser().at("192.0.2.1");
    app.clock.advance(Duration::from_secs(30));
    assert!(enter(&owner, &halfway(&owner).await, &phone.code(app.cx.now())).await.has("form#logout"));
    for number in 0..20 {
        let thief = app.browser().at(&format!("203.0.113.{number}"));
        let page = halfway(&thief).await;
        assert_eq!(enter(&thief, &page, &phone.wrong(app.cx.now())).await.answer.status, 422, "{number}");
    }
    app.clock.advance(Duration::from_secs(30));
    let elsewhere = app.browser().at("192.0.2.1");
    let held = enter(&elsewhere, &halfway(&elsewhere).await, &phone.code(app.cx.now())).await;
    assert_eq!((held.answer.status, held.answer.header("ratelimit")), (429, "\"account\";r=0;t=30"));
    assert_eq!(held.answer.header("ratelimit-policy"), "\"account\";q=20;w=86400");
    let again = owner.open("/login?another=yes").await;
    let page = sign_in(&owner, &again, "ada").await;
    let home = enter(&owner, &page, &phone.code(app.cx.now())).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
}

/// RFC 4226 §7.3: a few codes are looked at, whether one after the other or at once, by however many sign-ins and of either
/// kind; then none for a while, not even the right one.
#[actix_web::test]
async fn guesses_the_code() {
    let (app, phone, _) = scene().await;
    let wrong = phone.wrong(app.cx.now());
    let browsers: Vec<_> = (0..8).map(|_| app.browser()).collect();
    let mut pages = Vec::new();
    for browser in &browsers {
        pages.push(halfway(browser).await);
    }
    let tries = browsers.iter().zip(&pages).enumerate().map(|(at, (browser, page))| {
        let code = if at % 2 == 0 { wrong.as_str() } else { "0000-0000-0000" };
        enter(browser, page, code)
    });
    let answers = futures_util::future::join_all(tries).await;
    let looked_at = answers.iter().filter(|page| page.answer.status == 422).count();
    let held_back: Vec<_> = answers.iter().filter(|page| page.answer.status == 429).collect();
    assert_eq!((looked_at, held_back.len()), (5, 3));
    for page in held_back {
        let seconds: u64 = page.answer.header("retry-after").parse().unwrap();
        assert!((1..=600).contains(&seconds) && page.text(".problem").contains("Too many attempts"));
        assert_eq!(page.answer.header("ratelimit"), format!("\"pair\";r=0;t={seconds}"));
    }
    let fresh = app.browser();
    let page = enter(&fresh, &halfway(&fresh).await, &phone.code(app.cx.now())).await;
    assert_eq!((page.answer.status, fresh.cookie(COOKIE)), (429, None));
    let seconds: u64 = page.answer.header("retry-after").parse().unwrap();
    app.clock.advance(Duration::from_secs(seconds));
    let page = enter(&fresh, &halfway(&fresh).await, &phone.code(app.cx.now())).await;
    assert!(page.has("form#logout"), "the owner gets in again: {}", page.answer.body);
}

/// RFC 6238 §5.2: whoever reads a code over ada's shoulder is as quick as ada, and one of both gets in.
#[actix_web::test]
async fn uses_a_code_at_the_same_moment() {
    let (app, phone, codes) = scene().await;
    for code in [phone.code(app.cx.now()), codes[0].clone()] {
        let browsers: Vec<_> = (0..4).map(|_| app.browser()).collect();
        let mut pages = Vec::new();
        for browser in &browsers {
            pages.push(halfway(browser).await);
        }
        let tries = browsers.iter().zip(&pages).map(|(browser, page)| enter(browser, page, &code));
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!(answers.iter().filter(|page| page.has("form#logout")).count(), 1, "{code}");
        app.clock.advance(Duration::from_mins(11));
    }
}

/// What was proved at one browser, or for one purpose, or by one person, is no proof elsewhere; nor is what was made up.
#[actix_web::test]
async fn carries_half_a_sign_in_elsewhere() {
    let (app, phone, _) = scene().await;
    app.person("eve").await;
    let (eves_phone, _) = person_with_phone(&app, "eve").await;
    let ada = app.browser();
    let page = halfway(&ada).await;
    let half = page.form("form#totp", &[]).1.into_iter().find(|(name, _)| name == "half").unwrap().1;
    let eve = app.browser();
    let eves_page = sign_in(&eve, &eve.open("/login").await, "eve").await;
    let code = phone.code(app.cx.now());
    let stolen = eve.submit(&eves_page, "form#totp", &[("half", &half), ("code", &code)]).await;
    assert_eq!((stolen.url.path(), eve.cookie(COOKIE)), ("/login", None));
    let opened = eve.open(&format!("/login/second?half={half}")).await;
    assert_eq!(opened.url.path(), "/login");
    for forged in ["", "x", &half[1..], &format!("{half}A")] {
        let sent = ada.submit(&page, "form#totp", &[("half", forged), ("code", &code)]).await;
        assert_eq!((sent.url.path(), ada.cookie(COOKIE)), ("/login", None), "{forged}");
    }
    let led_astray = ada.submit(&page, "form#totp", &[("continue", "/admin"), ("code", &code)]).await;
    assert_eq!((led_astray.url.path(), ada.cookie(COOKIE)), ("/login", None), "it was asked for something else");
    // Eve's code is not ada's.
    let theirs = enter(&ada, &page, &eves_phone.code(app.cx.now())).await;
    assert_eq!((theirs.answer.status, ada.cookie(COOKIE)), (422, None));
    assert!(enter(&ada, &page, &code).await.has("form#logout"));
}

/// A session that was begun by the password alone takes no factor away and adds none.
#[actix_web::test]
async fn takes_the_second_factor_away_by_the_first() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let thief = signed_in(&app, "ada").await;
    person_with_phone(&app, "ada").await;
    let id = app.cx.store.authenticator_apps_of(ada).await.unwrap()[0].id;
    for path in ["app".to_owned(), format!("app/{id}"), "recovery-codes".to_owned(), "password".to_owned()] {
        let page = thief.open(&format!("/account/security/{path}")).await;
        assert_eq!(page.url.path(), "/login/second", "{path}");
    }
    let token = thief.open("/logout").await.form("form#logout", &[]).1.remove(0);
    let form = [token, ("old".to_owned(), PASSWORD.to_owned()), ("new".to_owned(), "a password of eve's".to_owned())];
    for path in [format!("app/{id}"), "recovery-codes".to_owned(), "password".to_owned()] {
        let sent = thief.post(&format!("/account/security/{path}"), &form).await;
        assert_eq!(sent.url.path(), "/login/second", "{path}");
    }
    assert_eq!(app.cx.store.authenticator_apps_of(ada).await.unwrap().len(), 1);
    assert_eq!(app.cx.store.recovery_codes_left(ada).await.unwrap(), 10);
}

/// Two windows ask for new recovery codes at once: what the first was shown is worth nothing, and nobody has twenty.
#[actix_web::test]
async fn asks_for_recovery_codes_twice_at_once() {
    let (app, _, _) = scene().await;
    let ada = app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    let origin = Origin::default();
    for _ in 0..5 {
        let (one, other) = (act(&app, &origin), act(&app, &origin));
        let desk = app.cx.factor_desk();
        let (one, other) = join(desk.make_recovery_codes(&one, ada), desk.make_recovery_codes(&other, ada)).await;
        assert!(one.unwrap().is_some() && other.unwrap().is_some());
        assert_eq!(app.cx.store.recovery_codes_left(ada).await.unwrap(), 10);
    }
    let eve = app.person("eve").await;
    let none = app.cx.factor_desk().make_recovery_codes(&act(&app, &origin), eve).await;
    assert!(none.unwrap().is_none(), "of an app that eve has not");
}
