//! What every page tells the browser, and what is answered where there is no page.

use super::*;

#[track_caller]
fn assert_protected(app: &TestApp, page: &Page) {
    let policy = page.answer.header("content-security-policy");
    for directive in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(directive), "{directive} of {}", page.url);
    }
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        assert_eq!(page.answer.header(name), value, "{name} of {} {}", page.url, app.issuer);
    }
}

/// RFC 6749 §10.13: no page of ours in a frame; RFC 9700 §4.2.4: no referrer.
#[actix_web::test]
async fn protects_every_page() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let request = sealed(&app, &waiting(&app, "openid"));
    let visitor = app.browser();
    for path in ["/", "/account", "/login", "/logout", "/set-up?link=x", "/invitation?link=x", "/nothing", "/consent"] {
        assert_protected(&app, &visitor.open(path).await);
    }
    let form = visitor.open(&format!("/login?request={request}")).await;
    assert_protected(&app, &form);
    assert!(form.answer.header("content-security-policy").contains("form-action 'self' https:"));
    assert_protected(&app, &sign_in_at(&visitor, &form, "ada", "wrong").await);
    assert_protected(&app, &visitor.submit(&form, "form#login", &[("csrf", "x")]).await);
    let browser = signed_in(&app, "ada").await;
    for path in ["/".to_owned(), "/logout".to_owned(), format!("/consent?request={request}")] {
        assert_protected(&app, &browser.open(&path).await);
    }
    assert_protected(&app, &browser.open(&format!("/login/select?request={request}")).await);
}

#[actix_web::test]
async fn answers_people_with_a_page_and_programs_with_a_line_where_nothing_is() {
    let app = TestApp::start().await;
    let page = app.get_with("/nothing", &[("accept", "text/html,*/*;q=0.8")]).await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("There is nothing here"));
    let line = app.get_with("/nothing", &[("accept", "*/*")]).await;
    assert_eq!((line.status, line.body.as_str()), (404, "There is nothing at this path.\n"));
}

/// RFC 9110 §15.5.6: a wrong method is told the right ones.
#[actix_web::test]
async fn refuses_other_methods_with_those_that_there_are() {
    let app = TestApp::start().await;
    let answer = app.post("/account", &[]).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"));
    let client = reqwest::Client::new();
    let answer = client.delete(app.url("/login")).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["allow"]), (405, &"GET, HEAD, POST".parse().unwrap()));
    let answer = client.head(app.url("/login")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[actix_web::test]
async fn serves_the_pages_under_the_issuers_path() {
    let app = TestApp::start_at("/auth", "").await;
    app.person("ada").await;
    let browser = app.browser();
    let form = browser.open("/login").await;
    assert_eq!(form.form("form#login", &[]).0, app.url("/login"));
    let home = sign_in_at(&browser, &form, "ada", PASSWORD).await;
    assert_eq!((home.url.path(), home.answer.status), ("/auth/", 200));
    assert!(browser.open("").await.has("form#logout"), "without the slash as well");
    let page = app.get_with("/login", &[]).await;
    assert_eq!(page.status, 200);
    assert_eq!(app.get_with("/../login", &[]).await.status, 404);
}
