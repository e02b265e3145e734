//! API keys, as a program makes, changes and ends them.

use std::time::Duration;

use futures_util::future::join_all;

use super::*;
use crate::support::ApiKeys;

const MANY: usize = 64;
/// A server that does many things at the same time.
const WIDE: &str = "server.workers = 4\ndatabase.max_connections = 16\n";

pub(super) fn of_machine(more: &Value) -> Value {
    let mut body = json!({ "client_id": "machine", "name": "Nightly report", "scope": "read" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub(super) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("{member} in {value}"))
}

pub(super) fn path(key: &Value) -> String {
    format!("/api-keys/{}", text(key, "id"))
}

pub(super) async fn is_active(keys: &ApiKeys, secret: &str) -> bool {
    keys.introspect(secret).await["active"] == json!(true)
}

/// From the first answer to the last, as the server of a resource sees it.
#[actix_web::test]
async fn makes_uses_changes_rotates_disables_and_deletes_a_key() {
    let keys = ApiKeys::start().await;
    let tool = Tool::new(&keys.app).await;
    let made = tool
        .post(
            "/api-keys",
            of_machine(&json!({
                "addresses": ["192.0.2.0/24"], "rate_limit": "100/minute", "quota": "10000/month",
                "expires_at": "2027-01-31T00:00:00Z", "resources": [ApiKeys::API], "mode": "test",
            })),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let key = made.json();
    let (path, secret) = (path(&key), text(&key, "secret").to_owned());
    assert_eq!(made.header("location"), format!("{}/api/v1{path}", keys.app.issuer));
    assert!(secret.starts_with("clv_key_test_"), "{secret}");
    assert_eq!(text(&key["secrets"][0], "beginning"), &secret[..17]);
    let shown = tool.get(&path).await;
    assert_eq!(shown.header("etag"), made.header("etag"));
    let mut without = key.clone();
    without.as_object_mut().unwrap().remove("secret");
    assert_eq!(shown.json(), without);
    for (member, expected) in [
        ("client_id", json!("machine")),
        ("person_id", Value::Null),
        ("scope", json!("read")),
        ("addresses", json!(["192.0.2.0/24"])),
        ("rate_limit", json!("100/minute")),
        ("quota", json!("10000/month")),
        ("expires_at", json!("2027-01-31T00:00:00Z")),
        ("mode", json!("test")),
        ("state", json!("active")),
        ("last_used_at", Value::Null),
    ] {
        assert_eq!(key[member], expected, "{member}");
    }
    let from = Some("192.0.2.7");
    assert_eq!(keys.introspect_as(&keys.server, &secret, from).await["scope"], "read");

    // A patch takes away what is null and leaves what is not named.
    let tag = shown.header("etag").to_owned();
    let patch = json!({ "addresses": null, "scope": "read write", "quota": null });
    let patched = tool.send("PATCH", &path, &patch, &[("if-match", &tag)]).await;
    let now = patched.ok();
    assert_eq!((&now["addresses"], &now["quota"]), (&json!([]), &Value::Null));
    assert_eq!((text(&now, "rate_limit"), text(&now, "scope")), ("100/minute", "read write"));
    let late = tool.send("PATCH", &path, &json!({ "name": "Late" }), &[("if-match", &tag)]).await;
    assert_eq!((late.status, problem(&late).as_str()), (412, "changed-meanwhile"));
    assert_eq!(problem(&tool.send("PATCH", &path, &json!({}), &[]).await), "precondition-required");
    keys.forget().await;
    assert_eq!(keys.introspect(&secret).await["scope"], "read write");

    // Both are good for as long as they overlap.
    let rotated = tool.post(&format!("{path}/rotate"), json!({ "overlap": 60 })).await.ok();
    let next = text(&rotated, "secret").to_owned();
    assert_eq!(rotated["secrets"].as_array().unwrap().len(), 2);
    assert!(next != secret && is_active(&keys, &secret).await && is_active(&keys, &next).await);
    keys.app.clock.advance(Duration::from_mins(1));
    assert!(!is_active(&keys, &secret).await && is_active(&keys, &next).await);

    let disabled = tool.post(&format!("{path}/disable"), Value::Null).await.ok();
    assert_eq!((text(&disabled, "state"), text(&disabled, "disabled_because")), ("disabled", "by hand"));
    assert!(!is_active(&keys, &next).await);
    assert_eq!(text(&tool.post(&format!("{path}/enable"), Value::Null).await.ok(), "state"), "active");
    assert!(is_active(&keys, &next).await);
    assert_eq!(tool.delete(&path).await.status, 204);
    assert!(!is_active(&keys, &next).await);
    assert_eq!(tool.get(&path).await.status, 404);
    assert_eq!(tool.delete(&path).await.status, 404);
    for kind in ["added", "updated", "rotated", "disabled", "enabled", "deleted"] {
        let events = keys.app.events(&format!("api_key_{kind}")).await;
        assert_eq!(events.len(), 1, "{kind}");
        assert!(events[0].actor.contains("tool-"), "{}", events[0].actor);
    }
}

#[actix_web::test]
async fn makes_a_key_for_a_person() {
    let keys = ApiKeys::start().await;
    let ada = keys.app.person("ada").await;
    let tool = Tool::new(&keys.app).await;
    let body = json!({ "person_id": ada.to_string(), "name": "Laptop", "scope": "write" });
    let key = tool.post("/api-keys", body).await.json();
    let told = keys.introspect(text(&key, "secret")).await;
    assert_eq!((text(&told, "sub"), text(&told, "scope")), (ada.to_string().as_str(), "write"));
    assert!(text(&key, "secret").starts_with("clv_key_live_"), "live if nothing is said");
}

#[actix_web::test]
async fn names_every_fault_at_once() {
    let keys = ApiKeys::start().await;
    let tool = Tool::new(&keys.app).await;
    let members = |answer: &Answer| {
        assert_eq!((answer.status, problem(answer).as_str()), (422, "invalid"), "{}", answer.body);
        let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| text(error, "member").to_owned()).collect::<Vec<_>>()
    };
    let all = json!({
        "name": " ", "scope": "clients:read", "resources": ["https://unknown.example"], "addresses": ["home"],
        "rate_limit": "often", "quota": "5/minute", "expires_at": "soon",
    });
    let every = ["name", "resources", "scope", "addresses", "rate_limit", "quota", "expires_at"];
    assert_eq!(members(&tool.post("/api-keys", of_machine(&all)).await), every);
    let key = tool.post("/api-keys", of_machine(&json!({}))).await.json();
    let patched = tool.send("PATCH", &path(&key), &all, &[("if-match", "*")]).await;
    assert_eq!(members(&patched), every);
    for (wrong, expected) in [
        (json!({ "expires_at": "2020-01-01T00:00:00Z" }), vec!["expires_at"]),
        (json!({ "secret": "x", "mood": "y" }), vec!["mood", "secret"]),
        (json!({ "client_id": null }), vec!["client_id"]),
        (json!({ "client_id": "nobody" }), vec!["client_id"]),
        (json!({ "person_id": keys.app.cx.entropy.uuid() }), vec!["client_id"]),
        (json!({ "client_id": null, "person_id": keys.app.cx.entropy.uuid() }), vec!["person_id"]),
        (json!({ "mode": "real" }), vec![]),
        (json!({ "resources": "one" }), vec![]),
    ] {
        assert_eq!(members(&tool.post("/api-keys", of_machine(&wrong)).await), expected, "{wrong}");
    }
    let other_mode = tool.send("PATCH", &path(&key), &json!({ "mode": "test" }), &[("if-match", "*")]).await;
    assert_eq!(members(&other_mode), ["mode"], "a key never changes sides");
    assert_eq!(tool.post(&format!("{}/rotate", path(&key)), json!({ "overlap": 2_592_001 })).await.status, 422);
    assert_eq!(keys.app.events("api_key_added").await.len(), 1);
    assert_eq!(keys.app.events("api_key_updated").await.len(), 0);
}

/// Being used is no change: whoever changes a busy key would meet another one each minute.
#[actix_web::test]
async fn changes_a_key_that_is_in_use() {
    let keys = ApiKeys::start().await;
    let tool = Tool::new(&keys.app).await;
    let made = tool.post("/api-keys", of_machine(&json!({}))).await;
    let key = made.json();
    keys.introspect_as(&keys.server, text(&key, "secret"), Some("192.0.2.7")).await;
    claviger::domain::api_keys::carry(&keys.app.cx.store, &keys.app.cx.key_uses).await.unwrap();
    let seen = tool.get(&path(&key)).await;
    assert_eq!(text(&seen.json(), "last_used_from"), "192.0.2.7");
    let tag = [("if-match", made.header("etag"))];
    let patched = tool.send("PATCH", &path(&key), &json!({ "name": "Busy" }), &tag).await.ok();
    assert_eq!((text(&patched, "name"), text(&patched, "last_used_from")), ("Busy", "192.0.2.7"));
}

/// The answer that makes a key is the one place where its secret stands, and whoever sent the request the one who gets it
/// again.
#[actix_web::test]
async fn never_tells_a_secret_again() {
    let keys = ApiKeys::start().await;
    let (tool, other) = (Tool::new(&keys.app).await, Tool::new(&keys.app).await);
    let once = [("idempotency-key", "9d1f")];
    let body = of_machine(&json!({}));
    let made = tool.send("POST", "/api-keys", &body, &once).await;
    let first = text(&made.json(), "secret").to_owned();
    let again = tool.send("POST", "/api-keys", &body, &once).await;
    assert_eq!((again.status, &again.body), (201, &made.body));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let theirs = other.send("POST", "/api-keys", &body, &once).await;
    assert_eq!(theirs.header("idempotency-replayed"), "");
    assert!(!theirs.body.contains(&first), "the key of another caller is another key");
    let reused = tool.send("POST", "/api-keys", &of_machine(&json!({ "scope": "write" })), &once).await;
    assert_eq!(problem(&reused), "idempotency-key-reused");
    let next = tool.post(&format!("{}/rotate", path(&made.json())), json!({ "overlap": 9 })).await.json();
    let next = text(&next, "secret").to_owned();
    let tag = [("if-match", "*")];
    let mut told = keys.app.everything().await;
    for answer in [
        tool.get("/api-keys").await,
        tool.get(&path(&made.json())).await,
        tool.get("/events").await,
        tool.send("PATCH", &path(&made.json()), &json!({ "name": "Other" }), &tag).await,
        tool.post(&format!("{}/disable", path(&made.json())), Value::Null).await,
        tool.post(&format!("{}/enable", path(&made.json())), Value::Null).await,
    ] {
        assert_eq!(answer.status, 200, "{}", answer.body);
        told.push_str(&answer.body);
    }
    for secret in [first, next] {
        assert!(told.contains(&secret[..17]), "its beginning is told");
        assert!(!told.contains(&secret[17..]), "{secret}");
    }
}

#[actix_web::test]
async fn repeats_an_answer_whatever_has_changed_since() {
    let keys = ApiKeys::start().await;
    let tool = Tool::new(&keys.app).await;
    let (body, once) = (of_machine(&json!({ "expires_at": "2026-11-23T00:00:30Z" })), [("idempotency-key", "9d1f")]);
    let made = tool.send("POST", "/api-keys", &body, &once).await;
    keys.app.clock.advance(Duration::from_mins(1));
    let again = tool.send("POST", "/api-keys", &body, &once).await;
    assert_eq!((again.status, &again.body), (201, &made.body));
    assert_eq!(tool.post("/api-keys", body).await.status, 422, "a new one cannot end in the past");
}

#[actix_web::test]
async fn sixty_four_rotations_at_once_leave_one_good_secret() {
    let keys = ApiKeys::start_with(WIDE).await;
    let tool = Tool::new(&keys.app).await;
    let key = tool.post("/api-keys", of_machine(&json!({}))).await.json();
    let rotate = format!("{}/rotate", path(&key));
    let answers = join_all((0..MANY).map(|_| tool.post(&rotate, Value::Null))).await;
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 503)));
    let mut secrets: Vec<_> = answers.iter().filter(|answer| answer.status == 200).map(Answer::json).collect();
    let done = secrets.len();
    assert!(done > 0);
    secrets.push(key.clone());
    keys.forget().await;
    let mut good = 0;
    for issued in &secrets {
        good += usize::from(is_active(&keys, text(issued, "secret")).await);
    }
    assert_eq!(good, 1, "of {}", secrets.len());
    let left = tool.get(&path(&key)).await.ok();
    assert_eq!(left["secrets"].as_array().unwrap().len(), 1);
    assert_eq!(keys.app.events("api_key_rotated").await.len(), done);
}

/// RFC 9110 §13.1.1: of many who saw the same, one changes it.
#[actix_web::test]
async fn lets_one_of_many_patches_win() {
    let keys = ApiKeys::start_with(WIDE).await;
    let tool = Tool::new(&keys.app).await;
    let made = tool.post("/api-keys", of_machine(&json!({}))).await;
    let (path, tag) = (path(&made.json()), made.header("etag").to_owned());
    let patches = (0..MANY).map(|number| {
        let (tool, path, tag) = (&tool, &path, &tag);
        async move {
            let body = json!({ "name": format!("N{number}") });
            tool.send("PATCH", path, &body, &[("if-match", tag)]).await
        }
    });
    let answers = join_all(patches).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 412)));
    assert_eq!(keys.app.events("api_key_updated").await.len(), 1);
}

#[actix_web::test]
async fn sixty_four_times_the_same_request_make_one_key() {
    let keys = ApiKeys::start_with(WIDE).await;
    let tool = Tool::new(&keys.app).await;
    let (body, once) = (of_machine(&json!({})), [("idempotency-key", "9d1f")]);
    let answers = join_all((0..MANY).map(|_| tool.send("POST", "/api-keys", &body, &once))).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (201, &answers[0].body));
    }
    assert_eq!(keys.app.events("api_key_added").await.len(), 1);
}

#[actix_web::test]
async fn makes_five_hundred_keys_and_not_one_more() {
    let keys = ApiKeys::start().await;
    let tool = Tool::new(&keys.app).await;
    for _ in 0..500 {
        keys.of_machine(json!({})).await;
    }
    let refused = tool.post("/api-keys", of_machine(&json!({}))).await;
    assert_eq!((refused.status, problem(&refused).as_str()), (409, "conflict"));
    let ada = keys.app.person("ada").await;
    for _ in 0..12 {
        keys.of_person(ada, json!({})).await;
    }
    assert_eq!(walk(&tool, "/api-keys", 100).await.len(), 512);
    assert_eq!(walk(&tool, "/api-keys?client_id=machine", 99).await.len(), 500);
    assert_eq!(walk(&tool, &format!("/api-keys?person_id={ada}"), 5).await.len(), 12);
}

/// The identifiers of a list, each once.
async fn walk(tool: &Tool<'_>, path: &str, limit: usize) -> Vec<String> {
    let (mut found, mut after) = (Vec::<String>::new(), None);
    loop {
        let join = if path.contains('?') { '&' } else { '?' };
        let next = after.map_or_else(String::new, |after: String| format!("&after={after}"));
        let page = tool.get(&format!("{path}{join}limit={limit}{next}")).await.ok();
        for item in page["items"].as_array().unwrap() {
            let id = text(item, "id").to_owned();
            assert!(!found.contains(&id), "twice: {id}");
            assert!(text(&item["secrets"][0], "beginning").starts_with("clv_key_"));
            found.push(id);
        }
        after = page["next"].as_str().map(str::to_owned);
        if after.is_none() {
            return found;
        }
    }
}

#[actix_web::test]
async fn finds_keys_by_state_and_by_how_long_nobody_has_used_them() {
    let keys = ApiKeys::start().await;
    let day = Duration::from_hours(24);
    let old = keys.of_machine(json!({})).await;
    keys.app.clock.advance(day * 5);
    let (used, locked) = (keys.of_machine(json!({})).await, keys.of_machine(json!({})).await);
    let ended = keys.of_machine(json!({ "expires_in": 60 })).await;
    keys.app.clock.advance(day * 95);
    let fresh = keys.of_machine(json!({})).await;
    keys.introspect(&used.secret).await;
    claviger::domain::api_keys::carry(&keys.app.cx.store, &keys.app.cx.key_uses).await.unwrap();
    let tool = Tool::new(&keys.app).await;
    tool.post(&format!("/api-keys/{}/disable", locked.id), Value::Null).await.ok();
    for (query, expected) in [
        ("", vec![fresh.id, ended.id, locked.id, used.id, old.id]),
        ("state=active", vec![fresh.id, used.id, old.id]),
        ("state=disabled", vec![locked.id]),
        ("state=expired", vec![ended.id]),
        ("state=active&unused_for=90d", vec![old.id]),
        ("unused_for=98d", vec![old.id]),
        ("unused_for=2400h", vec![]),
        ("client_id=other", vec![]),
    ] {
        for limit in [1, 50] {
            let mut found = walk(&tool, &format!("/api-keys?{query}"), limit).await;
            // Those of one moment stand in any order.
            found.sort();
            let mut ids: Vec<_> = expected.iter().map(ToString::to_string).collect();
            ids.sort();
            assert_eq!(found, ids, "{query}");
        }
    }
    let longest = walk(&tool, "/api-keys?unused_for=90d", 1).await;
    assert_eq!((longest.len(), &longest[0]), (3, &old.id.to_string()), "the longest idle first");
    for wrong in ["state=lost", "unused_for=long", "person_id=x", "after=x", "client_id=%00", "unused_for=90"] {
        assert_eq!(tool.get(&format!("/api-keys?{wrong}")).await.status, 400, "{wrong}");
    }
    let ada = keys.app.person("ada").await;
    assert_eq!(tool.get(&format!("/api-keys?client_id=a&person_id={ada}")).await.status, 400);
}

/// Where a key was found, and that it must be rotated; until it is, it is not enabled.
#[actix_web::test]
async fn tells_where_a_key_was_found_and_enables_it_after_a_rotation_alone() {
    let keys = ApiKeys::start().await;
    let tool = Tool::new(&keys.app).await;
    let (key, other) = (keys.of_machine(json!({})).await, keys.of_machine(json!({})).await);
    let path = format!("/api-keys/{}", key.id);
    let before = tool.get(&path).await;
    assert_eq!((&before.json()["leaked_at"], &before.json()["must_be_rotated"]), (&Value::Null, &json!(false)));
    keys.report(&key, "https://git.example/blob/1/deploy.sh").await;
    let found = tool.get(&path).await;
    let told = found.json();
    assert_eq!((text(&told, "state"), text(&told, "disabled_because")), ("disabled", "leaked"));
    assert_eq!(text(&told, "leaked_at"), "2026-11-23T00:00:00Z");
    assert_eq!(text(&told, "leaked_url"), "https://git.example/blob/1/deploy.sh");
    assert_eq!(told["must_be_rotated"], json!(true));
    assert_ne!(found.header("etag"), before.header("etag"));
    assert_eq!(walk(&tool, "/api-keys?state=leaked", 1).await, [key.id.to_string()]);

    let enabled = tool.post(&format!("{path}/enable"), Value::Null).await;
    assert_eq!((enabled.status, problem(&enabled).as_str()), (409, "conflict"));
    assert!(enabled.body.contains("rotate it"), "{}", enabled.body);
    let rotated = tool.post(&format!("{path}/rotate"), json!({ "overlap": 3600 })).await.ok();
    assert_eq!(text(&rotated, "disabled_because"), "leaked, rotated since");
    assert_eq!((rotated["must_be_rotated"].clone(), rotated["secrets"].as_array().unwrap().len()), (json!(false), 1));
    let enabled = tool.post(&format!("{path}/enable"), Value::Null).await.ok();
    assert_eq!((text(&enabled, "state"), &enabled["leaked_url"]), ("active", &Value::Null));
    assert!(is_active(&keys, text(&rotated, "secret")).await && !is_active(&keys, &key.secret).await);
    assert!(walk(&tool, "/api-keys?state=leaked", 1).await.is_empty());
    assert!(is_active(&keys, &other.secret).await);
}
