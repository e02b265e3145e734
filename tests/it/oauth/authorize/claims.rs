//! The `claims` parameter: what an app asks to be told claim by claim.

use serde_json::{Value, json};

use super::*;
use crate::support::claims as claims_of;

/// The way of a request with `claims` up to the page that somebody who signed in meets.
async fn asked(browser: &Browser, claims: &Value, changes: &[(&str, &str)]) -> Page {
    let claims = claims.to_string();
    let mut all = vec![("scope", "openid"), ("claims", claims.as_str())];
    all.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    all.extend(changes);
    let page = browser.open(&path(&all)).await;
    if page.has("form#login") { sign_in(browser, &page, "ada").await } else { page }
}

/// Everything that an app gets for the code on `page`.
async fn tokens(app: &TestApp, client: &TestClient, page: &Page) -> Value {
    app.redeem(client, &code(app, page)).await.ok()
}

async fn userinfo(app: &TestApp, tokens: &Value) -> Value {
    app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok()
}

/// OIDC Core §5.5: a claim that was asked for alone is told at `UserInfo`, and no other with it.
#[actix_web::test]
async fn tells_what_was_asked_for_alone() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let browser = app.browser();
    let page = asked(&browser, &json!({"userinfo": {"name": {"essential": true}}}), &[]).await;
    assert!(page.text("form#consent").contains("See your full name"), "{}", page.text("main"));
    let page = allow(&browser, &page).await;
    let tokens = tokens(&app, &client, &page).await;
    assert_eq!(userinfo(&app, &tokens).await, json!({"sub": ada, "name": "Ada Lovelace"}));
    assert_eq!(claims_of(tokens["id_token"].as_str().unwrap()).get("name"), None);
}

/// OIDC Core §5.5: what a scope releases goes by the scope of the token, also where it was asked for alone besides.
#[actix_web::test]
async fn tells_no_more_by_a_token_that_was_narrowed() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let claims = json!({"userinfo": {"email": null, "given_name": null}});
    let page = asked(&browser, &claims, &[("scope", "openid email offline_access")]).await;
    let page = allow(&browser, &page).await;
    let first = tokens(&app, &client, &page).await;
    assert_eq!(userinfo(&app, &first).await["email"], "ada@example.com");
    let refresh_token = first["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("scope", "openid")];
    let narrow = app.token(&client, &form).await.ok();
    let told = userinfo(&app, &narrow).await;
    assert_eq!((&told["given_name"], told.get("email")), (&json!("Ada"), None));
}

/// OIDC Core §5.5: what was asked for in the ID token stands there, and there alone; after a refresh both are as before.
#[actix_web::test]
async fn tells_in_the_id_token_what_was_asked_for_there() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let claims = json!({"id_token": {"email": null, "nickname": null}, "userinfo": {"given_name": null}});
    let page = asked(&browser, &claims, &[("scope", "openid offline_access")]).await;
    let page = allow(&browser, &page).await;
    let first = tokens(&app, &client, &page).await;
    let again = app.refresh(&client, first["refresh_token"].as_str().unwrap()).await.ok();
    for tokens in [first, again] {
        let id_token = claims_of(tokens["id_token"].as_str().unwrap());
        assert_eq!(id_token["email"], "ada@example.com");
        for absent in ["nickname", "given_name", "name"] {
            assert_eq!(id_token.get(absent), None, "{absent}");
        }
        let told = userinfo(&app, &tokens).await;
        assert_eq!((&told["given_name"], told.get("email")), (&json!("Ada"), None));
    }
}

/// OIDC Core §5.5: the scope releases a claim at `UserInfo`; it comes into the ID token only by being asked for there.
#[actix_web::test]
async fn keeps_what_a_scope_releases_out_of_the_id_token() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let page = asked(&browser, &json!({"id_token": {"email": null}}), &[("scope", "openid email profile")]).await;
    assert!(!page.text("form#consent").contains("confirmed"), "the scope says it: {}", page.text("form#consent"));
    let tokens = tokens(&app, &client, &allow(&browser, &page).await).await;
    let id_token = claims_of(tokens["id_token"].as_str().unwrap());
    assert_eq!((&id_token["email"], id_token.get("email_verified")), (&json!("ada@example.com"), None));
    assert_eq!(id_token.get("name"), None);
    assert_eq!(userinfo(&app, &tokens).await["name"], "Ada Lovelace");
}

/// OIDC Core §5.5: nothing is told that the person was not asked about; what they allowed is remembered, claim by claim.
#[actix_web::test]
async fn asks_for_each_claim_once() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let name = json!({"userinfo": {"name": null}});
    allow(&browser, &asked(&browser, &name, &[]).await).await;
    code(&app, &asked(&browser, &name, &[("prompt", "none")]).await);
    let more = json!({"userinfo": {"name": null}, "id_token": {"email": null}});
    let silent = asked(&browser, &more, &[("prompt", "none")]).await;
    assert_eq!(error(&app, &silent.answer), "consent_required");
    let page = asked(&browser, &more, &[]).await;
    assert_eq!(page.text("form#consent .before"), "allowed before allowed before");
    assert_eq!(page.text("form#consent .new"), "new");
    code(&app, &allow(&browser, &page).await);
    code(&app, &asked(&browser, &more, &[("prompt", "none")]).await);
    let grant = &app.everything().await;
    assert!(grant.contains("email name"), "{grant}");
    // Whoever allowed a scope has allowed each of its claims.
    let page = browser.open(&path(&[("scope", "openid profile")])).await;
    allow(&browser, &page).await;
    code(&app, &asked(&browser, &json!({"userinfo": {"birthdate": null}}), &[("prompt", "none")]).await);
    // A refusal gives nothing.
    let page = asked(&browser, &json!({"userinfo": {"email_verified": null}}), &[]).await;
    let page = browser.submit(&page, "form#consent", &[("decision", "deny")]).await;
    assert_eq!(error(&app, &page.answer), "access_denied");
}

/// OIDC Core §5.5: a scope that the person left out does not come back claim by claim.
#[actix_web::test]
async fn tells_nothing_of_what_was_left_out() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    let browser = app.browser();
    let claims = json!({"userinfo": {"email": null}, "id_token": {"email": {"essential": true}}});
    for prompt in ["", "none"] {
        let page = asked(&browser, &claims, &[("scope", "openid email"), ("prompt", prompt)]).await;
        let unticked = [("decision", "allow"), ("scope", "")];
        let page = if prompt.is_empty() { browser.submit(&page, "form#consent", &unticked).await } else { page };
        let tokens = tokens(&app, &client, &page).await;
        assert_eq!(userinfo(&app, &tokens).await.get("email"), None, "prompt={prompt}");
        assert_eq!(claims_of(tokens["id_token"].as_str().unwrap()).get("email"), None, "prompt={prompt}");
    }
}

/// OIDC Core §5.5: what the app is not registered for is not told claim by claim either; and what we do not know is no
/// error.
#[actix_web::test]
async fn tells_no_more_than_the_scopes_could() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let metadata = |scope: &str| json!({"redirect_uris": [REDIRECT_URI], "scope": scope});
    app.update_client(&client, metadata("openid profile")).await;
    let browser = app.browser();
    let claims = json!({
        "userinfo": {"email": {"essential": true}, "shoe_size": null, "name": null},
        "id_token": {"address": null, "email": null, "name": null},
        "elsewhere": {"name": null},
    });
    let page = asked(&browser, &claims, &[]).await;
    let text = page.text("form#consent");
    assert!(text.contains("full name") && !text.contains("address"), "{text}");
    let first = tokens(&app, &client, &allow(&browser, &page).await).await;
    assert_eq!(userinfo(&app, &first).await, json!({"sub": ada, "name": "Ada Lovelace"}));
    let id_token = claims_of(first["id_token"].as_str().unwrap());
    assert_eq!((&id_token["name"], id_token.get("email")), (&json!("Ada Lovelace"), None));
    // What is taken from the app while it holds a code, or tokens, is told no more.
    let page = asked(&browser, &claims, &[("prompt", "none")]).await;
    app.update_client(&client, metadata("openid")).await;
    assert_eq!(userinfo(&app, &first).await.get("name"), None);
    let second = tokens(&app, &client, &page).await;
    assert_eq!(claims_of(second["id_token"].as_str().unwrap()).get("name"), None);
}

/// OIDC Core §5.5.1: a `sub` with a value stands for one person; for anybody else there is no positive answer.
#[actix_web::test]
async fn answers_for_the_sub_that_was_asked_for_only() {
    let app = TestApp::start().await;
    let (browser, _) = ada_who_has_allowed_it(&app).await;
    let ben = app.person("ben").await;
    let ada = app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    for place in ["id_token", "userinfo"] {
        let whom = |person| json!({place: {"sub": {"value": person}}});
        code(&app, &asked(&browser, &whom(ada), &[("prompt", "none")]).await);
        let silent = asked(&browser, &whom(ben), &[("prompt", "none")]).await;
        assert_eq!(error(&app, &silent.answer), "login_required", "{place}");
        let claims = whom(ben).to_string();
        let page = browser.open(&path(&[("scope", "openid"), ("claims", &claims)])).await;
        assert!(page.has("form#login"), "{place}: {}", page.answer.body);
        let page = sign_in(&browser, &page, "ada").await;
        assert_eq!(error(&app, &page.answer), "login_required", "{place}");
    }
}

/// OIDC Core §5.5.1.1: an essential `acr` that nobody can reach has failed; a voluntary one is a wish. `auth_time` is
/// always told.
#[actix_web::test]
async fn demands_a_level_only_where_it_is_essential() {
    let app = TestApp::start().await;
    let (browser, client) = ada_who_has_allowed_it(&app).await;
    let password = "urn:claviger:acr:password";
    for (acr, expected) in [
        (json!({"essential": true, "values": ["urn:mfa", password]}), None),
        (json!({"essential": true, "value": password}), None),
        (json!({"essential": true}), None),
        (json!({"values": ["urn:mfa"]}), None),
        (json!({"essential": true, "values": ["urn:mfa"]}), Some("unmet_authentication_requirements")),
        (json!({"essential": true, "value": 7}), Some("unmet_authentication_requirements")),
    ] {
        let claims = json!({"id_token": {"acr": acr, "auth_time": {"essential": true}}});
        let page = asked(&browser, &claims, &[("prompt", "none")]).await;
        if let Some(expected) = expected {
            assert_eq!(error(&app, &page.answer), expected, "{claims}");
            continue;
        }
        let id_token = claims_of(tokens(&app, &client, &page).await["id_token"].as_str().unwrap());
        assert_eq!(id_token["acr"], password);
        assert!(id_token["auth_time"].is_i64());
    }
}

/// OIDC Core §3.1.2.1, OIDC Core §5.5.1.1: the operator says what a sign-in is called, and of the names that it reaches the app is told
/// the one that it prefers.
#[actix_web::test]
async fn tells_the_level_by_the_name_that_the_app_asks_for() {
    let level = |name: &str| format!("[[acr_levels]]\nname = {name:?}\nmethods = [\"pwd\"]\n");
    let app = TestApp::start_with(&format!("{}{}", level("urn:example:loa:1"), level("phr"))).await;
    let (browser, client) = ada_who_has_allowed_it(&app).await;
    let document = app.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(document["acr_values_supported"], json!(["urn:example:loa:1", "phr"]), "the weakest first");
    let demands = |name: &str| json!({"id_token": {"acr": {"essential": true, "value": name}}});
    for (claims, acr_values, expected) in [
        (json!({}), "", "phr"),
        (json!({}), "urn:mfa urn:example:loa:1 phr", "urn:example:loa:1"),
        (demands("urn:example:loa:1"), "phr", "urn:example:loa:1"),
        (demands("phr"), "", "phr"),
    ] {
        let page = asked(&browser, &claims, &[("prompt", "none"), ("acr_values", acr_values)]).await;
        let tokens = tokens(&app, &client, &page).await;
        assert_eq!(claims_of(tokens["id_token"].as_str().unwrap())["acr"], expected, "{claims} {acr_values}");
        assert_eq!(claims_of(tokens["access_token"].as_str().unwrap())["acr"], expected, "{claims} {acr_values}");
    }
    let page = asked(&browser, &demands("urn:claviger:acr:password"), &[("prompt", "none")]).await;
    assert_eq!(error(&app, &page.answer), "unmet_authentication_requirements", "it is called otherwise here");
}

/// OIDC Core §5.5: what is malformed is told by redirect.
#[actix_web::test]
async fn refuses_malformed_claims() {
    let app = TestApp::start().await;
    app.web_app().await;
    for bad in ["name", "[]", "{\"userinfo\":[]}", "{\"id_token\":{\"name\":1}}"] {
        assert_eq!(error(&app, &app.get(&path(&[("claims", bad)])).await), "invalid_request", "{bad}");
    }
}
