//! Apps that want more than a password of whoever is signed in (RFC 9470): the second factor alone is asked for.

use serde_json::{Value, json};

use super::*;
use crate::support::{
    CHALLENGE, Phone, REDIRECT_URI, TestClient, claims, form_encode, person_with_phone, set_up_phone,
};

const PASSWORD_LEVEL: &str = "urn:claviger:acr:password";
const SEVERAL: &str = "urn:claviger:acr:mfa";
/// A second factor is asked for where somebody wants it.
const ON_DEMAND: &str = "second_factor.always = false\n";

fn path(changes: &[(&str, &str)]) -> String {
    let parameters = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    format!("/oauth2/authorize?{}", form_encode(&[&parameters, changes].concat()))
}

/// What the ID token says of whom the app gets back.
async fn told(app: &TestApp, client: &TestClient, page: &Page) -> Value {
    let code = page.query("code").unwrap_or_else(|| panic!("{}: {}", page.url, page.answer.body));
    claims(app.redeem(client, &code).await.ok()["id_token"].as_str().unwrap())
}

/// Ada, signed in by her password alone, who has a phone and has allowed the app.
async fn ada_with_phone(app: &TestApp) -> (Browser, Phone) {
    app.person("ada").await;
    let (phone, _) = person_with_phone(app, "ada").await;
    let browser = signed_in(app, "ada").await;
    let question = browser.open(&path(&[])).await;
    browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    (browser, phone)
}

/// OIDC Core §5.5.1.1: an essential level that takes the password is asked for of who came by a passkey: they sign in anew, with the
/// password and the code.
#[actix_web::test]
async fn asks_for_the_password_of_who_came_by_a_passkey() {
    let levels =
        "[[acr_levels]]\nname = \"any\"\nmethods = []\n[[acr_levels]]\nname = \"gold\"\nmethods = [\"pwd\", \"otp\"]\n";
    let app = TestApp::start_by_name(&format!("{ON_DEMAND}{levels}")).await;
    let client = app.web_app().await;
    let (at_home, phone) = ada_with_phone(&app).await;
    let second = at_home.open("/account/security/passkeys/new").await;
    app.clock.advance(Duration::from_secs(30));
    at_home.submit(&second, "form#totp", &[("code", &phone.code(app.cx.now()))]).await;
    let key = app.passkey(&at_home, "Key").await;
    let browser = app.browser();
    assert!(key.sign_in(&browser, &browser.open("/login").await).await.has("form#logout"));
    let essential = json!({ "id_token": { "acr": { "essential": true, "value": "gold" } } }).to_string();
    let page = browser.open(&path(&[("claims", &essential)])).await;
    assert_eq!(page.url.path(), "/login", "{}", page.answer.body);
    let second = browser.submit(&page, "form#login", &[("password", PASSWORD)]).await;
    assert_eq!(second.url.path(), "/login/second", "{}", second.answer.body);
    app.clock.advance(Duration::from_secs(30));
    let back = browser.submit(&second, "form#totp", &[("code", &phone.code(app.cx.now()))]).await;
    assert_eq!(told(&app, &client, &back).await["acr"], "gold");
}

/// RFC 9470 §5: whoever is signed in is asked for what is missing, and for nothing else; the session goes on under another key.
#[actix_web::test]
async fn asks_for_the_second_factor_alone() {
    let app = TestApp::start_with(ON_DEMAND).await;
    let client = app.web_app().await;
    let (browser, phone) = ada_with_phone(&app).await;
    let before = told(&app, &client, &browser.open(&path(&[])).await).await;
    assert_eq!((&before["acr"], &before["amr"]), (&json!(PASSWORD_LEVEL), &json!(["pwd"])));
    app.clock.advance(Duration::from_mins(2));
    let page = browser.open(&path(&[("acr_values", SEVERAL)])).await;
    assert_eq!(page.url.path(), "/login/second", "{}", page.answer.body);
    assert!(page.text("main").contains("Example App"));
    let key = browser.cookie(COOKIE);
    let back = browser.submit(&page, "form#totp", &[("code", &phone.code(app.cx.now()))]).await;
    let after = told(&app, &client, &back).await;
    assert_eq!((&after["acr"], &after["amr"]), (&json!(SEVERAL), &json!(["pwd", "otp", "mfa"])));
    assert_eq!((&after["sid"], &after["auth_time"]), (&before["sid"], &before["auth_time"]), "it is the same sign-in");
    assert_ne!(browser.cookie(COOKIE), key);
    // Once is enough.
    let again = told(&app, &client, &browser.open(&path(&[("acr_values", SEVERAL), ("prompt", "none")])).await).await;
    assert_eq!(again["acr"], SEVERAL);
}

/// RFC 9470 §5, OIDC Core §3.1.2.1: a wish stops nobody who cannot meet it, and brings up no page where none may be shown.
#[actix_web::test]
async fn leaves_a_wish_unmet_where_it_has_to() {
    let app = TestApp::start_with(ON_DEMAND).await;
    let client = app.web_app().await;
    let (ada, _) = ada_with_phone(&app).await;
    let silent = ada.open(&path(&[("acr_values", SEVERAL), ("prompt", "none")])).await;
    assert_eq!(told(&app, &client, &silent).await["acr"], PASSWORD_LEVEL);
    let either = ada.open(&path(&[("acr_values", &format!("{PASSWORD_LEVEL} {SEVERAL}"))])).await;
    assert_eq!(told(&app, &client, &either).await["acr"], PASSWORD_LEVEL, "that is preferred");
    app.person("eve").await;
    let eve = signed_in(&app, "eve").await;
    let question = eve.open(&path(&[("acr_values", SEVERAL)])).await;
    let back = eve.submit(&question, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(told(&app, &client, &back).await["acr"], PASSWORD_LEVEL);
}

/// OIDC Core §5.5.1.1, OIDC Core §3.1.2.6: a demand is met by setting a second factor up where there is none, or told to be unmet.
#[actix_web::test]
async fn meets_a_demand_or_says_that_it_cannot() {
    let app = TestApp::start_with(ON_DEMAND).await;
    let client = app.web_app().await;
    app.person("eve").await;
    let browser = signed_in(&app, "eve").await;
    let demand = |value: &str| json!({"id_token": {"acr": {"essential": true, "value": value}}}).to_string();
    let silent = browser.open(&path(&[("claims", &demand(SEVERAL)), ("prompt", "none")])).await;
    assert_eq!(silent.query("error").as_deref(), Some("login_required"));
    let unknown = browser.open(&path(&[("claims", &demand("urn:unheard:of"))])).await;
    assert_eq!(unknown.query("error").as_deref(), Some("unmet_authentication_requirements"));
    let page = browser.open(&path(&[("claims", &demand(SEVERAL))])).await;
    assert_eq!(page.url.path(), "/account/security/app", "{}", page.answer.body);
    let phone = Phone::scan(&page);
    let shown = browser.submit(&page, "form#app", &[("code", &phone.code(app.cx.now()))]).await;
    let question = browser.open(&shown.links("nav a.button:not(.quiet)")[0]).await;
    let back = browser.submit(&question, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(told(&app, &client, &back).await["acr"], SEVERAL);
}

/// `max_age` asks for the password first, and then for the code: no old sign-in rises.
#[actix_web::test]
async fn asks_for_both_where_the_sign_in_is_too_old() {
    let app = TestApp::start_with(ON_DEMAND).await;
    let client = app.web_app().await;
    let (browser, phone) = ada_with_phone(&app).await;
    app.clock.advance(Duration::from_mins(5));
    let page = browser.open(&path(&[("acr_values", SEVERAL), ("max_age", "60")])).await;
    assert_eq!(page.url.path(), "/login");
    let page = sign_in_at(&browser, &page, "ada", PASSWORD).await;
    assert_eq!(page.url.path(), "/login/second");
    let back = browser.submit(&page, "form#totp", &[("code", &phone.code(app.cx.now()))]).await;
    let told = told(&app, &client, &back).await;
    assert_eq!((&told["acr"], &told["auth_time"]), (&json!(SEVERAL), &json!(app.cx.now().seconds())));
}

/// An app for which a password is not enough, whatever its requests say.
#[actix_web::test]
async fn asks_for_an_app_that_requires_it() {
    let app = TestApp::start_with(ON_DEMAND).await;
    let client = app.web_app().await;
    let (browser, phone) = ada_with_phone(&app).await;
    let metadata = json!({
        "client_id": "app", "client_name": "Example App", "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"], "scope": "openid profile email offline_access",
        "require_second_factor": true,
    });
    app.update_client(&client, metadata).await;
    let silent = browser.open(&path(&[("prompt", "none")])).await;
    assert_eq!(silent.query("error").as_deref(), Some("login_required"));
    let page = browser.open(&path(&[])).await;
    assert_eq!(page.url.path(), "/login/second");
    let back = browser.submit(&page, "form#totp", &[("code", &phone.code(app.cx.now()))]).await;
    assert_eq!(told(&app, &client, &back).await["acr"], SEVERAL);
}

/// What a password reaches, and what only a passkey does.
const BY_PASSKEY: &str = "second_factor.always = false\n\
    [[acr_levels]]\nname = \"pw\"\nmethods = []\n[[acr_levels]]\nname = \"phr\"\nmethods = [\"pop\"]\n";

/// RFC 9470 §5: what only a passkey reaches, a passkey is asked for, also of whoever has typed a code already.
#[actix_web::test]
async fn asks_for_the_passkey_that_an_app_wants() {
    let app = TestApp::start_by_name(BY_PASSKEY).await;
    let client = app.web_app().await;
    app.person("ada").await;
    let home = signed_in(&app, "ada").await;
    let key = app.passkey(&home, "Key").await;
    let question = home.open(&path(&[])).await;
    home.submit(&question, "form#consent", &[("decision", "allow")]).await;
    let browser = signed_in(&app, "ada").await;
    assert_eq!(told(&app, &client, &browser.open(&path(&[])).await).await["acr"], "pw");
    let page = browser.open(&path(&[("acr_values", "phr")])).await;
    assert_eq!(page.url.path(), "/login/second", "{}", page.answer.body);
    let after = told(&app, &client, &key.sign_in(&browser, &page).await).await;
    assert_eq!((&after["acr"], &after["amr"]), (&json!("phr"), &json!(["pwd", "pop", "user", "mfa"])));

    let (phone, _) = set_up_phone(&app, &browser).await;
    app.clock.advance(Duration::from_secs(30));
    let by_code = signed_in(&app, "ada").await;
    let page = by_code.open("/account/security/app").await;
    by_code.submit(&page, "form#totp", &[("code", &phone.code(app.cx.now()))]).await;
    let page = by_code.open(&path(&[("acr_values", "phr")])).await;
    assert_eq!(page.url.path(), "/login/second", "{}", page.answer.body);
    assert!(page.has("form#passkey") && !page.has("form#totp"), "the code was typed: {}", page.answer.body);
    let after = told(&app, &client, &key.sign_in(&by_code, &page).await).await;
    assert_eq!(after["acr"], "phr", "{after}");
    let silent = by_code.open(&path(&[("acr_values", "phr"), ("prompt", "none")])).await;
    assert_eq!(told(&app, &client, &silent).await["acr"], "phr");
}

/// A session that is proved by more than before ends no later for it.
#[actix_web::test]
async fn lengthens_no_session() {
    let app = TestApp::start_with("second_factor.always = false\nsessions.absolute_lifetime = \"1d\"\n").await;
    app.web_app().await;
    let (browser, phone) = ada_with_phone(&app).await;
    let ada = app.cx.store.person_by_login("ada").await.unwrap().unwrap().id;
    let before = app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap();
    let minutes = 23 * 60 + 50;
    for _ in 0..minutes / 10 {
        app.clock.advance(Duration::from_mins(10));
        assert!(browser.open("/").await.has("form#logout"));
    }
    let page = browser.open(&path(&[("acr_values", SEVERAL)])).await;
    let back = browser.submit(&page, "form#totp", &[("code", &phone.code(app.cx.now()))]).await;
    assert!(back.query("code").is_some(), "{}", back.answer.body);
    let after = app.cx.store.sessions_of(ada, app.cx.now()).await.unwrap();
    let risen = after.iter().find(|session| session.last_seen_at == app.cx.now()).unwrap();
    assert!(risen.state["signed_in"].contains("mfa"));
    let was = before.iter().find(|session| session.sid == risen.sid).unwrap();
    assert_eq!((risen.created_at, &risen.address, &risen.user_agent), (was.created_at, &was.address, &was.user_agent));
    app.clock.advance(Duration::from_mins(9));
    assert!(browser.open("/").await.has("form#logout"));
    app.clock.advance(Duration::from_mins(1));
    assert!(!browser.open("/").await.has("form#logout"), "a day after the password");
}
