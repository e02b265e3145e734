//! `/device`: where the code of a device is entered, and its question answered (RFC 8628 §3.3).

use std::time::Duration;

use claviger::store::Access;
use serde_json::json;

use super::*;
use crate::support::{answer, enter, set_up_phone};

const ALL: &str = "openid profile email offline_access";

/// RFC 8628 §3.3.1: a code that comes with the address is filled in, for whoever has to sign in first as well, and still
/// has to be confirmed.
#[actix_web::test]
async fn leads_a_stranger_to_the_code_that_the_address_brought() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let told = app.device_authorization(&app.television().await, &[("scope", "openid")]).await.ok();
    let browser = app.browser();
    let page = browser.open(told["verification_uri_complete"].as_str().unwrap()).await;
    assert_eq!(page.url.path(), "/login");
    let page = sign_in_at(&browser, &page, "ada", PASSWORD).await;
    assert_eq!((page.answer.status, page.url.path()), (200, "/device"));
    let code = told["user_code"].as_str().unwrap();
    assert!(page.has(&format!("form#device input[name=user_code][value={code}]")));
    assert!(!page.has("form#consent"));
    let question = browser.submit(&page, "form#device", &[]).await;
    assert!(question.has("form#consent"), "{}", question.answer.body);
}

#[actix_web::test]
async fn fills_in_nothing_that_cannot_be_a_code() {
    let app = TestApp::start().await;
    let (_, browser) = app.at_home("ada").await;
    for path in ["/device", "/device?user_code=", "/device?user_code=%22%3E%3Cb%3E", "/device?user_code=AAAA-AAAA"] {
        let page = browser.open(path).await;
        assert_eq!(page.answer.status, 200, "{path}");
        assert!(page.has("form#device input[name=user_code][value='']"), "{path}");
    }
}

/// RFC 8628 §6.1: however it is typed.
#[actix_web::test]
async fn takes_a_code_however_it_is_typed() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let (_, browser) = app.at_home("ada").await;
    let device = app.asking(&tv, "openid").await;
    let plain = device.user_code.replace('-', "");
    for typed in [plain.to_lowercase(), plain.clone(), format!(" {} ", device.user_code.replace('-', " "))] {
        assert_eq!(enter(&browser, &typed).await.url.path(), "/device/consent", "{typed}");
    }
    for wrong in ["", "BCDF", "BCDF-GHJK", &format!("{plain}B")] {
        let page = enter(&browser, wrong).await;
        assert_eq!((page.answer.status, page.url.path()), (422, "/device"), "{wrong}");
        assert!(page.has("[role=alert]") && page.has("form#device"));
    }
}

/// RFC 8628 §5.4: the person sees which app asks for what, from where and since when, and what to beware of.
#[actix_web::test]
async fn shows_who_asks_for_what_from_where_and_since_when() {
    let app = TestApp::start().await;
    let (_, browser) = app.at_home("ada").await;
    let device = app.asking(&app.television().await, ALL).await;
    app.clock.advance(Duration::from_secs(150));
    let page = enter(&browser, &device.user_code).await;
    assert!(page.text("h1").contains("Television"));
    assert!(page.text("ul.scopes, fieldset").contains("See your email address"));
    let facts = page.text("dl.facts");
    for fact in [device.user_code.as_str(), "127.0.0.1", "2 minutes ago"] {
        assert!(facts.contains(fact), "{fact}: {facts}");
    }
    assert!(page.text("#beware").contains("in front of you"));
    assert!(page.text(".person").contains("Ada Lovelace"));
    assert_eq!(page.answer.header("x-frame-options"), "DENY");
    assert_eq!(page.answer.header("cache-control"), "no-store");
}

/// RFC 8628 §5.4: what was allowed before, or the operator's own app, is asked all the same: nobody else knows whose the
/// device is.
#[actix_web::test]
async fn asks_every_time() {
    let app = TestApp::start().await;
    let tv = app.television_with(json!({"consent": "skip"})).await;
    let (_, browser) = app.at_home("ada").await;
    for _ in 0..2 {
        let device = app.asking(&tv, "openid").await;
        assert_eq!(answer(&browser, &device, "allow").await.url.path(), "/device/done");
        app.poll(&device).await.ok();
    }
}

#[actix_web::test]
async fn gives_only_what_is_left_ticked() {
    let app = TestApp::start().await;
    let (ada, browser) = app.at_home("ada").await;
    let device = app.asking(&app.television().await, "openid profile email").await;
    let question = enter(&browser, &device.user_code).await;
    assert!(question.has("input[name=scope][value=email]"), "{}", question.answer.body);
    let (action, mut form) = question.form("form#consent", &[("decision", "allow")]);
    form.retain(|(_, value)| value != "email");
    browser.post(&action, &form).await;
    let tokens = app.poll(&device).await.ok();
    assert!(!tokens["scope"].as_str().unwrap().contains("email"), "{tokens}");
    assert!(app.cx.store.grants_of(ada).await.unwrap()[0].declined.contains("email"));
}

const NEEDS_APPROVAL: &str = "[[scopes]]\nname = \"boats\"\ntext = \"Boats\"\nneeds_approval = true\noptional = false\n\
                              [[scopes]]\nname = \"berths\"\ntext = \"Berths\"\nneeds_approval = true\noptional = true\n";

/// What needs an admin's approval and has none is refused, with a page that says so, and what can be done without is left
/// out.
#[actix_web::test]
async fn respects_what_admins_have_not_approved() {
    let app = TestApp::start_with(NEEDS_APPROVAL).await;
    let tv = app.television_with(json!({"scope": "openid boats berths"})).await;
    let (_, browser) = app.at_home("ada").await;
    let device = app.asking(&tv, "openid boats").await;
    let page = enter(&browser, &device.user_code).await;
    assert_eq!(page.answer.status, 403);
    assert!(page.text("main").contains("administrator") && page.text("ul.scopes").contains("Boats"));
    assert!(!page.has("form#consent"));
    app.poll(&device).await.refuses(400, "authorization_pending");
    assert_eq!(app.events("device_allowed").await[0].outcome, "failure");

    let device = app.asking(&tv, "openid berths").await;
    let question = enter(&browser, &device.user_code).await;
    assert!(!question.text("form#consent").contains("Berths"), "{}", question.answer.body);
    browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(app.poll(&device).await.ok()["scope"], "openid");
}

/// Whoever may not use an app cannot let it in on a device either, also if that changes while the page is open.
#[actix_web::test]
async fn lets_nobody_in_whom_the_admins_shut_out() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let (_, browser) = app.at_home("ada").await;
    let device = app.asking(&tv, "openid").await;
    let question = enter(&browser, &device.user_code).await;
    let id = ClientId(tv.id.clone());
    let shut =
        app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_access(&id, Access::Nobody, &[]).await }));
    shut.await.unwrap();
    app.cx.clients.forget(&ClientId(tv.id.clone()));
    let page = browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(page.answer.status, 403, "{}", page.answer.body);
    assert_eq!(enter(&browser, &device.user_code).await.answer.status, 403);
    app.poll(&device).await.refuses(400, "authorization_pending");
}

#[actix_web::test]
async fn takes_one_answer_only() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let (_, browser) = app.at_home("ada").await;
    let device = app.asking(&tv, "openid").await;
    let question = enter(&browser, &device.user_code).await;
    browser.submit(&question, "form#consent", &[("decision", "deny")]).await;
    for decision in ["allow", "deny"] {
        let page = browser.submit(&question, "form#consent", &[("decision", decision)]).await;
        assert_eq!(page.answer.status, 410);
    }
    assert_eq!(enter(&browser, &device.user_code).await.answer.status, 422);
    app.poll(&device).await.refuses(400, "access_denied");
}

/// The question belongs to the session in which the code was entered, for as long as the code lives.
#[actix_web::test]
async fn leads_back_to_the_code_whoever_has_not_entered_it() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let (_, browser) = app.at_home("ada").await;
    let (_, other) = app.at_home("eve").await;
    let device = app.asking(&tv, "openid").await;
    let question = enter(&browser, &device.user_code).await.url;
    assert_eq!(other.open(question.as_str()).await.url.path(), "/device");
    assert_eq!(app.browser().open(question.as_str()).await.url.path(), "/login");
    for path in ["/device/consent", "/device/consent?request=x"] {
        assert_eq!(browser.open(path).await.url.path(), "/device");
    }
    assert_eq!(browser.open(question.as_str()).await.url.path(), "/device/consent");
    app.clock.advance(Duration::from_mins(10));
    assert_eq!(browser.open(question.as_str()).await.answer.status, 410);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(browser.open(question.as_str()).await.url.path(), "/device");
}

#[actix_web::test]
async fn changes_the_account_and_keeps_the_code() {
    let app = TestApp::start().await;
    let (_, browser) = app.at_home("ada").await;
    let eve = app.person("eve").await;
    let device = app.asking(&app.television().await, "openid").await;
    let question = enter(&browser, &device.user_code).await;
    let page = browser.open(&question.links(".person a")[0]).await;
    let page = sign_in_at(&browser, &page, "eve", PASSWORD).await;
    assert!(page.has(&format!("form#device input[value={}]", device.user_code)), "{}", page.answer.body);
    let question = browser.submit(&page, "form#device", &[]).await;
    browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    app.poll(&device).await.ok();
    assert_eq!(app.cx.store.grants_of(eve).await.unwrap().len(), 1);
}

/// A device gets no more than an app by redirect: where the app or the settings want a second factor, it comes before the question.
#[actix_web::test]
async fn wants_the_second_factor_of_whom_an_app_by_redirect_would() {
    for (toml, members) in
        [("", json!({ "require_second_factor": true })), ("second_factor.required_for = [\"auditor\"]\n", json!({}))]
    {
        let app = TestApp::start_with(toml).await;
        let (ada, browser) = app.at_home("ada").await;
        app.make_auditor(ada).await;
        let device = app.asking(&app.television_with(members).await, "openid").await;
        let page = enter(&browser, &device.user_code).await;
        assert_eq!(page.url.path(), "/account/security/app", "{}", page.answer.body);
        app.poll(&device).await.refuses(400, "authorization_pending");
        set_up_phone(&app, &browser).await;
        answer(&browser, &device, "allow").await;
        app.clock.advance(Duration::from_secs(5));
        assert_eq!(app.poll(&device).await.status, 200);
    }
}

/// Nor does it help to have had the question open before.
#[actix_web::test]
async fn takes_no_answer_by_a_password_alone_where_that_is_not_enough() {
    let app = TestApp::start_with("second_factor.required_for = [\"auditor\"]\n").await;
    let (ada, browser) = app.at_home("ada").await;
    let device = app.asking(&app.television().await, "openid").await;
    let question = enter(&browser, &device.user_code).await;
    app.make_auditor(ada).await;
    let page = browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(page.url.path(), "/account/security/app", "{}", page.answer.body);
    app.clock.advance(Duration::from_secs(5));
    app.poll(&device).await.refuses(400, "authorization_pending");
}
