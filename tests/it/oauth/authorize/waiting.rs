//! The request while it waits: sealed, on no row, bound to its browser.

use std::time::Duration;

use claviger::domain::pending_request::{Decision, PendingRequest};
use claviger::ids::{ClientId, SessionId};
use claviger::protocol::client_metadata::ClientMetadata;

use super::refusals::disable;
use super::*;

/// The sealed request in the address of a page.
fn sealed(page: &Page) -> String {
    page.query("request").unwrap_or_else(|| panic!("no request in {}", page.url))
}

fn open(app: &TestApp, page: &Page) -> PendingRequest {
    let lifetime = app.cx.config.sessions.pending_lifetime;
    PendingRequest::open(&sealed(page), &app.cx.request_sealer, app.cx.now(), lifetime).unwrap()
}

fn resume(app: &TestApp, request: &PendingRequest) -> String {
    format!("/oauth2/authorize/resume?request={}", request.seal(&app.cx.request_sealer))
}

#[actix_web::test]
async fn writes_nothing_before_somebody_has_signed_in() {
    let app = TestApp::start().await;
    app.web_app().await;
    let before = app.everything().await;
    let page = app.browser().open(&path(&[])).await;
    assert!(page.has("form#login"), "{}", page.answer.body);
    assert_eq!(app.everything().await, before);
}

#[actix_web::test]
async fn answers_two_tabs_each_with_its_own_state() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let one = browser.open(&path(&[("state", "one")])).await;
    let two = browser.open(&path(&[("state", "two"), ("scope", "openid")])).await;
    let two = sign_in(&browser, &two, "ada").await;
    assert_eq!(told(&app, &allow(&browser, &two).await.answer)["state"], "two");
    let one = sign_in(&browser, &one, "ada").await;
    assert_eq!(told(&app, &allow(&browser, &one).await.answer)["state"], "one");
}

/// What was decided in one browser session is worth nothing in another: nobody can prepare a consent for somebody else.
#[actix_web::test]
async fn takes_no_consent_or_sign_in_from_another_session() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let page = sign_in(&browser, &browser.open(&path(&[("prompt", "login")])).await, "ada").await;
    let asked = open(&app, &page);
    let elsewhere = SessionId(app.cx.entropy.uuid());
    let decision = Decision { sid: elsewhere, allowed: Some(asked.scope.clone()) };
    let prepared = PendingRequest { decision: Some(decision), ..asked.clone() };
    assert_eq!(browser.open(&resume(&app, &prepared)).await.url.path(), "/consent");
    let prepared = PendingRequest { signed_in: Some(elsewhere), ..asked.clone() };
    assert_eq!(browser.open(&resume(&app, &prepared)).await.url.path(), "/login");
    assert!(app.browser().open(&resume(&app, &asked)).await.has("form#login"), "nobody is signed in there");
}

#[actix_web::test]
async fn says_how_to_start_again_when_it_was_altered_or_waited_too_long() {
    let app = TestApp::start().await;
    app.web_app().await;
    let page = app.browser().open(&path(&[])).await;
    let good = sealed(&page);
    let altered = format!("{}{}", &good[..good.len() - 6], "AAAAAA");
    for request in [altered.as_str(), "", "x"] {
        let page = app.browser().open(&format!("/oauth2/authorize/resume?request={request}")).await;
        assert_eq!((page.answer.status, page.answer.header("location")), (400, ""), "{request}");
        assert!(page.text("main").contains("sign in again"), "{}", page.answer.body);
    }
    app.clock.advance(app.cx.config.sessions.pending_lifetime + Duration::from_secs(1));
    let page = app.browser().open(&format!("/oauth2/authorize/resume?request={good}")).await;
    assert_eq!((page.answer.status, page.answer.header("location")), (400, ""));
    assert!(page.text("main").contains("sign in again"), "{}", page.answer.body);
}

/// RFC 6749 §4.1.2.1: what was registered when the request came may have been taken back since.
#[actix_web::test]
async fn looks_at_the_client_again_when_the_person_comes_back() {
    let app = TestApp::start().await;
    let (browser, _) = ada_who_has_allowed_it(&app).await;
    let page = browser.open(&path(&[("prompt", "consent")])).await;
    let request = resume(&app, &open(&app, &page));

    change(&app, json!({"scope": "openid"})).await;
    assert_eq!(error(&app, &browser.open(&request).await.answer), "invalid_scope");

    change(&app, json!({"redirect_uris": ["https://app.example/other"]})).await;
    let page = browser.open(&request).await;
    assert_eq!((page.answer.status, page.answer.header("location")), (400, ""));

    change(&app, json!({"redirect_uris": [REDIRECT_URI]})).await;
    assert_eq!(browser.open(&request).await.url.path(), "/consent");
    disable(&app, "app").await;
    let page = browser.open(&request).await;
    assert_eq!((page.answer.status, page.answer.header("location")), (400, ""));
}

/// Changes the registration of `app`.
async fn change(app: &TestApp, members: serde_json::Value) {
    let id = ClientId("app".to_owned());
    let now = app.cx.now();
    let mut metadata = json!({"redirect_uris": [REDIRECT_URI], "scope": "openid profile"});
    metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let metadata = ClientMetadata::parse(metadata.to_string().as_bytes()).unwrap();
    let changed = id.clone();
    let work = app.cx.store.write(move |tx| Box::pin(async move { tx.update_client(&changed, &metadata, now).await }));
    assert!(work.await.unwrap());
    app.cx.clients.forget(&id);
}
