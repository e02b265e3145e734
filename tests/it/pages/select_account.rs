//! `/login/select`

use super::*;

async fn choice(app: &TestApp, browser: &Browser) -> Page {
    browser.open(&format!("/login/select?request={}", sealed(app, &waiting(app, "openid")))).await
}

#[actix_web::test]
async fn goes_on_as_who_is_signed_in() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let page = choice(&app, &browser).await;
    assert!(page.text("button.account").contains("Ada Lovelace ada"), "{}", page.answer.body);
    let request = resumed(&app, &browser, &page, "form#select-account", &[("account", &page.account("ada"))]).await;
    assert!(app.cx.store.session_lives(request.selected.unwrap(), app.cx.now()).await.unwrap());
    assert_eq!(request.signed_in, None, "a choice is no proof");
}

#[actix_web::test]
async fn goes_on_as_somebody_else_by_a_sign_in() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    app.person("eve").await;
    let browser = signed_in(&app, "ada").await;
    let page = choice(&app, &browser).await;
    let form = browser.submit(&page, "form#select-account", &[("account", "another")]).await;
    assert!(form.has("form#login input[name=username][value='']"));
    let request = resumed_as(&app, &browser, &form, "eve").await;
    assert_eq!(request.selected, request.signed_in);
}

#[actix_web::test]
async fn asks_for_a_sign_in_where_nobody_is_and_for_a_choice_where_none_was_made() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    assert_eq!(choice(&app, &app.browser()).await.url.path(), "/login");
    let browser = signed_in(&app, "ada").await;
    let page = choice(&app, &browser).await;
    assert_eq!(browser.submit(&page, "form#select-account", &[]).await.answer.status, 400);
    // Without an app, the person chooses for our own pages.
    assert_eq!(app.browser().open("/login/select").await.url.path(), "/login");
    let page = browser.open("/login/select").await;
    let home = browser.submit(&page, "form#select-account", &[("account", &page.account("ada"))]).await;
    assert_eq!(home.url.path(), "/");
}
