//! Trying a client out in the console: what an admin sees of it, and what nobody else gets by it.

use serde_json::json;

use super::*;

/// Opens the page to try a client out, and sends its form for a person.
async fn run(browser: &Browser, client: &str, fields: &[(&str, &str)]) -> Page {
    let page = browser.open(&format!("/admin/clients/{client}/try")).await;
    assert_eq!(page.answer.status, 200, "{}", page.answer.body);
    browser.submit(&page, "form#try-person", fields).await
}

/// The same, stopped at the address to which the console sends the browser.
async fn begun(browser: &Browser, client: &str) -> String {
    let page = browser.open(&format!("/admin/clients/{client}/try")).await;
    browser.submit_only(&page, "form#try-person", &[]).await.url.into()
}

/// Allows all that the page asks for.
async fn allow(browser: &Browser, page: &Page) -> Page {
    browser.submit(page, "form#consent", &[("decision", "allow")]).await
}

/// A run that went well: the page that tells of it, and every token that it knows of, ended.
async fn tried(app: &TestApp, browser: &Browser, client: &str) -> Page {
    let page = allow(browser, &run(browser, client, &[]).await).await;
    assert_eq!((page.answer.status, page.url.path()), (200, "/admin/try"), "{}", page.answer.body);
    assert!(page.text(".good").starts_with("It works."), "{}", page.text("main"));
    let dump = app.everything().await;
    assert!(dump.contains("tried out"), "its authorization has ended");
    page
}

/// RFC 6749 §4.1, OIDC Core §3.1.2.1, RFC 7636 §4.2: the whole way of an app, through our own endpoints.
#[actix_web::test]
async fn shows_an_admin_each_parameter_token_and_claim() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = at_work(&app).await;
    let client = browser.open("/admin/clients/app").await;
    assert!(client.links("a").iter().any(|link| link.ends_with("/admin/clients/app/try")));
    let page = tried(&app, &browser, "app").await;
    let text = page.text("main");
    for expected in [
        "Authorization request",
        "code_challenge",
        "Authorization response",
        "Token request",
        "code_verifier",
        "Basic, with client_id and secret",
        "Token response",
        "refresh_token",
        "ID token",
        "at_hash",
        "auth_time",
        "Access token",
        "at+jwt",
        "authorization_id",
        "UserInfo",
        "root@example.com",
        "Ada Lovelace",
        "UTC",
        "RFC 9207 §2",
        "OIDC Core §5.1",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!page.has(".problem"), "{}", page.text(".problem"));
    let tried = app.events("client_tried").await;
    assert_eq!((tried.len(), tried[0].details["grant_type"].as_str()), (1, Some("authorization_code")));
    let root = app.cx.store.person_by_login("root").await.unwrap().unwrap().id;
    assert_eq!(tried[0].actor, format!("person:{root}"));
    assert_eq!(app.events("code_redeemed").await[0].actor, format!("person:{root}"), "not the app did it");
}

/// No token, and no signature of one, is on the page: what is shown can be used nowhere.
#[actix_web::test]
async fn shows_no_token_that_could_be_used() {
    let app = TestApp::start().await;
    app.web_app().await;
    let page = tried(&app, &at_work(&app).await, "app").await;
    for word in page.answer.body.split(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))) {
        assert!(!word.starts_with("eyJ") || word.len() < 20, "{word}");
        assert!(!word.starts_with("clv_") || word.len() < 20, "{word}");
    }
}

#[actix_web::test]
async fn tries_out_a_public_client_and_a_machine() {
    let app = TestApp::start().await;
    app.client(json!({
        "client_id": "spa", "redirect_uris": ["https://spa.example/cb"], "scope": "openid",
        "token_endpoint_auth_method": "none",
    }))
    .await;
    app.machine().await;
    let browser = at_work(&app).await;
    let page = tried(&app, &browser, "spa").await;
    assert!(!page.text("main").contains("Basic"), "it has no secret");
    let page = browser.open("/admin/clients/machine/try").await;
    assert!(!page.has("form#try-person"), "nobody signs in to a machine");
    let page = browser.submit(&page, "form#try-machine", &[("scope", "read")]).await;
    let text = page.text("main");
    assert!(text.contains("It works.") && text.contains("at+jwt") && !text.contains("ID token"), "{text}");
    let tried = app.events("client_tried").await;
    assert!(
        tried
            .iter()
            .any(|event| event.details["grant_type"] == "client_credentials" && event.details["scope"] == "read")
    );
    let page = browser.open("/admin/clients/machine/try").await;
    let page = browser.submit(&page, "form#try-machine", &[("scope", "delete")]).await;
    assert_eq!(page.text(".problem code"), "invalid_scope");
}

/// RFC 6749 §4.1.2.1: what goes wrong is what an admin looks here for.
#[actix_web::test]
async fn explains_what_is_refused() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = at_work(&app).await;
    for (fields, error) in [
        (&[("prompt", "none")][..], "consent_required"),
        (&[("max_age", "soon")], "invalid_request"),
        (&[("resource", "https://nowhere.example")], "invalid_target"),
    ] {
        let page = run(&browser, "app", fields).await;
        assert_eq!((page.url.path(), page.text(".problem code").as_str()), ("/admin/try", error), "{fields:?}");
        assert!(!page.has(".good"));
    }
    let page = run(&browser, "app", &[]).await;
    let page = browser.submit(&page, "form#consent", &[("decision", "deny")]).await;
    assert_eq!(page.text(".problem code"), "access_denied");
    assert!(app.events("code_issued").await.is_empty());
}

#[actix_web::test]
async fn signs_in_anew_and_comes_back_where_it_is_asked_to() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = at_work(&app).await;
    let page = run(&browser, "app", &[("prompt", "login"), ("login_hint", "root")]).await;
    assert!(page.has("form#login"), "{}", page.answer.body);
    let page = allow(&browser, &sign_in(&browser, &page, "root").await).await;
    assert!(page.text(".good").starts_with("It works."), "{}", page.answer.body);
}

/// RFC 6749 §4.1.2: the answer is good once, also for whoever reloads the page.
#[actix_web::test]
async fn shows_the_answer_once() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = at_work(&app).await;
    let page = tried(&app, &browser, "app").await;
    let again = browser.open(page.url.as_str()).await;
    assert_eq!((again.text(".problem code").as_str(), again.has(".good")), ("invalid_grant", false));
}

/// RFC 9700 §4.1: without what the console has sealed, our page is no redirect URI of anybody's.
#[actix_web::test]
async fn a_made_up_link_leads_nowhere() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.machine().await;
    let browser = at_work(&app).await;
    let begun = begun(&browser, "app").await;
    let ours = app.url("/admin/try");
    let made_up = |client: &str, state: &str| {
        let query = [
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", &ours),
            ("scope", "openid"),
            ("state", state),
        ];
        format!("/oauth2/authorize?{}", crate::support::form_encode(&query))
    };
    let sealed =
        url::Url::parse(&begun).unwrap().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    for link in [made_up("app", ""), made_up("app", "x"), made_up("machine", &sealed)] {
        let page = browser.open(&link).await;
        assert_eq!((page.answer.status, page.url.path()), (400, "/oauth2/authorize"), "{link}");
    }
    let answer = |query: &str| format!("/admin/try?{query}");
    for (query, status) in [("state=x&code=y", 400), (&*format!("state={sealed}"), 400)] {
        assert_eq!(browser.open(&answer(query)).await.answer.status, status, "{query}");
    }
    let foreign = browser.open(&answer(&format!("state={sealed}&code=clv_code_x"))).await;
    assert_eq!(foreign.text(".problem code"), "invalid_grant", "a code that is none");
}

/// RFC 9700 §4.5: who is led into somebody else's run gives them nothing, and sees nothing of theirs.
#[actix_web::test]
async fn a_link_that_is_passed_on_gives_nobody_anything() {
    let app = TestApp::start().await;
    app.web_app().await;
    let (ada, root) = (app.person("ada").await, at_work(&app).await);
    let begun = begun(&root, "app").await;
    let hers = app.browser();
    let page = hers.open(&begun).await;
    let page = allow(&hers, &sign_in(&hers, &page, "ada").await).await;
    assert_eq!((page.answer.status, page.url.path()), (403, "/admin/try"), "{}", page.answer.body);
    let theirs = root.open(page.url.as_str()).await;
    assert_eq!(theirs.answer.status, 403, "the admin who made the link does not see what ada allowed");
    let other = app.browser();
    app.add_person("olga", Some(claviger::store::Role::Owner)).await;
    let page = other.open("/admin").await;
    sign_in(&other, &page, "olga").await;
    assert_eq!(other.open(theirs.url.as_str()).await.answer.status, 403, "nor another admin");
    assert!(app.events("code_redeemed").await.is_empty(), "{ada}");
}

/// RFC 6749 §4.1.3, RFC 9700 §4.5: a code of a run is nothing to the app, and one of the app's nothing to a run.
#[actix_web::test]
async fn the_code_of_a_run_is_good_for_the_console_only() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    let browser = at_work(&app).await;
    let consent = run(&browser, "app", &[]).await;
    let resume = browser.submit_only(&consent, "form#consent", &[("decision", "allow")]).await.url;
    let session = format!("claviger-session={}", browser.cookie("claviger-session").unwrap());
    let path = format!("{}?{}", resume.path(), resume.query().unwrap());
    let answer = app.get_with(&path, &[("cookie", &session), ("accept", "text/html")]).await;
    let sent_to = url::Url::parse(answer.header("location")).unwrap();
    let of_answer = |name: &str| sent_to.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
    app.redeem(&client, &of_answer("code")).await.refuses(400, "invalid_grant");
    let root = app.cx.store.person_by_login("root").await.unwrap().unwrap().id;
    let of_app = app.code(&client, root, crate::support::Allowed::default()).await;
    let injected = browser.open(&format!("/admin/try?state={}&code={of_app}", of_answer("state"))).await;
    assert_eq!(injected.text(".problem code"), "invalid_grant", "{}", injected.text("main"));
    app.redeem(&client, &of_app).await.ok();
    app.add_person("olga", Some(claviger::store::Role::Owner)).await;
    let other = app.browser();
    sign_in(&other, &other.open("/admin").await, "olga").await;
    assert_eq!(other.open(sent_to.as_str()).await.answer.status, 403, "nor another admin's, who saw the address");
    let rightly = browser.open(sent_to.as_str()).await;
    assert!(rightly.text(".good").starts_with("It works."), "neither was used up: {}", rightly.text("main"));
}

#[actix_web::test]
async fn ends_with_the_client() {
    let app = TestApp::start().await;
    app.web_app().await;
    let browser = at_work(&app).await;
    let begun = begun(&browser, "app").await;
    let consent = browser.open(&begun).await;
    let page = browser.open("/admin/clients/app").await;
    press(&browser, &page, "disable", &[]).await;
    assert_eq!(allow(&browser, &consent).await.answer.status, 400, "the sealed request is looked at again");
    assert!(browser.open("/admin/clients/app/try").await.text("[role=alert]").contains("disabled"));
    let page = browser.open("/admin/clients/app").await;
    press(&browser, &page, "enable", &[]).await;
    app.clock.advance(std::time::Duration::from_mins(16));
    assert_eq!(browser.open(&begun).await.answer.status, 400, "and so is its age");
}

/// The console shows a secret for no client, and so gets nothing for one that could authenticate no more.
#[actix_web::test]
async fn gets_nothing_for_a_disabled_machine() {
    let app = TestApp::start().await;
    app.machine().await;
    let browser = at_work(&app).await;
    let form = browser.open("/admin/clients/machine/try").await;
    press(&browser, &browser.open("/admin/clients/machine").await, "disable", &[]).await;
    let page = browser.submit(&form, "form#try-machine", &[("scope", "read")]).await;
    assert_eq!((page.text(".problem code").as_str(), page.has(".good")), ("invalid_client", false));
}

/// Names, claims and parameters that hold markup are text.
#[actix_web::test]
async fn shows_markup_as_text() {
    const HOSTILE: &str = "<script>alert(1)</script>";
    let app = TestApp::start().await;
    app.client(json!({
        "client_id": "app", "client_name": HOSTILE, "redirect_uris": ["https://app.example/cb"], "scope": "openid",
    }))
    .await;
    let browser = at_work(&app).await;
    let page = run(&browser, "app", &[("login_hint", HOSTILE)]).await;
    let page = allow(&browser, &page).await;
    assert!(page.text("h1").contains(HOSTILE) && page.text("main").matches(HOSTILE).count() >= 2);
    assert!(!page.answer.body.contains(HOSTILE));
    let state = page.query("state").unwrap();
    let refused = browser.open(&format!("/admin/try?state={state}&error={HOSTILE}&error_description={HOSTILE}")).await;
    assert!(refused.text(".problem").contains(HOSTILE) && !refused.answer.body.contains(HOSTILE));
}

/// A client that may do by the API what an admin may not is not theirs to run.
#[actix_web::test]
async fn nobody_rises_by_a_run() {
    let app = TestApp::start().await;
    app.client(json!({
        "client_id": "tool", "grant_types": ["client_credentials"], "response_types": [], "scope": "roles:write",
    }))
    .await;
    app.add_person("max", Some(claviger::store::Role::Admin)).await;
    let browser = app.browser();
    let page = browser.open("/admin").await;
    sign_in(&browser, &page, "max").await;
    assert_eq!(browser.open("/admin/clients/tool/try").await.answer.status, 403);
    let (_, mut form) = browser.open("/admin").await.form("form.leave", &[("grant_type", "client_credentials")]);
    form.retain(|(name, _)| name != "decision");
    assert_eq!(browser.post("/admin/clients/tool/try", &form).await.answer.status, 403);
    assert!(app.events("client_tried").await.is_empty());
}
