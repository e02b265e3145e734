//! A token where another kind of token, or the token of somebody else, belongs: RFC 9700 §4.9, RFC 9700 §4.10.

use std::time::Duration;

use claviger::domain::events::{Actor, Origin};
use claviger::domain::keys::keeper::Plan;
use claviger::domain::people::{Act, accounts};
use claviger::ids::ClientId;
use claviger::protocol::algorithm::SigningAlgorithm;
use serde_json::{Value, json};

use super::forgery::{AttackersKey, Jwt, Mark};
use crate::support::{Allowed, Answer, REDIRECT_URI, TestApp, TestClient, claims, header};

const CALENDAR: &str = "https://calendar.example";
const MAIL: &str = "https://mail.example";

async fn introspect(app: &TestApp, client: &TestClient, token: &str) -> Value {
    let form = [("token", token)];
    app.post_with("/oauth2/introspect", &form, &[("authorization", &client.basic())]).await.ok()
}

async fn revoke(app: &TestApp, client: &TestClient, token: &str) -> Answer {
    app.post_with("/oauth2/revoke", &[("token", token)], &[("authorization", &client.basic())]).await
}

/// RFC 9068 §4, RFC 8725 §2.8, RFC 8725 §3.12: each credential is good for the one thing it was made
/// for.
#[actix_web::test]
async fn presents_every_credential_wherever_it_does_not_belong() {
    let mark = Mark::start().await;
    let (app, client) = (&mark.app, &mark.client);
    let person = app.person("eve").await;
    let code = app.code(client, person, Allowed::default()).await;
    let (access_token, id_token, refresh_token) = (&mark.access_token, &mark.id_token, &mark.refresh_token);
    for (kind, token) in [
        ("access_token", access_token),
        ("id_token", id_token),
        ("refresh_token", refresh_token),
        ("code", &code),
        ("client_secret", &client.secret),
    ] {
        if kind != "access_token" {
            assert_ne!(app.userinfo(token).await.status, 200, "{kind} at UserInfo");
            let answer = app.post("/oauth2/userinfo", &[("access_token", token)]).await;
            assert_eq!(answer.status, 401, "{kind} at UserInfo");
        }
        if kind != "refresh_token" {
            app.refresh(client, token).await.refuses(400, "invalid_grant");
        }
        if kind != "code" {
            app.redeem(client, token).await.refuses(400, "invalid_grant");
        }
        if !matches!(kind, "access_token" | "refresh_token") {
            assert_eq!(introspect(app, client, token).await, json!({ "active": false }), "{kind} introspected");
            assert_eq!(revoke(app, client, token).await.status, 200, "{kind} revoked: as good as unknown");
        }
        if kind != "client_secret" {
            let thief = TestClient { id: client.id.clone(), secret: token.clone() };
            let answer = app.token(&thief, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await;
            answer.refuses(401, "invalid_client");
        }
        for path in ["/set-up", "/invitation"] {
            let page = app.browser().open(&format!("{path}?link={token}")).await;
            assert_eq!(page.answer.status, 410, "{kind} as a link");
        }
    }
    assert_eq!(mark.takers(access_token).await, ["userinfo", "introspect"]);
    assert_eq!(mark.takers(id_token).await, ["authorize", "end_session"]);
    assert_eq!(mark.takers(refresh_token).await, ["introspect"]);
    app.redeem(client, &code).await.ok();
}

/// RFC 7662 §4: a hint about the kind of a token is only a hint.
#[actix_web::test]
async fn lies_about_the_kind_of_a_token() {
    let mark = Mark::start().await;
    let authorization = mark.client.basic();
    let headers = [("authorization", authorization.as_str())];
    for hint in ["access_token", "refresh_token", "id_token", "code", "x"] {
        let ask = async |token: &str| {
            let form = [("token", token), ("token_type_hint", hint)];
            mark.app.post_with("/oauth2/introspect", &form, &headers).await.ok()["active"].clone()
        };
        assert_eq!(ask(&mark.id_token).await, json!(false), "{hint}");
        assert_eq!(ask(&mark.access_token).await, json!(true), "{hint}");
        assert_eq!(ask(&mark.refresh_token).await, json!(true), "{hint}");
    }
}

/// RFC 8725 §3.8, RFC 9207 §1, RFC 6819 §4.6.4: another server may even have the same keys; its tokens are still its own.
#[actix_web::test]
async fn presents_the_tokens_of_another_server() {
    let (mark, foreign) = (Mark::start().await, Mark::start().await);
    assert_eq!(header(&foreign.access_token), header(&mark.access_token), "the same keys");
    for token in [&foreign.access_token, &foreign.id_token, &foreign.refresh_token] {
        assert_eq!(mark.takers(token).await, [""; 0]);
    }
    mark.app.refresh(&mark.client, &foreign.refresh_token).await.refuses(400, "invalid_grant");
    // Nor does a name that only begins, or only looks, like ours.
    for issuer in [
        format!("{}/", mark.app.issuer),
        format!("{}.evil.example", mark.app.issuer),
        format!("{} ", mark.app.issuer),
        mark.app.issuer.to_uppercase(),
        mark.app.issuer.replace("127.0.0.1", "localhost"),
        mark.app.issuer.replace("http:", "https:"),
        String::new(),
    ] {
        mark.refuses(&issuer, |jwt| jwt.claim("iss", issuer.as_str()).signed_by_the_server()).await;
    }
    let lists = [json!([mark.app.issuer]), json!({"iss": mark.app.issuer}), json!(1), Value::Null];
    for issuer in lists {
        mark.refuses("iss of another type", |jwt| jwt.claim("iss", issuer.clone()).signed_by_the_server()).await;
    }
}

/// RFC 9700 §4.10.2, RFC 9068 §4, RFC 8725 §3.9, RFC 6819 §4.6.4: a token for one API is none for another, and none for
/// `UserInfo`; a server of one API learns nothing about tokens of another.
#[actix_web::test]
async fn presents_a_token_of_another_resource() {
    for format in ["jwt", "opaque"] {
        let resource = |identifier| {
            format!(
                "[[resources]]\nidentifier = \"{identifier}\"\nscopes = [\"read\"]\naccess_token_format = \"{format}\"\n"
            )
        };
        let scopes = "[[scopes]]\nname = \"read\"\ntext = \"Read\"\n";
        let app = TestApp::start_with(&format!("{scopes}{}{}", resource(CALENDAR), resource(MAIL))).await;
        let client = app
            .client(json!({"redirect_uris": [REDIRECT_URI], "scope": "openid read", "resources": [CALENDAR, MAIL]}))
            .await;
        let person = app.person("ada").await;
        let allowed = Allowed { scope: "openid read", resources: &[CALENDAR], ..Allowed::default() };
        let tokens = app.tokens(&client, person, allowed).await;
        let token = tokens["access_token"].as_str().unwrap();
        assert_eq!(token.starts_with("clv_at_"), format == "opaque");
        app.userinfo(token).await.refuses(401, "invalid_token");
        for (resource, is_theirs) in [(CALENDAR, true), (MAIL, false)] {
            let api = json!({
                "client_id": resource, "grant_types": ["client_credentials"], "response_types": [],
                "resource_server_of": [resource],
            });
            let api = app.client(api).await;
            let told = introspect(&app, &api, token).await;
            assert_eq!(told["active"], is_theirs, "{format} at {resource}");
            assert!(is_theirs || told == json!({ "active": false }), "{told}");
            assert_eq!(revoke(&app, &api, token).await.status, 400, "revoking is its client's business");
        }
        assert_eq!(introspect(&app, &client, token).await["active"], true);
    }
}

/// RFC 9700 §4.15: an app that is called as a person is, and acts for itself, is not that person.
#[actix_web::test]
async fn calls_an_app_by_the_name_of_a_person() {
    let mark = Mark::start().await;
    let subject = claims(&mark.access_token)["sub"].as_str().unwrap().to_owned();
    let namesake = json!({"client_id": subject, "grant_types": ["client_credentials"], "response_types": []});
    let namesake = mark.app.client(namesake).await;
    let tokens = mark.app.token(&namesake, &[("grant_type", "client_credentials")]).await.ok();
    assert_eq!(tokens["id_token"], Value::Null);
    let token = tokens["access_token"].as_str().unwrap();
    let takers = mark.takers(token).await;
    for endpoint in ["userinfo", "authorize", "end_session"] {
        assert!(!takers.contains(&endpoint), "{endpoint}");
    }
    assert_eq!(
        claims(token)["client_id"],
        subject.as_str(),
        "whoever reads the token sees that the app is its own subject"
    );
}

/// OIDC Core §3.1.2.2, RFC 8725 §3.9: an ID token says who somebody is to one app only.
#[actix_web::test]
async fn presents_the_id_token_of_another_app() {
    let mark = Mark::start().await;
    let other =
        mark.app.client(json!({"client_id": "other", "redirect_uris": [REDIRECT_URI], "scope": "openid"})).await;
    let person = mark.app.person("eve").await;
    let tokens = mark.app.tokens(&other, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    let hint = tokens["id_token"].as_str().unwrap();
    assert_eq!(mark.takers(hint).await, ["end_session"], "no hint to the first app; who signs out is the other");
    let query = format!("client_id={}&id_token_hint={hint}&post_logout_redirect_uri={REDIRECT_URI}", mark.client.id);
    let answer = mark.app.get(&format!("/oauth2/end_session?{query}")).await;
    let browser = mark.app.browser();
    let page = browser.open(answer.header("location").trim_start_matches(&mark.app.origin)).await;
    assert!(!page.answer.body.contains("app.example"), "{}", page.answer.body);
    for audience in [json!("other"), json!(["other"]), json!([]), json!({"app": true}), json!(7), Value::Null] {
        let forged = Jwt::of(&mark.id_token).claim("aud", audience.clone()).signed_by_the_server();
        assert!(!mark.takers(&forged).await.contains(&"authorize"), "{audience}");
    }
}

/// RFC 7519 §4.1.4, RFC 7519 §4.1.5, RFC 9068 §4, RFC 6819 §5.1.5.3: outside its time, or without one, a token is nothing.
#[actix_web::test]
async fn presents_a_token_outside_its_time() {
    let mark = Mark::start().await;
    let now = mark.app.cx.now().seconds();
    for (claim, value) in [
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!(i64::MIN)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(1e300)),
        ("exp", json!(now.to_string())),
        ("exp", json!("never")),
        ("exp", json!([now + 600])),
        ("exp", json!(true)),
        ("exp", Value::Null),
        ("nbf", json!(now + 61)),
        ("nbf", json!(i64::MAX)),
        ("nbf", json!("soon")),
        ("iat", json!(now + 61)),
        ("iat", json!(i64::MAX)),
        ("iat", Value::Null),
        ("jti", Value::Null),
        ("sub", Value::Null),
        ("client_id", Value::Null),
        ("client_id", json!("nobody")),
    ] {
        let forged = Jwt::of(&mark.access_token).claim(claim, value.clone()).signed_by_the_server();
        assert_eq!(mark.takers(&forged).await, [""; 0], "{claim} {value}");
    }
    mark.app.clock.advance(Duration::from_mins(10));
    assert_eq!(mark.takers(&mark.access_token).await, [""; 0]);
}

/// RFC 6819 §5.2.2.4, RFC 9700 §4.14: what was taken back is taken back with all that came of it, in every form.
#[actix_web::test]
async fn presents_the_token_of_who_is_disabled_or_gone() {
    let settings = "[[scopes]]\nname = \"read\"\ntext = \"Read\"\n[[resources]]\nidentifier = \"https://calendar.example\"\n\
                    scopes = [\"read\"]\naccess_token_format = \"opaque\"\n";
    for who in ["client", "person", "person deleted", "authorization"] {
        for resources in [&[][..], &[CALENDAR][..]] {
            let app = TestApp::start_with(settings).await;
            let client = app
                .client(json!({
                    "redirect_uris": [REDIRECT_URI], "scope": "openid read offline_access", "resources": [CALENDAR],
                    "grant_types": ["authorization_code", "refresh_token"],
                }))
                .await;
            let api = json!({
                "client_id": "api", "grant_types": ["client_credentials"], "response_types": [],
                "resource_server_of": [CALENDAR, app.issuer],
            });
            let (api, person) = (app.client(api).await, app.person("ada").await);
            let allowed = Allowed { scope: "openid read offline_access", resources, ..Allowed::default() };
            let tokens = app.tokens(&client, person, allowed).await;
            let [token, refresh_token] = ["access_token", "refresh_token"].map(|kind| tokens[kind].as_str().unwrap());
            assert_eq!(introspect(&app, &api, token).await["active"], true, "{who} {resources:?}");
            take_back(&app, who, &client, person, refresh_token).await;
            assert_eq!(introspect(&app, &api, token).await, json!({ "active": false }), "{who} {resources:?}");
            assert_eq!(app.userinfo(token).await.status, 401, "{who} {resources:?}");
            assert_ne!(app.refresh(&client, refresh_token).await.status, 200, "{who} {resources:?}");
        }
    }
}

async fn take_back(
    app: &TestApp,
    who: &str,
    client: &TestClient,
    person: claviger::ids::PersonId,
    refresh_token: &str,
) {
    let origin = Origin::default();
    let (store, entropy, now) = (&app.cx.store, &*app.cx.entropy, app.cx.now());
    let act = Act { store, entropy, now, actor: Actor::Operator, origin: &origin };
    match who {
        "client" => {
            let id = ClientId(client.id.clone());
            let disabled = id.clone();
            let write =
                store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&disabled, Some(now)).await }));
            assert!(write.await.unwrap());
            app.cx.clients.forget(&id);
        }
        "person" => assert!(accounts::disable(&act, person).await.unwrap()),
        "person deleted" => assert!(accounts::delete(&act, person).await.unwrap()),
        _ => assert_eq!(revoke(app, client, refresh_token).await.status, 200),
    }
}

/// RFC 8725 §3.10, RFC 9068 §4, OIDC Core §10.1.1: a key that was taken out of use, because it was stolen, is worth
/// nothing from that moment; a key that nobody knows never was.
#[actix_web::test]
async fn signs_with_a_retired_or_unknown_key() {
    let mark = Mark::start().await;
    let attacker = AttackersKey::new();
    mark.refuses("the attacker's own key", |jwt| {
        jwt.header("kid", "attacker").header("alg", "ES256").signed(|message| attacker.sign(message))
    })
    .await;
    mark.refuses("the attacker's own key under a name of ours", |jwt| jwt.signed(|message| attacker.sign(message)))
        .await;
    for (token, algorithm) in [(&mark.access_token, SigningAlgorithm::ES256), (&mark.id_token, SigningAlgorithm::RS256)]
    {
        let kid = header(token)["kid"].as_str().unwrap().to_owned();
        assert_eq!(header(token)["alg"], algorithm.to_string());
        let plan = Plan {
            actor: Actor::Operator,
            now: mark.app.cx.now(),
            publish_before: Duration::ZERO,
            longest_token_lifetime: Duration::from_hours(1),
        };
        mark.app.cx.keeper.rotate(algorithm, plan).await.unwrap();
        mark.app.cx.keys.replace(mark.app.cx.keeper.load().await.unwrap());
        assert_eq!(mark.takers(token).await.len(), 2, "what it signed before the rotation is still good");
        mark.app.cx.keeper.retire(&kid, Actor::Operator, mark.app.cx.now()).await.unwrap();
        mark.app.cx.keys.replace(mark.app.cx.keeper.load().await.unwrap());
        assert_eq!(mark.takers(token).await, [""; 0]);
    }
}
