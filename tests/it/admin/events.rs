//! What happened, as the console tells it.

use super::*;

/// From the error id on a stranger's page to what was wrong with the request.
#[actix_web::test]
async fn finds_a_refusal_by_the_error_id_of_its_page() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    app.web_app().await;
    let stranger = app.browser();
    let evil = "/oauth2/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fevil.example%2Fcb";
    let refused = stranger.open(evil).await;
    let id = refused.text(".facts div:has(dt) code");
    let id = id.split_whitespace().last().unwrap().to_owned();
    for path in [format!("/admin?q={id}"), format!("/admin/events?request={id}")] {
        let page = browser.open(&path).await;
        let told = page.text(".events");
        assert!(told.contains("authorization refused") && told.contains("failed"), "{told}");
        assert!(told.contains("https://evil.example/cb"), "{told}");
    }
    let overview = browser.open("/admin").await;
    assert!(overview.text(".events").contains(&id));
}

#[actix_web::test]
async fn filters_by_kind_outcome_client_and_person() {
    let app = TestApp::start().await;
    let browser = at_work(&app).await;
    let (machine, ada) = (app.machine().await, app.person("ada").await);
    let hers = app.browser();
    let form = hers.open("/login").await;
    hers.submit(&form, "form#login", &[("username", "ada"), ("password", "wrong")]).await;
    sign_in(&hers, &form, "ada").await;
    app.post_with("/oauth2/token", &[("grant_type", "client_credentials")], &[("authorization", "Basic eDp5")]).await;
    let count = async |query: String| {
        let page = browser.open(&format!("/admin/events?{query}")).await;
        page.answer.body.matches("<li class=\"event\">").count()
    };
    assert_eq!(count("kind=sign_in".to_owned()).await, 3, "root's, and two of ada's");
    assert_eq!(count("kind=sign_in&outcome=failure".to_owned()).await, 1);
    assert_eq!(count(format!("person={ada}&outcome=failure")).await, 1);
    assert_eq!(count("person=nobody".to_owned()).await, 0);
    assert_eq!(count(format!("client={}", machine.id)).await, 0);
}
