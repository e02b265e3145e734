//! Apps that watch, in a frame, whether who is signed in has changed (OpenID Connect Session Management 1.0).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::support::{Browser, CHALLENGE, Page, REDIRECT_URI, TestApp, form_encode};

const ON: &str = "sessions.session_management = true\n";
const STATE: &str = "claviger-state";

async fn app(toml: &str) -> TestApp {
    let app = TestApp::start_with(toml).await;
    let metadata = json!({
        "client_id": "app",
        "redirect_uris": [REDIRECT_URI, "com.example.app:/callback"],
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "scope": "openid email",
        "consent": "skip",
    });
    app.client(metadata).await;
    app.person("ada").await;
    app.person("ben").await;
    app
}

async fn ask(browser: &Browser, changes: &[(&str, &str)]) -> Page {
    let good = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("prompt", "none"),
    ];
    let kept = good.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let parameters: Vec<_> = kept.chain(changes).copied().filter(|(_, value)| !value.is_empty()).collect();
    browser.open(&format!("/oauth2/authorize?{}", form_encode(&parameters))).await
}

/// What the frame would say to a page of `origin` that sends this.
fn frame_says(browser: &Browser, origin: &str, told: &str) -> &'static str {
    let (hash, salt) = told.split_once('.').unwrap();
    let state = browser.cookie(STATE).unwrap_or_default();
    let text = format!("app {origin} {state} {salt}");
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    if URL_SAFE_NO_PAD.encode(digest) == hash { "unchanged" } else { "changed" }
}

#[actix_web::test]
async fn is_off_unless_the_operator_turns_it_on() {
    let app = app("").await;
    assert!(app.get("/.well-known/openid-configuration").await.ok().get("check_session_iframe").is_none());
    assert_eq!(app.get("/oauth2/check_session").await.status, 404);
    let browser = app.browser();
    browser.sign_in_too("ada").await;
    let page = ask(&browser, &[]).await;
    assert!(page.query("code").is_some() && page.query("session_state").is_none(), "{}", page.url);
    assert_eq!(browser.cookie(STATE), None);
}

/// OIDC Session Management §3.3: discovery names the frame. It is one that any page may hold, and does nothing but run our
/// script.
#[actix_web::test]
async fn offers_a_frame_that_any_page_may_hold() {
    let app = app(ON).await;
    let named = app.get("/.well-known/openid-configuration").await.ok()["check_session_iframe"].clone();
    assert_eq!(named, json!(format!("{}/oauth2/check_session", app.issuer)));
    let frame = app.get("/oauth2/check_session").await;
    assert_eq!((frame.status, frame.header("x-frame-options")), (200, ""));
    assert_eq!(
        frame.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; frame-ancestors *; \
         base-uri 'none'"
    );
    assert!(frame.body.contains("data-cookie=\"claviger-state\""), "{}", frame.body);
    assert_eq!(frame.header("set-cookie"), "");
    let login = app.get_with("/login", &[("accept", "text/html")]).await;
    assert_eq!(login.header("x-frame-options"), "DENY", "no other page may be held");
}

/// OIDC Session Management §2, OIDC Session Management §3.2: an answer carries what the app compares, and it changes with
/// who is signed in: at a sign-in, a switch and a sign-out, and not otherwise.
#[actix_web::test]
async fn tells_when_who_is_signed_in_changes() {
    let app = app(ON).await;
    let browser = app.browser();
    browser.sign_in_too("ada").await;
    let told = async || ask(&browser, &[]).await.query("session_state").unwrap();
    let (first, again) = (told().await, told().await);
    assert_ne!(first, again, "another salt each time");
    let says = |told: &str| frame_says(&browser, "https://app.example", told);
    assert_eq!((says(&first), says(&again)), ("unchanged", "unchanged"));
    assert_eq!(frame_says(&browser, "https://evil.example", &first), "changed", "it is for one origin alone");
    browser.open("/account/apps").await;
    browser.sign_in_too("ada").await;
    assert_eq!(says(&first), "unchanged", "the same session");

    browser.sign_in_too("ben").await;
    assert_eq!(says(&first), "changed");
    let of_ben = told().await;
    assert_eq!(says(&of_ben), "unchanged");
    let page = browser.open("/login/select").await;
    browser.submit(&page, "form#select-account", &[("account", &page.account("ada"))]).await;
    assert_eq!((says(&of_ben), says(&first)), ("changed", "unchanged"), "ada is back");
    app.sign_out_at(&browser).await;
    assert_eq!((says(&of_ben), says(&first)), ("changed", "changed"));
    assert_eq!(browser.cookie(STATE), None);
}

#[actix_web::test]
async fn notices_that_a_session_ended_elsewhere_at_the_next_visit() {
    let app = app(ON).await;
    let browser = app.browser();
    browser.sign_in_too("ada").await;
    let told = ask(&browser, &[]).await.query("session_state").unwrap();
    let elsewhere = app.browser();
    elsewhere.sign_in_too("ada").await;
    let page = elsewhere.open("/account/sessions").await;
    elsewhere.submit(&page, "form#end-others", &[("sid", "others")]).await;
    ask(&browser, &[]).await;
    assert_eq!(frame_says(&browser, "https://app.example", &told), "changed");
}

/// OIDC Session Management §2: it belongs to sign-ins, and to pages that have an origin.
#[actix_web::test]
async fn tells_it_to_nobody_who_cannot_compare_it() {
    let app = app(ON).await;
    let browser = app.browser();
    assert_eq!(ask(&browser, &[]).await.query("session_state"), None, "login_required");
    browser.sign_in_too("ada").await;
    for changes in [[("scope", "email")], [("redirect_uri", "com.example.app:/callback")]] {
        let page = ask(&browser, &changes).await;
        assert!(page.query("code").is_some() && page.query("session_state").is_none(), "{}", page.url);
    }
    let page = ask(&browser, &[("response_mode", "form_post")]).await;
    let (_, fields) = page.form("form#form-post", &[]);
    assert!(fields.iter().any(|(name, _)| name == "session_state"), "{fields:?}");
}

/// OIDC Session Management §3.2: the cookie is one that a script in a frame of another site reads; it is neither the
/// session's key nor anything that is stored.
#[actix_web::test]
async fn keeps_the_state_apart_from_the_key() {
    let https = "server.issuer = \"https://id.example\"\nserver.trusted_proxies = [\"127.0.0.1\"]\n";
    let app = app(&format!("{https}{ON}")).await;
    let form = app.get_with("/login", &[("accept", "text/html")]).await;
    let csrf_cookie = form.header("set-cookie").split(';').next().unwrap().to_owned();
    let token = form.body.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("csrf", token), ("username", "ada"), ("password", crate::support::PASSWORD)];
    let answer = app.post_with("/login", &fields, &[("cookie", csrf_cookie.as_str())]).await;
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let state = set.iter().find_map(|cookie| cookie.strip_prefix("__Host-claviger-state=")).unwrap();
    let (value, attributes) = state.split_once("; ").unwrap();
    for attribute in ["SameSite=None", "Secure", "Path=/"] {
        assert!(attributes.split("; ").any(|own| own == attribute), "{attribute} of {state}");
    }
    assert!(!attributes.contains("HttpOnly") && !attributes.contains("Domain"), "{state}");
    assert!(!app.everything().await.contains(value));
    let session = set.iter().find(|cookie| cookie.starts_with("__Host-claviger-session=")).unwrap();
    assert!(session.contains("HttpOnly") && session.contains("SameSite=Lax"), "{session}");
}
