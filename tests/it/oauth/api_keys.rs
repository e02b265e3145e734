//! API keys, as the server of a resource asks about them at `/oauth2/introspect`.

use std::time::Duration;

use claviger::domain::api_keys::{self, BY_HAND, Change, KeyTerms};
use claviger::domain::events::Origin;
use claviger::domain::limits;
use claviger::ids::ApiKeyId;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{ApiKeys, TestApp, TestClient};

const START: i64 = crate::support::START.seconds();

/// RFC 7662 §2.2: whose key it is, what it may do and where.
#[actix_web::test]
async fn tells_a_resource_server_whose_key_it_is_and_what_it_may_do() {
    let keys = ApiKeys::start().await;
    let ada = keys.app.person("ada").await;
    let of_ada = keys.of_person(ada, json!({ "scope": "read", "expires_in": 3600 })).await;
    assert!(of_ada.secret.starts_with("clv_key_live_"), "{}", of_ada.secret);
    let told = keys.introspect(&of_ada.secret).await;
    assert_eq!(told["active"], json!(true));
    assert_eq!((&told["sub"], &told["username"]), (&json!(ada), &json!("ada")));
    assert_eq!((&told["scope"], &told["aud"]), (&json!("read"), &json!(ApiKeys::API)));
    assert_eq!((&told["iat"], &told["exp"]), (&json!(START), &json!(START + 3600)));
    assert_eq!((&told["token_type"], &told["iss"]), (&json!("Bearer"), &json!(keys.app.issuer)));
    assert_eq!((&told["key_mode"], &told["owner_type"]), (&json!("live"), &json!("person")));
    assert_eq!(told["key_id"], json!(of_ada.id));
    assert_eq!(told.get("client_id"), None);

    let of_machine = keys.of_machine(json!({ "scope": "read write", "test": true })).await;
    assert!(of_machine.secret.starts_with("clv_key_test_"));
    let told = keys.introspect(&of_machine.secret).await;
    assert_eq!((&told["sub"], &told["client_id"]), (&json!("machine"), &json!("machine")));
    assert_eq!((&told["key_mode"], &told["owner_type"]), (&json!("test"), &json!("client")));
    assert_eq!(told.get("exp"), None);
}

/// RFC 7662 §2.2, §4: what is not good, and what is none of the caller's business, looks the same.
#[actix_web::test]
async fn tells_nothing_about_keys_that_are_not_good_or_not_theirs() {
    let keys = ApiKeys::start().await;
    let ada = keys.app.person("ada").await;
    let key = keys.of_person(ada, json!({ "expires_in": 60 })).await;
    let stranger = keys.app.web_app().await;
    let inactive = json!({ "active": false });
    assert_eq!(keys.introspect_as(&stranger, &key.secret, None).await, inactive);
    for nonsense in ["clv_key_live_x", "clv_key_", &key.secret[..key.secret.len() - 1], &format!("{}0", key.secret)] {
        assert_eq!(keys.introspect(nonsense).await, inactive, "{nonsense}");
    }
    assert_eq!(keys.introspect(&key.secret).await["active"], json!(true));
    keys.app.clock.advance(Duration::from_mins(1));
    assert_eq!(keys.introspect(&key.secret).await, inactive, "expired");
}

#[actix_web::test]
async fn ends_a_key_at_once_when_it_is_disabled_deleted_or_its_owner_goes() {
    let keys = ApiKeys::start().await;
    let is_active = async |secret: &str| keys.introspect(secret).await["active"] == json!(true);
    let key = keys.of_machine(json!({})).await;
    let stored = keys.stored(key.id).await;
    assert!(is_active(&key.secret).await);
    let origin = Origin::default();
    let act = keys.act(&origin);
    assert_eq!(api_keys::disable(&act, &stored, BY_HAND).await.unwrap(), Change::Done(()));
    assert_eq!(api_keys::disable(&act, &stored, BY_HAND).await.unwrap(), Change::Changed, "once is enough");
    assert!(!is_active(&key.secret).await);
    api_keys::enable(&act, &stored).await.unwrap();
    assert!(is_active(&key.secret).await);
    api_keys::delete(&act, &stored).await.unwrap();
    assert!(!is_active(&key.secret).await);

    let bob = keys.app.person("bob").await;
    let of_bob = keys.of_person(bob, json!({})).await;
    assert!(is_active(&of_bob.secret).await);
    claviger::domain::people::accounts::delete(&act, bob).await.unwrap();
    assert!(!is_active(&of_bob.secret).await);
    assert_eq!(keys.app.cx.store.api_key(of_bob.id).await.unwrap(), None, "a key goes with its owner");
    let kinds = ["api_key_added", "api_key_disabled", "api_key_enabled", "api_key_deleted"];
    for (kind, number) in kinds.into_iter().zip([2, 1, 1, 1]) {
        assert_eq!(keys.app.events(kind).await.len(), number, "{kind}");
    }
}

/// Two who change a key at once: the second sees that it is no longer what it was, and nobody undoes a disabling.
#[actix_web::test]
async fn loses_no_change_of_a_key() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    let (seen, origin) = (keys.stored(key.id).await, Origin::default());
    let act = keys.act(&origin);
    let terms = |name: &str| KeyTerms {
        name: name.to_owned(),
        scope: seen.scope.clone(),
        resources: seen.resources.clone(),
        addresses: Vec::new(),
        rate_limit: None,
        quota: None,
        expires_at: None,
    };
    api_keys::disable(&act, &seen, BY_HAND).await.unwrap();
    let changes = join_all((0..8).map(|number| api_keys::replace(&act, &seen, terms(&number.to_string())))).await;
    let done = changes.into_iter().filter(|change| matches!(change, Ok(Change::Done(_)))).count();
    assert_eq!(done, 1);
    assert_eq!(keys.introspect(&key.secret).await["active"], json!(false), "still disabled");
}

#[actix_web::test]
async fn keeps_the_old_secret_good_until_the_overlap_ends() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    let origin = Origin::default();
    let rotate = async |overlap| {
        let stored = keys.stored(key.id).await;
        let rotated = api_keys::rotate(&keys.act(&origin), &keys.app.cx.hasher, &stored, overlap).await.unwrap();
        let Change::Done(secret) = rotated else { panic!("{rotated:?}") };
        secrecy::ExposeSecret::expose_secret(&secret).to_owned()
    };
    let second = rotate(Duration::from_mins(10)).await;
    let is_active = async |secret: &str| keys.introspect(secret).await["active"] == json!(true);
    assert!(is_active(&key.secret).await && is_active(&second).await);
    let ids = [keys.introspect(&key.secret).await, keys.introspect(&second).await].map(|told| told["key_id"].clone());
    assert_eq!(ids[0], ids[1], "the key stays the same");
    keys.app.clock.advance(Duration::from_mins(10));
    assert!(!is_active(&key.secret).await && is_active(&second).await);
    let third = rotate(Duration::ZERO).await;
    assert!(!is_active(&second).await && is_active(&third).await);
}

#[actix_web::test]
async fn tells_how_things_stand_with_rate_and_quota() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({ "rate_limit": "2/minute", "quota": "3/month" })).await;
    let told = keys.introspect(&key.secret).await;
    assert_eq!(told["rate_limit"], json!({ "limit": 2, "window": 60, "remaining": 1, "reset": 61 }));
    assert_eq!((&told["quota"]["limit"], &told["quota"]["remaining"]), (&json!(3), &json!(2)));
    assert_eq!(told["quota"]["window"], json!(30 * 86_400), "November");
    assert_eq!(keys.introspect(&key.secret).await["rate_limit"]["remaining"], json!(0));
    let refused = keys.introspect(&key.secret).await;
    assert_eq!((&refused["active"], &refused["retry_after"]), (&json!(false), &json!(61)));
    assert_eq!((refused.get("sub"), refused.get("scope")), (None, None), "nothing else is told");
    keys.app.clock.advance(Duration::from_secs(61));
    assert_eq!(keys.introspect(&key.secret).await["quota"]["remaining"], json!(0));
    let refused = keys.introspect(&key.secret).await;
    assert_eq!(refused["active"], json!(false), "the month's are used up, though the minute's are not");
    assert!(refused["retry_after"].as_u64().unwrap() > 7 * 86_400 - 100, "{refused}");
}

#[actix_web::test]
async fn notes_the_last_use_once_a_minute() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    let used = async || {
        api_keys::carry(&keys.app.cx.store, &keys.app.cx.key_uses).await.unwrap();
        keys.stored(key.id).await.last_use.map(|used| (used.at.seconds() - START, used.address))
    };
    assert_eq!(used().await, None);
    let from = async |address: &str| keys.introspect_as(&keys.server, &key.secret, Some(address)).await;
    from("192.0.2.7").await;
    assert_eq!(used().await, Some((0, "192.0.2.7".to_owned())));
    keys.app.clock.advance(Duration::from_secs(59));
    keys.forget().await;
    from("192.0.2.8").await;
    assert_eq!(used().await, Some((0, "192.0.2.7".to_owned())), "within the minute");
    keys.app.clock.advance(Duration::from_secs(1));
    from("192.0.2.9").await;
    assert_eq!(used().await, Some((60, "192.0.2.9".to_owned())));
}

/// Two servers on one database: each counts exactly, and knows what the other had let pass when they last told each
/// other.
#[actix_web::test]
async fn counts_together_with_another_server_on_the_same_database() {
    let keys = ApiKeys::start().await;
    let other = keys.app.second_server().await;
    let key = keys.of_machine(json!({ "rate_limit": "10/minute" })).await;
    let ask = async |app: &TestApp| keys.introspect_at(app, &key.secret).await["active"] == json!(true);
    let exchange = async || {
        for cx in [&keys.app.cx, &other.cx, &keys.app.cx] {
            limits::exchange(&cx.store, &cx.limiter, cx.now()).await.unwrap();
        }
    };
    for _ in 0..4 {
        assert!(ask(&keys.app).await);
    }
    exchange().await;
    for _ in 0..4 {
        assert!(ask(&other).await);
    }
    exchange().await;
    assert!(ask(&keys.app).await && ask(&other).await);
    // Neither has told of its last: one too many may pass at each, no more.
    assert!(ask(&keys.app).await && ask(&other).await);
    assert!(!ask(&keys.app).await && !ask(&other).await);
    exchange().await;
    assert!(!ask(&keys.app).await && !ask(&other).await);
}

#[actix_web::test]
async fn remembers_a_quota_across_a_restart() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({ "quota": "1/day" })).await;
    assert_eq!(keys.introspect(&key.secret).await["active"], json!(true));
    keys.app.cx.tallies().flush(&keys.app.cx.store, keys.app.cx.now()).await.unwrap();
    let restarted = keys.app.second_server().await;
    assert_eq!(keys.introspect_at(&restarted, &key.secret).await["active"], json!(false));
}

#[actix_web::test]
async fn gives_a_key_no_more_than_its_owner_has() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({ "scope": "read write" })).await;
    let mut metadata = ApiKeys::machine_metadata();
    metadata["scope"] = json!("read");
    keys.app.update_client(&TestClient { id: "machine".to_owned(), secret: String::new() }, metadata).await;
    assert_eq!(keys.introspect(&key.secret).await["scope"], json!("read"));
}

#[actix_web::test]
async fn refuses_a_key_that_could_do_what_its_owner_may_not() {
    let keys = ApiKeys::start().await;
    let refused = async |draft: Value| keys.refused(draft).await;
    for (draft, member) in [
        (json!({ "scope": "clients:read" }), "scope"),
        (json!({ "scope": "openid" }), "scope"),
        (json!({ "scope": "unknown" }), "scope"),
        (json!({ "scope": "other" }), "scope"),
        (json!({ "resources": ["https://unknown.example"] }), "resources"),
        (json!({ "resources": [format!("{}/api/v1", keys.app.issuer)] }), "resources"),
        (json!({ "addresses": ["192.0.2.7/24"] }), "addresses"),
        (json!({ "rate_limit": "often" }), "rate_limit"),
        (json!({ "quota": "5/minute" }), "quota"),
        (json!({ "name": " " }), "name"),
        (json!({ "expires_in": 0 }), "expires_at"),
    ] {
        assert_eq!(refused(draft.clone()).await, [member], "{draft}");
    }
    let several = refused(json!({ "name": "", "quota": "x", "rate_limit": "y" })).await;
    assert_eq!(several, ["name", "rate_limit", "quota"], "every fault at once");
}

#[actix_web::test]
async fn lists_the_keys_that_nobody_has_used_for_long() {
    let keys = ApiKeys::start().await;
    let old = keys.of_machine(json!({ "name": "old" })).await;
    keys.app.clock.advance(Duration::from_hours(24 * 10));
    let used = keys.of_machine(json!({ "name": "used" })).await;
    keys.app.clock.advance(Duration::from_hours(24 * 95));
    keys.introspect(&used.secret).await;
    api_keys::carry(&keys.app.cx.store, &keys.app.cx.key_uses).await.unwrap();
    let filter = claviger::store::ApiKeyFilter {
        idle_since: Some(keys.app.cx.now() - Duration::from_hours(24 * 90)),
        ..Default::default()
    };
    let idle = keys.app.cx.store.api_keys_after(&filter, None, 10).await.unwrap();
    assert_eq!(idle.iter().map(|key| key.id).collect::<Vec<ApiKeyId>>(), [old.id]);
}
