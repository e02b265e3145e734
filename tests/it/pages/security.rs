//! `/account/security`: how a person signs in, and changing it.

use super::*;
use crate::support::{Phone, set_up_phone};

#[actix_web::test]
async fn sets_an_app_up_once_its_code_is_right() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    assert!(browser.open("/account/security").await.text("main").contains("You have none"));
    let page = browser.open("/account/security/app").await;
    assert!(page.has("svg.qr path") && page.text("main").contains("up to 30 seconds early or late"));
    let phone = Phone::scan(&page);
    let wrong = browser.submit(&page, "form#app", &[("code", &phone.wrong(app.cx.now()))]).await;
    assert_eq!((wrong.answer.status, rows(&app, "authenticator_apps").await), (422, 0));
    assert_eq!(Phone::scan(&wrong).code(app.cx.now()), phone.code(app.cx.now()), "the same picture");
    let code = phone.code(app.cx.now());
    let fields = [("name", "My <b>phone"), ("code", code.as_str())];
    let shown = browser.submit(&wrong, "form#app", &fields).await;
    assert_eq!(shown.text(".codes code").split(' ').count(), 10);
    assert!(shown.links("a[download]")[0].starts_with("data:text/plain"));
    // Sent again, it adds nothing, and leads to where the app is: each picture is for one.
    let again = browser.submit(&wrong, "form#app", &fields).await;
    assert_eq!((again.url.path(), rows(&app, "authenticator_apps").await), ("/account/security", 1));
    assert!(again.has(".good") && again.text("main").contains("My <b>phone"), "{}", again.answer.body);
    let list = browser.open("/account/security").await;
    assert!(list.text("main").contains("My <b>phone") && list.text("main").contains("10 recovery codes left"));
    let held = app.cx.store.authenticator_apps_of(ada).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(app.events("factor_added").await.len(), 1);
    assert_eq!(app.events("recovery_codes_made").await.len(), 1);
}

#[actix_web::test]
async fn removes_an_app_and_with_the_last_one_the_recovery_codes() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    set_up_phone(&app, &browser).await;
    app.clock.advance(Duration::from_secs(30));
    let (_, codes) = set_up_phone_again(&app, &browser).await;
    assert_eq!(codes, 0, "there are codes already");
    for left in [1, 0] {
        let list = browser.open("/account/security").await;
        let link = list.links("main a[href*='/app/']").remove(0);
        let question = browser.open(&link).await;
        assert_eq!(question.text("main").contains("your only one"), left == 0);
        let done = browser.submit(&question, "form#remove-app", &[]).await;
        assert!(done.text(".good").contains("removed"), "{}", done.answer.body);
        assert_eq!(app.cx.store.authenticator_apps_of(ada).await.unwrap().len(), left);
    }
    assert_eq!(app.cx.store.recovery_codes_left(ada).await.unwrap(), 0);
    assert_eq!(app.events("factor_removed").await.len(), 2);
    signed_in(&app, "ada").await;
}

/// The second app of somebody who is shown no recovery codes for it.
async fn set_up_phone_again(app: &TestApp, browser: &Browser) -> (Phone, usize) {
    let page = browser.open("/account/security/app").await;
    let phone = Phone::scan(&page);
    let done = browser.submit(&page, "form#app", &[("code", &phone.code(app.cx.now()))]).await;
    assert_eq!(done.url.path(), "/account/security", "{}", done.answer.body);
    let codes = done.text(".codes code");
    (phone, codes.split_whitespace().count())
}

#[actix_web::test]
async fn makes_new_recovery_codes_that_end_the_old_ones() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    assert_eq!(browser.open("/account/security/recovery-codes").await.url.path(), "/account/security");
    let (_, old) = set_up_phone(&app, &browser).await;
    let question = browser.open("/account/security/recovery-codes").await;
    let shown = browser.submit(&question, "form#recovery-codes", &[]).await;
    let new: Vec<_> = shown.text(".codes code").split(' ').map(str::to_owned).collect();
    assert!(new.len() == 10 && new.iter().all(|code| !old.contains(code)));
    assert_eq!(app.cx.store.recovery_codes_left(ada).await.unwrap(), 10);
    let other = app.browser();
    for (code, status) in [(&old[0], 422), (&new[0], 200)] {
        let page = sign_in_at(&other, &other.open("/login").await, "ada", PASSWORD).await;
        assert_eq!(other.submit(&page, "form#totp", &[("code", code)]).await.answer.status, status);
    }
}

/// Whoever sits at a screen that was left unlocked changes nothing about how its owner signs in.
#[actix_web::test]
async fn asks_for_the_password_again_before_anything_changes() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    set_up_phone(&app, &browser).await;
    let list = browser.open("/account/security").await;
    let removal = list.links("main a[href*='/app/']").remove(0);
    let pages = [removal, "/account/security/app".to_owned(), "/account/security/recovery-codes".to_owned()];
    let pages = [pages.to_vec(), vec!["/account/security/password".to_owned()]].concat();
    let mut forms = Vec::new();
    for path in &pages {
        forms.push(browser.open(path).await);
    }
    app.clock.advance(app.cx.config.sessions.recent_lifetime + Duration::from_secs(1));
    for path in &pages {
        assert_eq!(browser.open(path).await.url.path(), "/login", "{path}");
    }
    let before = app.everything().await;
    for (form, selector) in forms.iter().zip(["#remove-app", "#app", "#recovery-codes", "#password"]) {
        let sent =
            browser.submit(form, &format!("form{selector}"), &[("old", PASSWORD), ("new", "a new one of hers")]).await;
        assert_eq!(sent.url.path(), "/login", "{selector}");
    }
    let tables =
        |text: &str| text.lines().filter(|line| !line.starts_with("sessions")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(tables(&app.everything().await), tables(&before));
}

#[actix_web::test]
async fn changes_the_password_and_ends_every_other_session() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let (browser, other) = (signed_in(&app, "ada").await, signed_in(&app, "ada").await);
    let page = browser.open("/account/security/password").await;
    let change =
        async |old: &str, new: &str| browser.submit(&page, "form#password", &[("old", old), ("new", new)]).await;
    assert!(change("wrong", "a new password of hers").await.text(".problem").contains("not your password"));
    assert_eq!(change(PASSWORD, "short").await.answer.status, 422);
    let key = browser.cookie(COOKIE);
    let done = change(PASSWORD, "a new password of hers").await;
    assert!(done.text(".good").contains("new password is set"), "{}", done.answer.body);
    assert_ne!(browser.cookie(COOKIE), key, "under another key");
    assert!(browser.open("/").await.has("form#logout"));
    assert!(!other.open("/").await.has("form#logout"));
    let third = app.browser();
    let old = sign_in_at(&third, &third.open("/login").await, "ada", PASSWORD).await;
    assert_eq!(old.answer.status, 422);
    assert!(sign_in_at(&third, &old, "ada", "a new password of hers").await.has("form#logout"));
    assert_eq!(app.events("password_set").await.len(), 1);
}

#[actix_web::test]
async fn is_for_who_is_signed_in() {
    let app = TestApp::start().await;
    let browser = app.browser();
    for path in ["", "/app", "/recovery-codes", "/password", "/app/0b8f5a52"] {
        assert_eq!(browser.open(&format!("/account/security{path}")).await.url.path(), "/login", "{path}");
    }
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    assert_eq!(browser.open("/account/security/app/0b8f5a52").await.answer.status, 404);
}
