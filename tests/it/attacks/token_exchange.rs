//! What somebody tries to get for keys and tokens beyond what these are good for, or for those of others.

use std::time::Duration;

use claviger::domain::api_keys::{self, BY_HAND};
use claviger::domain::events::Origin;
use claviger::domain::people::accounts;
use claviger::store::Event;
use futures_util::future::join_all;
use serde_json::json;

use super::forgery::Mark;
use crate::support::{
    ACCESS_TOKEN, API_KEY, Allowed, ApiKeys, EXCHANGE, Exchanges, JWT, TestApp, TestClient, claims, form_encode, given,
};

/// RFC 8693 §5: no more than what is exchanged may do, and no more than the client may that asks.
#[actix_web::test]
async fn asks_for_more_scope() {
    let world = Exchanges::start().await;
    let ada = world.keys.app.person("ada").await;
    let key = world.keys.of_person(ada, json!({ "scope": "read" })).await;
    for scope in ["write", "read write", "read other", "openid", "clients:read", "unknown", "READ"] {
        let more = [("scope", scope)];
        world.key_alone(&key.secret, &more).await.refuses(400, "invalid_scope");
        world.exchange(&world.gateway, (&key.secret, API_KEY), &more).await.refuses(400, "invalid_scope");
    }
    let token = world.token_of(ada).await;
    for scope in ["openid", "profile", "read openid", "clients:read", "unknown"] {
        let answer = world.exchange(&world.app, (&token, ACCESS_TOKEN), &[("scope", scope)]).await;
        answer.refuses(400, "invalid_scope");
    }
    // What was narrowed once stays narrow.
    let narrow = given(&world.exchange(&world.app, (&token, ACCESS_TOKEN), &[("scope", "read")]).await);
    for client in [&world.app, &world.gateway] {
        let answer = world.exchange(client, (&narrow, ACCESS_TOKEN), &[("scope", "read write")]).await;
        answer.refuses(400, "invalid_scope");
        assert_eq!(world.exchange(client, (&narrow, ACCESS_TOKEN), &[]).await.ok()["scope"], json!("read"));
    }
    // What was taken from the app since is not to be had any more.
    let mut metadata = Exchanges::app_metadata("app");
    metadata["scope"] = json!("read");
    world.keys.app.update_client(&world.app, metadata).await;
    assert_eq!(world.exchange(&world.app, (&token, ACCESS_TOKEN), &[]).await.ok()["scope"], json!("read"));
    world.exchange(&world.app, (&token, JWT), &[("scope", "write")]).await.refuses(400, "invalid_scope");
}

/// RFC 8693 §2.2.2, §5: nowhere else than what is exchanged is good, and never at our own API.
#[actix_web::test]
async fn asks_for_another_audience() {
    let world = Exchanges::start().await;
    let owner = world.keys.app.admin("root").await;
    let key = world.keys.of_person(owner, json!({})).await;
    let token = world.token_of(owner).await;
    let narrow = given(&world.exchange(&world.app, (&token, JWT), &[("resource", ApiKeys::API)]).await);
    let issuer = world.keys.app.issuer.clone();
    let own_api = format!("{issuer}/api/v1");
    for target in [Exchanges::OTHER, &issuer, &own_api, "https://unknown.example", "no URI", "https://api.example/"] {
        for name in ["resource", "audience"] {
            for more in [vec![(name, target)], vec![("resource", ApiKeys::API), (name, target)]] {
                world.key_alone(&key.secret, &more).await.refuses(400, "invalid_target");
                world.exchange(&world.gateway, (&key.secret, API_KEY), &more).await.refuses(400, "invalid_target");
                world.exchange(&world.app, (&narrow, JWT), &more).await.refuses(400, "invalid_target");
            }
        }
    }
    // The gateway is registered for nothing but what it serves.
    let answer = world.exchange(&world.gateway, (&token, JWT), &[("resource", Exchanges::OTHER)]).await;
    answer.refuses(400, "invalid_target");
}

/// A token of somebody who administers the server becomes none for another of its doors, and none that opens one again.
#[actix_web::test]
async fn exchanges_its_way_into_our_own_endpoints() {
    let world = Exchanges::start().await;
    let app = &world.keys.app;
    let owner = app.admin("root").await;
    let own_api = format!("{}/api/v1", app.issuer);
    let mut metadata = Exchanges::app_metadata("console");
    metadata["scope"] = json!("openid read clients:read");
    let console = app.client(metadata).await;
    let resources: &[&str] = &[&own_api, &app.issuer, ApiKeys::API];
    let allowed = Allowed { scope: "openid read clients:read", resources, ..Allowed::default() };
    let tokens = app.tokens(&console, owner, allowed).await;
    let token = tokens["access_token"].as_str().unwrap();
    let bearer = |token: &str| format!("Bearer {token}");
    let clients =
        async |token: &str| app.get_with("/api/v1/clients", &[("authorization", &bearer(token))]).await.status;
    assert_eq!((clients(token).await, app.userinfo(token).await.status), (200, 200), "the token itself opens both");
    let refused = world.exchange(&console, (token, JWT), &[("resource", &own_api)]).await;
    refused.refuses(400, "invalid_target");
    let all = given(&world.exchange(&console, (token, JWT), &[]).await);
    assert!(!claims(&all)["aud"].as_array().unwrap().contains(&json!(own_api)));
    assert_eq!(claims(&all)["scope"], json!("read"));
    let of_issuer = given(&world.exchange(&console, (token, JWT), &[("resource", &app.issuer)]).await);
    let key = world.keys.of_person(owner, json!({})).await;
    for token in [all, of_issuer, given(&world.key_alone(&key.secret, &[]).await)] {
        assert_eq!(clients(&token).await, 401);
        assert_ne!(app.userinfo(&token).await.status, 200);
    }
}

/// RFC 8693 §2.2.2: what belongs to others looks like what does not exist.
#[actix_web::test]
async fn exchanges_what_belongs_to_others() {
    let world = Exchanges::start().await;
    let app = &world.keys.app;
    let ada = app.person("ada").await;
    let stranger = app.client(Exchanges::app_metadata("stranger")).await;
    let server_of_other = app
        .client(json!({
            "client_id": "other", "grant_types": [EXCHANGE], "response_types": [],
            "resource_server_of": [Exchanges::OTHER], "resources": [ApiKeys::API], "scope": "read",
        }))
        .await;
    let keys = [world.keys.of_person(ada, json!({})).await, world.keys.of_machine(json!({})).await];
    let token = world.token_of(ada).await;
    let narrow = given(&world.exchange(&world.app, (&token, JWT), &[("resource", ApiKeys::API)]).await);
    let nonsense = format!("clv_key_live_{}", "0".repeat(49));
    let mut texts = std::collections::BTreeSet::new();
    for thief in [&stranger, &server_of_other] {
        for secret in [&keys[0].secret, &keys[1].secret, &nonsense] {
            let answer = world.exchange(thief, (secret, API_KEY), &[]).await;
            answer.refuses(400, "invalid_request");
            texts.insert(answer.body);
        }
        world.exchange(thief, (&narrow, ACCESS_TOKEN), &[]).await.refuses(400, "invalid_request");
        world.exchange(thief, (&narrow, JWT), &[]).await.refuses(400, "invalid_request");
    }
    assert_eq!(texts.len(), 1, "{texts:?}");
    world.exchange(&stranger, (&token, JWT), &[]).await.refuses(400, "invalid_request");
    let refusals = app.events("token_exchange_refused").await;
    assert_eq!(refusals.len(), 5);
    let names = |event: &Event| event.client_id.as_ref().is_some_and(|id| id.as_str() == "stranger");
    assert_eq!(refusals.iter().filter(|event| names(event)).count(), 3);
    assert!(refusals.iter().all(|event| event.person_id == Some(ada)));
}

/// RFC 8693 §5: whoever finds a token and is no client makes nothing of it; nor does one that has not proved who it is.
#[actix_web::test]
async fn exchanges_a_found_token_without_being_a_client() {
    let world = Exchanges::start().await;
    let app = &world.keys.app;
    let token = world.token_of(app.person("ada").await).await;
    let key = world.keys.of_machine(json!({})).await;
    for kind in [ACCESS_TOKEN, JWT] {
        let form = [("grant_type", EXCHANGE), ("subject_token", &token), ("subject_token_type", kind)];
        app.post("/oauth2/token", &form).await.refuses(401, "invalid_client");
        let named = [form.as_slice(), &[("client_id", "app")]].concat();
        app.post("/oauth2/token", &named).await.refuses(401, "invalid_client");
    }
    // Whoever names a client has to prove to be it, though the key alone would do.
    for more in [("client_id", "machine"), ("client_secret", "x"), ("client_assertion", "x")] {
        assert_ne!(world.key_alone(&key.secret, &[more]).await.status, 200, "{more:?}");
    }
    let form = [("grant_type", EXCHANGE), ("subject_token", &key.secret), ("subject_token_type", API_KEY)];
    for header in ["Basic bWFjaGluZTp4", "Bearer x", "x"] {
        assert_ne!(app.post_with("/oauth2/token", &form, &[("authorization", header)]).await.status, 200, "{header}");
    }
    // A key alone opens this one grant.
    let form = [("grant_type", "client_credentials"), ("subject_token", &key.secret), ("subject_token_type", API_KEY)];
    app.post("/oauth2/token", &form).await.refuses(401, "invalid_client");
}

/// RFC 8693 §2.1: what is presented is checked as what it is said to be.
#[actix_web::test]
async fn lies_about_what_is_exchanged() {
    let mark = Mark::start().await;
    let world = Exchanges::start().await;
    let app = &world.keys.app;
    let ada = app.person("ada").await;
    let key = world.keys.of_person(ada, json!({})).await;
    let token = world.token_of(ada).await;
    let code = app.code(&world.app, ada, Allowed::default()).await;
    let foreign = mark.access_token.clone();
    let good = [(key.secret.as_str(), API_KEY), (&token, ACCESS_TOKEN), (&token, JWT)];
    let subjects = [&key.secret, &token, &code, &foreign, &mark.id_token, &mark.refresh_token, &world.app.secret];
    for subject in subjects {
        for kind in [API_KEY, ACCESS_TOKEN, JWT] {
            let is_good = good.contains(&(subject.as_str(), kind));
            if kind == API_KEY && !is_good {
                world.key_alone(subject, &[]).await.refuses(400, "invalid_request");
            }
            if !is_good {
                world.exchange(&world.app, (subject, kind), &[]).await.refuses(400, "invalid_request");
            }
        }
        for kind in ["refresh_token", "id_token", "saml2", "api_key"] {
            let kind = format!("urn:ietf:params:oauth:token-type:{kind}");
            world.exchange(&world.app, (subject, &kind), &[]).await.refuses(400, "invalid_request");
        }
    }
    let altered = format!("{token}A");
    world.exchange(&world.app, (&altered, JWT), &[]).await.refuses(400, "invalid_request");
    let headers = mark.client.basic();
    for token in [&mark.id_token, &mark.refresh_token] {
        let form = [("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", JWT)];
        let answer = mark.app.post_with("/oauth2/token", &form, &[("authorization", &headers)]).await;
        assert_ne!(answer.status, 200);
    }
}

/// RFC 8693 §2.2.2: what has ended gives nothing.
#[actix_web::test]
async fn exchanges_what_has_ended() {
    let world = Exchanges::start().await;
    let (app, origin) = (&world.keys.app, Origin::default());
    let act = world.keys.act(&origin);
    let refused = async |secret: &str| {
        let alone = world.key_alone(secret, &[]).await;
        alone.refuses(400, "invalid_request");
        let by_gateway = world.exchange(&world.gateway, (secret, API_KEY), &[]).await;
        by_gateway.refuses(400, "invalid_request");
        assert_eq!(alone.body, by_gateway.body, "why is told to nobody");
    };
    let disabled = world.keys.of_machine(json!({})).await;
    api_keys::disable(&act, &world.keys.stored(disabled.id).await, BY_HAND).await.unwrap();
    refused(&disabled.secret).await;
    let deleted = world.keys.of_machine(json!({})).await;
    api_keys::delete(&act, &world.keys.stored(deleted.id).await).await.unwrap();
    refused(&deleted.secret).await;
    let rotated = world.keys.of_machine(json!({})).await;
    let stored = world.keys.stored(rotated.id).await;
    api_keys::rotate(&act, &app.cx.hasher, &stored, Duration::ZERO).await.unwrap();
    refused(&rotated.secret).await;

    let (bob, eve) = (app.person("bob").await, app.person("eve").await);
    let (of_bob, expiring) =
        (world.keys.of_person(bob, json!({})).await, world.keys.of_machine(json!({"expires_in": 60})).await);
    let (token_of_bob, token_of_eve) = (world.token_of(bob).await, world.token_of(eve).await);
    accounts::disable(&act, bob).await.unwrap();
    refused(&of_bob.secret).await;
    let headers = world.app.basic();
    app.post_with("/oauth2/revoke", &[("token", &token_of_eve)], &[("authorization", &headers)]).await;
    for token in [&token_of_bob, &token_of_eve] {
        for client in [&world.app, &world.gateway] {
            world.exchange(client, (token, ACCESS_TOKEN), &[]).await.refuses(400, "invalid_request");
        }
    }
    assert_eq!(app.events("ended_token_used").await.len(), 1, "the operator is told of bob's");
    let token = world.token_of(eve).await;
    app.clock.advance(Duration::from_mins(10));
    refused(&expiring.secret).await;
    world.exchange(&world.app, (&token, ACCESS_TOKEN), &[]).await.refuses(400, "invalid_request");
}

#[actix_web::test]
async fn exchanges_a_stolen_key_from_a_foreign_address() {
    let world = Exchanges::start().await;
    let foreign = world.keys.of_machine(json!({ "addresses": ["192.0.2.0/24"] })).await;
    let stated = [("client_address", "192.0.2.7")];
    for more in [[].as_slice(), &stated] {
        world.key_alone(&foreign.secret, more).await.refuses(400, "invalid_request");
        let answer = world.exchange(&world.machine, (&foreign.secret, API_KEY), more).await;
        answer.refuses(400, "invalid_request");
    }
    let forwarded = [("x-forwarded-for", "192.0.2.7")];
    let form = [("grant_type", EXCHANGE), ("subject_token", &foreign.secret), ("subject_token_type", API_KEY)];
    let answer = world.keys.app.post_with("/oauth2/token", &form, &forwarded).await;
    answer.refuses(400, "invalid_request");
    // The server of the resource says from where its own caller comes, as when it asks about the key.
    let subject = (foreign.secret.as_str(), API_KEY);
    given(&world.exchange(&world.gateway, subject, &stated).await);
    for more in [[].as_slice(), &[("client_address", "127.0.0.1")]] {
        world.exchange(&world.gateway, subject, more).await.refuses(400, "invalid_request");
    }
    let refusals = world.keys.app.events("api_key_refused").await;
    assert_eq!(refusals.len(), 1, "told once a minute");
    assert_eq!(refusals[0].details["from"], json!("127.0.0.1"));

    let own = world.keys.of_machine(json!({ "addresses": ["127.0.0.1"] })).await;
    given(&world.key_alone(&own.secret, &[("client_address", "192.0.2.7")]).await);
}

/// Of many exchanges that come at once never one more passes than the key's limit.
#[actix_web::test]
async fn never_passes_the_limit_of_a_key_by_exchanging_it_many_times_at_once() {
    let world = Exchanges::start().await;
    for limit in [json!({ "rate_limit": "10/minute" }), json!({ "quota": "10/day" })] {
        let key = world.keys.of_machine(limit.clone()).await;
        let answers = join_all((0..64).map(|_| world.key_alone(&key.secret, &[]))).await;
        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(200), count(429)), (10, 54), "{limit}");
    }
}

/// RFC 6749 §3.2: two readers must not disagree about which one counts.
#[actix_web::test]
async fn sends_parameters_twice() {
    let world = Exchanges::start().await;
    let key = world.keys.of_machine(json!({})).await;
    let good = [
        ("grant_type", EXCHANGE),
        ("subject_token", key.secret.as_str()),
        ("subject_token_type", API_KEY),
        ("requested_token_type", JWT),
        ("scope", "read"),
        ("client_address", "192.0.2.7"),
    ];
    for twice in good {
        let form = [good.as_slice(), &[twice]].concat();
        world.keys.app.post("/oauth2/token", &form).await.refuses(400, "invalid_request");
        world.keys.app.token(&world.gateway, &form).await.refuses(400, "invalid_request");
    }
    let in_query = format!("/oauth2/token?{}", form_encode(&good));
    assert_ne!(world.keys.app.post(&in_query, &[]).await.status, 200);
}

/// An admin limits an app to a group: its token of somebody who is not in it becomes none for that app.
#[actix_web::test]
async fn exchanges_for_a_person_whom_the_admins_keep_from_the_client() {
    let world = Exchanges::start().await;
    let ada = world.keys.app.person("ada").await;
    let (key, token) = (world.keys.of_person(ada, json!({})).await, world.token_of(ada).await);
    let both = [(key.secret.as_str(), API_KEY), (&token, JWT)];
    for subject in both {
        given(&world.exchange(&world.gateway, subject, &[]).await);
    }
    limit_to_groups(&world.keys.app, &world.gateway).await;
    for subject in both {
        world.exchange(&world.gateway, subject, &[]).await.refuses(400, "invalid_request");
    }
}

async fn limit_to_groups(app: &TestApp, client: &TestClient) {
    let id = claviger::ids::ClientId(client.id.clone());
    let changed = id.clone();
    let access = claviger::store::Access::Groups;
    app.cx
        .store
        .write(move |tx| Box::pin(async move { tx.set_client_access(&changed, access, &[]).await }))
        .await
        .unwrap();
    app.cx.clients.forget(&id);
}

/// A secret stands neither in the database nor in what is given for it.
#[actix_web::test]
async fn looks_for_the_key_in_what_is_given() {
    let world = Exchanges::start().await;
    let key = world.keys.of_machine(json!({})).await;
    let answer = world.key_alone(&key.secret, &[]).await;
    let token = claims(&given(&answer)).to_string();
    let hidden = &key.secret["clv_key_live_".len() + 4..];
    assert!(!answer.body.contains(hidden) && !token.contains(hidden));
    assert!(!world.keys.app.everything().await.contains(hidden));
}
