//! Claims beyond the standard ones on the consent page, and asked for by the `claims` parameter.

use serde_json::{Value, json};

use super::*;
use crate::support::{DEPARTMENT, OWN_CLAIMS, claims as claims_of};

async fn begin(app: &TestApp) -> (Browser, TestClient) {
    let (client, ada) = (app.app_for_employees("app").await, app.person("ada").await);
    app.know_of(ada, json!({"department": "Engineering", "shoe_size": 38})).await;
    (app.browser(), client)
}

async fn asked(browser: &Browser, claims: &Value, changes: &[(&str, &str)]) -> Page {
    let claims = claims.to_string();
    let mut all = vec![("claims", claims.as_str())];
    all.extend(changes);
    let page = browser.open(&path(&all)).await;
    if page.has("form#login") { sign_in(browser, &page, "ada").await } else { page }
}

async fn told(app: &TestApp, client: &TestClient, page: &Page) -> (Value, Value) {
    let tokens = app.redeem(client, &code(app, page)).await.ok();
    let userinfo = app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
    (userinfo, claims_of(tokens["id_token"].as_str().unwrap()))
}

/// OIDC Core §5.4: people read what a scope releases; what they leave out is not told.
#[actix_web::test]
async fn says_on_the_consent_page_what_a_scope_releases() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (browser, client) = begin(&app).await;
    let page = browser.open(&path(&[("scope", "openid profile employee")])).await;
    let page = sign_in(&browser, &page, "ada").await;
    let text = page.text("form#consent");
    for words in ["See where you work", "See your department", "See your shoe size"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let declined = browser.submit(&page, "form#consent", &[("decision", "allow"), ("scope", "profile")]).await;
    let (userinfo, id_token) = told(&app, &client, &declined).await;
    assert_eq!((&userinfo["shoe_size"], userinfo.get(DEPARTMENT)), (&json!(38), None));
    assert_eq!((id_token.get("shoe_size"), id_token.get(DEPARTMENT)), (None, None));
}

/// OIDC Core §5.5: a claim of a rule is asked for alone as a standard one is, in words of its own, and is remembered.
#[actix_web::test]
async fn asks_for_one_alone() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (browser, client) = begin(&app).await;
    let claims = json!({"userinfo": {DEPARTMENT: null}, "id_token": {"shoe_size": {"essential": true}, "berth": null}});
    let page = asked(&browser, &claims, &[("scope", "openid")]).await;
    let text = page.text("form#consent");
    assert!(text.contains("See your department") && text.contains("See your shoe size"), "{text}");
    assert!(!text.contains("See where you work"), "{text}");
    let (userinfo, id_token) = told(&app, &client, &allow(&browser, &page).await).await;
    assert_eq!((&userinfo[DEPARTMENT], userinfo.get("shoe_size")), (&json!("Engineering"), None));
    assert_eq!((&id_token["shoe_size"], id_token.get(DEPARTMENT)), (&json!(38), None));
    assert_eq!((userinfo.get("tenant"), id_token.get("tenant")), (None, None), "the scope was not asked for");
    let silent = asked(&browser, &claims, &[("scope", "openid"), ("prompt", "none")]).await;
    assert_eq!(told(&app, &client, &silent).await.0[DEPARTMENT], "Engineering");
    let more = json!({"userinfo": {DEPARTMENT: null, "groups": null}});
    let silent = asked(&browser, &more, &[("scope", "openid"), ("prompt", "none")]).await;
    assert_eq!(error(&app, &silent.answer), "consent_required");
    let apps = browser.open("/account/apps").await;
    assert!(apps.text("main").contains("See your department"), "{}", apps.text("main"));
}

/// OIDC Core §5.5.1: one that is asked for with a value is told where it has that.
#[actix_web::test]
async fn tells_a_value_where_it_is_the_one() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (browser, client) = begin(&app).await;
    let claims = json!({"userinfo": {DEPARTMENT: {"value": "Sales"}, "shoe_size": {"values": [37, 38]}}});
    let page = asked(&browser, &claims, &[("scope", "openid")]).await;
    let (userinfo, _) = told(&app, &client, &allow(&browser, &page).await).await;
    assert_eq!((userinfo.get(DEPARTMENT), &userinfo["shoe_size"]), (None, &json!(38)));
}

/// OIDC Core §5.5: what the client is not registered for, or what is told to others only, is left out without an error.
#[actix_web::test]
async fn asks_for_no_more_than_the_client_may_have() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (browser, client) = begin(&app).await;
    let metadata = |scope: &str| json!({"redirect_uris": [REDIRECT_URI], "scope": scope});
    app.update_client(&client, metadata("openid profile")).await;
    let claims = json!({"userinfo": {DEPARTMENT: null, "shoe_size": null}, "id_token": {"tenant": null}});
    let page = asked(&browser, &claims, &[("scope", "openid")]).await;
    assert!(!page.text("form#consent").contains("department"), "{}", page.text("form#consent"));
    let page = allow(&browser, &page).await;
    // What is taken from the app while it holds a code is told no more.
    app.update_client(&client, metadata("openid")).await;
    let (userinfo, id_token) = told(&app, &client, &page).await;
    for absent in [DEPARTMENT, "shoe_size", "tenant"] {
        assert_eq!((userinfo.get(absent), id_token.get(absent)), (None, None), "{absent}");
    }
    // The rule of `tenant` is for the client `app`.
    app.client(json!({"client_id": "other", "redirect_uris": [REDIRECT_URI], "scope": "openid employee"})).await;
    let tenant = json!({"userinfo": {"tenant": null}});
    let page = asked(&browser, &tenant, &[("scope", "openid"), ("client_id", "other")]).await;
    assert!(!page.text("form#consent").contains("tenant"), "{}", page.text("form#consent"));
}

/// OIDC Core §5.5: what was allowed alone is told by the rule under which it was allowed, and by no other that took its place.
#[actix_web::test]
async fn tells_nothing_by_a_rule_of_another_scope() {
    let app = TestApp::start_with(OWN_CLAIMS).await;
    let (browser, client) = begin(&app).await;
    let claims = json!({"id_token": {DEPARTMENT: null, "shoe_size": null}});
    let page = asked(&browser, &claims, &[("scope", "openid offline_access")]).await;
    let first = app.redeem(&client, &code(&app, &allow(&browser, &page).await)).await.ok();
    assert_eq!(claims_of(first["id_token"].as_str().unwrap())[DEPARTMENT], "Engineering");
    let rule = "from = \"attribute:department\"\nscope = ";
    let changed = OWN_CLAIMS.replace(&format!("{rule}\"employee\""), &format!("{rule}\"crew\""));
    assert_ne!(changed, OWN_CLAIMS);
    let later = app.second_server_with(&changed).await;
    let again = later.refresh(&client, first["refresh_token"].as_str().unwrap()).await.ok();
    let id_token = claims_of(again["id_token"].as_str().unwrap());
    assert_eq!((id_token.get(DEPARTMENT), &id_token["shoe_size"]), (None, &json!(38)));
}
