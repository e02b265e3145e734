//! The authorization endpoint, as apps send browsers to it.

mod approval;
mod claims;
mod consent;
mod encrypted_objects;
mod errors;
mod flow;
mod front_channel;
mod hints;
mod languages;
mod objects;
mod own_claims;
mod refusals;
mod several;
mod waiting;

use std::collections::BTreeMap;

use serde_json::json;
use url::Url;

use crate::support::{Answer, Browser, CHALLENGE, PASSWORD, Page, REDIRECT_URI, TestApp, TestClient, form_encode};

const STATE: &str = "af0 ifj&s=ldkj\"<é>";

/// The parameters of a good request of [`TestApp::web_app`], with some of them changed, left out (`""`) or added.
fn parameters<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let good = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid profile"),
        ("state", STATE),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = good.into_iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
}

/// The same as the path of a GET.
fn path(changes: &[(&str, &str)]) -> String {
    format!("/oauth2/authorize?{}", form_encode(&parameters(changes)))
}

/// What an answer by redirect tells the app. Every answer names the issuer and must not be stored.
#[track_caller]
fn told(app: &TestApp, answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    let location = answer.header("location");
    assert!(location.starts_with(&format!("{REDIRECT_URI}?")), "{location}");
    let url = Url::parse(location).unwrap();
    let parameters: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(parameters.len(), url.query_pairs().count(), "{location}");
    assert_eq!(parameters.get("iss"), Some(&app.issuer));
    parameters
}

/// The error code that an answer by redirect tells the app.
#[track_caller]
fn error(app: &TestApp, answer: &Answer) -> String {
    let told = told(app, answer);
    assert!(!told.contains_key("code"), "{told:?}");
    let description = told.get("error_description").cloned().unwrap_or_default();
    let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
    assert!(!description.is_empty() && description.chars().all(allowed), "{description:?}");
    told["error"].clone()
}

/// The code in an answer by redirect.
#[track_caller]
fn code(app: &TestApp, page: &Page) -> String {
    let told = told(app, &page.answer);
    told.get("code").unwrap_or_else(|| panic!("no code: {told:?}")).clone()
}

/// Signs in on the page that asks for it.
async fn sign_in(browser: &Browser, page: &Page, username: &str) -> Page {
    browser.submit(page, "form#login", &[("username", username), ("password", PASSWORD)]).await
}

/// Allows all that the page asks for.
async fn allow(browser: &Browser, page: &Page) -> Page {
    browser.submit(page, "form#consent", &[("decision", "allow")]).await
}

/// A browser in which ada is signed in, and the app that she has allowed `openid profile`.
async fn ada_who_has_allowed_it(app: &TestApp) -> (Browser, TestClient) {
    let client = app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let page = browser.open(&path(&[])).await;
    let page = sign_in(&browser, &page, "ada").await;
    code(app, &allow(&browser, &page).await);
    (browser, client)
}

/// A client like [`TestApp::web_app`] with other metadata.
async fn client_with(app: &TestApp, members: serde_json::Value) -> TestClient {
    let mut metadata = json!({
        "client_id": "app",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access",
    });
    metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    app.client(metadata).await
}
