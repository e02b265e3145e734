//! Every form is taken only from our own page, in the browser and the session to which it was given.

use super::*;

#[track_caller]
fn refused(page: &Page) {
    assert_eq!((page.answer.status, page.text("h1").as_str()), (403, "We couldn’t take this form"));
}

/// RFC 6749 §10.12: no token, a wrong one, or that of another browser.
#[actix_web::test]
async fn refuses_a_form_without_its_proof() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = app.browser();
    let form = browser.open("/login").await;
    let other = app.browser().open("/login").await;
    let foreign = other.form("form#login", &[]).1.into_iter().find(|(name, _)| name == "csrf").unwrap().1;
    let credentials = [("username", "ada"), ("password", PASSWORD)];
    for token in ["", "x", foreign.as_str()] {
        let fields = [&credentials[..], &[("csrf", token)]].concat();
        refused(&browser.submit(&form, "form#login", &fields).await);
    }
    browser.set_cookie("claviger-csrf", None);
    refused(&browser.submit(&form, "form#login", &credentials).await);
    assert_eq!(rows(&app, "sessions").await, 0);
    assert_eq!(app.events("sign_in").await.len(), 0, "nothing was tried");
}

/// RFC 6749 §10.12: a form that another site makes the browser send.
#[actix_web::test]
async fn refuses_a_form_from_another_site() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let browser = app.browser();
    let form = browser.open("/login").await;
    let (_, fields) = form.form("form#login", &[("username", "ada"), ("password", PASSWORD)]);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let cookie = format!("claviger-csrf={}", browser.cookie("claviger-csrf").unwrap());
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let answer = app.post_with("/login", &fields, &[("cookie", cookie.as_str()), (name, value)]).await;
        assert_eq!(answer.status, 403, "{name}");
    }
    assert_eq!(rows(&app, "sessions").await, 0);
}

/// RFC 6749 §10.12: what was handed to one session is worth nothing in another.
#[actix_web::test]
async fn refuses_a_form_of_another_session() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    app.person("eve").await;
    let browser = signed_in(&app, "ada").await;
    let request = sealed(&app, &waiting(&app, "openid"));
    let consent = browser.open(&format!("/consent?request={request}")).await;
    let sign_out = browser.open("/logout").await;
    let form = browser.open("/login").await;
    sign_in_at(&browser, &form, "eve", PASSWORD).await;
    refused(&browser.submit(&consent, "form#consent", &[("decision", "allow")]).await);
    refused(&browser.submit(&sign_out, "form#logout", &[("decision", "logout")]).await);
    assert!(browser.open("/").await.has("form#logout"), "eve is still signed in");
    // The token of a form that begins a session is none for a form that acts in one.
    let entry = form.form("form#login", &[]).1.into_iter().find(|(name, _)| name == "csrf").unwrap().1;
    let fields = [("csrf", entry.as_str()), ("decision", "logout")];
    refused(&browser.submit(&sign_out, "form#logout", &fields).await);
}

#[actix_web::test]
async fn takes_nothing_but_a_readable_form() {
    let app = TestApp::start().await;
    let json = [("content-type", "application/json")];
    assert_eq!(app.post_raw("/login", "{}", &json).await.status, 400);
    assert_eq!(app.post_raw("/login", "username=%ff&csrf=%00", &[]).await.status, 400);
    assert_eq!(app.post_raw("/login", "csrf=a&csrf=b", &[]).await.status, 400);
    let long = format!("username={}", "a".repeat(100_000));
    assert_eq!(app.post_raw("/login", long, &[]).await.status, 400);
}
