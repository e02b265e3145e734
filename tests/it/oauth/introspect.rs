//! `/oauth2/introspect`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Allowed, Answer, TestApp, TestClient};

const API: &str = "https://api.example";

async fn ask(app: &TestApp, caller: &TestClient, token: &str) -> Answer {
    let authorization = caller.basic();
    app.post_with("/oauth2/introspect", &[("token", token)], &[("authorization", &authorization)]).await
}

fn inactive() -> Value {
    json!({ "active": false })
}

/// A server whose tokens for [`API`] have this format, and a client that may have one.
async fn app_and_machine(format: &str) -> (TestApp, TestClient) {
    let toml = format!(
        "[[scopes]]\nname = \"read\"\ntext = \"Read\"\n[[resources]]\nidentifier = \"{API}\"\nscopes = [\"read\"]\n\
         access_token_format = \"{format}\"\n"
    );
    let app = TestApp::start_with(&toml).await;
    let machine = app
        .client(json!({
            "client_id": "machine", "grant_types": ["client_credentials"], "response_types": [],
            "scope": "read", "resources": [API],
        }))
        .await;
    (app, machine)
}

/// RFC 7662 §2.2: what the token may do.
#[actix_web::test]
async fn tells_a_client_about_its_own_tokens() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let answer = ask(&app, &client, tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let told = answer.ok();
    let now = app.cx.now().seconds();
    assert_eq!(told["active"], json!(true));
    assert_eq!(told["sub"], json!(person));
    assert_eq!(told["client_id"], "app");
    assert_eq!(told["username"], "ada");
    assert_eq!(told["scope"], "openid profile email offline_access");
    assert_eq!((&told["iat"], &told["exp"]), (&json!(now), &json!(now + 600)));
    assert_eq!((&told["iss"], &told["aud"]), (&json!(app.issuer), &json!(app.issuer)));
    let told = ask(&app, &client, tokens["refresh_token"].as_str().unwrap()).await.ok();
    assert_eq!((&told["active"], &told["client_id"]), (&json!(true), &json!("app")));
}

/// RFC 7662 §2.2: unknown, expired, revoked and not the caller's business are all the same.
#[actix_web::test]
async fn tells_nothing_about_tokens_that_are_not_good_or_not_theirs() {
    let app = TestApp::start().await;
    let (client, person, stranger) = (app.web_app().await, app.person("ada").await, app.machine().await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let access_token = tokens["access_token"].as_str().unwrap();
    for token in ["nonsense", "clv_at_x", "clv_rt_x", tokens["id_token"].as_str().unwrap()] {
        assert_eq!(ask(&app, &client, token).await.ok(), inactive(), "{token}");
    }
    assert_eq!(ask(&app, &stranger, access_token).await.ok(), inactive());
    assert_eq!(ask(&app, &stranger, tokens["refresh_token"].as_str().unwrap()).await.ok(), inactive());
    app.clock.advance(Duration::from_mins(10));
    assert_eq!(ask(&app, &client, access_token).await.ok(), inactive());
}

/// RFC 7662 §4: the server of a resource learns about the tokens that are meant for it, opaque ones too.
#[actix_web::test]
async fn tells_a_resource_server_about_tokens_for_its_resource() {
    for format in ["jwt", "opaque"] {
        let (app, machine) = app_and_machine(format).await;
        let server = app
            .client(json!({
                "client_id": "api", "grant_types": ["client_credentials"], "response_types": [],
                "resource_server_of": [API],
            }))
            .await;
        let form = [("grant_type", "client_credentials"), ("resource", API)];
        let token = app.token(&machine, &form).await.ok();
        let token = token["access_token"].as_str().unwrap();
        assert_eq!(token.starts_with("clv_at_"), format == "opaque");
        let told = ask(&app, &server, token).await.ok();
        assert_eq!((&told["active"], &told["aud"], &told["sub"]), (&json!(true), &json!(API), &json!("machine")));
        let revoked =
            app.post_with("/oauth2/revoke", &[("token", token)], &[("authorization", &machine.basic())]).await;
        assert_eq!(revoked.status, 200);
        assert_eq!(ask(&app, &server, token).await.ok(), inactive());
    }
}

/// RFC 7662 §2.2: a token that was made while the clock was ahead must not live until that time has come.
#[actix_web::test]
async fn takes_no_token_from_the_future_for_good() {
    for format in ["jwt", "opaque"] {
        let (app, machine) = app_and_machine(format).await;
        let right = app.cx.now();
        for (ahead, is_active) in [(Duration::from_mins(1), true), (Duration::from_hours(24), false)] {
            app.clock.advance(ahead);
            let form = [("grant_type", "client_credentials"), ("resource", API)];
            let token = app.token(&machine, &form).await.ok();
            app.clock.set(right);
            let told = ask(&app, &machine, token["access_token"].as_str().unwrap()).await.ok();
            assert_eq!(told["active"], json!(is_active), "{format}, {ahead:?}");
        }
    }
}

/// RFC 7662 §2.1: callers authenticate.
#[actix_web::test]
async fn refuses_callers_that_do_not_authenticate() {
    let app = TestApp::start().await;
    app.post("/oauth2/introspect", &[("token", "x")]).await.refuses(401, "invalid_client");
    let public = json!({
        "client_id": "public", "token_endpoint_auth_method": "none", "redirect_uris": ["https://app.example/callback"],
    });
    app.client(public).await;
    let form = [("token", "x"), ("client_id", "public")];
    app.post("/oauth2/introspect", &form).await.refuses(401, "invalid_client");
    let machine = app.machine().await;
    let none = app.post_with("/oauth2/introspect", &[], &[("authorization", &machine.basic())]).await;
    none.refuses(400, "invalid_request");
}

/// RFC 7662 §2.2: a name is for those who may see the profile.
#[actix_web::test]
async fn tells_no_name_without_the_profile() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    let told = ask(&app, &client, tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!((&told["active"], told.get("username")), (&json!(true), None));
}
