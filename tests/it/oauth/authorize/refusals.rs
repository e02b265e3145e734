//! Where it would not be safe to redirect: a page explains.

use claviger::ids::ClientId;

use super::*;

/// RFC 6749 §4.1.2.1: nothing is sent anywhere if the client or its redirect URI is not known beyond doubt; RFC 6749
/// §3.1.2.4, RFC 6749 §3.1.2.3, RFC 9700 §2.1, OIDC Core §3.1.2.1.
#[actix_web::test]
async fn shows_a_page_where_it_may_not_redirect() {
    let app = TestApp::start().await;
    app.web_app().await;
    client_with(&app, json!({"client_id": "two", "redirect_uris": [REDIRECT_URI, "https://app.example/two"]})).await;
    let appended = format!("{REDIRECT_URI}/RANDOM");
    let cases: [&[(&str, &str)]; 11] = [
        &[("client_id", "")],
        &[("client_id", "unheard-of")],
        &[("client_id", "app"), ("client_id", "app")],
        &[("redirect_uri", &appended)],
        &[("redirect_uri", "https://evil.example/callback")],
        &[("redirect_uri", "https://app.example/callback?x=1")],
        &[("redirect_uri", "javascript:alert(1)")],
        &[("redirect_uri", REDIRECT_URI), ("redirect_uri", REDIRECT_URI)],
        // OIDC Core §3.1.2.1: with openid it must be sent, even if only one is registered.
        &[("redirect_uri", "")],
        &[("client_id", "two"), ("redirect_uri", ""), ("scope", "profile")],
        &[("client_id", "unheard-of"), ("prompt", "none")],
    ];
    for changes in cases {
        let answer = app.get(&path(changes)).await;
        assert_eq!(answer.status, 400, "{changes:?}");
        assert_eq!(answer.header("location"), "", "{changes:?}");
        assert!(answer.header("content-type").starts_with("text/html"), "{changes:?}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{changes:?}");
        assert_eq!(answer.header("cache-control"), "no-store", "{changes:?}");
    }
    assert_eq!(app.events("authorization_refused").await.len(), cases.len());
}

#[actix_web::test]
async fn explains_to_the_developer_and_keeps_what_is_registered_for_the_log() {
    let app = TestApp::start().await;
    app.web_app().await;
    let page = app.browser().open(&path(&[("redirect_uri", "https://evil.example/<script>")])).await;
    assert!(page.answer.body.contains("https://evil.example/"), "{}", page.answer.body);
    assert!(!page.answer.body.contains("<script>"), "{}", page.answer.body);
    assert!(page.text("section.developer").contains("RFC 9700 §2.1"), "{}", page.answer.body);
    assert!(!page.answer.body.contains(REDIRECT_URI), "{}", page.answer.body);
    let event = app.events("authorization_refused").await.remove(0);
    assert_eq!(event.outcome, "failure");
    assert_eq!(event.client_id, Some(ClientId("app".to_owned())));
    assert_eq!(event.details["sent"]["redirect_uri"][0], "https://evil.example/<script>");
    assert_eq!(event.details["registered"]["redirect_uris"][0], REDIRECT_URI);
    assert!(page.text("dl.facts").contains(&event.request_id.unwrap_or_default()));
}

/// RFC 6749 §4.1.2.1: a disabled client is answered like an unknown one.
#[actix_web::test]
async fn tells_a_stranger_nothing_about_a_disabled_client() {
    let app = TestApp::start().await;
    app.web_app().await;
    disable(&app, "app").await;
    let disabled = app.browser().open(&path(&[])).await;
    let unknown = app.browser().open(&path(&[("client_id", "unheard-of")])).await;
    assert_eq!((disabled.answer.status, unknown.answer.status), (400, 400));
    assert_eq!(disabled.text("h1, section.developer > p"), unknown.text("h1, section.developer > p"));
    let mut reasons: Vec<_> =
        app.events("authorization_refused").await.into_iter().filter_map(|event| event.reason).collect();
    // Both happened in the same instant of the test's clock.
    reasons.sort();
    assert_eq!(reasons, ["disabled client", "unknown client"]);
}

pub(super) async fn disable(app: &TestApp, client: &str) {
    let (id, now) = (ClientId(client.to_owned()), app.cx.now());
    let work = app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&id, Some(now)).await }));
    assert!(work.await.unwrap());
    app.cx.clients.forget(&ClientId(client.to_owned()));
}

/// OIDC Core §13.2: a POST carries its parameters as a form, and nowhere else. RFC 9110 §15.5.6: other methods are told
/// which there are.
#[actix_web::test]
async fn takes_a_query_or_a_form_but_no_mixture() {
    let app = TestApp::start().await;
    app.web_app().await;
    let form = form_encode(&parameters(&[]));
    let json = app.post_raw("/oauth2/authorize", form.clone(), &[("content-type", "application/json")]).await;
    let mixed = app.post_raw(&path(&[]), form, &[]).await;
    let huge = app.post_raw("/oauth2/authorize", vec![b'a'; 1_000_000], &[]).await;
    let many = app.get(&format!("/oauth2/authorize?{}", "a=1&".repeat(101))).await;
    for answer in [json, mixed, huge, many] {
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{}", answer.body);
    }
    let wrong = app.post("/oauth2/authorize/resume", &[]).await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET"));
}
