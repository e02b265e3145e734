//! `resource` (RFC 8707): whom an access token is for.

use serde_json::json;

use crate::support::{Allowed, REDIRECT_URI, TestApp, TestClient, claims};

const CALENDAR: &str = "https://calendar.example";
const MAIL: &str = "https://mail.example/v1";
const SETTINGS: &str = r#"
[[scopes]]
name = "calendar"
text = "See your calendar"
[[scopes]]
name = "mail"
text = "Read your mail"
[[resources]]
identifier = "https://calendar.example"
scopes = ["calendar"]
access_token_lifetime = "2m"
[[resources]]
identifier = "https://mail.example/v1"
scopes = ["mail"]
access_token_format = "opaque"
[[resources]]
identifier = "https://secret.example"
"#;

async fn started() -> (TestApp, TestClient) {
    let app = TestApp::start_with(SETTINGS).await;
    let client = app
        .client(json!({
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "scope": "openid offline_access calendar mail",
            "resources": [CALENDAR, MAIL],
        }))
        .await;
    (app, client)
}

/// RFC 8707 §2: the audience is what was asked for; each API sets form and lifetime.
#[actix_web::test]
async fn mints_each_token_as_its_resource_wants_it() {
    let (app, client) = started().await;
    let grant = ("grant_type", "client_credentials");
    let token = app.token(&client, &[grant, ("resource", CALENDAR)]).await.ok();
    assert_eq!(claims(token["access_token"].as_str().unwrap())["aud"], CALENDAR);
    assert_eq!(token["expires_in"], json!(120));
    // RFC 8707 §2.2: scopes that only another resource knows are left out.
    assert_eq!(token["scope"], "calendar");
    let token = app.token(&client, &[grant, ("resource", MAIL)]).await.ok();
    assert!(token["access_token"].as_str().unwrap().starts_with("clv_at_"));
    assert_eq!(token["scope"], "mail");
    let both = app.token(&client, &[grant, ("resource", CALENDAR), ("resource", MAIL)]).await.ok();
    assert_eq!((&both["scope"], &both["expires_in"]), (&json!("calendar mail"), &json!(120)));
}

/// RFC 8707 §2: `invalid_target` for what is unknown, malformed or not registered for the client.
#[actix_web::test]
async fn refuses_resources_that_are_not_the_clients() {
    let (app, client) = started().await;
    for resource in ["https://unknown.example", "https://secret.example", "not a uri", "https://mail.example/v1#x"] {
        let form = [("grant_type", "client_credentials"), ("resource", resource)];
        app.token(&client, &form).await.refuses(400, "invalid_target");
    }
}

/// RFC 8707 §2.2: a token request may name a part of what was granted, and nothing else.
#[actix_web::test]
async fn keeps_to_the_resources_that_were_granted() {
    let (app, client) = started().await;
    let person = app.person("ada").await;
    let allowed =
        Allowed { scope: "openid offline_access calendar mail", resources: &[CALENDAR], ..Allowed::default() };
    let tokens = app.tokens(&client, person, allowed).await;
    assert_eq!(claims(tokens["access_token"].as_str().unwrap())["aud"], CALENDAR);
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let more = [refresh[0], refresh[1], ("resource", MAIL)];
    app.token(&client, &more).await.refuses(400, "invalid_target");
    // UserInfo is a resource too: the issuer.
    let userinfo = [refresh[0], refresh[1], ("resource", app.issuer.as_str())];
    let tokens = app.token(&client, &userinfo).await.ok();
    app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
}

/// RFC 9068 §4: a token that is meant for an API is not good at `UserInfo`.
#[actix_web::test]
async fn refuses_a_token_for_another_audience() {
    let (app, client) = started().await;
    let person = app.person("ada").await;
    let allowed = Allowed { scope: "openid calendar", resources: &[CALENDAR], ..Allowed::default() };
    let tokens = app.tokens(&client, person, allowed).await;
    app.userinfo(tokens["access_token"].as_str().unwrap()).await.refuses(401, "invalid_token");
}

/// An opaque token for a person works and ends like a JWT.
#[actix_web::test]
async fn ends_opaque_tokens_with_their_authorization() {
    let (app, client) = started().await;
    let person = app.person("ada").await;
    let allowed = Allowed { scope: "openid offline_access mail", resources: &[MAIL], ..Allowed::default() };
    let tokens = app.tokens(&client, person, allowed).await;
    let ask = async || {
        let form = [("token", tokens["access_token"].as_str().unwrap())];
        app.post_with("/oauth2/introspect", &form, &[("authorization", &client.basic())]).await.ok()
    };
    assert_eq!(ask().await["active"], json!(true));
    let form = [("token", tokens["refresh_token"].as_str().unwrap())];
    app.post_with("/oauth2/revoke", &form, &[("authorization", &client.basic())]).await;
    assert_eq!(ask().await, json!({ "active": false }));
}

/// OIDC Core §5.3: where an API is the default, an ordinary sign-in can ask `UserInfo` all the same.
#[actix_web::test]
async fn lets_userinfo_be_asked_whatever_resource_is_the_default() {
    let settings = format!("tokens.default_resource = \"{CALENDAR}\"\n{SETTINGS}");
    let app = TestApp::start_with(&settings).await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(claims(access_token)["aud"], json!([CALENDAR, app.issuer]));
    app.userinfo(access_token).await.ok();
}

/// RFC 8707 §2: an API that was taken from a client is not reached by what was granted before.
#[actix_web::test]
async fn forgets_a_resource_that_was_taken_from_the_client() {
    let (app, client) = started().await;
    let person = app.person("ada").await;
    let allowed = Allowed { scope: "openid offline_access mail", resources: &[MAIL], ..Allowed::default() };
    let tokens = app.tokens(&client, person, allowed).await;
    let registered = json!({
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid offline_access mail",
        "resources": [CALENDAR],
    });
    app.update_client(&client, registered).await;
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_target");
}
