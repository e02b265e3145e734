//! `grant_type=authorization_code`.

use std::sync::Arc;
use std::time::Duration;

use claviger::domain::events::{Actor, Origin};
use claviger::domain::keys::keeper::Plan;
use claviger::domain::people::{Act, accounts};
use claviger::protocol::algorithm::SigningAlgorithm;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Allowed, REDIRECT_URI, TestApp, VERIFIER, claims, header};

fn form<'a>(code: &'a str, uri: &'a str, verifier: &'a str) -> Vec<(&'static str, &'a str)> {
    let all =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", uri), ("code_verifier", verifier)];
    all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// RFC 6749 §4.1.4, OIDC Core §3.1.3.3, OIDC Core §2: what a code gives, and what the ID token says.
#[actix_web::test]
async fn gives_an_app_tokens_for_what_the_person_allowed() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let code = app.code(&client, person, Allowed { nonce: Some("n-0S6_WzA2Mj"), ..Allowed::default() }).await;
    let answer = app.redeem(&client, &code).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let tokens = answer.ok();
    assert!(tokens["refresh_token"].as_str().unwrap().starts_with("clv_rt_"));
    let id_token = tokens["id_token"].as_str().unwrap();
    assert_eq!(header(id_token)["alg"], "RS256");
    assert!(header(id_token)["kid"].is_string());
    let claims = claims(id_token);
    let now = app.cx.now().seconds();
    assert_eq!(claims["iss"], json!(app.issuer));
    assert_eq!(claims["sub"], json!(person));
    assert_eq!(claims["aud"], "app");
    assert_eq!(claims["azp"], "app");
    assert_eq!(claims["nonce"], "n-0S6_WzA2Mj");
    assert_eq!(claims["auth_time"], json!(now - 5));
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(now), &json!(now + 3600)));
    assert_eq!(claims["amr"], json!(["pwd"]));
    assert!(claims["sid"].is_string() && claims["acr"].is_string());
    // OIDC Core §3.1.3.6: at_hash ties the access token to the ID token.
    assert_eq!(claims["at_hash"], json!(at_hash(tokens["access_token"].as_str().unwrap())));
    assert_eq!(claims.get("email"), None, "what may be told about a person is at UserInfo");
}

fn at_hash(access_token: &str) -> String {
    use base64::Engine;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, access_token.as_bytes());
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}

/// OIDC Core §11: without `offline_access` there is no refresh token, unless the client is set so; without openid there
/// is no ID token.
#[actix_web::test]
async fn gives_no_more_than_is_due() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    assert_eq!(tokens.get("refresh_token"), None);
    let tokens = app.tokens(&client, person, Allowed { scope: "profile", ..Allowed::default() }).await;
    assert_eq!(tokens.get("id_token"), None);
    let always = app
        .client(json!({
            "client_id": "always",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "always_issue_refresh_token": true,
        }))
        .await;
    let tokens = app.tokens(&always, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    assert!(tokens["refresh_token"].is_string());
}

/// The client chooses what its ID tokens are signed with (OIDC Registration §2).
#[actix_web::test]
async fn signs_id_tokens_with_the_registered_algorithm() {
    let app = TestApp::start().await;
    let person = app.person("ada").await;
    let client = app.client(json!({ "redirect_uris": [REDIRECT_URI], "id_token_signed_response_alg": "ES256" })).await;
    let tokens = app.tokens(&client, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    assert_eq!(header(tokens["id_token"].as_str().unwrap())["alg"], "ES256");
}

/// RFC 6749 §4.1.2: a code works once, and a second use ends what the first gave.
#[actix_web::test]
async fn revokes_everything_when_a_code_is_used_twice() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let code = app.code(&client, person, Allowed::default()).await;
    let tokens = app.redeem(&client, &code).await.ok();
    let access_token = tokens["access_token"].as_str().unwrap();
    app.userinfo(access_token).await.ok();
    app.redeem(&client, &code).await.refuses(400, "invalid_grant");
    assert_eq!(app.userinfo(access_token).await.status, 401);
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.refuses(400, "invalid_grant");
    assert_eq!(app.events("code_reused").await.len(), 1);
}

/// RFC 6749 §4.1.2, §10.5: sixty-four at once, at most one is answered.
#[actix_web::test]
async fn answers_at_most_one_of_many_that_redeem_a_code_at_once() {
    let app = Arc::new(TestApp::start_with("server.workers = 4\n").await);
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let code = app.code(&client, person, Allowed::default()).await;
    let tries = (0..64).map(|_| app.redeem(&client, &code));
    let answers = join_all(tries).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refuses(400, "invalid_grant");
    }
}

/// RFC 6749 §4.1.3: `redirect_uri` must be the one of the request, and be there if it was there.
#[actix_web::test]
async fn refuses_another_redirect_uri() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    for uri in ["https://app.example/other", "https://app.example/callback/", ""] {
        let code = app.code(&client, person, Allowed::default()).await;
        app.token(&client, &form(&code, uri, VERIFIER)).await.refuses(400, "invalid_grant");
    }
}

/// RFC 7636 §4.6: without the verifier a stolen code is worth nothing.
#[actix_web::test]
async fn refuses_a_code_without_its_verifier() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let other = "a".repeat(43);
    for verifier in ["", &other, "too-short"] {
        let code = app.code(&client, person, Allowed::default()).await;
        app.token(&client, &form(&code, REDIRECT_URI, verifier)).await.refuses(400, "invalid_grant");
    }
}

/// RFC 9700 §4.8.2: a verifier where there was no challenge is a sign of an injected code.
#[actix_web::test]
async fn refuses_a_verifier_that_nobody_asked_for() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let without = || Allowed { challenge: None, ..Allowed::default() };
    let code = app.code(&client, person, without()).await;
    app.token(&client, &form(&code, REDIRECT_URI, VERIFIER)).await.refuses(400, "invalid_grant");
    let code = app.code(&client, person, without()).await;
    app.token(&client, &form(&code, REDIRECT_URI, "")).await.ok();
}

/// RFC 6749 §4.1.3: a code is good for the client it was issued to; another's attempt does not use it up.
#[actix_web::test]
async fn refuses_another_clients_code() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let thief = app.client(json!({ "client_id": "thief", "redirect_uris": [REDIRECT_URI] })).await;
    let code = app.code(&client, person, Allowed::default()).await;
    app.redeem(&thief, &code).await.refuses(400, "invalid_grant");
    app.redeem(&client, &code).await.ok();
}

/// RFC 6749 §4.1.2: a code lives for a minute.
#[actix_web::test]
async fn refuses_an_expired_code() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let code = app.code(&client, person, Allowed::default()).await;
    app.clock.advance(Duration::from_mins(1));
    app.redeem(&client, &code).await.refuses(400, "invalid_grant");
}

#[actix_web::test]
async fn refuses_nonsense_in_place_of_a_code() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    for code in ["x", "clv_code_0000", &format!("clv_code_{}", "0".repeat(49)), "clv_rt_x"] {
        app.redeem(&client, code).await.refuses(400, "invalid_grant");
    }
    app.token(&client, &[("grant_type", "authorization_code")]).await.refuses(400, "invalid_request");
}

/// A person who was disabled between sign-in and redemption gets in no more, not even once they are enabled again.
#[actix_web::test]
async fn refuses_the_code_of_a_disabled_person() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let code = app.code(&client, person, Allowed::default()).await;
    let (cx, origin) = (&app.cx, Origin::default());
    let act = Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor: Actor::Operator, origin: &origin };
    assert!(accounts::disable(&act, person).await.unwrap());
    app.redeem(&client, &code).await.refuses(400, "invalid_grant");
    assert!(accounts::enable(&act, person).await.unwrap());
    app.redeem(&client, &code).await.refuses(400, "invalid_grant");
}

/// RFC 6749 §4.1.2: a code whose authorization is revoked between the look and the deed is not redeemed.
#[actix_web::test]
async fn redeems_nothing_that_was_revoked_a_moment_ago() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let code = app.code(&client, person, Allowed::default()).await;
    let (found, authorization) =
        app.cx.store.code_and_authorization(&app.cx.hasher.hash(&code)).await.unwrap().unwrap();
    let now = app.cx.now();
    let redeemed = app.cx.store.write(move |tx| {
        Box::pin(async move {
            tx.revoke_authorization(authorization.id, "revoked by the client", now).await?;
            tx.redeem_code(&found.hash, authorization.id, now).await
        })
    });
    assert!(!redeemed.await.unwrap());
}

/// Nothing that was answered is stored in a form that could be used: neither code nor tokens are in the database.
#[actix_web::test]
async fn stores_no_token_as_it_is() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let code = app.code(&client, person, Allowed::default()).await;
    let tokens: Value = app.redeem(&client, &code).await.ok();
    let stored = app.everything().await;
    for secret in [code.as_str(), tokens["refresh_token"].as_str().unwrap(), tokens["access_token"].as_str().unwrap()] {
        assert!(!stored.contains(secret));
    }
}

/// A code is not used up where nothing could sign what it gives.
#[actix_web::test]
async fn keeps_a_code_good_while_nothing_can_sign_for_it() {
    let app = TestApp::start().await;
    let person = app.person("ada").await;
    let client = app.client(json!({ "redirect_uris": [REDIRECT_URI], "id_token_signed_response_alg": "EdDSA" })).await;
    let code = app.code(&client, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    app.redeem(&client, &code).await.refuses(500, "server_error");
    let key = app.cx.keeper.generate(SigningAlgorithm::EdDSA).await.unwrap();
    let plan = Plan {
        actor: Actor::Operator,
        now: app.cx.now(),
        publish_before: Duration::ZERO,
        longest_token_lifetime: Duration::ZERO,
    };
    app.cx.keeper.add(key, plan).await.unwrap();
    app.cx.keys.replace(app.cx.keeper.load().await.unwrap());
    let tokens = app.redeem(&client, &code).await.ok();
    assert_eq!(header(tokens["id_token"].as_str().unwrap())["alg"], "EdDSA");
}
