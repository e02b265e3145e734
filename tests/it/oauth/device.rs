//! Devices on which nobody likes to type (RFC 8628).

use std::time::Duration;

use claviger::domain::jobs::{sweep_once, sweep_settings};
use serde_json::json;

use crate::support::{AskingDevice, DEVICE_GRANT, TestApp, answer, claims, enter};

const ALL: &str = "openid profile email offline_access";

/// RFC 8628 §3.1, RFC 8628 §3.2: what a device is told.
#[actix_web::test]
async fn tells_a_device_its_codes() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let asked = app.device_authorization(&tv, &[("scope", ALL)]).await;
    let told = asked.ok();
    assert_eq!(asked.header("cache-control"), "no-store");
    assert_eq!((told["expires_in"].as_u64(), told["interval"].as_u64()), (Some(600), Some(5)));
    let user_code = told["user_code"].as_str().unwrap();
    assert_eq!((user_code.len(), user_code.as_bytes()[4]), (9, b'-'));
    assert_eq!(told["verification_uri"], format!("{}/device", app.issuer));
    assert_eq!(told["verification_uri_complete"], format!("{}/device?user_code={user_code}", app.issuer));
    assert!(told["device_code"].as_str().unwrap().starts_with("clv_device_"));
    let stored = app.everything().await;
    assert!(!stored.contains(user_code) && !stored.contains(&user_code.replace('-', "")));
    assert!(!stored.contains(told["device_code"].as_str().unwrap()));
    assert_eq!(app.events("device_asked").await[0].actor, "client:tv");
}

/// RFC 8628 §3.3, RFC 8628 §3.4: from the code on the screen to tokens of the person.
#[actix_web::test]
async fn lets_a_device_in() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let (ada, browser) = app.at_home("ada").await;
    let device = app.asking(&tv, ALL).await;
    app.poll(&device).await.refuses(400, "authorization_pending");
    let done = answer(&browser, &device, "allow").await;
    assert_eq!((done.answer.status, done.url.path()), (200, "/device/done"));
    let tokens = app.poll(&device).await;
    assert_eq!(tokens.header("cache-control"), "no-store");
    let tokens = tokens.ok();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["sub"], ada.to_string());
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["aud"], "tv");
    assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok()["sub"], ada.to_string());
    let anew = app.refresh(&tv, tokens["refresh_token"].as_str().unwrap()).await.ok();
    assert!(anew["access_token"].is_string());
    assert_eq!(app.events("device_allowed").await[0].actor, format!("person:{ada}"));
    assert_eq!(app.events("device_redeemed").await[0].outcome, "success");
    app.poll(&device).await.refuses(400, "invalid_grant");
}

/// RFC 8628 §3.1: a client that has a secret proves that it knows it.
#[actix_web::test]
async fn authenticates_the_client_of_a_device() {
    let app = TestApp::start().await;
    let mut box_client = app.television_with(json!({"token_endpoint_auth_method": "client_secret_basic"})).await;
    let device = app.asking(&box_client, "openid").await;
    app.poll(&device).await.refuses(400, "authorization_pending");
    box_client.secret = "another secret, and also of 32 bytes".to_owned();
    app.device_authorization(&box_client, &[("scope", "openid")]).await.refuses(401, "invalid_client");
    app.poll_as(&box_client, &device).await.refuses(401, "invalid_client");
    box_client.secret = String::new();
    app.device_authorization(&box_client, &[("scope", "openid")]).await.refuses(401, "invalid_client");
    app.post("/oauth2/device_authorization", &[("scope", "openid")]).await.refuses(401, "invalid_client");
    assert_eq!(app.get("/oauth2/device_authorization").await.status, 405);
}

/// RFC 6749 §3.3, RFC 6749 §5.2, RFC 8707 §2: what a device may not ask for.
#[actix_web::test]
async fn refuses_what_a_client_is_not_registered_for() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    for (form, error) in [
        (vec![], "invalid_scope"),
        (vec![("scope", "unheard-of")], "invalid_scope"),
        (vec![("scope", "openid phone")], "invalid_scope"),
        (vec![("scope", "openid"), ("resource", "https://other.example")], "invalid_target"),
        (vec![("scope", "openid"), ("scope", "email")], "invalid_request"),
    ] {
        app.device_authorization(&tv, &form).await.refuses(400, error);
    }
    let web = app.web_app().await;
    app.device_authorization(&web, &[("scope", "openid")]).await.refuses(400, "unauthorized_client");
    let form = [("grant_type", DEVICE_GRANT), ("device_code", "x")];
    app.token(&web, &form).await.refuses(400, "unauthorized_client");
    app.token(&tv, &form).await.refuses(400, "invalid_grant");
    app.token(&tv, &form[..1]).await.refuses(400, "invalid_request");
    assert!(app.events("device_asked").await.is_empty());
}

/// RFC 8628 §3.5: who asks too often is told so, and has to slow down by five seconds each time.
#[actix_web::test]
async fn slows_a_hasty_device_down() {
    let app = TestApp::start().await;
    let device = app.asking(&app.television().await, "openid").await;
    for (after, error) in [
        (0, "authorization_pending"),
        (5, "authorization_pending"),
        (2, "slow_down"),
        (9, "authorization_pending"),
        (6, "slow_down"),
        (11, "slow_down"),
        (20, "authorization_pending"),
    ] {
        app.clock.advance(Duration::from_secs(after));
        app.poll(&device).await.refuses(400, error);
    }
    for _ in 0..20 {
        app.poll(&device).await.refuses(400, "slow_down");
    }
    app.clock.advance(Duration::from_mins(1));
    app.poll(&device).await.refuses(400, "authorization_pending");
    let (_, browser) = app.at_home("ada").await;
    answer(&browser, &device, "allow").await;
    app.poll(&device).await.ok();
}

/// A device that waits as it was told costs no write.
#[actix_web::test]
async fn waits_without_a_trace() {
    let app = TestApp::start().await;
    let device = app.asking(&app.television().await, "openid").await;
    let before = app.everything().await;
    for _ in 0..3 {
        app.poll(&device).await.refuses(400, "authorization_pending");
        app.clock.advance(Duration::from_secs(5));
    }
    assert_eq!(app.everything().await, before);
}

/// RFC 8628 §3.5: a person who says no.
#[actix_web::test]
async fn tells_a_device_that_it_was_refused() {
    let app = TestApp::start().await;
    let (ada, browser) = app.at_home("ada").await;
    let device = app.asking(&app.television().await, "openid").await;
    let done = answer(&browser, &device, "deny").await;
    assert_eq!((done.answer.status, done.url.path()), (200, "/device/done"));
    for _ in 0..2 {
        app.poll(&device).await.refuses(400, "access_denied");
    }
    assert_eq!(app.events("device_denied").await[0].actor, format!("person:{ada}"));
    assert!(app.cx.store.grants_of(ada).await.unwrap().is_empty());
}

/// RFC 8628 §3.5: codes that nobody answered, and those whose answer was fetched too late.
#[actix_web::test]
async fn ends_codes_after_a_while() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let (_, browser) = app.at_home("ada").await;
    let (ignored, late) = (app.asking(&tv, "openid").await, app.asking(&tv, "openid").await);
    answer(&browser, &late, "allow").await;
    app.clock.advance(Duration::from_mins(10));
    for device in [&ignored, &late] {
        app.poll(device).await.refuses(400, "expired_token");
    }
    let page = enter(&browser, &ignored.user_code).await;
    assert_eq!((page.answer.status, page.url.path()), (422, "/device"));
}

/// An answer that comes in the last moment still gives tokens that live as long as others.
#[actix_web::test]
async fn gives_whole_tokens_in_the_last_moment() {
    let app = TestApp::start().await;
    let (_, browser) = app.at_home("ada").await;
    let device = app.asking(&app.television().await, "openid").await;
    answer(&browser, &device, "allow").await;
    app.clock.advance(Duration::from_secs(599));
    let tokens = app.poll(&device).await.ok();
    app.clock.advance(Duration::from_secs(tokens["expires_in"].as_u64().unwrap() - 1));
    assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 200);
}

/// What is taken back before the device has fetched it is not given; nor after.
#[actix_web::test]
async fn gives_nothing_that_was_taken_back() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let (ada, browser) = app.at_home("ada").await;
    let (early, late) = (app.asking(&tv, ALL).await, app.asking(&tv, ALL).await);
    answer(&browser, &late, "allow").await;
    let tokens = app.poll(&late).await.ok();
    answer(&browser, &early, "allow").await;
    let apps = browser.open("/account/apps").await;
    assert!(apps.text("section.own").contains("Television"));
    browser.submit(&apps, "section.own form", &[]).await;
    assert!(app.cx.store.grants_of(ada).await.unwrap().is_empty());
    app.poll(&early).await.refuses(400, "access_denied");
    app.refresh(&tv, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
}

/// RFC 8707 §2: a device names the API that its tokens are for, when it asks or when it fetches.
#[actix_web::test]
async fn asks_for_the_tokens_of_an_api() {
    let api = "[[resources]]\nidentifier = \"https://api.example\"\nscopes = [\"boats\"]\n\
               [[scopes]]\nname = \"boats\"\ntext = \"Boats\"\n";
    let app = TestApp::start_with(api).await;
    let tv = app
        .television_with(json!({"scope": "openid boats offline_access", "resources": ["https://api.example"]}))
        .await;
    let (_, browser) = app.at_home("ada").await;
    let form = [("scope", "boats offline_access"), ("resource", "https://api.example")];
    let told = app.device_authorization(&tv, &form).await.ok();
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    let device = AskingDevice { client: tv, device_code: text("device_code"), user_code: text("user_code") };
    answer(&browser, &device, "allow").await;
    let tokens = app.poll(&device).await.ok();
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["aud"], "https://api.example");
    assert!(tokens.get("id_token").is_none(), "{tokens}");
}

/// What the device is given is bound to the session in which it was allowed, unless it is for while the person is away.
#[actix_web::test]
async fn ends_what_was_given_for_a_session_with_it() {
    let app = TestApp::start().await;
    let tv = app.television().await;
    let (_, browser) = app.at_home("ada").await;
    let (brief, lasting) = (app.asking(&tv, "openid").await, app.asking(&tv, ALL).await);
    for device in [&brief, &lasting] {
        answer(&browser, device, "allow").await;
    }
    browser.submit(&browser.open("/logout").await, "form#logout", &[("decision", "logout")]).await;
    app.poll(&brief).await.refuses(400, "access_denied");
    app.poll(&lasting).await.ok();
}

/// RFC 8628 §4: devices find the endpoint in the metadata.
#[actix_web::test]
async fn publishes_the_endpoint() {
    let app = TestApp::start_at("/auth", "").await;
    let metadata = app.get("/.well-known/openid-configuration").await.ok();
    let endpoint = metadata["device_authorization_endpoint"].as_str().unwrap();
    assert_eq!(endpoint, format!("{}/oauth2/device_authorization", app.issuer));
    assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!(DEVICE_GRANT)));
    let told = app.device_authorization(&app.television().await, &[("scope", "openid")]).await.ok();
    assert_eq!(told["verification_uri"], format!("{}/device", app.issuer));
}

/// Ended codes are told as ended for a day, and then no more known.
#[actix_web::test]
async fn forgets_codes_some_time_after_their_end() {
    let app = TestApp::start().await;
    let device = app.asking(&app.television().await, "openid").await;
    let sweep = async || {
        let swept = sweep_once(&app.cx.event_chain, sweep_settings(&app.cx.config), app.cx.now()).await.unwrap();
        swept.into_iter().find(|(table, _)| *table == "device_codes").unwrap().1
    };
    app.clock.advance(Duration::from_mins(11));
    assert_eq!(sweep().await, 0);
    app.poll(&device).await.refuses(400, "expired_token");
    app.clock.advance(Duration::from_hours(24));
    assert_eq!(sweep().await, 1);
    app.poll(&device).await.refuses(400, "invalid_grant");
}
