//! A person's own pages: the way between them, and `/account/apps`.

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
    // Since when, and when it was last used.
    app.clock.advance(std::time::Duration::from_hours(48));
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.ok();
    app.cx.tallies().flush(&app.cx.store, app.cx.now()).await.unwrap();
    let browser = signed_in(&app, "ada").await;
    let page = browser.open("/account/apps").await;
    let own = page.text("section.own");
    assert!(own.contains("2026-11-23") && own.contains("2026-11-25"), "{own}");
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

/// Each part is within reach of the others, and says which of them it is.
#[actix_web::test]
async fn leads_from_each_part_to_the_others() {
    let app = TestApp::start_at("/auth", "").await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let parts = browser.open("/account").await.links("nav.places a");
    assert!(parts.len() > 3, "{parts:?}");
    for part in &parts {
        let page = browser.open(&format!("{}{part}", app.origin)).await;
        assert_eq!(page.answer.status, 200, "{part}");
        assert_eq!(page.links("nav.places a"), parts, "{part}");
        assert_eq!(page.links("nav.places a[aria-current=page]"), std::slice::from_ref(part), "{part}");
    }
    assert!(!app.browser().open("/account").await.has("nav.places"), "a stranger is led nowhere");
}
