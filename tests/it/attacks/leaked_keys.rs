//! Keys that were found in public, and what strangers do with the endpoint that takes reports of them.

use std::time::Duration;

use claviger::domain::api_keys;
use claviger::domain::events::Origin;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Answer, ApiKeys, TestApp};

const URL: &str = "https://git.example/blob/1/deploy.sh";

async fn send(app: &TestApp, report: &Value) -> Answer {
    let json = [("content-type", "application/json")];
    app.request("POST", "/api-keys/report", report.to_string(), &json).await
}

/// The labels of the answer to a report of these tokens.
async fn labels(app: &TestApp, tokens: &[&str]) -> Vec<String> {
    let report: Vec<_> = tokens.iter().map(|token| json!({ "token": token, "type": "key", "url": URL })).collect();
    let answer = send(app, &json!(report)).await.ok();
    answer.as_array().unwrap().iter().map(|told| told["label"].as_str().unwrap().to_owned()).collect()
}

async fn is_active(keys: &ApiKeys, key: &str) -> bool {
    keys.introspect(key).await["active"] == json!(true)
}

/// Whoever holds a key can end it, and nobody learns whose it was.
#[actix_web::test]
async fn reports_a_key_that_everybody_can_read() {
    let keys = ApiKeys::start().await;
    let ada = keys.app.person("ada").await;
    let key = keys.of_person(ada, json!({ "name": "Backup of ada's" })).await;
    assert!(is_active(&keys, &key.secret).await);
    let report = json!([{ "token": key.secret, "type": "claviger_key", "url": URL, "source": "content" }]);
    let answer = send(&keys.app, &report).await;
    let told = answer.ok();
    assert_eq!(told[0]["label"], json!("true_positive"));
    assert_eq!(told[0]["token_type"], json!("claviger_key"));
    assert_eq!(told[0].as_object().unwrap().len(), 3, "and nothing of its owner: {told}");
    assert!(!is_active(&keys, &key.secret).await);
    let events = keys.app.events("api_key_leaked").await;
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((event.person_id, event.address.as_deref()), (Some(ada), Some("127.0.0.1")));
    assert_eq!((&event.details["url"], &event.details["source"]), (&json!(URL), &json!("content")));
    let stored = keys.stored(key.id).await;
    assert_eq!(api_keys::leak(&stored).unwrap().url.as_deref(), Some(URL));
    assert!(!keys.app.everything().await.contains(&key.secret));
}

#[actix_web::test]
async fn reports_a_guessed_key() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    let mut guess = key.secret.clone().into_bytes();
    guess[20] = if guess[20] == b'0' { b'1' } else { b'0' };
    let guess = String::from_utf8(guess).unwrap();
    let others = [guess.as_str(), "clv_key_live_", "", "hunter2", &key.secret[..30]];
    assert_eq!(labels(&keys.app, &others).await, ["false_positive"; 5]);
    assert!(is_active(&keys, &key.secret).await);
    assert!(keys.app.events("api_key_leaked").await.is_empty());
}

/// Of many reports that come at once one is the first, and only that one is told.
#[actix_web::test]
async fn reports_a_key_many_times_at_once() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    let second = keys.app.second_server().await;
    let reports = (0..64).map(|number| {
        let (app, secret) = (if number % 2 == 0 { &keys.app } else { &second }, key.secret.as_str());
        async move { labels(app, &[secret]).await }
    });
    assert!(join_all(reports).await.iter().all(|labels| labels[0] == "true_positive"));
    assert_eq!(keys.app.events("api_key_leaked").await.len(), 1);
    assert!(!is_active(&keys, &key.secret).await);
}

/// A secret that stays good for a while after a rotation is as dangerous as the new one; one that has ended is none.
#[actix_web::test]
async fn reports_the_secrets_of_a_rotated_key() {
    let keys = ApiKeys::start().await;
    let origin = Origin::default();
    for (overlap, ends) in [(Duration::from_hours(1), false), (Duration::ZERO, true)] {
        let key = keys.of_machine(json!({})).await;
        let cx = &keys.app.cx;
        api_keys::rotate(&keys.act(&origin), &cx.hasher, &keys.stored(key.id).await, overlap).await.unwrap();
        assert_eq!(labels(&keys.app, &[&key.secret]).await, ["true_positive"]);
        assert_eq!(keys.stored(key.id).await.disabled.is_none(), ends, "{overlap:?}");
    }
    assert_eq!(keys.app.events("api_key_leaked").await.len(), 1);
}
