//! `/account/apps` and `/account/sessions`

use super::*;
use crate::support::Allowed;

#[actix_web::test]
async fn asks_a_stranger_to_sign_in_and_leads_back() {
    let app = TestApp::start().await;
    app.person("ada").await;
    for path in ["/account/apps", "/account/sessions"] {
        let browser = app.browser();
        let page = browser.open(path).await;
        assert_eq!((page.url.path(), page.query("continue").as_deref()), ("/login", Some(path)));
        assert_eq!(sign_in_at(&browser, &page, "ada", PASSWORD).await.url.path(), path);
    }
}

/// What a person has allowed an app they take back themselves, and at once.
#[actix_web::test]
async fn withdraws_access() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, ada, Allowed::default()).await;
    let browser = signed_in(&app, "ada").await;
    let page = browser.open("/account/apps").await;
    assert!(page.text("section.own").contains("See your email address"), "{}", page.answer.body);
    let page = browser.submit(&page, "section.own form", &[]).await;
    assert!(page.text("[role=status]").contains("withdrawn") && !page.has("section.own"));
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    assert_eq!(app.events("consent_withdrawn").await[0].actor, format!("person:{ada}"));
}

#[actix_web::test]
async fn withdraws_nothing_of_somebody_else() {
    let app = TestApp::start().await;
    let (client, ada, eve) = (app.web_app().await, app.person("ada").await, app.person("eve").await);
    app.tokens(&client, ada, Allowed::default()).await;
    app.tokens(&client, eve, Allowed::default()).await;
    let theirs = app.cx.store.grants_of(ada).await.unwrap()[0].id.to_string();
    let browser = signed_in(&app, "eve").await;
    let page = browser.open("/account/apps").await;
    browser.submit(&page, "section.own form", &[("grant", &theirs)]).await;
    assert_eq!(app.cx.store.grants_of(ada).await.unwrap().len(), 1);
    assert_eq!(app.cx.store.grants_of(eve).await.unwrap().len(), 1);
}

#[actix_web::test]
async fn ends_one_session_or_all_others_but_never_its_own() {
    let app = TestApp::start().await;
    let (ada, _) = (app.person("ada").await, app.person("eve").await);
    let here = signed_in(&app, "ada").await;
    let others = [signed_in(&app, "ada").await, signed_in(&app, "ada").await, signed_in(&app, "ada").await];
    let eves = signed_in(&app, "eve").await;
    let page = here.open("/account/sessions").await;
    let page = here.submit(&page, "section.own form", &[("sid", &other_sid(&page))]).await;
    assert!(page.text("[role=status]").contains("signed out"));
    assert_eq!(app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap().len(), 3);
    let page = here.submit(&page, "form#end-others", &[("sid", "others")]).await;
    assert!(!page.has("form#end-others") && page.text("section.own").contains("here"));
    for browser in &others {
        assert!(!browser.open("/").await.has("form#logout"));
    }
    assert!(here.open("/").await.has("form#logout") && eves.open("/").await.has("form#logout"));
    // Neither one's own by its identifier, nor somebody else's.
    for browser in [&here, &eves] {
        let own = app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap()[0].sid.to_string();
        let proof = browser.open("/").await.form("form#logout", &[("sid", &own)]).1;
        browser.post("/account/sessions", &proof).await;
    }
    assert!(here.open("/").await.has("form#logout"));
}

/// The session of the first button on the page.
fn other_sid(page: &Page) -> String {
    let html = scraper::Html::parse_document(&page.answer.body);
    let button = scraper::Selector::parse("section.own button[name=sid]").unwrap();
    html.select(&button).next().unwrap().attr("value").unwrap().to_owned()
}
