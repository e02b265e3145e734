//! A provider that has been taken over, or somebody between it and this server: what it answers is too long, never ends, leads
//! elsewhere, or is made up without end.

use serde_json::json;

use super::scene::*;
use crate::support::{FakeProvider, Instead, Page, REACH_LOOPBACK, TestApp, form_encode};

const BY_ADDRESS: &str = "link = \"verified_email\"\n";
const ENDPOINTS: [&str; 4] = ["/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"];

async fn server(settings: &str, more: &str) -> (FakeProvider, TestApp) {
    let provider = FakeProvider::start();
    let section = provider.section("harbour", &format!("{BY_ADDRESS}{more}"));
    let app = TestApp::start_with(&format!("{settings}{REACH_LOOPBACK}{section}")).await;
    app.person("ada").await;
    (provider, app)
}

/// As far as it leads: back with a code, if the provider could be asked where to go.
async fn try_to_sign_in(provider: &FakeProvider, app: &TestApp) -> Page {
    let browser = app.browser();
    let page = browser.open("/login").await;
    let there = browser.submit_only(&page, "form#providers", &[("provider", "harbour")]).await;
    if there.answer.status != 303 {
        return there;
    }
    provider.says(|says| drop(says.claims.as_object_mut().unwrap().remove("nonce")));
    browser.open(&provider.way_back(&there.url)).await
}

#[track_caller]
fn nobody_is_signed_in(page: &Page, status: u16, what: &str) {
    assert_eq!((page.answer.status, page.has("form#logout")), (status, false), "{what}: {}", page.answer.body);
}

/// RFC 9700 §4.11: what does not end is not read to its end, and what is no JSON, or an error, is believed in nothing.
#[actix_web::test]
async fn answers_with_more_than_anybody_reads() {
    for path in ENDPOINTS {
        for (status, text) in [
            (200, format!("{{\"x\":\"{}\"}}", "x".repeat(70_000))),
            (200, "<!doctype html>".to_owned()),
            (200, String::new()),
            (200, "[]".to_owned()),
            (500, "{\"error\":\"server_error\"}".to_owned()),
            (400, json!({ "error": "invalid_grant", "error_description": "x".repeat(5_000) }).to_string()),
        ] {
            let (provider, app) = server("", "").await;
            let what = format!("{path} answers {status} {text:.40}");
            provider.says(|says| drop(says.instead.insert(path, Instead::Text(status, text))));
            nobody_is_signed_in(&try_to_sign_in(&provider, &app).await, 502, &what);
            let told = app.events("sign_in").await.into_iter().find_map(|event| event.reason).unwrap();
            assert!(told.len() < 500, "{what}: {told}");
        }
    }
}

/// RFC 9700 §4.11: a redirect is not followed, so that the code and the secret stay where they were sent.
#[actix_web::test]
async fn sends_the_server_elsewhere() {
    for path in ENDPOINTS {
        let (provider, app) = server("", "").await;
        let elsewhere = FakeProvider::start();
        let uri = format!("{}{path}", elsewhere.issuer);
        provider.says(|says| drop(says.instead.insert(path, Instead::Elsewhere(uri))));
        nobody_is_signed_in(&try_to_sign_in(&provider, &app).await, 502, path);
        assert_eq!(elsewhere.times_asked(), 0, "{path}");
    }
}

/// A provider that never answers holds up whoever wants to come through it for some seconds, and nobody else.
#[actix_web::test]
async fn never_answers() {
    let (provider, app) = server("", "").await;
    provider.says(|says| drop(says.instead.insert("/token", Instead::Nothing)));
    let others = async {
        for _ in 0..3 {
            assert!(app.browser().open("/login").await.has("form#login"));
        }
    };
    let (page, ()) = futures_util::future::join(try_to_sign_in(&provider, &app), others).await;
    nobody_is_signed_in(&page, 502, "never");
}

/// Codes that the provider never gave are not carried there without end; states that nobody began leave nothing behind.
#[actix_web::test]
async fn makes_up_answers_without_end() {
    let (provider, app) = server("protection.failures_per_address = 3\n", "").await;
    provider
        .says(|says| drop(says.instead.insert("/token", Instead::Text(400, "{\"error\":\"invalid_grant\"}".into()))));
    for _ in 0..3 {
        nobody_is_signed_in(&try_to_sign_in(&provider, &app).await, 502, "a code that nobody gave");
    }
    let asked = provider.redeemed().len();
    let page = try_to_sign_in(&provider, &app).await;
    nobody_is_signed_in(&page, 429, "too many of them");
    assert!(!page.answer.header("retry-after").is_empty());
    assert_eq!(provider.redeemed().len(), asked, "the provider is left alone");
    let before = app.everything().await;
    for state in ["", "x", "yyyyyyyyyyyyyyyy"] {
        let query = form_encode(&[("state", state), ("code", "c"), ("iss", &provider.issuer)]);
        let page = app.browser().open(&format!("/login/providers/harbour/callback?{query}")).await;
        nobody_is_signed_in(&page, 400, state);
    }
    assert_eq!(app.everything().await, before);
}

/// A provider that cannot be asked is left alone for a moment, however many people press its button, and asked again then.
#[actix_web::test]
async fn presses_the_button_of_a_provider_that_is_down() {
    let (provider, app) = server("", "").await;
    let document = ENDPOINTS[0];
    provider.says(|says| drop(says.instead.insert(document, Instead::Text(503, String::new()))));
    let many = (0..5).map(|_| try_to_sign_in(&provider, &app));
    for page in futures_util::future::join_all(many).await {
        nobody_is_signed_in(&page, 502, "down");
        assert_eq!(page.answer.header("retry-after"), "5");
    }
    assert_eq!(provider.times_asked(), 1);
    provider.says(|says| says.instead.clear());
    app.clock.advance(std::time::Duration::from_secs(5));
    assert!(try_to_sign_in(&provider, &app).await.has("form#logout"));
}

/// OIDC RP-Initiated Logout §2.1: a sign-out goes on to no address at which somebody could listen, or that runs something.
#[actix_web::test]
async fn leads_a_sign_out_astray() {
    for address in ["javascript:alert(1)", "http://evil.example/end", "data:text/html,x", "/end", ""] {
        let (provider, app) = server("", "sign_out = true\n").await;
        provider.says(|says| says.document = json!({ "end_session_endpoint": address }));
        let browser = app.browser();
        let home = provider.sign_in(&browser, "harbour").await;
        assert!(home.has("form#logout"), "{}", home.answer.body);
        let gone = browser.submit(&home, "form#logout", &[("decision", "logout")]).await;
        assert_eq!((gone.url.path(), gone.url.host_str()), ("/logout", Some("127.0.0.1")), "{address}: {}", gone.url);
    }
    // Whoever has somebody else's cookie of that kind is not led there with their token.
    let (provider, app) = server("", "sign_out = true\n").await;
    app.person("eve").await;
    let (ada, eve) = (app.browser(), signed_in(&app, "eve").await);
    assert!(provider.sign_in(&ada, "harbour").await.has("form#logout"));
    eve.set_cookie("claviger-came-by", Some(&ada.cookie("claviger-came-by").unwrap()));
    let home = eve.open("/").await;
    assert_eq!(eve.submit(&home, "form#logout", &[("decision", "logout")]).await.url.path(), "/logout");
}
