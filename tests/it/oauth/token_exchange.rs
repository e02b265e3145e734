//! `grant_type=urn:ietf:params:oauth:grant-type:token-exchange`.

use std::time::Duration;

use claviger::domain::api_keys::{self, BY_HAND, Change};
use claviger::domain::events::Origin;
use claviger::domain::people::accounts;
use serde_json::{Value, json};

use crate::support::{ACCESS_TOKEN, API_KEY, ApiKeys, EXCHANGE, Exchanges, JWT, TestClient, claims, given, header};

/// RFC 8693 §2.1, §2.2.1, RFC 9068 §2.1, RFC 9068 §2.2: a script that has nothing but a key gets a short-lived JWT for it.
#[actix_web::test]
async fn gives_a_token_for_a_key_that_comes_alone() {
    let world = Exchanges::start().await;
    let ada = world.keys.app.person("ada").await;
    let key = world.keys.of_person(ada, json!({ "scope": "read" })).await;
    let answer = world.key_alone(&key.secret, &[]).await;
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    let token = given(&answer);
    let expected = json!({
        "access_token": token, "issued_token_type": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 600, "scope": "read",
    });
    assert_eq!(answer.ok(), expected, "no refresh token, no ID token");
    assert_eq!(header(&token)["typ"], "at+jwt");
    let told = claims(&token);
    assert_eq!((&told["sub"], &told["aud"]), (&json!(ada), &json!(ApiKeys::API)));
    assert_eq!(told["client_id"], json!(format!("api-key {}", key.id)), "a name that no client can have");
    assert_eq!((&told["key_id"], &told["key_mode"]), (&json!(key.id), &json!("live")));
    assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), 600);

    let of_machine = world.keys.of_machine(json!({ "scope": "read write", "test": true })).await;
    let told = claims(&given(&world.key_alone(&of_machine.secret, &[]).await));
    assert_eq!((&told["sub"], &told["client_id"]), (&json!("machine"), &json!("machine")));
    assert_eq!((&told["scope"], &told["key_mode"]), (&json!("read write"), &json!("test")));
}

/// RFC 8693 §2.1: the owner of a key exchanges it in its own name, the server of its resource in that server's.
#[actix_web::test]
async fn gives_a_token_for_a_key_to_its_owner_and_to_the_server_of_its_resource() {
    let world = Exchanges::start().await;
    let key = world.keys.of_machine(json!({ "scope": "read write" })).await;
    for (client, more) in [(&world.machine, vec![]), (&world.gateway, vec![("client_address", "192.0.2.7")])] {
        let token = given(&world.exchange(client, (&key.secret, API_KEY), &more).await);
        let told = claims(&token);
        assert_eq!((&told["sub"], &told["client_id"]), (&json!("machine"), &json!(client.id)));
        assert_eq!((&told["scope"], &told["aud"]), (&json!("read write"), &json!(ApiKeys::API)));
        assert_eq!(world.introspect(&token).await["active"], json!(true));
    }
}

/// RFC 8693 §2.1: scope, resource and audience narrow what is given; both ways to name a target mean the same here.
#[actix_web::test]
async fn narrows_what_a_key_may_do() {
    let world = Exchanges::start().await;
    let ada = world.keys.app.person("ada").await;
    let resources = [ApiKeys::API, Exchanges::OTHER];
    let key = world.keys.of_person(ada, json!({ "scope": "read write other", "resources": resources })).await;
    let told = async |more: &[(&str, &str)]| {
        let told = claims(&given(&world.key_alone(&key.secret, more).await));
        (told["aud"].clone(), told["scope"].clone())
    };
    assert_eq!(told(&[]).await, (json!(resources), json!("read write other")));
    assert_eq!(told(&[("scope", "write")]).await, (json!(resources), json!("write")));
    for name in ["resource", "audience"] {
        assert_eq!(told(&[(name, ApiKeys::API)]).await, (json!(ApiKeys::API), json!("read write")));
        assert_eq!(told(&[(name, ApiKeys::API), (name, Exchanges::OTHER)]).await.0, json!(resources));
    }
    assert_eq!(told(&[("audience", ApiKeys::API), ("resource", ApiKeys::API)]).await.0, json!(ApiKeys::API));
    assert_eq!(told(&[("resource", Exchanges::OTHER), ("scope", "other")]).await.1, json!("other"));
}

/// RFC 8693 §2.1, §2.2.1: whoever was issued a token has a narrower one of it, which tells the same of the person.
#[actix_web::test]
async fn narrows_a_token_for_whom_it_was_issued_to() {
    let world = Exchanges::start().await;
    let ada = world.keys.app.person("ada").await;
    let token = world.token_of(ada).await;
    let more = [("resource", ApiKeys::API), ("scope", "read"), ("requested_token_type", JWT)];
    for kind in [ACCESS_TOKEN, JWT] {
        let answer = world.exchange(&world.app, (&token, kind), &more).await;
        assert_eq!(answer.ok()["issued_token_type"], JWT);
        let (before, after) = (claims(&token), claims(&given(&answer)));
        for same in ["sub", "client_id", "iss", "auth_time", "acr", "amr", "exp"] {
            assert_eq!(before[same], after[same], "{same}");
        }
        assert_eq!((&after["aud"], &after["scope"]), (&json!(ApiKeys::API), &json!("read")));
        assert_ne!(before["jti"], after["jti"]);
    }
}

/// RFC 8693 §1.1: the server of an API acts for the person who called it; the token says so.
#[actix_web::test]
async fn gives_the_server_of_a_resource_a_token_for_one_that_it_was_shown() {
    let world = Exchanges::start().await;
    let ada = world.keys.app.person("ada").await;
    let token = world.token_of(ada).await;
    let told = claims(&given(&world.exchange(&world.gateway, (&token, ACCESS_TOKEN), &[]).await));
    assert_eq!((&told["sub"], &told["client_id"]), (&json!(ada), &json!("gateway")));
    assert_eq!(told["aud"], json!(ApiKeys::API), "what it serves, and nothing that it is not registered for");
    assert_eq!(told["scope"], json!("read write"), "what speaks of the person is left out");

    let mut relay = json!({
        "client_id": "relay", "grant_types": [EXCHANGE], "response_types": [], "scope": "other",
        "resource_server_of": [ApiKeys::API], "resources": [Exchanges::OTHER],
    });
    let client = world.keys.app.client(relay.clone()).await;
    let target = [("resource", Exchanges::OTHER)];
    let told = claims(&given(&world.exchange(&client, (&token, ACCESS_TOKEN), &target).await));
    assert_eq!((&told["aud"], &told["scope"]), (&json!(Exchanges::OTHER), &json!("other")));
    relay["scope"] = json!("");
    world.keys.app.update_client(&client, relay).await;
    let answer = world.exchange(&client, (&token, ACCESS_TOKEN), &target).await.ok();
    assert_eq!(answer.get("scope"), None, "elsewhere it has no more than it is registered for");
}

/// RFC 7662 §2.2: the server of the resource learns whose token it is and for which key it was given.
#[actix_web::test]
async fn tells_a_resource_server_what_a_token_was_given_for() {
    let world = Exchanges::start().await;
    let ada = world.keys.app.person("ada").await;
    let key = world.keys.of_person(ada, json!({ "test": true })).await;
    let token = given(&world.key_alone(&key.secret, &[]).await);
    let told = world.introspect(&token).await;
    assert_eq!((&told["active"], &told["sub"], &told["aud"]), (&json!(true), &json!(ada), &json!(ApiKeys::API)));
    assert_eq!((&told["key_id"], &told["key_mode"]), (&json!(key.id), &json!("test")));
    assert_eq!((&told["owner_type"], &told["key_name"]), (&json!("person"), &json!("Nightly report")));
    assert_eq!((told.get("rate_limit"), told.get("username")), (None, None));
}

/// What a proxy is told of the token is what it is told of the key, and the same refuses it.
#[actix_web::test]
async fn tells_a_proxy_what_a_token_was_given_for() {
    let world = Exchanges::start().await;
    let app = &world.keys.app;
    let ada = app.person("ada").await;
    let key = world.keys.of_person(ada, json!({})).await;
    let token = given(&world.key_alone(&key.secret, &[]).await);
    let bearer = format!("Bearer {token}");
    let ask = async || app.get_with("/forward-auth", &[("authorization", &bearer)]).await;
    let answer = ask().await;
    assert_eq!(answer.status, 200);
    for (name, value) in [
        ("x-auth-method", "access_token"),
        ("x-auth-subject", &ada.to_string()),
        ("x-auth-subject-type", "person"),
        ("x-auth-key-id", &key.id.to_string()),
        ("x-auth-key-mode", "live"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let origin = Origin::default();
    api_keys::disable(&world.keys.act(&origin), &world.keys.stored(key.id).await, BY_HAND).await.unwrap();
    assert_eq!(ask().await.status, 401);
}

#[actix_web::test]
async fn ends_a_token_no_later_than_the_key_its_secret_or_the_token_that_it_was_given_for() {
    let world = Exchanges::start().await;
    let key = world.keys.of_machine(json!({ "expires_in": 90 })).await;
    let answer = world.key_alone(&key.secret, &[]).await;
    assert_eq!(answer.ok()["expires_in"], json!(90));
    let again = world.exchange(&world.machine, (&given(&answer), ACCESS_TOKEN), &[]).await;
    assert_eq!(again.ok()["expires_in"], json!(90));
    world.keys.app.clock.advance(Duration::from_secs(30));
    let again = world.exchange(&world.machine, (&given(&again), ACCESS_TOKEN), &[]).await.ok();
    assert_eq!(again["expires_in"], json!(60));
    assert_eq!(claims(again["access_token"].as_str().unwrap())["exp"], claims(&given(&answer))["exp"]);

    let (key, origin) = (world.keys.of_machine(json!({})).await, Origin::default());
    let stored = world.keys.stored(key.id).await;
    let overlap = Duration::from_mins(2);
    api_keys::rotate(&world.keys.act(&origin), &world.keys.app.cx.hasher, &stored, overlap).await.unwrap();
    assert_eq!(world.key_alone(&key.secret, &[]).await.ok()["expires_in"], json!(120), "the old secret");
}

/// A token lives as its resource wants it, or its client, whichever is shorter.
#[actix_web::test]
async fn gives_a_token_the_life_that_its_resource_and_client_want() {
    let short = "[[resources]]\nidentifier = \"https://short.example\"\naccess_token_lifetime = \"2m\"\n";
    let world = Exchanges::start_with(short).await;
    let ada = world.keys.app.person("ada").await;
    let resources = [ApiKeys::API, "https://short.example"];
    let key = world.keys.of_person(ada, json!({ "resources": resources })).await;
    assert_eq!(world.key_alone(&key.secret, &[]).await.ok()["expires_in"], json!(120));
    assert_eq!(world.key_alone(&key.secret, &[("resource", ApiKeys::API)]).await.ok()["expires_in"], json!(600));
    let mut metadata = ApiKeys::machine_metadata();
    metadata["access_token_lifetime"] = json!(45);
    world.keys.app.update_client(&world.machine, metadata).await;
    let key = world.keys.of_machine(json!({})).await;
    assert_eq!(world.key_alone(&key.secret, &[]).await.ok()["expires_in"], json!(45));
}

#[actix_web::test]
async fn ends_what_was_given_for_a_key_at_once_with_the_key_or_its_owner() {
    let world = Exchanges::start().await;
    let (ada, origin) = (world.keys.app.person("ada").await, Origin::default());
    let act = world.keys.act(&origin);
    let is_active = async |token: &str| world.introspect(token).await["active"] == json!(true);

    let key = world.keys.of_person(ada, json!({})).await;
    let (token, stored) = (given(&world.key_alone(&key.secret, &[]).await), world.keys.stored(key.id).await);
    let by_gateway = given(&world.exchange(&world.gateway, (&key.secret, API_KEY), &[]).await);
    let again = given(&world.exchange(&world.gateway, (&token, JWT), &[]).await);
    let all_are = async |expected: bool| {
        for token in [&token, &by_gateway, &again] {
            assert_eq!(is_active(token).await, expected);
        }
    };
    all_are(true).await;
    assert_eq!(api_keys::disable(&act, &stored, BY_HAND).await.unwrap(), Change::Done(()));
    all_are(false).await;
    api_keys::enable(&act, &stored).await.unwrap();
    all_are(true).await;
    accounts::disable(&act, ada).await.unwrap();
    all_are(false).await;
    accounts::enable(&act, ada).await.unwrap();
    all_are(true).await;
    api_keys::delete(&act, &stored).await.unwrap();
    all_are(false).await;

    let key = world.keys.of_machine(json!({})).await;
    let (token, stored) = (given(&world.key_alone(&key.secret, &[]).await), world.keys.stored(key.id).await);
    let by_gateway = given(&world.exchange(&world.gateway, (&key.secret, API_KEY), &[]).await);
    api_keys::disable(&act, &stored, BY_HAND).await.unwrap();
    assert!(!is_active(&token).await && !is_active(&by_gateway).await);
    api_keys::enable(&act, &stored).await.unwrap();
    assert!(is_active(&token).await && is_active(&by_gateway).await);
    disable(&world, &world.machine).await;
    assert!(!is_active(&token).await && !is_active(&by_gateway).await);
}

/// What a key loses, the tokens that were given for it lose as well.
#[actix_web::test]
async fn takes_from_a_token_what_is_taken_from_its_key() {
    let world = Exchanges::start().await;
    let key = world.keys.of_machine(json!({ "scope": "read write" })).await;
    let token = given(&world.key_alone(&key.secret, &[]).await);
    assert_eq!(world.introspect(&token).await["scope"], json!("read write"));
    let mut metadata = ApiKeys::machine_metadata();
    metadata["scope"] = json!("read");
    world.keys.app.update_client(&world.machine, metadata).await;
    assert_eq!(world.introspect(&token).await["scope"], json!("read"));
}

/// RFC 7009 §2.1: with a token that is given back goes what was given for it; with an authorization, all of it.
#[actix_web::test]
async fn ends_a_token_with_the_one_that_it_was_given_for() {
    for format in ["jwt", "opaque"] {
        let toml = format!(
            "[[resources]]\nidentifier = \"https://third.example\"\naccess_token_format = \"{format}\"\n\
             [[scopes]]\nname = \"third\"\ntext = \"Third\"\n"
        );
        let world = Exchanges::start_with(&toml).await;
        let app = &world.keys.app;
        let mut metadata = ApiKeys::machine_metadata();
        metadata["grant_types"] = json!(["client_credentials", EXCHANGE]);
        metadata["resources"] = json!([ApiKeys::API, "https://third.example"]);
        app.update_client(&world.machine, metadata).await;
        let resources = [("resource", ApiKeys::API), ("resource", "https://third.example")];
        let form = [[("grant_type", "client_credentials")].as_slice(), &resources].concat();
        let first = given(&app.token(&world.machine, &form).await);
        assert_eq!(first.starts_with("clv_at_"), format == "opaque");
        let to_api = [("resource", ApiKeys::API)];
        // RFC 8693 §3: an opaque token is no JWT.
        let as_jwt = world.exchange(&world.machine, (&first, JWT), &to_api).await;
        assert_eq!(as_jwt.status, if format == "jwt" { 200 } else { 400 });
        let second = given(&world.exchange(&world.machine, (&first, ACCESS_TOKEN), &to_api).await);
        let third = given(&world.exchange(&world.machine, (&second, ACCESS_TOKEN), &to_api).await);
        assert_eq!(world.introspect(&third).await["active"], json!(true));
        let headers = world.machine.basic();
        app.post_with("/oauth2/revoke", &[("token", &first)], &[("authorization", &headers)]).await;
        for token in [&first, &second, &third] {
            assert_eq!(world.introspect(token).await, json!({ "active": false }), "{format}");
        }
    }
}

/// A token that another client holds ends with the client that it was first issued to, as it ends with the person.
#[actix_web::test]
async fn ends_a_token_with_the_app_that_was_given_the_first() {
    let world = Exchanges::start().await;
    let ada = world.keys.app.person("ada").await;
    let of_person = given(&world.exchange(&world.gateway, (&world.token_of(ada).await, JWT), &[]).await);
    let form = [("grant_type", "client_credentials")];
    let of_machine = given(&world.keys.app.token(&world.machine, &form).await);
    let of_machine = given(&world.exchange(&world.gateway, (&of_machine, JWT), &[]).await);
    assert_eq!(claims(&of_machine)["sub"], "machine");
    for (token, client) in [(of_person, &world.app), (of_machine, &world.machine)] {
        assert_eq!(world.introspect(&token).await["active"], json!(true));
        disable(&world, client).await;
        assert_eq!(world.introspect(&token).await, json!({ "active": false }), "{}", client.id);
    }
}

async fn disable(world: &Exchanges, client: &TestClient) {
    let cx = &world.keys.app.cx;
    let (id, now) = (claviger::ids::ClientId(client.id.clone()), cx.now());
    let changed = id.clone();
    cx.store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&changed, Some(now)).await })).await.unwrap();
    cx.clients.forget(&id);
}

/// RFC 6585 §4: each exchange is a use of the key, and one too many is told when to come again.
#[actix_web::test]
async fn counts_each_exchange_as_a_use_of_the_key() {
    let world = Exchanges::start().await;
    let key = world.keys.of_machine(json!({ "rate_limit": "3/minute" })).await;
    given(&world.key_alone(&key.secret, &[]).await);
    assert_eq!(world.keys.introspect(&key.secret).await["rate_limit"]["remaining"], json!(1), "they count together");
    world.key_alone(&key.secret, &[("scope", "write")]).await.refuses(400, "invalid_scope");
    let token = given(&world.exchange(&world.machine, (&key.secret, API_KEY), &[]).await);
    let answer = world.key_alone(&key.secret, &[]).await;
    answer.refuses(429, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), "61");
    assert_eq!(world.introspect(&token).await["active"], json!(true), "what was given stays good");
    let cx = &world.keys.app.cx;
    api_keys::carry(&cx.store, &cx.key_uses).await.unwrap();
    assert_eq!(world.keys.stored(key.id).await.last_use.unwrap().address, "127.0.0.1");
}

/// Whoever comes for tokens a thousand times a second must not make a thousand commits.
#[actix_web::test]
async fn writes_nothing() {
    let world = Exchanges::start().await;
    let ada = world.keys.app.person("ada").await;
    let (key, token) = (world.keys.of_person(ada, json!({})).await, world.token_of(ada).await);
    let before = world.keys.app.everything().await;
    given(&world.key_alone(&key.secret, &[]).await);
    given(&world.exchange(&world.app, (&token, ACCESS_TOKEN), &[]).await);
    assert!(before == world.keys.app.everything().await);
}

/// RFC 6749 §5.2, RFC 8414 §2: a client is registered for exchanges, and the server tells that it makes them.
#[actix_web::test]
async fn wants_clients_to_be_registered_for_it() {
    let world = Exchanges::start().await;
    let key = world.keys.of_machine(json!({})).await;
    world.keys.app.update_client(&world.machine, ApiKeys::machine_metadata()).await;
    let answer = world.exchange(&world.machine, (&key.secret, API_KEY), &[]).await;
    answer.refuses(400, "unauthorized_client");
    let metadata: Value = world.keys.app.get("/.well-known/openid-configuration").await.ok();
    assert!(metadata["grant_types_supported"].as_array().unwrap().contains(&json!(EXCHANGE)));
}

/// RFC 8693 §2.1, §2.2.2: `invalid_request` for what is missing, not taken or not given here.
#[actix_web::test]
async fn tells_what_is_wrong_with_a_request() {
    let world = Exchanges::start().await;
    let key = world.keys.of_machine(json!({})).await;
    let subject = (key.secret.as_str(), API_KEY);
    let refused = async |more: &[(&str, &str)], word: &str| {
        let answer = world.exchange(&world.machine, subject, more).await;
        answer.refuses(400, "invalid_request");
        assert!(answer.json()["error_description"].as_str().unwrap().contains(word), "{}", answer.body);
    };
    refused(&[("actor_token", "x"), ("actor_token_type", JWT)], "actor_token").await;
    refused(&[("actor_token_type", JWT)], "actor_token").await;
    for kind in ["refresh_token", "id_token", "saml1", "saml2", "x"] {
        refused(&[("requested_token_type", &format!("urn:ietf:params:oauth:token-type:{kind}"))], "requested").await;
    }
    refused(&[("client_address", "home")], "client_address").await;
    for left_out in ["subject_token", "subject_token_type"] {
        let mut form = vec![("grant_type", EXCHANGE), ("subject_token", subject.0), ("subject_token_type", subject.1)];
        form.retain(|(name, _)| *name != left_out);
        world.keys.app.token(&world.machine, &form).await.refuses(400, "invalid_request");
    }
}

/// RFC 8693 §2.2.2: where tokens are opaque, because the server of the resource asks about each, there is no way around.
#[actix_web::test]
async fn gives_no_token_for_a_resource_that_takes_opaque_ones() {
    let opaque = "[[resources]]\nidentifier = \"https://opaque.example\"\naccess_token_format = \"opaque\"\n";
    let world = Exchanges::start_with(opaque).await;
    let ada = world.keys.app.person("ada").await;
    let resources = [ApiKeys::API, "https://opaque.example"];
    let key = world.keys.of_person(ada, json!({ "resources": resources })).await;
    let answer = world.key_alone(&key.secret, &[("resource", "https://opaque.example")]).await;
    answer.refuses(400, "invalid_target");
    assert!(answer.json()["error_description"].as_str().unwrap().contains("opaque"));
    assert_eq!(claims(&given(&world.key_alone(&key.secret, &[]).await))["aud"], json!(ApiKeys::API));
}
