//! Keys that were found in public, and what strangers do with the endpoint that takes reports of them.

use std::time::Duration;

use claviger::domain::api_keys;
use claviger::domain::events::Origin;
use futures_util::future::join_all;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::{Answer, ApiKeys, Commands, TestApp};

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

/// Whoever has switched a key off for a while, or let it end, does not bring back what everybody has read since.
#[actix_web::test]
async fn reports_a_key_that_sleeps() {
    let keys = ApiKeys::start().await;
    let origin = Origin::default();
    let (off, over) = (keys.of_machine(json!({})).await, keys.of_machine(json!({ "expires_in": 60 })).await);
    api_keys::disable(&keys.act(&origin), &keys.stored(off.id).await, api_keys::BY_HAND).await.unwrap();
    let since = keys.stored(off.id).await.disabled.unwrap().at;
    keys.app.clock.advance(Duration::from_mins(1));
    assert_eq!(labels(&keys.app, &[&off.secret, &over.secret]).await, ["true_positive"; 2]);
    for key in [&off, &over] {
        let stored = keys.stored(key.id).await;
        assert!(api_keys::must_be_rotated(&stored));
        let change = api_keys::enable(&keys.act(&origin), &stored).await.unwrap();
        assert_eq!((change, keys.stored(key.id).await), (api_keys::Change::Changed, stored));
    }
    assert_eq!(keys.stored(off.id).await.disabled.unwrap().at, since);
}

/// The old secret ends with the rotation, whatever overlap is asked for, and one that leaks again is caught again.
#[actix_web::test]
async fn goes_on_with_a_leaked_secret_after_a_rotation() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    labels(&keys.app, &[&key.secret]).await;
    let mut commands = Commands::beside(&keys.app);
    commands.write("config.toml", ApiKeys::settings());
    commands.set("CLAVIGER__TOKENS__DEFAULT_RESOURCE", ApiKeys::API);
    let refused = commands.run(&format!("api-key enable {}", key.id));
    assert!(refused.refused(1).contains("found in public"));
    let shown = commands.run(&format!("api-key show {} --json", key.id)).json();
    assert_eq!((&shown["disabled_because"], &shown["leaked_url"]), (&json!("leaked"), &json!(URL)));
    let (origin, week) = (Origin::default(), Duration::from_hours(7 * 24));
    let stored = keys.stored(key.id).await;
    let rotated = api_keys::rotate(&keys.act(&origin), &keys.app.cx.hasher, &stored, week).await.unwrap();
    let api_keys::Change::Done(second) = rotated else { panic!("{rotated:?}") };
    let second = second.expose_secret();
    commands.run(&format!("api-key enable {}", key.id)).done();
    keys.forget().await;
    assert!(!is_active(&keys, &key.secret).await && is_active(&keys, second).await);
    assert_eq!(api_keys::leak(&keys.stored(key.id).await), None);
    labels(&keys.app, &[&key.secret]).await;
    assert!(is_active(&keys, second).await, "the old one is of no use to anybody");
    labels(&keys.app, &[second]).await;
    assert!(!is_active(&keys, second).await);
    assert_eq!(keys.app.events("api_key_leaked").await.len(), 2);
}

/// A rotation and a report at once: whichever comes first, the reported secret does not stay good.
#[actix_web::test]
async fn reports_a_key_while_it_is_rotated() {
    let keys = ApiKeys::start().await;
    let origin = Origin::default();
    for _ in 0..8 {
        let key = keys.of_machine(json!({})).await;
        let (act, stored) = (keys.act(&origin), keys.stored(key.id).await);
        let rotation = api_keys::rotate(&act, &keys.app.cx.hasher, &stored, Duration::from_hours(1));
        let reported = [key.secret.as_str()];
        let (told, rotated) = futures_util::future::join(labels(&keys.app, &reported), rotation).await;
        assert_eq!(told, ["true_positive"]);
        rotated.unwrap();
        assert!(!is_active(&keys, &key.secret).await);
        // Even if somebody enables it right away.
        let _ = api_keys::enable(&act, &keys.stored(key.id).await).await.unwrap();
        assert!(!is_active(&keys, &key.secret).await);
    }
}

#[actix_web::test]
async fn floods_the_reports() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    for _ in 0..60 {
        assert_eq!(send(&keys.app, &json!([])).await.status, 200);
    }
    keys.app.clock.advance(Duration::from_secs(20));
    let answer = send(&keys.app, &json!([{ "token": key.secret }])).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "40"), "{}", answer.body);
    assert!(is_active(&keys, &key.secret).await);
    keys.app.clock.advance(Duration::from_secs(40));
    assert_eq!(labels(&keys.app, &[&key.secret]).await, ["true_positive"]);
}

/// Too many tokens, too long a body, no JSON, no JSON that says so: refused, and nothing of it is told back.
#[actix_web::test]
async fn sends_what_is_no_report() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    let many = vec![json!({ "token": key.secret }); 101];
    send(&keys.app, &json!(many)).await.refuses(400, "invalid_request");
    for body in [json!({ "tokens": [key.secret] }), json!([[key.secret]]), json!(key.secret), json!({ "token": 7 })] {
        let answer = send(&keys.app, &body).await;
        answer.refuses(400, "invalid_request");
        assert!(!answer.body.contains(&key.secret), "{}", answer.body);
    }
    let long = json!([{ "token": key.secret, "url": "x".repeat(100_000) }]);
    assert_eq!(send(&keys.app, &long).await.status, 413);
    let one = json!([{ "token": key.secret }]).to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        let answer = keys.app.request("POST", "/api-keys/report", one.clone(), &[("content-type", kind)]).await;
        answer.refuses(400, "invalid_request");
    }
    let answer = keys.app.get("/api-keys/report").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    assert!(is_active(&keys, &key.secret).await);
}

/// A stranger's words reach the table and the log only as far as they can be seen.
#[actix_web::test]
async fn writes_a_script_and_lines_of_its_own_into_a_report() {
    let keys = ApiKeys::start().await;
    let key = keys.of_machine(json!({})).await;
    let url = format!("https://x.example/<script>\n\u{202e}\u{0}{}", "y".repeat(2_000));
    let told = send(&keys.app, &json!({ "token": key.secret, "type": "a\"<b>\u{7}", "url": url, "source": 7 })).await;
    told.refuses(400, "invalid_request");
    let told = send(&keys.app, &json!({ "token": key.secret, "type": "a\"<b>\u{7}", "url": url })).await;
    assert_eq!(told.ok()[0]["token_type"], json!("a\"<b>"));
    assert!(told.header("content-type").starts_with("application/json"));
    let kept = api_keys::leak(&keys.stored(key.id).await).unwrap().url.clone().unwrap();
    assert!(kept.starts_with("https://x.example/<script>yyy") && kept.len() == 500, "{kept}");
}
