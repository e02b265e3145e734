//! Apps are told in the browser of whoever signs out (OpenID Connect Front-Channel Logout 1.0).

use serde_json::json;

use crate::support::{Page, TestApp, claims, form_encode};

const GOODBYE: &str = "https://app.example/goodbye";

async fn app_with_ada() -> TestApp {
    let app = TestApp::start().await;
    app.person("ada").await;
    app
}

fn csp(page: &Page) -> &str {
    page.answer.header("content-security-policy")
}

/// OIDC Front-Channel Logout §2, OIDC Front-Channel Logout §3: each app's address in a frame, with what it wants to know, and
/// then on to where the app that asked waits, with its state.
#[actix_web::test]
async fn loads_each_app_and_goes_on() {
    let app = app_with_ada().await;
    let members = json!({
        "frontchannel_logout_uri": "https://app.example/out?a=b", "frontchannel_logout_session_required": true,
        "post_logout_redirect_uris": [GOODBYE],
    });
    let first = app.told_app("first", members).await;
    let second = app.told_app("second", json!({ "frontchannel_logout_uri": "https://app.example/other" })).await;
    let unused = json!({ "frontchannel_logout_uri": "https://unused.example/out", "redirect_uris": ["https://unused.example/"] });
    app.told_app("unused", unused).await;
    let browser = app.browser();
    let tokens = app.sign_in_to(&browser, &first).await;
    app.sign_in_to(&browser, &second).await;
    let id_token = tokens["id_token"].as_str().unwrap();
    let asked = [("id_token_hint", id_token), ("post_logout_redirect_uri", GOODBYE), ("state", "x y")];
    let question = browser.open(&format!("/oauth2/end_session?{}", form_encode(&asked))).await;
    let page = browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
    assert_eq!((page.answer.status, page.text("h1").as_str()), (200, "Signing you out"));
    let told = form_encode(&[("iss", app.issuer.as_str()), ("sid", claims(id_token)["sid"].as_str().unwrap())]);
    assert!(page.has(&format!("iframe[src='https://app.example/out?a=b&{told}']")), "{}", page.answer.body);
    assert!(page.has("iframe[src='https://app.example/other']"), "iss and sid only where they are wanted");
    assert!(!page.answer.body.contains("unused.example"));
    assert!(csp(&page).contains("; frame-src https://app.example;"), "{}", csp(&page));
    assert!(csp(&page).contains("default-src 'none'") && csp(&page).contains("script-src 'self';"));
    assert_eq!(page.links("#onward"), [format!("{GOODBYE}?state=x+y")]);
    let refresh = format!("<noscript><meta http-equiv=\"refresh\" content=\"5; url={GOODBYE}?state=x+y\"></noscript>");
    assert!(page.answer.body.contains(&refresh), "without scripts, too: {}", page.answer.body);
    assert!(browser.open("/").await.has("a[href='/login']"), "she is signed out already");
}

/// OIDC Front-Channel Logout §3: whoever signs out at our own door stays here.
#[actix_web::test]
async fn stays_here_when_nobody_asked() {
    let app = app_with_ada().await;
    let client = app.told_app("app", json!({ "frontchannel_logout_uri": "https://app.example/out" })).await;
    let browser = app.browser();
    app.sign_in_to(&browser, &client).await;
    let question = browser.open("/logout").await;
    let page = browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
    assert_eq!(page.links("#onward"), ["/logout"]);
    assert_eq!(browser.open("/logout").await.text("h1"), "You are signed out");
    // Sent once more, there is nobody to sign out and nothing to load.
    let again = browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
    assert!(!again.has("iframe"));
    app.deliver().await;
    assert!(
        !app.everything().await.contains("logout_deliveries: "),
        "nothing is left of an app without a back channel"
    );
    assert_eq!(app.events("logout_delivered").await.len(), 0);
}

/// The attacker hopes that the page goes on to, or that a frame takes the window to, an address of theirs.
#[actix_web::test]
async fn is_no_open_redirect() {
    let app = app_with_ada().await;
    let members =
        json!({ "frontchannel_logout_uri": "https://app.example/out", "post_logout_redirect_uris": [GOODBYE] });
    let client = app.told_app("app", members).await;
    let browser = app.browser();
    for evil in
        ["https://evil.example/", "https://app.example/out", "https://app.example/goodbye?x=0;url=https://evil.example"]
    {
        let tokens = app.sign_in_to(&browser, &client).await;
        let asked = [("id_token_hint", tokens["id_token"].as_str().unwrap()), ("post_logout_redirect_uri", evil)];
        let question = browser.open(&format!("/oauth2/end_session?{}", form_encode(&asked))).await;
        let page = browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
        assert_eq!(page.links("#onward"), ["/logout"], "{evil}");
        assert!(page.has("iframe[sandbox='allow-scripts allow-same-origin']"), "a frame cannot move the window");
    }
}
