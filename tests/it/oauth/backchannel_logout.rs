//! Apps are told, from server to server, that a session ended (OpenID Connect Back-Channel Logout 1.0).

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Browser, REACH_LOOPBACK, Receiver, TestApp, TestClient, claims, form_encode, header};

const GOODBYE: &str = "https://app.example/goodbye";

/// A server, an app that is told, and ada's browser, in which she has signed in to it.
struct Scene {
    app: TestApp,
    receiver: Receiver,
    client: TestClient,
    browser: Browser,
    tokens: Value,
}

async fn scene() -> Scene {
    scene_with(json!({})).await
}

async fn scene_with(mut members: Value) -> Scene {
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    let receiver = Receiver::start().await;
    members["backchannel_logout_uri"] = json!(receiver.uri());
    members["post_logout_redirect_uris"] = json!([GOODBYE]);
    let client = app.told_app("app", members).await;
    app.person("ada").await;
    let browser = app.browser();
    let tokens = app.sign_in_to(&browser, &client).await;
    Scene { app, receiver, client, browser, tokens }
}

impl Scene {
    fn id_token(&self) -> &str {
        self.tokens["id_token"].as_str().unwrap()
    }

    /// Signs ada out by the app, as far as the place where the browser goes then.
    async fn sign_out_by_the_app(&self) -> String {
        let asked = [("id_token_hint", self.id_token()), ("post_logout_redirect_uri", GOODBYE)];
        let page = self.browser.open(&format!("/oauth2/end_session?{}", form_encode(&asked))).await;
        self.browser.submit(&page, "form#logout", &[("decision", "logout")]).await.url.to_string()
    }

    /// Tells apps all that is due, and answers with what this one was sent.
    async fn delivered(&self) -> Vec<String> {
        self.app.deliver().await;
        self.receiver.tokens()
    }
}

/// OIDC Back-Channel Logout §2.4, OIDC Back-Channel Logout §2.5: signed out by the app, told once, of the session that its
/// ID token names.
#[actix_web::test]
async fn tells_an_app_that_its_session_ended() {
    let scene = scene().await;
    assert_eq!(scene.delivered().await, Vec::<String>::new(), "nothing has ended yet");
    assert_eq!(scene.sign_out_by_the_app().await, GOODBYE, "nobody waits for the app to be told");
    let [token] = &scene.delivered().await[..] else { panic!("it is told once") };
    let (id_token, told) = (claims(scene.id_token()), claims(token));
    let members: BTreeSet<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(["iss", "sub", "aud", "iat", "exp", "jti", "events", "sid"]), "and no nonce");
    assert_eq!(told["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    for same in ["iss", "sub", "aud", "sid"] {
        assert_eq!(told[same], id_token[same], "{same}");
    }
    assert_eq!(told["iat"], scene.app.cx.now().seconds());
    assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), 120);
    assert_eq!(header(token)["typ"], "logout+jwt");
    let event = &scene.app.events("logout_delivered").await[0];
    assert_eq!(event.client_id.as_ref().map(|id| id.as_str()), Some("app"));
    assert_eq!(event.details["sid"], id_token["sid"]);
    scene.app.clock.advance(Duration::from_hours(1));
    assert_eq!(scene.delivered().await, Vec::<String>::new(), "and never again");
}
