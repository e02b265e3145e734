//! `grant_type=refresh_token`.

use std::time::Duration;

use claviger::ids::AuthorizationId;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Allowed, REDIRECT_URI, TestApp, TestClient, claims};

fn refresh_token(tokens: &Value) -> &str {
    tokens["refresh_token"].as_str().unwrap()
}

async fn started(toml: &str) -> (TestApp, TestClient, Value) {
    let app = TestApp::start_with(toml).await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let tokens = app.tokens(&client, person, Allowed { nonce: Some("n"), ..Allowed::default() }).await;
    (app, client, tokens)
}

/// RFC 6749 §6, RFC 9700 §4.14.2: new tokens, a new refresh token. OIDC Core §12.2: the same person, the same sign-in.
#[actix_web::test]
async fn gives_new_tokens_and_a_new_refresh_token() {
    let (app, client, first) = started("").await;
    app.clock.advance(Duration::from_secs(100));
    let answer = app.refresh(&client, refresh_token(&first)).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let second = answer.ok();
    assert_ne!(refresh_token(&first), refresh_token(&second));
    assert_ne!(first["access_token"], second["access_token"]);
    let (old, new) = (claims(first["id_token"].as_str().unwrap()), claims(second["id_token"].as_str().unwrap()));
    for same in ["iss", "sub", "aud", "azp", "auth_time", "sid"] {
        assert_eq!(old[same], new[same], "{same}");
    }
    assert_ne!(old["iat"], new["iat"]);
    assert_eq!(new.get("nonce"), None);
    app.refresh(&client, refresh_token(&second)).await.ok();
}

/// RFC 9700 §4.14.2: a token that was used before ends everything, once a lost answer is no explanation any more.
#[actix_web::test]
async fn revokes_everything_when_a_used_token_comes_back() {
    let (app, client, first) = started("").await;
    let second = app.refresh(&client, refresh_token(&first)).await.ok();
    app.clock.advance(Duration::from_secs(31));
    app.refresh(&client, refresh_token(&first)).await.refuses(400, "invalid_grant");
    app.refresh(&client, refresh_token(&second)).await.refuses(400, "invalid_grant");
    assert_eq!(app.userinfo(second["access_token"].as_str().unwrap()).await.status, 401);
    assert_eq!(app.events("refresh_token_reused").await.len(), 1);
}

/// A retry whose answer got lost is given a fresh successor, and the unused one dies.
#[actix_web::test]
async fn answers_a_retry_whose_answer_was_lost() {
    let (app, client, first) = started("").await;
    let lost = app.refresh(&client, refresh_token(&first)).await.ok();
    app.clock.advance(Duration::from_secs(29));
    let arrived = app.refresh(&client, refresh_token(&first)).await.ok();
    assert_ne!(refresh_token(&lost), refresh_token(&arrived));
    app.refresh(&client, refresh_token(&arrived)).await.ok();
}

/// RFC 9700 §4.14.2: whoever holds the successor that died shows that two hold tokens of one chain.
#[actix_web::test]
async fn revokes_everything_when_a_dead_successor_comes_back() {
    let (app, client, first) = started("").await;
    let lost = app.refresh(&client, refresh_token(&first)).await.ok();
    let arrived = app.refresh(&client, refresh_token(&first)).await.ok();
    app.refresh(&client, refresh_token(&lost)).await.refuses(400, "invalid_grant");
    app.refresh(&client, refresh_token(&arrived)).await.refuses(400, "invalid_grant");
}

/// Once the successor was used, no retry is a lost answer.
#[actix_web::test]
async fn takes_no_retry_once_the_successor_was_used() {
    let (app, client, first) = started("").await;
    let second = app.refresh(&client, refresh_token(&first)).await.ok();
    let third = app.refresh(&client, refresh_token(&second)).await.ok();
    app.refresh(&client, refresh_token(&first)).await.refuses(400, "invalid_grant");
    app.refresh(&client, refresh_token(&third)).await.refuses(400, "invalid_grant");
}

/// Sixty-four parallel uses of one token end with exactly one live token.
#[actix_web::test]
async fn leaves_one_live_chain_after_many_uses_at_once() {
    let (app, client, first) = started("server.workers = 4\n").await;
    let answers = join_all((0..64).map(|_| app.refresh(&client, refresh_token(&first)))).await;
    let answered: Vec<Value> = answers.iter().map(crate::support::Answer::ok).collect();
    let access_token = claims(answered[0]["access_token"].as_str().unwrap());
    let id: AuthorizationId = access_token["authorization_id"].as_str().unwrap().parse().unwrap();
    let live = app.cx.store.live_refresh_tokens(id, app.cx.now()).await.unwrap();
    assert_eq!(live, 1);
    let mut alive = 0;
    for tokens in &answered {
        let hash = app.cx.hasher.hash(refresh_token(tokens));
        let stored = app.cx.store.refresh_token(&hash).await.unwrap().unwrap();
        alive += usize::from(stored.state == claviger::store::RefreshState::Live);
    }
    assert_eq!(alive, 1, "the live one is one that was answered");
}

/// RFC 6749 §6: the scope can narrow, never widen; the new refresh token keeps the old one's.
#[actix_web::test]
async fn narrows_the_scope_for_one_access_token_only() {
    let (app, client, first) = started("").await;
    let form = |token: &str, scope: &str| {
        [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let send = async |token: &str, scope: &str| {
        let form = form(token, scope);
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        app.token(&client, &form).await
    };
    send(refresh_token(&first), "openid phone").await.refuses(400, "invalid_scope");
    let narrow = send(refresh_token(&first), "openid").await.ok();
    assert_eq!(narrow["scope"], "openid");
    let wide = app.refresh(&client, refresh_token(&narrow)).await.ok();
    assert_eq!(wide["scope"], "openid profile email offline_access");
}

/// RFC 6749 §6, §10.4: bound to its client; another's attempt does no harm.
#[actix_web::test]
async fn refuses_another_clients_token() {
    let (app, client, first) = started("").await;
    let thief = app
        .client(json!({
            "client_id": "thief",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
        }))
        .await;
    app.refresh(&thief, refresh_token(&first)).await.refuses(400, "invalid_grant");
    app.refresh(&client, refresh_token(&first)).await.ok();
}

/// A chain ends after its idle lifetime, and after its absolute lifetime however often it was used.
#[actix_web::test]
async fn ends_a_chain_that_idles_or_grows_old() {
    let settings = "tokens.refresh_token_idle_lifetime = \"10m\"\ntokens.refresh_token_absolute_lifetime = \"25m\"\n";
    let (app, client, first) = started(settings).await;
    app.clock.advance(Duration::from_mins(9));
    let second = app.refresh(&client, refresh_token(&first)).await.ok();
    app.clock.advance(Duration::from_mins(9));
    let third = app.refresh(&client, refresh_token(&second)).await.ok();
    app.clock.advance(Duration::from_mins(8));
    app.refresh(&client, refresh_token(&third)).await.refuses(400, "invalid_grant");
    let (app, client, first) = started(settings).await;
    app.clock.advance(Duration::from_mins(10));
    app.refresh(&client, refresh_token(&first)).await.refuses(400, "invalid_grant");
}

#[actix_web::test]
async fn refuses_nonsense_and_access_tokens_in_its_place() {
    let (app, client, first) = started("").await;
    for token in ["x", first["access_token"].as_str().unwrap(), first["id_token"].as_str().unwrap()] {
        app.refresh(&client, token).await.refuses(400, "invalid_grant");
    }
}

/// RFC 6749 §6: what the registration does not allow any more is not given any more, whatever was granted once.
#[actix_web::test]
async fn gives_no_more_than_the_registration_still_allows() {
    let (app, client, first) = started("").await;
    let registered = |scope: &str| {
        json!({
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": scope,
        })
    };
    app.update_client(&client, registered("openid offline_access")).await;
    let second = app.refresh(&client, refresh_token(&first)).await.ok();
    assert_eq!(second["scope"], "openid offline_access");
    app.update_client(&client, registered("phone")).await;
    app.refresh(&client, refresh_token(&second)).await.refuses(400, "invalid_scope");
}
