//! What strangers do where clients register themselves.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::time::Duration;

use claviger::domain::clients::dynamic::mark_used;
use claviger::ids::ClientId;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::wire::{send_and_listen, status};
use crate::support::{BY_TOKEN, OPEN, REDIRECT_URI, SigningKey, TestApp, web_app};

const MANY: &str = "registration.attempts_per_address = 100000\n";

fn with(member: &str, value: &Value) -> Value {
    let mut metadata = web_app();
    metadata[member] = value.clone();
    metadata
}

/// How many of 64 registrations that come at once, half of them to another server on the same database, are made.
async fn rush(app: &TestApp, token: Option<&str>) -> usize {
    let second = app.second_server().await;
    let attempts = (0..64).map(|number| {
        let app = if number % 2 == 0 { app } else { &second };
        async move {
            match token {
                Some(token) => app.register_by(token, &web_app()).await,
                None => app.register(&web_app()).await,
            }
        }
    });
    let answers = join_all(attempts).await;
    assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 401 | 429)), "{answers:?}");
    answers.iter().filter(|answer| answer.status == 201).count()
}

/// RFC 7591 §5: as many in an hour as the operator said, however many come at once.
#[actix_web::test]
async fn fills_the_hour_with_64_at_once() {
    let app = TestApp::start_with(&format!("{OPEN}{MANY}registration.clients_per_hour = 7\n")).await;
    assert_eq!(rush(&app, None).await, 7);
    assert_eq!(app.cx.store.all_clients().await.unwrap().len(), 7);
    assert_eq!(app.events("client_registered").await.len(), 7);
    let answer = app.register(&web_app()).await;
    answer.refuses(429, "temporarily_unavailable");
    assert!(!answer.header("retry-after").is_empty());
    // One that deletes itself makes no room in the hour.
    let client = app.cx.store.all_clients().await.unwrap().remove(0);
    app.cx.store.write(move |tx| Box::pin(async move { tx.delete_client(&client.id).await })).await.unwrap();
    app.register(&web_app()).await.refuses(429, "temporarily_unavailable");
    // Whoever has a token is not held up by those who have none.
    let (_, token) = app.initial_token(1).await;
    assert_eq!(app.register_by(&token, &web_app()).await.status, 201);
    app.clock.advance(Duration::from_hours(1));
    assert_eq!(app.register(&web_app()).await.status, 201);
}

/// RFC 7591 §5: nor are there ever more than the operator said.
#[actix_web::test]
async fn fills_the_database_with_64_at_once() {
    let app = TestApp::start_with(&format!("{OPEN}{MANY}registration.max_clients = 5\n")).await;
    app.web_app().await;
    assert_eq!(rush(&app, None).await, 5);
    app.clock.advance(Duration::from_hours(2));
    app.register(&web_app()).await.refuses(429, "temporarily_unavailable");
    let mut clients = app.cx.store.all_clients().await.unwrap();
    clients.retain(|client| client.registration.is_some());
    let gone = clients.remove(0).id;
    app.cx.store.write(move |tx| Box::pin(async move { tx.delete_client(&gone).await })).await.unwrap();
    assert_eq!(app.register(&web_app()).await.status, 201, "the hour was not used up by those who were turned away");
}

/// RFC 7591 §3: a token for three lets in three, however many come with it at once.
#[actix_web::test]
async fn uses_a_token_64_times_at_once() {
    let app = TestApp::start_with(&format!("{BY_TOKEN}{MANY}")).await;
    let (_, token) = app.initial_token(3).await;
    assert_eq!(rush(&app, Some(&token)).await, 3);
    assert_eq!(app.cx.store.all_clients().await.unwrap().len(), 3);
}

/// An address that goes on and on is told to wait; so is one that guesses tokens.
#[actix_web::test]
async fn goes_on_and_on_from_one_address() {
    let app = TestApp::start_with(&format!("{OPEN}registration.attempts_per_address = 3\n")).await;
    for _ in 0..3 {
        let guess = app.register_by("clv_init_00000000000000000000000000000000000000000000000000", &web_app()).await;
        guess.refuses(401, "invalid_token");
    }
    let answer = app.register(&web_app()).await;
    answer.refuses(429, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), "3600");
    assert_eq!(answer.header("ratelimit-policy"), "\"address\";q=3;w=3600");
    assert_eq!(answer.header("ratelimit"), "\"address\";r=0;t=3600");
    app.clock.advance(Duration::from_hours(1));
    assert_eq!(app.register(&web_app()).await.status, 201);
}

/// RFC 7591 §3.2.1, RFC 7591 §5: a client gives itself nothing that an admin gives, and is told what it has.
#[actix_web::test]
async fn gives_itself_what_an_admin_gives() {
    let api = "[[resources]]\nidentifier = \"https://boats.example\"\n";
    let app = TestApp::start_with(&format!("{OPEN}{MANY}{api}")).await;
    let own_api = format!("{}/api/v1", app.issuer);
    let usual = app.newcomer(&web_app()).await;
    for (member, value) in [
        ("consent", json!("skip")),
        ("consent", json!("always")),
        ("resource_server_of", json!(["https://boats.example"])),
        ("access_token_lifetime", json!(31_536_000)),
        ("client_secret_lifetime", json!(60)),
        ("rate_limit", json!("1000000/second")),
        ("quota", json!("1000000/day")),
        ("always_issue_refresh_token", json!(true)),
        ("require_pkce", json!(false)),
        ("access", json!("everyone")),
        ("managed_by", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
        ("registration", json!({})),
        ("disabled_at", json!(null)),
        // Of the wrong type, it is no more than passed over.
        ("consent", json!({ "skip": true })),
        ("rate_limit", json!([])),
    ] {
        let told = app.newcomer(&with(member, &value)).await.told;
        assert_eq!(told.get(member), usual.told.get(member), "{member} {value}");
    }
    for (member, value) in [
        ("scope", json!("openid clients:write")),
        ("scope", json!("settings:read")),
        ("resources", json!([own_api])),
        ("grant_types", json!(["authorization_code", "client_credentials"])),
        ("grant_types", json!(["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"])),
    ] {
        app.register_in_vain(&with(member, &value), "invalid_client_metadata").await;
    }
}

/// RFC 7592 §2: with its own token a client gets at no other, and nobody learns whether another exists.
#[actix_web::test]
async fn manages_the_client_of_somebody_else() {
    let app = TestApp::start_with(&format!("{OPEN}{MANY}")).await;
    let (mine, theirs) = (app.newcomer(&web_app()).await, app.newcomer(&web_app()).await);
    let operators = app.web_app().await;
    let (_, initial) = app.initial_token(1).await;
    let update = json!({ "client_id": theirs.id(), "redirect_uris": ["https://evil.example/cb"] });
    let mut told = BTreeSet::new();
    let machine = app.machine().await;
    let access_token = app.token(&machine, &[("grant_type", "client_credentials")]).await.ok();
    let access_token = access_token["access_token"].as_str().unwrap();
    let tokens = [mine.token(), theirs.text("client_secret"), &initial, access_token, "clv_reg_", "x"];
    for id in [theirs.id(), &operators.id, "no-such-client", "%00", "%FF", "..%2f..", "a b"] {
        for token in tokens {
            for method in ["GET", "PUT", "DELETE"] {
                let answer = app.manage(method, id, token, &update).await;
                // What cannot be decoded is no path at all.
                if id == "%FF" && answer.status == 404 {
                    continue;
                }
                answer.refuses(401, "invalid_token");
                told.insert(answer.body);
            }
        }
    }
    assert_eq!(told.len(), 1, "{told:?}");
    let guess = theirs.token().replacen(&theirs.token()[12..16], "AAAA", 1);
    app.manage("DELETE", theirs.id(), &guess, &Value::Null).await.refuses(401, "invalid_token");
    let bare = app.request("DELETE", &format!("/oauth2/register/{}", theirs.id()), "", &[]).await;
    assert_eq!((bare.status, bare.body.as_str()), (401, ""));
    assert!(bare.header("www-authenticate").starts_with("Bearer"));
    let still = app.manage("GET", theirs.id(), theirs.token(), &Value::Null).await.ok();
    assert_eq!(still["redirect_uris"], json!([REDIRECT_URI]));
}

/// A registration access token opens nothing but its registration.
#[actix_web::test]
async fn uses_a_registration_token_elsewhere() {
    let app = TestApp::start_with(OPEN).await;
    let mine = app.newcomer(&web_app()).await;
    let (_, initial) = app.initial_token(1).await;
    for token in [mine.token(), &initial] {
        assert_eq!(app.userinfo(token).await.status, 401);
        let bearer = format!("Bearer {token}");
        assert_eq!(app.get_with("/api/v1/clients", &[("authorization", &bearer)]).await.status, 401);
        let (form, basic) = ([("token", token)], mine.client().basic());
        let introspected = app.post_with("/oauth2/introspect", &form, &[("authorization", &basic)]).await;
        assert_eq!(introspected.ok(), json!({ "active": false }));
    }
    app.register_by(mine.token(), &web_app()).await.refuses(401, "invalid_token");
}

/// RFC 9700 §4.1: no redirect URI runs a script or leads to a file, for whichever kind of application.
#[actix_web::test]
async fn is_sent_back_to_a_script() {
    let app = TestApp::start_with(&format!("{OPEN}{MANY}")).await;
    for kind in ["web", "native"] {
        for uri in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "javascript://app.example/%0aalert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://app.example/1",
            "about:blank",
            "https://app.example\\@evil.example/",
            "https://user@app.example/",
            "https:app.example",
            "//app.example/cb",
            "https://app.example/cb\r\nx: y",
        ] {
            let mut metadata = with("redirect_uris", &json!([uri]));
            metadata["application_type"] = json!(kind);
            app.register_in_vain(&metadata, "invalid_redirect_uri").await;
            let mut metadata = with("post_logout_redirect_uris", &json!([uri]));
            metadata["application_type"] = json!(kind);
            app.register_in_vain(&metadata, "invalid_client_metadata").await;
        }
    }
    for member in ["client_uri", "logo_uri", "policy_uri", "tos_uri", "jwks_uri", "initiate_login_uri"] {
        for uri in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"] {
            app.register_in_vain(&with(member, &json!(uri)), "invalid_client_metadata").await;
        }
    }
    assert!(app.cx.store.all_clients().await.unwrap().is_empty());
}

/// RFC 9110 §15.5.14: a body without an end is not read to it, and one full of everything is refused.
#[actix_web::test]
async fn registers_with_a_huge_body() {
    let app = TestApp::start_with(&format!("{OPEN}{MANY}")).await;
    for framing in ["Content-Length: 10000000000", "Content-Length: 18446744073709551615"] {
        let head = format!(
            "POST /oauth2/register HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{framing}\r\n\r\n{{"
        );
        let read = send_and_listen(&app.origin, head).await;
        assert!(matches!(status(&read), 400 | 413), "{read}");
    }
    let json = [("content-type", "application/json")];
    for body in [
        format!("{{\"client_name\":\"{}\"}}", "x".repeat(1_000_000)),
        format!("{{\"jwks\":{}", "[".repeat(50_000)),
        "[".repeat(50_000),
        format!("{{\"redirect_uris\":[{}\"https://app.example/\"]}}", "\"https://app.example/cb\",".repeat(2_000)),
        json!({ "redirect_uris": (0..101).map(|n| format!("https://app.example/{n}")).collect::<Vec<_>>() })
            .to_string(),
    ] {
        let answer = app.request("POST", "/oauth2/register", body, &json).await;
        assert!(matches!(answer.status, 400 | 413), "{} {}", answer.status, answer.body);
        assert!(answer.body.len() < 10_000);
    }
    assert_eq!(app.register(&web_app()).await.status, 201);
}

/// RFC 9700 §4.11, RFC 7591 §5: what is registered is not fetched but the list of a sector, and what is fetched is fetched as from anybody:
/// at public addresses.
#[actix_web::test]
async fn makes_the_server_look_into_its_own_network() {
    let app = TestApp::start_with(&format!("{OPEN}{MANY}")).await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let inside = format!("https://127.0.0.1:{}/keys", listener.local_addr().unwrap().port());
    let mut metadata = web_app();
    metadata["token_endpoint_auth_method"] = json!("private_key_jwt");
    for member in ["jwks_uri", "logo_uri", "client_uri", "tos_uri", "policy_uri"] {
        metadata[member] = json!(inside);
    }
    let newcomer = app.newcomer(&metadata).await;
    let assertion = app.assertion(newcomer.id(), &SigningKey::p256());
    app.token_by_assertion(&assertion).await.refuses(401, "invalid_client");
    metadata["sector_identifier_uri"] = json!(inside);
    app.register_in_vain(&metadata, "invalid_client_metadata").await;
    assert!(listener.accept().is_err(), "nobody has knocked");
}

/// A page in somebody's browser registers nothing by the way: the body is JSON, and no answer is for pages.
#[actix_web::test]
async fn registers_from_a_page_of_a_stranger() {
    let app = TestApp::start_with(&format!("{OPEN}{MANY}")).await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let headers = [("content-type", kind), ("origin", "https://evil.example")];
        let answer = app.request("POST", "/oauth2/register", web_app().to_string(), &headers).await;
        answer.refuses(400, "invalid_client_metadata");
    }
    let newcomer = app.newcomer(&with("token_endpoint_auth_method", &json!("none"))).await;
    for path in ["/oauth2/register".to_owned(), format!("/oauth2/register/{}", newcomer.id())] {
        let preflight = [
            ("origin", "https://app.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        let answer = app.request("OPTIONS", &path, "", &preflight).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}

/// Of a removal and a first use at the same moment one wins, and nothing is left half done.
#[actix_web::test]
async fn uses_a_client_that_is_about_to_be_removed() {
    let app = TestApp::start_with(&format!("{OPEN}{MANY}")).await;
    let newcomer = app.newcomer(&web_app()).await;
    let id = ClientId(newcomer.id().to_owned());
    let late = app.cx.now() + app.cx.config.registration.unused_lifetime + Duration::from_secs(1);
    let client = app.cx.store.client(&id, app.cx.now()).await.unwrap().unwrap();
    let cx = &app.cx;
    let remove = || async {
        let id = id.clone();
        cx.store.write(move |tx| Box::pin(async move { tx.delete_unused_client(&id, late).await })).await.unwrap()
    };
    let (used, removed) = tokio::join!(mark_used(&cx.store, &client), remove());
    let is_there = cx.store.client(&id, late).await.unwrap().is_some();
    assert_ne!(used.unwrap(), removed);
    assert_eq!(is_there, !removed);
}
