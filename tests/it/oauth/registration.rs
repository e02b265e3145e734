//! Clients that register themselves (RFC 7591, OIDC Registration).

use std::time::Duration;

use claviger::domain::clients::dynamic::remove_unused;
use serde_json::{Value, json};

use crate::support::{Allowed, BY_TOKEN, OPEN, REDIRECT_URI, TestApp, web_app};

/// RFC 7591 §3.1, RFC 7591 §3.2.1, OIDC Registration §3.1, OIDC Registration §3.2: a client gets an identifier, a secret,
/// and all that is registered, and acts with it at once.
#[actix_web::test]
async fn registers_a_client_that_then_signs_a_person_in() {
    let app = TestApp::start_with(OPEN).await;
    let ada = app.person("ada").await;
    let answer = app.register(&web_app()).await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    let newcomer = crate::support::Registered { told: answer.json() };
    assert_eq!(newcomer.told["client_secret_expires_at"], 0);
    assert_eq!(newcomer.told["client_id_issued_at"], app.cx.now().seconds());
    assert_eq!(newcomer.told["redirect_uris"], json!([REDIRECT_URI]));
    assert_eq!(newcomer.told["client_name"], "Newcomer");
    let uri = format!("{}/oauth2/register/{}", app.issuer, newcomer.id());
    assert_eq!(newcomer.text("registration_client_uri"), uri);
    let tokens = app.tokens(&newcomer.client(), ada, Allowed::default()).await;
    assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok()["sub"], ada.to_string());

    let stored = app.everything().await;
    assert!(!stored.contains(newcomer.token()) && !stored.contains(newcomer.text("client_secret")));
    let events = app.events("client_registered").await;
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((event.actor.as_str(), event.address.as_deref()), ("anonymous", Some("127.0.0.1")));
    assert_eq!(event.client_id.as_ref().unwrap().as_str(), newcomer.id());
}
