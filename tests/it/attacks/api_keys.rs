//! What somebody does with API keys that are not theirs, or more often than they may.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::ApiKeys;

/// Of many requests that come at once never one more passes than the limit.
#[actix_web::test]
async fn never_passes_a_limit_by_asking_many_times_at_once() {
    let keys = ApiKeys::start().await;
    for limit in [json!({ "rate_limit": "10/minute" }), json!({ "quota": "10/day" })] {
        let key = keys.of_machine(limit.clone()).await;
        let told = join_all((0..64).map(|_| keys.introspect(&key.secret))).await;
        assert_eq!(told.iter().filter(|told| told["active"] == json!(true)).count(), 10, "{limit}");
    }
}

#[actix_web::test]
async fn uses_a_stolen_key_from_a_foreign_address() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({ "addresses": ["192.0.2.0/24", "2001:db8::1"] })).await;
    let is_active =
        async |from: Option<&str>| keys.introspect_as(&keys.server, &key.secret, from).await["active"] == json!(true);
    for own in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1"] {
        assert!(is_active(Some(own)).await, "{own}");
    }
    for foreign in [Some("192.0.3.7"), Some("2001:db8::2"), None] {
        assert!(!is_active(foreign).await, "{foreign:?}");
    }
    let refusals = keys.app.events("api_key_refused").await;
    assert_eq!(refusals.len(), 1, "told once a minute");
    assert_eq!(refusals[0].reason.as_deref(), Some("foreign address"));
    assert_eq!(
        (&refusals[0].details["from"], refusals[0].client_id.as_ref().unwrap().as_str()),
        (&json!("192.0.3.7"), "machine")
    );
    let form = [("token", key.secret.as_str()), ("client_address", "home")];
    let authorization = keys.server.basic();
    let answer = keys.app.post_with("/oauth2/introspect", &form, &[("authorization", &authorization)]).await;
    answer.refuses(400, "invalid_request");
}

/// A key is no access token: our own endpoints do not take it, whatever its scope.
#[actix_web::test]
async fn presents_a_key_where_a_token_is_due() {
    let keys = ApiKeys::start().await;
    let owner = keys.app.admin("root").await;
    let key = keys.of_person(owner, json!({})).await;
    let bearer = format!("Bearer {}", key.secret);
    for path in ["/oauth2/userinfo", "/api/v1/clients", "/api/v1/people"] {
        assert_eq!(keys.app.get_with(path, &[("authorization", &bearer)]).await.status, 401, "{path}");
    }
    let form = [("grant_type", "refresh_token"), ("refresh_token", key.secret.as_str())];
    assert_eq!(keys.app.token(&keys.server, &form).await.status, 400);
}

/// RFC 7662 §4: who guesses learns nothing, and a secret stands nowhere.
#[actix_web::test]
async fn guesses_keys_and_reads_the_database() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    keys.introspect(&key.secret).await;
    let mut guess = key.secret.clone().into_bytes();
    guess[20] = if guess[20] == b'0' { b'1' } else { b'0' };
    let guess = String::from_utf8(guess).unwrap();
    assert_eq!(keys.introspect(&guess).await, json!({ "active": false }));
    let everything = keys.app.everything().await;
    assert!(everything.contains("Nightly report"));
    assert!(!everything.contains(&key.secret) && !everything.contains(&key.secret["clv_key_live_".len() + 4..]));
}
