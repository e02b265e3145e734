//! `/consent`

use claviger::ids::GrantId;

use super::*;

const ASKED: &str = "openid profile email";

async fn consent(app: &TestApp, browser: &Browser, scope: &str) -> Page {
    browser.open(&format!("/consent?request={}", sealed(app, &waiting(app, scope)))).await
}

fn boxes(page: &Page) -> Vec<String> {
    let (_, fields) = page.form("form#consent", &[]);
    fields.into_iter().filter(|(name, _)| name == "scope").map(|(_, value)| value).collect()
}

#[actix_web::test]
async fn says_who_asks_for_what() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = consent(&app, &browser, ASKED).await;
    let text = page.text("main");
    for words in ["Example App", "app.example", "Ada Lovelace", "See your email address"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert_eq!(boxes(&page), ["profile", "email"], "openid cannot be refused alone");
}

#[actix_web::test]
async fn allows_all_that_is_ticked() {
    let app = TestApp::start().await;
    app.web_app().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = consent(&app, &browser, ASKED).await;
    let request = resumed(&app, &browser, &page, "form#consent", &[("decision", "allow")]).await;
    let decision = request.decision.unwrap();
    assert_eq!(decision.allowed.unwrap().to_string(), ASKED);
    assert!(app.cx.store.session_lives(decision.sid, app.cx.now()).await.unwrap());
    let event = &app.events("consent").await[0];
    assert_eq!((event.outcome.as_str(), event.person_id), ("success", Some(ada)));
    assert_eq!(event.details["scope"], ASKED);
}

#[actix_web::test]
async fn keeps_back_what_is_unticked() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = consent(&app, &browser, ASKED).await;
    let fields = [("decision", "allow"), ("scope", "profile")];
    let request = resumed(&app, &browser, &page, "form#consent", &fields).await;
    assert_eq!(request.decision.unwrap().allowed.unwrap().to_string(), "openid profile");
    // Nothing ticked at all leaves what cannot be refused alone.
    let page = consent(&app, &browser, ASKED).await;
    let fields = [("decision", "allow"), ("scope", "")];
    let request = resumed(&app, &browser, &page, "form#consent", &fields).await;
    assert_eq!(request.decision.unwrap().allowed.unwrap().to_string(), "openid");
}

#[actix_web::test]
async fn carries_a_refusal() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = consent(&app, &browser, ASKED).await;
    let request = resumed(&app, &browser, &page, "form#consent", &[("decision", "deny")]).await;
    assert_eq!(request.decision.unwrap().allowed, None);
    let event = &app.events("consent").await[0];
    assert_eq!((event.outcome.as_str(), event.reason.as_deref()), ("failure", Some("denied")));
}

#[actix_web::test]
async fn takes_no_decision_that_it_cannot_write_down() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = consent(&app, &browser, ASKED).await;
    lose_the_event_log(&app).await;
    for decision in ["allow", "deny"] {
        let answer = browser.submit(&page, "form#consent", &[("decision", decision)]).await.answer;
        assert!(answer.status >= 500, "{decision}: {}", answer.status);
    }
}

#[actix_web::test]
async fn takes_no_box_that_it_did_not_show() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    for fields in [&[("decision", "allow"), ("scope", "offline_access")][..], &[("decision", "maybe")], &[]] {
        let page = consent(&app, &browser, ASKED).await;
        assert_eq!(browser.submit(&page, "form#consent", fields).await.answer.status, 400, "{fields:?}");
    }
    assert_eq!(app.events("consent").await.len(), 0);
}

#[actix_web::test]
async fn marks_what_was_allowed_before() {
    let app = TestApp::start().await;
    let client = ClientId(app.web_app().await.id);
    let ada = app.person("ada").await;
    let now = app.cx.now();
    let id = GrantId(app.cx.entropy.uuid());
    let scope = Scope::parse("openid profile").unwrap();
    let grant = app.cx.store.write(move |tx| {
        Box::pin(async move { tx.extend_grant(id, ada, &client, &scope, &Scope::empty(), now).await })
    });
    grant.await.unwrap();
    let browser = signed_in(&app, "ada").await;
    let page = consent(&app, &browser, ASKED).await;
    assert_eq!(page.text("form#consent .new"), "new");
    assert_eq!(page.text("form#consent .before"), "allowed before allowed before");
}

#[actix_web::test]
async fn asks_for_a_sign_in_first_where_nobody_is() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let page = consent(&app, &app.browser(), ASKED).await;
    assert_eq!(page.url.path(), "/login");
    assert!(page.query("request").is_some());
    // And where somebody was, until the page was sent.
    let browser = signed_in(&app, "ada").await;
    let page = consent(&app, &browser, ASKED).await;
    browser.set_cookie(COOKIE, None);
    let page = browser.submit(&page, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(page.url.path(), "/login");
    assert_eq!(app.events("consent").await.len(), 0);
}

#[actix_web::test]
async fn knows_no_app_that_is_disabled() {
    let app = TestApp::start().await;
    let client = ClientId(app.web_app().await.id);
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let now = app.cx.now();
    let disable =
        app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&client, Some(now)).await }));
    disable.await.unwrap();
    let page = consent(&app, &browser, ASKED).await;
    assert_eq!((page.answer.status, page.text("h1").as_str()), (400, "We don’t know this app"));
}
