//! Apps are told, from server to server, that a session ended (OpenID Connect Back-Channel Logout 1.0).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::domain::jobs::{Jobs, sweep_once, sweep_settings};
use claviger::domain::people::{accounts, sign_out};
use claviger::ids::{ClientId, PersonId};
use openidconnect::JsonWebKey;
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm};
use serde_json::{Value, json};
use tokio::join;

use crate::support::{Browser, PASSWORD, REACH_LOOPBACK, Receiver, TestApp, TestClient, claims, form_encode, header};

const GOODBYE: &str = "https://app.example/goodbye";

/// A server, an app that is told, and ada's browser, in which she has signed in to it.
struct Scene {
    app: TestApp,
    receiver: Receiver,
    client: TestClient,
    browser: Browser,
    tokens: Value,
}

async fn scene() -> Scene {
    scene_with(json!({})).await
}

async fn scene_with(mut members: Value) -> Scene {
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    let receiver = Receiver::start().await;
    members["backchannel_logout_uri"] = json!(receiver.uri());
    members["post_logout_redirect_uris"] = json!([GOODBYE]);
    let client = app.told_app("app", members).await;
    app.person("ada").await;
    let browser = app.browser();
    let tokens = app.sign_in_to(&browser, &client).await;
    Scene { app, receiver, client, browser, tokens }
}

impl Scene {
    fn id_token(&self) -> &str {
        self.tokens["id_token"].as_str().unwrap()
    }

    /// Signs ada out by the app, as far as the place where the browser goes then.
    async fn sign_out_by_the_app(&self) -> String {
        let asked = [("id_token_hint", self.id_token()), ("post_logout_redirect_uri", GOODBYE)];
        let page = self.browser.open(&format!("/oauth2/end_session?{}", form_encode(&asked))).await;
        self.browser.submit(&page, "form#logout", &[("decision", "logout")]).await.url.to_string()
    }

    /// Tells apps all that is due, and answers with what this one was sent.
    async fn delivered(&self) -> Vec<String> {
        self.app.deliver().await;
        self.receiver.tokens()
    }
}

/// OIDC Back-Channel Logout §2.4, OIDC Back-Channel Logout §2.5: signed out by the app, told once, of the session that its
/// ID token names.
#[actix_web::test]
async fn tells_an_app_that_its_session_ended() {
    let scene = scene().await;
    assert_eq!(scene.delivered().await, Vec::<String>::new(), "nothing has ended yet");
    assert_eq!(scene.sign_out_by_the_app().await, GOODBYE, "nobody waits for the app to be told");
    let [token] = &scene.delivered().await[..] else { panic!("it is told once") };
    let (id_token, told) = (claims(scene.id_token()), claims(token));
    let members: BTreeSet<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(["iss", "sub", "aud", "iat", "exp", "jti", "events", "sid"]), "and no nonce");
    assert_eq!(told["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    for same in ["iss", "sub", "aud", "sid"] {
        assert_eq!(told[same], id_token[same], "{same}");
    }
    assert_eq!(told["iat"], scene.app.cx.now().seconds());
    assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), 120);
    assert_eq!(header(token)["typ"], "logout+jwt");
    let event = &scene.app.events("logout_delivered").await[0];
    assert_eq!(event.client_id.as_ref().map(ClientId::as_str), Some("app"));
    assert_eq!(event.details["sid"], id_token["sid"]);
    scene.app.clock.advance(Duration::from_hours(1));
    assert_eq!(scene.delivered().await, Vec::<String>::new(), "and never again");
}

/// An app that has not signed anybody in by OpenID Connect knows no session, and is told of none.
#[actix_web::test]
async fn tells_nothing_to_an_app_without_an_id_token() {
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    let receiver = Receiver::start().await;
    let client = app.told_app("app", json!({ "backchannel_logout_uri": receiver.uri() })).await;
    app.person("ada").await;
    let browser = app.browser();
    let tokens = app.sign_in_to_with(&browser, &client, "offline_access").await;
    assert_eq!(tokens.get("id_token"), None);
    app.sign_out_at(&browser).await;
    app.deliver().await;
    assert_eq!(receiver.tokens(), Vec::<String>::new());
}

/// OIDC Back-Channel Logout §2.4: signed with the client's own algorithm, and a library finds the signature good.
#[actix_web::test]
async fn signs_as_the_apps_id_tokens_are_signed() {
    for algorithm in ["RS256", "ES256"] {
        let scene = scene_with(json!({ "id_token_signed_response_alg": algorithm })).await;
        scene.sign_out_by_the_app().await;
        let token = scene.delivered().await.remove(0);
        let header = header(&token);
        assert_eq!((&header["alg"], &header["typ"]), (&json!(algorithm), &json!("logout+jwt")));
        let keys: CoreJsonWebKeySet = serde_json::from_value(scene.app.get("/oauth2/jwks").await.ok()).unwrap();
        let named = |key: &&CoreJsonWebKey| key.key_id().is_some_and(|id| header["kid"] == id.as_str());
        let key = keys.keys().iter().find(named).expect("it names a published key");
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let algorithm: CoreJwsSigningAlgorithm = serde_json::from_value(header["alg"].clone()).unwrap();
        key.verify_signature(&algorithm, message.as_bytes(), &signature).unwrap();
    }
}

/// OIDC Back-Channel Logout §2.6: an app ends the session that `sid` names. With a new password the old session has ended, and what
/// goes on has another `sid`: the late news of the one ends nothing of the other, nor is in the way of its end.
#[actix_web::test]
async fn gives_who_goes_on_after_a_new_password_another_session() {
    let scene = scene().await;
    let (app, browser) = (&scene.app, &scene.browser);
    scene.receiver.answers(503);
    let form = browser.open("/account/security/password").await;
    let new = [("old", PASSWORD), ("new", "an entirely new passphrase")];
    let done = browser.submit(&form, "main form", &new).await;
    assert_eq!(done.query("done").as_deref(), Some("password"), "{}", done.answer.body);
    app.deliver().await;
    let again = app.sign_in_to(browser, &scene.client).await;
    let sid = |tokens: &Value| claims(tokens["id_token"].as_str().unwrap())["sid"].clone();
    let (before, after) = (sid(&scene.tokens), sid(&again));
    assert_ne!(before, after);
    app.sign_out_at(browser).await;
    assert!(!browser.open("/").await.has("form#logout"), "it can be ended");
    scene.receiver.tokens();
    scene.receiver.answers(200);
    app.clock.advance(Duration::from_mins(1));
    let told: BTreeSet<_> = scene.delivered().await.iter().map(|token| claims(token)["sid"].to_string()).collect();
    assert_eq!(told, BTreeSet::from([before.to_string(), after.to_string()]));
}

/// OIDC Back-Channel Logout §2.5: however a session ends that somebody ends.
#[actix_web::test]
async fn tells_of_every_way_in_which_a_session_is_ended() {
    for way in ["own page", "with others", "everywhere", "password", "disabled", "deleted"] {
        let scene = scene().await;
        let (app, told) = (&scene.app, claims(scene.id_token()));
        let ada = PersonId(told["sub"].as_str().unwrap().parse().unwrap());
        match way {
            "own page" => app.sign_out_at(&scene.browser).await,
            "with others" => {
                app.person("grace").await;
                scene.browser.sign_in_too("grace").await;
                let page = scene.browser.open("/logout").await;
                scene.browser.submit(&page, "form#logout", &[("decision", "all")]).await;
            }
            "everywhere" => {
                app.as_operator(async |act| drop(sign_out::end_everywhere(act, ada, None).await.unwrap())).await;
            }
            "password" => {
                let set = app.as_operator(async |act| accounts::set_password(act, ada, "x".to_owned()).await.unwrap());
                assert!(set.await);
            }
            "disabled" => assert!(app.as_operator(async |act| accounts::disable(act, ada).await.unwrap()).await),
            _ => assert!(app.as_operator(async |act| accounts::delete(act, ada).await.unwrap()).await),
        }
        let tokens = scene.delivered().await;
        assert_eq!(tokens.len(), 1, "{way}");
        assert_eq!(claims(&tokens[0])["sid"], told["sid"], "{way}");
    }
}

/// OIDC Back-Channel Logout §2.5: each app that the session had signed in to hears of it, each in a token of its own; no
/// other app, and of no other session.
#[actix_web::test]
async fn tells_each_app_of_its_own_session_only() {
    let scene = scene().await;
    let app = &scene.app;
    let (second, unused, elsewhere) = (Receiver::start().await, Receiver::start().await, app.browser());
    let other = app.told_app("other", json!({ "backchannel_logout_uri": second.uri() })).await;
    app.told_app("unused", json!({ "backchannel_logout_uri": unused.uri() })).await;
    let silent = app.told_app("silent", json!({})).await;
    for _ in 0..2 {
        app.sign_in_to(&scene.browser, &other).await;
        app.sign_in_to(&scene.browser, &silent).await;
    }
    let hers = app.sign_in_to(&elsewhere, &scene.client).await;
    assert!(!app.everything().await.contains("\"silent\",\"sid\""), "nobody notes for an app that does not ask");
    app.sign_out_at(&scene.browser).await;
    let (one, two) = (scene.delivered().await, second.tokens());
    assert_eq!((one.len(), two.len(), unused.tokens().len()), (1, 1, 0));
    assert_eq!((&claims(&one[0])["aud"], &claims(&two[0])["aud"]), (&json!("app"), &json!("other")));
    assert_eq!(claims(&one[0])["sid"], claims(&two[0])["sid"]);
    assert_ne!(claims(&one[0])["jti"], claims(&two[0])["jti"]);
    assert_ne!(claims(&one[0])["sid"], claims(hers["id_token"].as_str().unwrap())["sid"]);
}

/// OIDC Back-Channel Logout §2.7: what was not given for use while the person is away ends in the same breath.
#[actix_web::test]
async fn ends_refresh_tokens_unless_they_are_for_offline_use() {
    let scene = scene().await;
    let (app, browser) = (&scene.app, scene.app.browser());
    let lasting = app.sign_in_to_with(&browser, &scene.client, "openid offline_access").await;
    for browser in [&scene.browser, &browser] {
        app.sign_out_at(browser).await;
    }
    let online = app.refresh(&scene.client, scene.tokens["refresh_token"].as_str().unwrap()).await;
    online.refuses(400, "invalid_grant");
    app.refresh(&scene.client, lasting["refresh_token"].as_str().unwrap()).await.ok();
}

/// OIDC Back-Channel Logout §2.8: tried again, later each time, with a fresh token, until the app takes it.
#[actix_web::test]
async fn tries_again_until_the_app_can_be_told() {
    let scene = scene().await;
    scene.receiver.answers(503);
    scene.sign_out_by_the_app().await;
    let first = scene.delivered().await.remove(0);
    assert_eq!(scene.app.events("logout_delayed").await[0].reason.as_deref(), Some("answered 503"));
    assert_eq!(scene.delivered().await.len(), 0, "not at once");
    scene.app.clock.advance(Duration::from_secs(10));
    let second = scene.delivered().await.remove(0);
    scene.app.clock.advance(Duration::from_secs(59));
    assert_eq!(scene.delivered().await.len(), 0, "later than the first time");
    scene.receiver.answers(204);
    scene.app.clock.advance(Duration::from_secs(1));
    let third = scene.delivered().await.remove(0);
    let told = [&first, &second, &third].map(|token| claims(token));
    assert!(told[0]["iat"].as_i64() < told[1]["iat"].as_i64() && told[1]["iat"].as_i64() < told[2]["iat"].as_i64());
    assert_ne!(told[0]["jti"], told[2]["jti"], "an app that remembers them takes it all the same");
    assert_eq!(scene.app.events("logout_delivered").await[0].details["attempts"], 3);
    assert_eq!(scene.app.events("logout_delayed").await.len(), 1);
    assert!(!scene.app.everything().await.contains("logout_deliveries: "));
}

/// OIDC Back-Channel Logout §2.8: an app that refuses is not asked again, and one that is away is given up after a day.
#[actix_web::test]
async fn gives_up_when_the_app_refuses_or_stays_away() {
    let scene = scene().await;
    scene.receiver.answers(400);
    scene.sign_out_by_the_app().await;
    assert_eq!(scene.delivered().await.len(), 1);
    scene.app.clock.advance(Duration::from_hours(1));
    assert_eq!(scene.delivered().await.len(), 0);
    assert_eq!(scene.app.events("logout_failed").await[0].reason.as_deref(), Some("answered 400"));

    scene.receiver.answers(500);
    scene.app.sign_in_to(&scene.browser, &scene.client).await;
    scene.app.sign_out_at(&scene.browser).await;
    let mut attempts = scene.delivered().await.len();
    for _ in 0..48 {
        scene.app.clock.advance(Duration::from_mins(30));
        attempts += scene.delivered().await.len();
    }
    assert_eq!(attempts, 12);
    assert_eq!(scene.app.events("logout_failed").await[0].reason.as_deref(), Some("answered 500"));
    assert!(!scene.app.everything().await.contains("logout_deliveries: "));
}

#[actix_web::test]
async fn is_delivered_by_one_of_several_servers() {
    let scene = scene().await;
    let (first, second) = (&scene.app, scene.app.second_server().await);
    let mut browsers = vec![scene.browser];
    for _ in 0..11 {
        let browser = first.browser();
        first.sign_in_to(&browser, &scene.client).await;
        browsers.push(browser);
    }
    for browser in &browsers {
        first.sign_out_at(browser).await;
    }
    join!(first.deliver(), second.deliver(), first.deliver(), second.deliver());
    let tokens = scene.receiver.tokens();
    let sids: BTreeSet<_> = tokens.iter().map(|token| claims(token)["sid"].to_string()).collect();
    assert_eq!((tokens.len(), sids.len()), (12, 12), "each once");
    assert_eq!(first.events("logout_delivered").await.len(), 12);
}

#[actix_web::test]
async fn survives_the_server_that_had_begun_to_deliver() {
    let scene = scene().await;
    scene.sign_out_by_the_app().await;
    let (store, now) = (&scene.app.cx.store, scene.app.cx.now());
    let begun = store.due_logout_deliveries(now, 1).await.unwrap().remove(0);
    let (read, until) = (begun.clone(), now + Duration::from_mins(1));
    let take = store.write(move |tx| Box::pin(async move { tx.take_logout_delivery(&read, until).await }));
    assert!(take.await.unwrap());
    let again = store.write(move |tx| Box::pin(async move { tx.take_logout_delivery(&begun, until).await }));
    assert!(!again.await.unwrap(), "it is taken once");
    // Here that server dies; another one starts.
    let next = scene.app.second_server().await;
    next.deliver().await;
    assert_eq!(scene.receiver.tokens().len(), 0, "as long as the first may be about it");
    scene.app.clock.advance(Duration::from_mins(1));
    next.deliver().await;
    assert_eq!(scene.receiver.tokens().len(), 1);
}

#[actix_web::test]
async fn is_part_of_the_work_that_a_server_does_by_itself() {
    let scene = scene().await;
    scene.sign_out_by_the_app().await;
    let cx = &scene.app.cx;
    let world = (Arc::clone(&cx.clock), Arc::clone(&cx.entropy));
    let jobs = Jobs::new(cx.event_chain.clone(), world, cx.tallies(), &cx.config);
    let work = jobs.run(async || Ok::<_, String>(()), &cx.live_catalogue, cx.courier());
    let told = async {
        while scene.app.events("logout_delivered").await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = work => unreachable!("it has no end"),
        () = told => {}
    }
    assert_eq!(scene.receiver.tokens().len(), 1);
}

#[actix_web::test]
async fn forgets_who_was_signed_in_to_with_the_session_and_what_nobody_could_deliver() {
    let scene = scene().await;
    let app = &scene.app;
    let sweep = async || sweep_once(&app.cx.event_chain, sweep_settings(&app.cx.config), app.cx.now()).await.unwrap();
    let browser = app.browser();
    app.sign_in_to(&browser, &scene.client).await;
    app.sign_out_at(&browser).await;
    assert!(
        app.everything().await.contains("session_clients: ") && app.everything().await.contains("logout_deliveries: ")
    );
    sweep().await;
    assert!(
        app.everything().await.contains("session_clients: ") && app.everything().await.contains("logout_deliveries: ")
    );
    app.clock.advance(Duration::from_hours(24 * 100));
    sweep().await;
    assert!(!app.everything().await.contains("session_clients: "), "the session ended by itself");
    assert!(!app.everything().await.contains("logout_deliveries: "));
}

/// The attacker registers an address inside the network, a redirect there, or an answer without end.
#[actix_web::test]
async fn cannot_be_made_to_reach_what_only_the_server_can() {
    let inner = Receiver::start().await;
    for (allowed, uri) in [
        ("", inner.uri()),
        ("", inner.uri().replace("127.0.0.1", "localhost")),
        ("", "https://169.254.169.254/latest/meta-data".to_owned()),
        ("", "https://10.0.0.1/".to_owned()),
    ] {
        let app = TestApp::start_with(allowed).await;
        let client = app.told_app("app", json!({ "backchannel_logout_uri": uri })).await;
        app.person("ada").await;
        let browser = app.browser();
        app.sign_in_to(&browser, &client).await;
        app.sign_out_at(&browser).await;
        app.deliver().await;
        let reason = app.events("logout_delayed").await[0].reason.clone().unwrap();
        assert!(reason.contains("has no public address"), "{uri}: {reason}");
    }
    let scene = scene().await;
    let elsewhere =
        format!("HTTP/1.1 307 x\r\nconnection: close\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", inner.uri());
    scene.receiver.answers_raw(elsewhere);
    scene.sign_out_by_the_app().await;
    assert_eq!(scene.delivered().await.len(), 1);
    assert_eq!(scene.app.events("logout_delayed").await[0].reason.as_deref(), Some("answered 307"));
    let endless =
        format!("HTTP/1.1 200 x\r\nconnection: close\r\ncontent-length: 99999999\r\n\r\n{}", "x".repeat(1 << 20));
    scene.receiver.answers_raw(endless);
    scene.app.clock.advance(Duration::from_secs(10));
    assert_eq!(scene.delivered().await.len(), 1);
    assert_eq!(scene.app.events("logout_delivered").await.len(), 1, "what else it answers is not read");
    assert_eq!(inner.tokens().len(), 0, "nothing inside was asked");
}

/// RFC 8725 §3.11: whoever was told can do nothing here with what they were told by.
#[actix_web::test]
async fn is_good_for_nothing_else() {
    let scene = scene().await;
    scene.sign_out_by_the_app().await;
    let token = scene.delivered().await.remove(0);
    scene.app.userinfo(&token).await.refuses(401, "invalid_token");
    scene.app.sign_in_to(&scene.browser, &scene.client).await;
    let asked = [("id_token_hint", token.as_str()), ("post_logout_redirect_uri", GOODBYE)];
    let page = scene.browser.open(&format!("/oauth2/end_session?{}", form_encode(&asked))).await;
    let done = scene.browser.submit(&page, "form#logout", &[("decision", "logout")]).await;
    assert_eq!(done.url.host_str(), Some("127.0.0.1"), "a logout token is no hint");
}
