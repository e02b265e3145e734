//! `/login/second`: the code after the password.

use super::*;
use crate::support::{Phone, person_with_phone, set_up_phone};

/// Signs in as far as the page that asks for the code.
async fn up_to_the_code(browser: &Browser, username: &str) -> Page {
    let page = sign_in_at(browser, &browser.open("/login").await, username, PASSWORD).await;
    assert!(page.has("form#totp input[autocomplete=one-time-code]"), "{}", page.answer.body);
    page
}

async fn enter(browser: &Browser, page: &Page, code: &str) -> Page {
    browser.submit(page, "form#totp", &[("code", code)]).await
}

/// RFC 8176 §2: what was proved, and by how many factors, is told to the app.
#[actix_web::test]
async fn lets_in_by_the_code_of_the_phone() {
    let app = TestApp::start().await;
    app.web_app().await;
    let ada = app.person("ada").await;
    let (phone, codes) = person_with_phone(&app, "ada").await;
    assert_eq!(codes.len(), 10);
    let browser = app.browser();
    let request = sealed(&app, &waiting(&app, "openid"));
    let form = browser.open(&format!("/login?request={request}")).await;
    let page = sign_in_at(&browser, &form, "ada", PASSWORD).await;
    assert!(page.text("main").contains("Example App") && page.text("main").contains("Ada Lovelace"));
    assert_eq!(browser.cookie(COOKIE), None, "nobody is signed in yet");
    let code = phone.code(app.cx.now());
    let request = resumed(&app, &browser, &page, "form#totp", &[("code", &code)]).await;
    let session = app.cx.store.session_by_sid(request.signed_in.unwrap(), app.cx.now()).await.unwrap().unwrap();
    assert_eq!(session.person_id, ada);
    assert!(session.state["signed_in"].contains(r#"["pwd","otp","mfa"]"#), "{:?}", session.state);
    let events = app.events("sign_in").await;
    assert!(events.iter().any(|event| event.details["method"] == "password, code"), "{events:?}");
    assert!(app.cx.store.authenticator_apps_of(ada).await.unwrap()[0].last_used_at.is_some());
}

#[actix_web::test]
async fn asks_nobody_who_has_none() {
    let app = TestApp::start().await;
    app.person("ada").await;
    signed_in(&app, "ada").await;
}

/// RFC 6238 §5.2: a code that was taken once is not taken again, nor is one from before it.
#[actix_web::test]
async fn takes_no_code_twice() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let (phone, _) = set_up_phone(&app, &browser).await;
    // By this one the app was set up.
    let code = phone.code(app.cx.now());
    let other = app.browser();
    let page = enter(&other, &up_to_the_code(&other, "ada").await, &code).await;
    assert_eq!((page.answer.status, other.cookie(COOKIE)), (422, None));
    assert!(page.text(".problem").contains("used already"));
    app.clock.advance(Duration::from_mins(1));
    let (earlier, code) = (phone.code(app.cx.now() - Duration::from_secs(30)), phone.code(app.cx.now()));
    assert!(enter(&other, &page, &code).await.has("form#logout"));
    for used in [code, earlier] {
        let third = app.browser();
        let page = enter(&third, &up_to_the_code(&third, "ada").await, &used).await;
        assert_eq!(page.answer.status, 422, "{used}");
    }
    let failures = app.events("second_factor").await;
    assert!(failures.iter().any(|event| event.reason.as_deref() == Some("wrong code")));
}

/// RFC 6238 §5.2: a step early and a step late, and no more.
#[actix_web::test]
async fn takes_a_code_half_a_minute_early_and_late() {
    for (seconds, taken) in [(-31, false), (-30, true), (59, true), (60, false)] {
        let app = TestApp::start().await;
        app.person("ada").await;
        let (phone, _) = person_with_phone(&app, "ada").await;
        app.clock.advance(Duration::from_mins(5));
        // The clock stands at the beginning of a step.
        let shown = phone.code(app.cx.now());
        let millis = app.cx.now().millis() + seconds * 1000;
        app.clock.set(claviger::clock::Timestamp::from_millis(millis));
        let browser = app.browser();
        let page = enter(&browser, &up_to_the_code(&browser, "ada").await, &shown).await;
        assert_eq!(page.has("form#logout"), taken, "{seconds}: {}", page.answer.body);
    }
}

#[actix_web::test]
async fn lets_in_by_each_recovery_code_once() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let (_, codes) = person_with_phone(&app, "ada").await;
    let browser = app.browser();
    let page = up_to_the_code(&browser, "ada").await;
    let link = page.links("a").into_iter().find(|link| link.contains("with=recovery")).unwrap();
    let page = browser.open(&link).await;
    assert!(page.text("label").contains("Recovery code"));
    let home = enter(&browser, &page, &codes[0].to_lowercase().replace('-', " ")).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    assert_eq!(app.cx.store.recovery_codes_left(ada).await.unwrap(), 9);
    assert!(browser.open("/account/security").await.text("main").contains("9 recovery codes left"));
    let again = app.browser();
    let page = enter(&again, &up_to_the_code(&again, "ada").await, &codes[0]).await;
    assert_eq!((page.answer.status, again.cookie(COOKIE)), (422, None));
    // Nobody else's works.
    app.person("eve").await;
    let (_, _) = person_with_phone(&app, "eve").await;
    let eve = app.browser();
    assert_eq!(enter(&eve, &up_to_the_code(&eve, "eve").await, &codes[1]).await.answer.status, 422);
    assert!(!app.everything().await.contains(&codes[1]), "only hashes are kept");
}

#[actix_web::test]
async fn warns_who_has_few_recovery_codes_left() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let (_, codes) = person_with_phone(&app, "ada").await;
    let mut browser = app.browser();
    for code in &codes[..7] {
        browser = app.browser();
        enter(&browser, &up_to_the_code(&browser, "ada").await, code).await;
    }
    let page = browser.open("/account/security").await;
    assert!(page.text(".problem").contains("Few are left"), "{}", page.answer.body);
}

/// What was proved by the password is worth something for ten minutes, and as long as the password is the same.
#[actix_web::test]
async fn begins_anew_once_the_first_half_has_ended() {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let (phone, codes) = person_with_phone(&app, "ada").await;
    let browser = app.browser();
    let page = up_to_the_code(&browser, "ada").await;
    app.clock.advance(Duration::from_mins(10) + Duration::from_secs(1));
    let late = enter(&browser, &page, &phone.code(app.cx.now())).await;
    assert_eq!((late.url.path(), browser.cookie(COOKIE)), ("/login", None));
    let page = up_to_the_code(&browser, "ada").await;
    let hash = app.cx.passwords.hash("another password of hers".to_owned().into()).await.unwrap();
    let now = app.cx.now();
    app.cx.store.write(move |tx| Box::pin(async move { tx.set_password(ada, &hash, now).await })).await.unwrap();
    let stale = enter(&browser, &page, &codes[0]).await;
    assert_eq!((stale.url.path(), browser.cookie(COOKIE)), ("/login", None));
}

/// Whoever has to have a second factor and has none sets one up before anything else, and goes on from there.
#[actix_web::test]
async fn leads_who_must_have_one_to_set_it_up() {
    let app = TestApp::start_with("second_factor.required_for = [\"everyone\"]\n").await;
    app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let page = sign_in_at(&browser, &browser.open("/login?continue=/account/apps").await, "ada", PASSWORD).await;
    assert_eq!(page.url.path(), "/account/security/app", "{}", page.answer.body);
    assert!(page.text("main").contains("need a second factor"));
    // An app gets nothing meanwhile.
    let request = sealed(&app, &waiting(&app, "openid"));
    let stopped = browser.open(&format!("{RESUME}?request={request}")).await;
    assert_eq!(stopped.url.path(), "/account/security/app");
    assert!(stopped.text("main").contains("second factor"));
    let phone = Phone::scan(&page);
    let wrong = browser.submit(&page, "form#app", &[("code", &phone.wrong(app.cx.now()))]).await;
    assert_eq!(wrong.answer.status, 422);
    let shown = browser.submit(&wrong, "form#app", &[("code", &phone.code(app.cx.now()))]).await;
    let on = browser.open(&shown.links("nav a.button:not(.quiet)")[0]).await;
    assert_eq!((on.url.path(), on.answer.status), ("/account/apps", 200));
    let question = browser.open(&format!("{RESUME}?request={request}")).await;
    assert!(question.has("form#consent"), "{}", question.answer.body);
}

/// The console asks whoever opens it, where the settings say so, and leads back to the page.
#[actix_web::test]
async fn guards_the_console() {
    for setting in ["console", "owner", "everyone"] {
        let app = TestApp::start_with(&format!("second_factor.required_for = [{setting:?}]\n")).await;
        app.admin("root").await;
        let browser = app.browser();
        sign_in_at(&browser, &browser.open("/login").await, "root", PASSWORD).await;
        let page = browser.open("/admin/clients?after=a").await;
        assert_eq!(page.url.path(), "/account/security/app", "{setting}");
        let phone = Phone::scan(&page);
        let shown = browser.submit(&page, "form#app", &[("code", &phone.code(app.cx.now()))]).await;
        let on = browser.open(&shown.links("nav a.button:not(.quiet)")[0]).await;
        assert_eq!((on.url.path(), on.url.query(), on.answer.status), ("/admin/clients", Some("after=a"), 200));
    }
    let app = TestApp::start().await;
    app.admin("root").await;
    assert_eq!(signed_in(&app, "root").await.open("/admin").await.url.path(), "/admin");
}

/// Where it is asked for only when it is needed, a password is enough until then.
#[actix_web::test]
async fn asks_only_where_it_is_needed_if_the_settings_say_so() {
    let app = TestApp::start_with("second_factor.always = false\n").await;
    app.person("ada").await;
    let (phone, _) = person_with_phone(&app, "ada").await;
    let browser = signed_in(&app, "ada").await;
    // What changes how she signs in takes as much as she has.
    let page = browser.open("/account/security/recovery-codes").await;
    assert_eq!(page.url.path(), "/login/second");
    let page = enter(&browser, &page, &phone.code(app.cx.now())).await;
    assert_eq!((page.url.path(), page.answer.status), ("/account/security/recovery-codes", 200));
}
