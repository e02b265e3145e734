//! `/oauth2/revoke`.

use std::time::Duration;

use serde_json::json;

use crate::support::{Allowed, Answer, REDIRECT_URI, TestApp, TestClient};

async fn revoke(app: &TestApp, client: &TestClient, token: &str) -> Answer {
    app.post_with("/oauth2/revoke", &[("token", token)], &[("authorization", &client.basic())]).await
}

/// RFC 7009 §2: an access token that was given back is refused at once, a JWT too.
#[actix_web::test]
async fn ends_an_access_token_at_once() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let access_token = tokens["access_token"].as_str().unwrap();
    app.userinfo(access_token).await.ok();
    let answer = revoke(&app, &client, access_token).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    app.userinfo(access_token).await.refuses(401, "invalid_token");
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.ok();
    assert_eq!(app.events("token_revoked").await.len(), 1);
}

/// RFC 7009 §2: also where more are revoked than are remembered at once.
#[actix_web::test]
async fn knows_one_revoked_token_among_very_many() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let end = app.cx.now() + Duration::from_hours(1);
    let revoke_many = app.cx.store.write(move |tx| {
        Box::pin(async move {
            for number in 0..=1000 {
                tx.revoke_jwt(&number.to_string(), end).await?;
            }
            Ok(())
        })
    });
    revoke_many.await.unwrap();
    let new =
        async || app.tokens(&client, person, Allowed::default()).await["access_token"].as_str().unwrap().to_owned();
    let (kept, ended) = (new().await, new().await);
    app.userinfo(&ended).await.ok();
    assert_eq!(revoke(&app, &client, &ended).await.status, 200);
    app.userinfo(&ended).await.refuses(401, "invalid_token");
    app.userinfo(&kept).await.ok();
}

/// RFC 7009 §2.1: with the refresh token goes all that was issued by the same authorization.
#[actix_web::test]
async fn ends_the_whole_authorization_with_its_refresh_token() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    assert_eq!(revoke(&app, &client, refresh_token).await.status, 200);
    app.userinfo(tokens["access_token"].as_str().unwrap()).await.refuses(401, "invalid_token");
    app.refresh(&client, refresh_token).await.refuses(400, "invalid_grant");
    assert_eq!(revoke(&app, &client, refresh_token).await.status, 200, "a second time is no error");
    assert_eq!(app.events("token_revoked").await.len(), 1);
}

/// RFC 7009 §2.2: what is unknown needs no revoking.
#[actix_web::test]
async fn accepts_tokens_that_it_does_not_know() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    for token in ["nonsense", "clv_rt_x", "clv_at_x"] {
        assert_eq!(revoke(&app, &client, token).await.status, 200);
    }
}

/// RFC 7009 §2.1: another client's token is refused, and stays good.
#[actix_web::test]
async fn refuses_another_clients_token() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let other = app.client(json!({ "client_id": "other", "redirect_uris": [REDIRECT_URI] })).await;
    let tokens = app.tokens(&client, person, Allowed::default()).await;
    for token in ["access_token", "refresh_token"] {
        revoke(&app, &other, tokens[token].as_str().unwrap()).await.refuses(400, "invalid_grant");
    }
    app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
}

/// RFC 7009 §2.1: clients authenticate; a public one names itself.
#[actix_web::test]
async fn wants_to_know_who_asks() {
    let app = TestApp::start().await;
    app.post("/oauth2/revoke", &[("token", "x")]).await.refuses(401, "invalid_client");
    let public = json!({
        "client_id": "public", "token_endpoint_auth_method": "none", "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
    });
    let public = app.client(public).await;
    let person = app.person("ada").await;
    let tokens = app.tokens(&public, person, Allowed::default()).await;
    let form = [("token", tokens["refresh_token"].as_str().unwrap()), ("client_id", "public")];
    assert_eq!(app.post("/oauth2/revoke", &form).await.status, 200);
    app.userinfo(tokens["access_token"].as_str().unwrap()).await.refuses(401, "invalid_token");
}
