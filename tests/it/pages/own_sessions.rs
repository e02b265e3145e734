//! `/account/sessions`: where a person is signed in, in words; and the end of it, there or everywhere.

use serde_json::json;

use super::*;
use crate::support::{Allowed, REACH_LOOPBACK, Receiver};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

#[actix_web::test]
async fn ends_one_session_or_all_others_but_never_its_own() {
    let app = TestApp::start().await;
    let (ada, _) = (app.person("ada").await, app.person("eve").await);
    let here = signed_in(&app, "ada").await;
    let others = [signed_in(&app, "ada").await, signed_in(&app, "ada").await, signed_in(&app, "ada").await];
    let eves = signed_in(&app, "eve").await;
    let page = here.open("/account/sessions").await;
    let page = here.submit(&page, "section.own form", &[("sid", &other_sid(&page))]).await;
    assert!(page.text("[role=status]").contains("signed out"));
    assert_eq!(app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap().len(), 3);
    let page = here.submit(&page, "form#end-others", &[("sid", "others")]).await;
    assert!(!page.has("form#end-others") && page.text("section.own").contains("here"));
    for browser in &others {
        assert!(!browser.open("/").await.has("form#logout"));
    }
    assert!(here.open("/").await.has("form#logout") && eves.open("/").await.has("form#logout"));
    // Neither one's own by its identifier, nor somebody else's.
    for browser in [&here, &eves] {
        let own = app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap()[0].sid.to_string();
        let proof = browser.open("/").await.form("form#logout", &[("sid", &own)]).1;
        browser.post("/account/sessions", &proof).await;
    }
    assert!(here.open("/").await.has("form#logout"));
}

/// The session of the first button on the page.
fn other_sid(page: &Page) -> String {
    let html = scraper::Html::parse_document(&page.answer.body);
    let button = scraper::Selector::parse("section.own button[name=sid]").unwrap();
    html.select(&button).next().unwrap().attr("value").unwrap().to_owned()
}

/// What a browser says of itself is told in words that people know, and shortened before it is kept.
#[actix_web::test]
async fn tells_browser_device_address_and_times() {
    let app = TestApp::start_with("server.trusted_proxies = [\"127.0.0.1\"]\n").await;
    let ada = app.person("ada").await;
    let here = signed_in(&app, "ada").await;
    let form = app.browser().open("/login").await;
    let (token, cookie) = (form.form("form#login", &[]).1, form.set_cookies[0].split(';').next().unwrap().to_owned());
    let csrf = token.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
    let long = format!("{FIREFOX} {}", "x".repeat(5000));
    let headers = [
        ("cookie", cookie.as_str()),
        ("origin", app.origin.as_str()),
        ("user-agent", long.as_str()),
        ("x-forwarded-for", "203.0.113.7"),
    ];
    app.clock.advance(Duration::from_mins(2));
    let fields = [("csrf", csrf.as_str()), ("username", "ada"), ("password", PASSWORD)];
    assert_eq!(app.post_with("/login", &fields, &headers).await.status, 303);
    let page = here.open("/account/sessions").await;
    let text = page.text("section.own");
    for told in ["Firefox on Linux", "203.0.113.7", "An unknown program", "Signed in 2026-11-23 00:02."] {
        assert!(text.contains(told), "{told} in {text}");
    }
    assert_eq!(page.text("section.own:has(small.new)").matches("Firefox").count(), 0, "here is another one");
    let kept = app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap();
    assert!(kept.iter().all(|session| session.user_agent.as_ref().is_none_or(|text| text.len() <= 300)));
}

/// A use is noted, but not each one.
#[actix_web::test]
async fn notes_the_last_use() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    app.clock.advance(Duration::from_mins(30));
    let text = browser.open("/account/sessions").await.text("section.own");
    assert!(text.contains("Signed in 2026-11-23 00:00.") && text.contains("Last used 2026-11-23 00:30."), "{text}");
    app.clock.advance(Duration::from_secs(40));
    let text = browser.open("/account/sessions").await.text("section.own");
    assert!(text.contains("Last used 2026-11-23 00:30."), "{text}");
}

/// OIDC Back-Channel Logout §2.5: everywhere means every session, everything that apps hold, and every app that wants to
/// hear of it; what somebody else has stays.
#[actix_web::test]
async fn signs_out_everywhere() {
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let (near, far) = (Receiver::start().await, Receiver::start().await);
    let harbour = app.told_app("harbour", json!({ "backchannel_logout_uri": near.uri() })).await;
    let tides = app.told_app("tides", json!({ "backchannel_logout_uri": far.uri() })).await;
    let (here, there) = (signed_in(&app, "ada").await, signed_in(&app, "ada").await);
    let online = app.sign_in_to(&here, &harbour).await;
    let offline = app.sign_in_to_with(&there, &tides, "openid offline_access").await;
    let web = app.web_app().await;
    let eves = app.tokens(&web, eve, Allowed::default()).await;
    let hers = signed_in(&app, "eve").await;
    let page = here.open("/account/sessions").await;
    let page = here.submit(&page, "form#end-everything", &[("sid", "everywhere")]).await;
    assert_eq!((page.url.path(), page.text("h1").as_str()), ("/logout", "You are signed out"));
    assert_eq!(here.cookie(COOKIE), None);
    for browser in [&here, &there] {
        assert!(!browser.open("/").await.has("form#logout"));
    }
    for (client, tokens) in [(&harbour, &online), (&tides, &offline)] {
        app.refresh(client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
        assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    }
    app.deliver().await;
    assert_eq!((near.tokens().len(), far.tokens().len()), (1, 1));
    assert_eq!(app.events("sign_out_everywhere").await[0].actor, format!("person:{ada}"));
    assert!(hers.open("/").await.has("form#logout"));
    app.refresh(&web, eves["refresh_token"].as_str().unwrap()).await.ok();
    // What was allowed is allowed still: the app gets it again without a question.
    assert!(!app.cx.store.grants_of(ada).await.unwrap().is_empty());
}

/// OIDC Front-Channel Logout §3: the apps of the session at this browser are told in it.
#[actix_web::test]
async fn tells_apps_in_the_browser_that_asked() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let client = app.told_app("harbour", json!({ "frontchannel_logout_uri": "https://app.example/gone" })).await;
    let browser = signed_in(&app, "ada").await;
    app.sign_in_to(&browser, &client).await;
    let page = browser.open("/account/sessions").await;
    let page = browser.submit(&page, "form#end-everything", &[("sid", "everywhere")]).await;
    assert!(page.has("iframe[src='https://app.example/gone']"), "{}", page.answer.body);
}

/// A session that outlives the window is no proof of who sits there: what is sensitive asks anew.
#[actix_web::test]
async fn asks_who_is_remembered_for_the_password_again() {
    let app = TestApp::start().await;
    app.admin("ada").await;
    let browser = app.browser();
    let form = browser.open("/login").await;
    browser.submit(&form, "form#login", &[("username", "ada"), ("password", PASSWORD), ("remember", "yes")]).await;
    app.clock.advance(app.cx.config.sessions.idle_lifetime + Duration::from_hours(1));
    assert!(browser.open("/account/sessions").await.text("section.own").contains("Stays signed in."));
    let page = browser.open("/admin").await;
    assert_eq!((page.url.path(), page.query("continue").as_deref()), ("/login", Some("/admin")));
}
