//! Clickjacking: the attacker lays a page of ours, unseen, under somebody's pointer.

use claviger::domain::events::Origin;
use claviger::domain::people::accounts;
use sea_orm::{ConnectionTrait, Database};
use secrecy::ExposeSecret;
use serde_json::json;

use super::scene::*;
use crate::support::{Answer, PASSWORD, TestApp};

/// Checks that no browser, old or new, shows this in a frame.
#[track_caller]
fn cannot_be_framed(answer: &Answer, what: &str) {
    assert_eq!(answer.header("x-frame-options"), "DENY", "{what}: {}", answer.status);
    let policies: Vec<_> = answer.headers.get_all("content-security-policy").iter().collect();
    assert_eq!(policies.len(), 1, "{what}");
    let policy = policies[0].to_str().unwrap();
    let ancestors: Vec<_> =
        policy.split(';').map(str::trim).filter(|part| part.starts_with("frame-ancestors")).collect();
    assert_eq!(ancestors, ["frame-ancestors 'none'"], "{what}");
    // A script in the page could undo all of it, and a base would lead its forms away.
    assert!(policy.contains("base-uri 'none'") && !policy.contains("unsafe"), "{what}: {policy}");
}

/// RFC 9700 §4.16, RFC 6819 §4.4.1.9, RFC 6749 §10.13: the pages on which people decide something.
#[actix_web::test]
async fn frames_a_page_on_which_somebody_decides() {
    let app = TestApp::start().await;
    app.web_app().await;
    let ada = app.person("ada").await;
    let browser = app.browser();
    let login = browser.open(&path(&[])).await;
    assert!(login.has("form#login"));
    cannot_be_framed(&login.answer, "sign-in");
    let consent = sign_in(&browser, &login, "ada").await;
    assert!(consent.has("form#consent"));
    cannot_be_framed(&consent.answer, "consent");
    let choice = browser.open(&path(&[("prompt", "select_account")])).await;
    assert!(choice.has("form#select-account"));
    cannot_be_framed(&choice.answer, "choice of account");
    let confirm = browser.open(&path(&[("prompt", "login")])).await;
    cannot_be_framed(&confirm.answer, "sign-in once more");
    for (path, form) in [
        ("/", "form#logout"),
        ("/account", "form#logout"),
        ("/logout", "form#logout"),
        ("/oauth2/end_session", "form#logout"),
    ] {
        let page = browser.open(path).await;
        assert!(page.has(form), "{path}");
        cannot_be_framed(&page.answer, path);
    }
    let set_up = browser.open(&set_up_link(&app).await).await;
    assert!(set_up.has("form#set-up"));
    cannot_be_framed(&set_up.answer, "set-up");
    let invitation = browser.open(&invitation_link(&app, ada).await).await;
    assert!(invitation.has("form#set-up"));
    cannot_be_framed(&invitation.answer, "invitation");
    let done = browser.submit(&browser.open("/logout").await, "form#logout", &[("decision", "logout")]).await;
    cannot_be_framed(&done.answer, "signed out");
}

/// RFC 9700 §4.16: no parameter makes a page that may be framed, whatever an app says of how it wants to be shown.
#[actix_web::test]
async fn asks_for_a_page_that_is_fit_for_a_frame() {
    let app = TestApp::start().await;
    client_with(&app, json!({"logo_uri": "https://app.example/logo.png"})).await;
    app.person("ada").await;
    let browser = app.browser();
    for wish in [
        ("display", "popup"),
        ("display", "touch"),
        ("display", "wap"),
        ("ui_mode", "iframe"),
        ("prompt", "login consent"),
        ("response_mode", "form_post"),
        ("response_mode", "web_message"),
        ("ui_locales", "de"),
        ("web_message_uri", "https://evil.example"),
        ("embed", "true"),
    ] {
        let page = browser.open(&path(&[wish])).await;
        if page.answer.status < 300 {
            cannot_be_framed(&page.answer, &format!("{wish:?}"));
        }
    }
    let page = sign_in(&browser, &browser.open(&path(&[])).await, "ada").await;
    assert!(page.answer.header("content-security-policy").contains("https://app.example"), "the logo");
    cannot_be_framed(&page.answer, "consent with a logo");
    code(&allow(&browser, &page).await);
    let carrier = browser.open(&path(&[("response_mode", "form_post")])).await;
    assert!(carrier.has("form#form-post"));
    cannot_be_framed(&carrier.answer, "the form that carries a code");
    let carrier = browser.open(&path(&[("response_mode", "form_post"), ("scope", "x")])).await;
    assert!(carrier.has("form#form-post"));
    cannot_be_framed(&carrier.answer, "the form that carries an error");
}

/// RFC 9700 §4.16: error pages have buttons and links too, and every status has one.
#[actix_web::test]
async fn frames_an_error_page() {
    let app = TestApp::start().await;
    app.web_app().await;
    let ada = app.person("ada").await;
    let html = [("accept", "text/html")];
    let browser = app.browser();
    let mut seen = Vec::new();
    for (status, path) in [
        (400, "/oauth2/authorize".to_owned()),
        (400, path(&[("client_id", "unheard-of")])),
        (400, path(&[("redirect_uri", "https://evil.example/")])),
        (400, path(&[("client_id", "app"), ("client_id", "app")])),
        (400, format!("/oauth2/authorize?{}", "a=1&".repeat(200))),
        (400, "/oauth2/authorize/resume".to_owned()),
        (400, "/oauth2/authorize/resume?request=x".to_owned()),
        (400, "/login?request=x".to_owned()),
        (400, "/login?request=x&request=x".to_owned()),
        (400, "/login/select?request=x".to_owned()),
        (400, "/consent?request=%FF".to_owned()),
        (404, "/nothing".to_owned()),
        (404, "/login/nothing".to_owned()),
        (404, "/oauth2/nothing".to_owned()),
        (410, "/set-up".to_owned()),
        (410, "/invitation?link=x".to_owned()),
    ] {
        let answer = app.get_with(&path, &html).await;
        assert_eq!(answer.status, status, "{path}");
        cannot_be_framed(&answer, &path);
        seen.push(status);
    }
    for path in ["/login", "/login/select", "/consent", "/logout", "/set-up", "/invitation"] {
        for (body, content_type) in [("", "application/json"), ("csrf=a&csrf=b", "application/x-www-form-urlencoded")] {
            let answer = app.post_raw(path, body, &[("content-type", content_type), ("accept", "text/html")]).await;
            cannot_be_framed(&answer, &format!("{path}: {content_type} {body}"));
            seen.push(answer.status);
        }
        let huge = app.post_raw(path, vec![b'a'; 2_000_000], &html).await;
        cannot_be_framed(&huge, &format!("{path} with a huge form"));
    }
    for path in ["/", "/account", "/oauth2/authorize/resume"] {
        let answer = app.post_with(path, &[], &html).await;
        assert_eq!(answer.status, 405, "{path}");
        cannot_be_framed(&answer, path);
        seen.push(405);
    }
    let form = browser.open("/login").await;
    let wrong = browser.submit(&form, "form#login", &[("username", "ada"), ("password", "wrong")]).await;
    cannot_be_framed(&wrong.answer, "a wrong password");
    let foreign = browser.submit(&form, "form#login", &[("csrf", "x")]).await;
    cannot_be_framed(&foreign.answer, "a form without proof");
    let invitation = browser.open(&invitation_link(&app, ada).await).await;
    let short = browser.submit(&invitation, "form#set-up", &[("password", "short")]).await;
    cannot_be_framed(&short.answer, "a short password");
    seen.extend([wrong.answer.status, foreign.answer.status, short.answer.status]);
    for status in [400, 403, 404, 405, 410, 422] {
        assert!(seen.contains(&status), "{status} was not among them: {seen:?}");
    }
}

/// RFC 9700 §4.16: nor what is shown while the server cannot work.
#[actix_web::test]
async fn frames_the_page_of_a_server_that_cannot_work() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let question = browser.open("/logout").await;
    let db = Database::connect(app.cx.config.database.url.to_url().expose_secret()).await.unwrap();
    db.execute_unprepared("ALTER TABLE people RENAME TO lost_people").await.unwrap();
    let form = app.browser().open("/login").await;
    for page in [
        browser.open("/").await,
        browser.open(&path(&[("client_id", "uncached")])).await,
        browser.submit(&question, "form#logout", &[("decision", "logout")]).await,
    ] {
        assert!(page.answer.status >= 400, "{}", page.url);
        cannot_be_framed(&page.answer, page.url.path());
    }
    assert!(form.has("form#login"));
    db.execute_unprepared("ALTER TABLE sessions RENAME TO lost_sessions").await.unwrap();
    db.close().await.unwrap();
    for path in ["/", "/login", "/logout", "/nothing"] {
        let page = browser.open(path).await;
        assert_eq!(page.answer.status, 503, "{path}");
        cannot_be_framed(&page.answer, path);
    }
}

/// RFC 6819 §4.4.1.9: and if a page were shown all the same, a stray Enter gives nothing away: the first button says no.
#[actix_web::test]
async fn counts_on_a_stray_enter() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open(&path(&[])).await;
    let body = &page.answer.body;
    let (deny, allow) = (body.find("value=\"deny\"").unwrap(), body.find("value=\"allow\"").unwrap());
    assert!(deny < allow && !body.contains("autofocus"), "{body}");
    let origin = Origin::default();
    // And a click decides nothing for somebody whose session has ended meanwhile.
    let ada = app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    let hash = app.cx.passwords.hash(PASSWORD.into()).await.unwrap();
    assert!(accounts::set_password(&act(&app, &origin), ada, hash).await.unwrap());
    let page = browser.submit(&page, "form#consent", &[("decision", "allow")]).await;
    assert!(page.has("form#login"), "{}", page.url);
}
