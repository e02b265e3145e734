//! Replay: what was used before comes back, from whoever got hold of it.

use std::time::Duration;

use serde_json::Value;

use super::scene::*;
use crate::support::{Allowed, REDIRECT_URI, TestApp, TestClient, VERIFIER};

/// Checks that nothing of what was given works any more, wherever it is shown.
async fn all_is_revoked(app: &TestApp, client: &TestClient, given: &[&Value], what: &str) {
    for tokens in given {
        let (access, refresh) = (access_token(tokens), refresh_token(tokens));
        for token in [access, refresh] {
            assert_eq!(introspect(app, client, token).await.to_string(), r#"{"active":false}"#, "{token} after {what}");
        }
        app.userinfo(access).await.refuses(401, "invalid_token");
        app.refresh(client, refresh).await.refuses(400, "invalid_grant");
    }
}

/// RFC 6749 §4.1.2, RFC 6749 §10.5, RFC 6819 §4.4.1.1, RFC 6819 §5.2.1.1: the second use of a code ends what the first
/// gave, JWTs and opaque tokens alike, also what was refreshed since; however the attacker dresses it, and however late.
#[actix_web::test]
async fn redeems_a_code_that_was_redeemed() {
    for (scope, resources) in FORMATS {
        for attempt in ["the same", "no verifier", "another verifier", "another URI", "late"] {
            let app = TestApp::start_with(API_SETTINGS).await;
            let (client, ada) = (api_client(&app).await, app.person("ada").await);
            let code = app.code(&client, ada, Allowed { scope, resources, ..Allowed::default() }).await;
            let first = app.redeem(&client, &code).await.ok();
            let second = app.refresh(&client, refresh_token(&first)).await.ok();
            assert!(
                is_active(&app, &client, access_token(&first)).await,
                "the old access token lives until it is used up"
            );
            let guess = "a".repeat(43);
            let (uri, verifier) = match attempt {
                "no verifier" => (REDIRECT_URI, ""),
                "another verifier" => (REDIRECT_URI, guess.as_str()),
                "another URI" => ("https://evil.example/", VERIFIER),
                _ => (REDIRECT_URI, VERIFIER),
            };
            if attempt == "late" {
                app.clock.advance(app.cx.config.tokens.code_lifetime * 5);
            }
            redeem_with(&app, &client, &code, uri, verifier).await.refuses(400, "invalid_grant");
            all_is_revoked(&app, &client, &[&first, &second], attempt).await;
            assert_eq!(app.events("code_reused").await.len(), 1, "{attempt}");
        }
    }
}

/// RFC 6819 §4.4.1.12, RFC 6749 §10.5: a stranger's replay is no sign that the app was robbed, or it would be a way to sign
/// everybody out.
#[actix_web::test]
async fn ends_other_apps_tokens_by_replaying_what_it_has_seen() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let eve = client_with(&app, serde_json::json!({"client_id": "eve"})).await;
    let code = app.code(&client, ada, Allowed::default()).await;
    let first = app.redeem(&client, &code).await.ok();
    let second = app.refresh(&client, refresh_token(&first)).await.ok();
    app.clock.advance(Duration::from_secs(31));
    app.redeem(&eve, &code).await.refuses(400, "invalid_grant");
    app.refresh(&eve, refresh_token(&first)).await.refuses(400, "invalid_grant");
    app.post(
        "/oauth2/token",
        &[("grant_type", "refresh_token"), ("refresh_token", refresh_token(&first)), ("client_id", "app")],
    )
    .await
    .refuses(401, "invalid_client");
    assert!(is_active(&app, &client, access_token(&second)).await);
    app.refresh(&client, refresh_token(&second)).await.ok();
}

/// RFC 9700 §4.14.2, RFC 6819 §5.2.2.3, RFC 6749 §10.4: the thief comes second, after the grace: neither keeps anything.
#[actix_web::test]
async fn uses_a_stolen_refresh_token_after_its_owner() {
    for format in FORMATS {
        let app = TestApp::start_with(API_SETTINGS).await;
        let (client, ada) = (api_client(&app).await, app.person("ada").await);
        let first = tokens_of(&app, &client, ada, format).await;
        let second = app.refresh(&client, refresh_token(&first)).await.ok();
        app.clock.advance(Duration::from_millis(30_001));
        assert!(is_active(&app, &client, refresh_token(&second)).await);
        app.refresh(&client, refresh_token(&first)).await.refuses(400, "invalid_grant");
        all_is_revoked(&app, &client, &[&first, &second], "a replay after the grace").await;
        assert_eq!(app.events("refresh_token_reused").await.len(), 1);
    }
}

/// RFC 9700 §4.14.2: the thief comes first. The owner's use of the same token, after the grace, ends it.
#[actix_web::test]
async fn uses_a_stolen_refresh_token_before_its_owner() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let owners = app.tokens(&client, ada, Allowed::default()).await;
    let mut thiefs = app.refresh(&client, refresh_token(&owners)).await.ok();
    for _ in 0..3 {
        app.clock.advance(Duration::from_mins(5));
        thiefs = app.refresh(&client, refresh_token(&thiefs)).await.ok();
    }
    app.refresh(&client, refresh_token(&owners)).await.refuses(400, "invalid_grant");
    all_is_revoked(&app, &client, &[&owners, &thiefs], "the owner's use").await;
}

/// RFC 9700 §4.14.2 and decision 8: a thief within the grace gets one token, until the owner shows the one that died for
/// it.
#[actix_web::test]
async fn uses_a_stolen_refresh_token_within_the_grace() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let stolen = app.tokens(&client, ada, Allowed::default()).await;
    let owners = app.refresh(&client, refresh_token(&stolen)).await.ok();
    let thiefs = app.refresh(&client, refresh_token(&stolen)).await.ok();
    assert!(!is_active(&app, &client, refresh_token(&owners)).await, "never two live ones");
    app.refresh(&client, refresh_token(&owners)).await.refuses(400, "invalid_grant");
    all_is_revoked(&app, &client, &[&stolen, &owners, &thiefs], "the owner's dead successor").await;
    assert_eq!(app.events("refresh_token_reused").await.len(), 1);
}

/// RFC 9700 §4.14.2 and decision 8: once the owner has used the successor, no answer was lost.
#[actix_web::test]
async fn claims_that_an_answer_was_lost_which_was_used() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let first = app.tokens(&client, ada, Allowed::default()).await;
    let second = app.refresh(&client, refresh_token(&first)).await.ok();
    let third = app.refresh(&client, refresh_token(&second)).await.ok();
    app.refresh(&client, refresh_token(&first)).await.refuses(400, "invalid_grant");
    all_is_revoked(&app, &client, &[&first, &second, &third], "a replay within the grace").await;
}

/// RFC 9700 §4.14.2 and decision 8: the grace begins with the first use, and retries do not lengthen it.
#[actix_web::test]
async fn keeps_the_grace_open_by_retrying() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let first = app.tokens(&client, ada, Allowed::default()).await;
    let mut latest = app.refresh(&client, refresh_token(&first)).await.ok();
    for _ in 0..3 {
        app.clock.advance(Duration::from_secs(10));
        latest = app.refresh(&client, refresh_token(&first)).await.ok();
    }
    app.clock.advance(Duration::from_secs(1));
    app.refresh(&client, refresh_token(&first)).await.refuses(400, "invalid_grant");
    all_is_revoked(&app, &client, &[&first, &latest], "a retry after the grace").await;
}

/// RFC 9700 §4.14.2: without a grace every second use is a theft.
#[actix_web::test]
async fn replays_at_once_where_there_is_no_grace() {
    let app = TestApp::start_with("tokens.refresh_token_grace = \"0s\"\n").await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let first = app.tokens(&client, ada, Allowed::default()).await;
    let second = app.refresh(&client, refresh_token(&first)).await.ok();
    app.clock.advance(Duration::from_millis(1));
    app.refresh(&client, refresh_token(&first)).await.refuses(400, "invalid_grant");
    all_is_revoked(&app, &client, &[&first, &second], "a replay without a grace").await;
}

/// RFC 9700 §4.14.2: the oldest token of a long chain is known as long as the chain lives.
#[actix_web::test]
async fn digs_up_the_oldest_token_of_a_long_chain() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let first = app.tokens(&client, ada, Allowed::default()).await;
    let mut latest = first.clone();
    for _ in 0..20 {
        app.clock.advance(Duration::from_hours(24));
        latest = app.refresh(&client, refresh_token(&latest)).await.ok();
    }
    app.refresh(&client, refresh_token(&first)).await.refuses(400, "invalid_grant");
    all_is_revoked(&app, &client, &[&latest], "the oldest token").await;
}

/// RFC 7009 §2.1, RFC 6819 §5.2.2.4: what was given back does not come back, by no token of the family and not within the
/// grace.
#[actix_web::test]
async fn brings_a_revoked_family_back_by_a_retry() {
    let app = TestApp::start().await;
    let (client, ada) = (app.web_app().await, app.person("ada").await);
    let first = app.tokens(&client, ada, Allowed::default()).await;
    let second = app.refresh(&client, refresh_token(&first)).await.ok();
    // The app gives back the token that it knows, which may be one behind.
    assert_eq!(revoke(&app, &client, refresh_token(&first)).await.status, 200);
    all_is_revoked(&app, &client, &[&first, &second, &first], "the revocation").await;
}
