//! Guessing, borrowing and bending the credentials of apps and people.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::Act;
use claviger::domain::people::accounts::{self, NewPerson};
use claviger::ids::ClientId;
use claviger::store::ClientSecret;
use serde_json::json;

use super::disclosure::hex;
use crate::support::{Allowed, Answer, PASSWORD, Page, REDIRECT_URI, TestApp, TestClient, VERIFIER};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

fn basic(id: &str, secret: &str) -> String {
    TestClient { id: id.to_owned(), secret: secret.to_owned() }.basic()
}

/// The three endpoints at which clients authenticate, asked in one way.
async fn ask(app: &TestApp, authorization: Option<&str>, more: &[(&str, &str)]) -> Vec<Answer> {
    let headers: Vec<_> = authorization.into_iter().map(|value| ("authorization", value)).collect();
    let mut answers = Vec::new();
    for (path, form) in [
        ("/oauth2/token", vec![GRANT]),
        ("/oauth2/introspect", vec![("token", "x")]),
        ("/oauth2/revoke", vec![("token", "x")]),
    ] {
        answers.push(app.post_with(path, &[&form[..], more].concat(), &headers).await);
    }
    answers
}

async fn poster(app: &TestApp) -> TestClient {
    app.client(json!({
        "client_id": "poster", "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["client_credentials"], "response_types": [],
    }))
    .await
}

async fn disable(app: &TestApp, client: &TestClient) {
    let (id, now) = (ClientId(client.id.clone()), app.cx.now());
    let disabled = id.clone();
    let write =
        app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&disabled, Some(now)).await }));
    assert!(write.await.unwrap());
    app.cx.clients.forget(&id);
}

/// RFC 6749 §5.2, RFC 6749 §10.10, RFC 6819 §4.3.5: the answer is the same whatever is wrong, so that no guess tells
/// whether there is such a client, whether it is disabled, or how it authenticates.
#[actix_web::test]
async fn guesses_client_ids_and_secrets() {
    // Guessing without end is another test's.
    let app = TestApp::start_with("protection.client_failures = 1000\n").await;
    let (machine, poster) = (app.machine().await, poster(&app).await);
    let gone =
        app.client(json!({"client_id": "gone", "grant_types": ["client_credentials"], "response_types": []})).await;
    disable(&app, &gone).await;
    let public = json!({"client_id": "public", "token_endpoint_auth_method": "none", "redirect_uris": [REDIRECT_URI]});
    app.client(public).await;
    let right = machine.secret.as_str();
    let long = right.repeat(20);
    let (shouted, spaced, longer) = (right.to_uppercase(), format!("{right} "), format!("{right}x"));
    let mut refusals = Vec::new();
    for (id, secret) in [
        ("nobody", right),
        ("nobody", "x"),
        ("machine", "x"),
        ("machine", &shouted),
        ("machine", &spaced),
        ("machine", &longer),
        ("machine", &long),
        ("machine", &right[..right.len() - 1]),
        ("machine", &right[1..]),
        ("machine", "' OR '1'='1"),
        ("machine", "*"),
        ("gone", right),
        ("gone", "x"),
        ("public", right),
        ("poster", right),
        ("MACHINE", right),
        ("machine ", right),
        (" machine", right),
        ("m\u{430}chine", right),
        ("mach%", right),
        ("machine' --", right),
    ] {
        let by_header = ask(&app, Some(&basic(id, secret)), &[]).await;
        refusals.extend(by_header.into_iter().map(|answer| (format!("{id}:{secret} by Basic"), answer)));
        if id != "poster" {
            let by_body = ask(&app, None, &[("client_id", id), ("client_secret", secret)]).await;
            refusals.extend(by_body.into_iter().map(|answer| (format!("{id}:{secret} in the body"), answer)));
        }
    }
    for id in ["nobody", "machine", "gone", "poster"] {
        let unproved = ask(&app, None, &[("client_id", id)]).await;
        refusals.extend(unproved.into_iter().map(|answer| (format!("{id} without a secret"), answer)));
        let empty = ask(&app, None, &[("client_id", id), ("client_secret", "")]).await;
        refusals.extend(empty.into_iter().map(|answer| (format!("{id} with an empty secret"), answer)));
        let empty = ask(&app, Some(&basic(id, "")), &[]).await;
        refusals.extend(empty.into_iter().map(|answer| (format!("{id} with an empty secret by Basic"), answer)));
    }
    let first = refusals[0].1.body.clone();
    for (what, answer) in &refusals {
        answer.refuses(401, "invalid_client");
        assert_eq!(answer.body, first, "{what}");
        assert_eq!(answer.header("www-authenticate"), refusals[0].1.header("www-authenticate"), "{what}");
    }
    // Only the operator is told more: every guess is an event.
    assert_eq!(app.events("client_authentication").await.len(), refusals.len());
    app.token(&machine, &[GRANT]).await.ok();
    let form = [GRANT, ("client_id", "poster"), ("client_secret", &poster.secret)];
    app.post("/oauth2/token", &form).await.ok();
}

/// RFC 7617 §2, RFC 6749 §2.3.1: a header that cannot be read names nobody, and does not end the request otherwise.
#[actix_web::test]
async fn bends_the_basic_header() {
    let app = TestApp::start().await;
    let machine = app.machine().await;
    let good = machine.basic();
    let token = good.trim_start_matches("Basic ");
    let encoded = |bytes: &[u8]| format!("Basic {}", STANDARD.encode(bytes));
    let secret = machine.secret.as_bytes();
    for header in [
        "Basic".to_owned(),
        "Basic ".to_owned(),
        "Basic :".to_owned(),
        format!("Basic{token}"),
        format!("Basic={token}"),
        format!("Basic: {token}"),
        format!("Basic \"{token}\""),
        format!("Basic {token}, realm=\"x\""),
        format!("Basic {token} {token}"),
        format!("Basic {}", &token[..token.len() - 5]),
        format!("Basic {token}===="),
        format!("Basic {}", URL_SAFE.encode([255; 30])),
        format!("Digest {token}"),
        format!("Bearer {token}"),
        format!("Negotiate {token}"),
        token.to_owned(),
        format!(" {token}"),
        encoded(b""),
        encoded(b":"),
        encoded(b"machine"),
        encoded(&[b":", secret].concat()),
        encoded(&[b"machine:", secret, b":x"].concat()),
        encoded(&[b"machine::", secret].concat()),
        encoded(&[b"machine\0:", secret].concat()),
        encoded(&[b"machine%00:", secret].concat()),
        encoded(&[b"machine%:", secret].concat()),
        encoded(&[b"machine:", secret, b"%0a"].concat()),
        encoded(&[b"\xff\xfe:", secret].concat()),
        encoded(b"machine:\xff"),
        encoded(&[b"machine\r\n:", secret].concat()),
    ] {
        for answer in ask(&app, Some(&header), &[]).await {
            answer.refuses(401, "invalid_client");
            assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{header:?}");
        }
    }
    app.post_with("/oauth2/token", &[GRANT], &[("authorization", &good.replace("Basic", "bAsIc"))]).await.ok();
}

/// RFC 6749 §10.2, RFC 9700 §2.5, RFC 6819 §5.2.3.1: a public client has nothing to prove, and gains nothing by proving
/// it; a confidential one is nobody without its secret.
#[actix_web::test]
async fn mixes_up_public_and_confidential() {
    let app = TestApp::start().await;
    let (client, person) = (app.web_app().await, app.person("ada").await);
    let public = app
        .client(json!({"client_id": "public", "token_endpoint_auth_method": "none", "redirect_uris": [REDIRECT_URI]}))
        .await;
    let code = app.code(&public, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    let stolen = app.code(&client, person, Allowed::default()).await;
    let exchange = |code| {
        vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ]
    };
    for header in [basic("public", ""), basic("public", "x"), basic("public", &client.secret)] {
        let answer = app.post_with("/oauth2/token", &exchange(&code), &[("authorization", &header)]).await;
        answer.refuses(401, "invalid_client");
    }
    let with_secret = [exchange(&code), vec![("client_id", "public"), ("client_secret", "x")]].concat();
    app.post("/oauth2/token", &with_secret).await.refuses(401, "invalid_client");
    let without = [exchange(&stolen), vec![("client_id", "app")]].concat();
    app.post("/oauth2/token", &without).await.refuses(401, "invalid_client");
    // Neither gets what the other was given, by whatever name and proof.
    app.redeem(&public, &stolen).await.refuses(400, "invalid_grant");
    app.redeem(&client, &code).await.refuses(400, "invalid_grant");
    // A public client may not do what only a proof allows.
    let form = [GRANT, ("client_id", "public")];
    assert_ne!(app.post("/oauth2/token", &form).await.status, 200);
    let form = [("token", "x"), ("client_id", "public")];
    app.post("/oauth2/introspect", &form).await.refuses(401, "invalid_client");
}

/// RFC 6819 §5.2.3.4, RFC 9700 §2.5: one client's secret opens no other's door, and not its own after its time.
#[actix_web::test]
async fn borrows_the_secret_of_another_client() {
    let app = TestApp::start().await;
    let client =
        app.client(json!({"client_id": "a", "grant_types": ["client_credentials"], "response_types": []})).await;
    app.client(json!({"client_id": "b", "grant_types": ["client_credentials"], "response_types": []})).await;
    let now = app.cx.now();
    let ends = now + Duration::from_mins(5);
    let own = "the secret of b, until in five minutes";
    let stored = ClientSecret { hash: app.cx.hasher.hash(own), sealed: None, created_at: now, expires_at: Some(ends) };
    let (id, row) = (ClientId("b".to_owned()), app.cx.entropy.uuid());
    let write = app.cx.store.write(move |tx| Box::pin(async move { tx.insert_client_secret(&id, row, &stored).await }));
    write.await.unwrap();
    app.cx.clients.forget(&ClientId("b".to_owned()));
    let token = async |id: &str, secret: &str| {
        app.post_with("/oauth2/token", &[GRANT], &[("authorization", &basic(id, secret))]).await
    };
    token("b", own).await.ok();
    token("a", own).await.refuses(401, "invalid_client");
    app.clock.set(ends);
    token("b", own).await.refuses(401, "invalid_client");
    token("a", &client.secret).await.ok();
    // The hash from a stolen database is no secret.
    let hash = hex(app.cx.hasher.hash(own).as_bytes());
    token("b", &hash).await.refuses(401, "invalid_client");
}

/// RFC 9700 §2.4, RFC 9700 §2.1.2, RFC 6749 §4.3: neither a password nor a token in a fragment is to be had for a person.
#[actix_web::test]
async fn asks_for_tokens_by_grants_that_are_gone() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    for grant_type in ["password", "implicit", "PASSWORD", "urn:ietf:params:oauth:grant-type:jwt-bearer", "none"] {
        let form = [("grant_type", grant_type), ("username", "ada"), ("password", PASSWORD), ("scope", "openid")];
        app.token(&client, &form).await.refuses(400, "unsupported_grant_type");
    }
    app.token(&client, &[GRANT]).await.refuses(400, "unauthorized_client");
    let metadata = app.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(metadata["response_types_supported"], json!(["code"]));
    assert!(!metadata["grant_types_supported"].to_string().contains("password"));
}

/// What a page says, but for what belongs to the one visit.
fn said(page: &Page, username: &str) -> (u16, String) {
    let (_, form) = page.form("form#login", &[]);
    let csrf = &form.iter().find(|(name, _)| name == "csrf").unwrap().1;
    (page.answer.status, page.answer.body.replace(csrf.as_str(), "").replace(&format!("value=\"{username}\""), ""))
}

/// RFC 6819 §4.4.3.6, RFC 6819 §5.1.4.1.2: a refused sign-in looks the same, whoever there is or is not.
#[actix_web::test]
async fn guesses_usernames_and_passwords() {
    // Guessing without end is another test's.
    let app = TestApp::start_with("protection.failures = 1000\n").await;
    app.person("ada").await;
    let disabled = app.person("gone").await;
    let origin = Origin::default();
    let (store, entropy, now) = (&app.cx.store, &*app.cx.entropy, app.cx.now());
    let act = Act { store, entropy, now, actor: Actor::Operator, origin: &origin };
    assert!(accounts::disable(&act, disabled).await.unwrap());
    let invited = NewPerson { username: "new".to_owned(), ..NewPerson::default() };
    assert!(accounts::create(&act, invited, None).await.unwrap().is_ok());
    let browser = app.browser();
    let form = browser.open("/login").await;
    let guess = async |username: &str, password: &str| {
        let fields = [("username", username), ("password", password)];
        browser.submit(&form, "form#login", &fields).await
    };
    let wrong = said(&guess("ada", "not their password").await, "ada");
    assert_eq!(wrong.0, 422);
    let (shouted, spaced, long) = (PASSWORD.to_uppercase(), format!("{PASSWORD} "), PASSWORD.repeat(100));
    for (username, password) in [
        ("nobody", PASSWORD),
        ("nobody@example.com", PASSWORD),
        ("gone", PASSWORD),
        ("gone", "not their password"),
        ("new", PASSWORD),
        ("new", "x"),
        ("ada", shouted.as_str()),
        ("ada", &spaced),
        ("ada", &long),
        ("ada", &PASSWORD[1..]),
        ("ada", &PASSWORD[..PASSWORD.len() - 1]),
        ("\u{430}da", PASSWORD),
        ("ad_", PASSWORD),
        ("ad%", PASSWORD),
        ("a*", PASSWORD),
    ] {
        let page = guess(username, password).await;
        assert_eq!(said(&page, username), wrong, "{username}:{password}");
        assert_eq!(browser.cookie("claviger-session"), None, "{username}:{password}");
    }
    for username in ["' OR '1'='1", "ada' --", "ada'; DROP TABLE people; --", "ada\" OR \"\"=\""] {
        assert_eq!(guess(username, PASSWORD).await.answer.status, 422, "{username}");
        assert_eq!(browser.cookie("claviger-session"), None, "{username}");
    }
    assert!(guess("ada", PASSWORD).await.has("form#logout"));
}
