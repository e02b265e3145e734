//! `/oauth2/end_session`: an app asks that the person be signed out here too.

use serde_json::json;

use crate::support::{
    Allowed, Browser, PASSWORD, Page, REDIRECT_URI, SigningKey, TestApp, TestClient, claims, form_encode, header,
};

const GOODBYE: &str = "https://app.example/goodbye?from=us";

struct Scene {
    app: TestApp,
    browser: Browser,
    client: TestClient,
    id_token: String,
}

/// A person who is signed in, and an app that holds an ID token about them.
async fn scene() -> Scene {
    let app = TestApp::start().await;
    let client = app
        .client(json!({
            "client_name": "Example App",
            "redirect_uris": [REDIRECT_URI],
            "post_logout_redirect_uris": [GOODBYE],
        }))
        .await;
    let person = app.person("ada").await;
    let tokens = app.tokens(&client, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    let browser = app.browser();
    let page = browser.open("/login").await;
    browser.submit(&page, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    Scene { app, browser, client, id_token: tokens["id_token"].as_str().unwrap().to_owned() }
}

impl Scene {
    /// Sends the browser to the endpoint and says yes to the question.
    async fn sign_out(&self, params: &[(&str, &str)]) -> Page {
        let page = self.browser.open(&format!("/oauth2/end_session?{}", form_encode(params))).await;
        assert!(page.has("form#logout"), "asks before it signs out: {}", page.answer.body);
        self.browser.submit(&page, "form#logout", &[("decision", "logout")]).await
    }

    async fn is_signed_in(&self) -> bool {
        !self.browser.open("/").await.has("a[href='/login']")
    }
}

/// OIDC RP-Initiated Logout §2, OIDC RP-Initiated Logout §3: signed out, and back at the app with its state.
#[actix_web::test]
async fn signs_out_and_goes_back_to_the_app() {
    let scene = scene().await;
    assert!(scene.is_signed_in().await);
    let state = "s".repeat(128);
    let params = [("id_token_hint", scene.id_token.as_str()), ("post_logout_redirect_uri", GOODBYE), ("state", &state)];
    let back = scene.sign_out(&params).await;
    assert_eq!(back.url.as_str(), format!("{GOODBYE}&state={state}"));
    assert!(!scene.is_signed_in().await);
}

/// OIDC RP-Initiated Logout §3: without state there is none in the answer. An expired ID token still says who asks.
#[actix_web::test]
async fn takes_an_expired_hint_and_adds_no_state() {
    let scene = scene().await;
    scene.app.clock.advance(std::time::Duration::from_hours(2));
    let params = [("id_token_hint", scene.id_token.as_str()), ("post_logout_redirect_uri", GOODBYE)];
    assert_eq!(scene.sign_out(&params).await.url.as_str(), GOODBYE);
}

/// OIDC RP-Initiated Logout §3: nowhere but to a registered URI, letter for letter, and only for who proves to be an
/// app.
#[actix_web::test]
async fn never_sends_the_browser_anywhere_else() {
    let scene = scene().await;
    let hint = ("id_token_hint", scene.id_token.as_str());
    let altered = format!("{}x", scene.id_token);
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", scene.id_token.split('.').nth(1).unwrap());
    let (kid, body) = (header(&scene.id_token)["kid"].clone(), claims(&scene.id_token));
    let foreign = SigningKey::p256().sign(&json!({ "alg": "ES256", "typ": "JWT", "kid": kid }), &body);
    let uri = |uri| ("post_logout_redirect_uri", uri);
    for params in [
        vec![hint, uri("https://app.example/goodbye")],
        vec![hint, uri("https://app.example/goodbye?from=us&more=1")],
        vec![hint, uri("https://evil.example/")],
        vec![hint, uri(REDIRECT_URI)],
        vec![hint, uri(GOODBYE), ("client_id", "other")],
        vec![("id_token_hint", altered.as_str()), uri(GOODBYE)],
        vec![("id_token_hint", unsigned.as_str()), uri(GOODBYE)],
        vec![("id_token_hint", foreign.as_str()), uri(GOODBYE)],
        vec![hint],
        vec![uri(GOODBYE), ("client_id", scene.client.id.as_str())],
        vec![hint, uri(GOODBYE), uri(GOODBYE)],
        vec![("state", "x")],
        vec![],
    ] {
        let page = scene.browser.open(&format!("/oauth2/end_session?{}", form_encode(&params))).await;
        assert_eq!(page.url.path(), "/logout", "{params:?}");
        let done = scene.browser.submit(&page, "form#logout", &[("decision", "logout")]).await;
        assert_eq!(done.url.host_str(), Some("127.0.0.1"), "{params:?}");
        assert_eq!(done.answer.status, 200);
        let page = scene.browser.open("/login").await;
        scene.browser.submit(&page, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    }
}

/// OIDC RP-Initiated Logout §2: GET and POST alike.
#[actix_web::test]
async fn takes_the_request_as_a_form_too() {
    let scene = scene().await;
    let form = [("id_token_hint", &scene.id_token), ("post_logout_redirect_uri", &GOODBYE.to_owned())];
    let form = form.map(|(name, value)| (name.to_owned(), value.clone()));
    let page = scene.browser.post("/oauth2/end_session", &form).await;
    let back = scene.browser.submit(&page, "form#logout", &[("decision", "logout")]).await;
    assert_eq!(back.url.as_str(), GOODBYE);
}

/// OIDC RP-Initiated Logout §4: what is wrong is told, whether somebody is signed in or not, and only where something is.
#[actix_web::test]
async fn says_why_the_browser_stays_here() {
    let scene = scene().await;
    let stranger = scene.app.browser();
    let hint = ("id_token_hint", scene.id_token.as_str());
    let altered = format!("{}x", scene.id_token);
    let uri = |uri| ("post_logout_redirect_uri", uri);
    for (params, remedy) in [
        (vec![hint, uri("https://app.example/goodbye")], Some("Send as post_logout_redirect_uri exactly one")),
        (vec![("id_token_hint", &altered), uri(GOODBYE)], Some("Send as id_token_hint an ID token")),
        (vec![("id_token_hint", &altered)], Some("Send as id_token_hint an ID token")),
        (vec![hint, uri(GOODBYE), ("client_id", "other")], Some("Send as client_id the client")),
        (vec![uri(GOODBYE), ("client_id", scene.client.id.as_str())], Some("Send id_token_hint together")),
        (vec![hint, uri(GOODBYE), uri(GOODBYE)], Some("Send each parameter once")),
        (vec![hint, uri(GOODBYE), ("client_id", scene.client.id.as_str())], None),
        (vec![hint], None),
        (vec![("state", "x")], None),
        (vec![], None),
    ] {
        for (browser, title) in [(&scene.browser, "Sign out?"), (&stranger, "You are signed out")] {
            let page = browser.open(&format!("/oauth2/end_session?{}", form_encode(&params))).await;
            assert_eq!((page.answer.status, page.text("h1").as_str()), (200, title), "{params:?}");
            assert_eq!(page.has("#stays"), remedy.is_some(), "{params:?}");
            assert_eq!(page.has(".developer"), remedy.is_some(), "{params:?}");
            let told = remedy.is_none_or(|remedy| page.text(".developer").contains(remedy));
            assert!(told, "{params:?}: {}", page.answer.body);
        }
    }
}
