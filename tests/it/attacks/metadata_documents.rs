//! What strangers do where a `client_id` may be the address of a document
//! (draft-ietf-oauth-client-id-metadata-document, section 6).

use std::net::TcpListener;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{
    BY_DOCUMENT, Browser, LOOPBACK, PASSWORD, Page, Published, Publisher, TestApp, TestClient, VERIFIER, request,
};

/// On, and nothing but public addresses.
const ON: &str = "registration.metadata_documents = true\n";

async fn scene() -> (TestApp, Publisher, Browser) {
    let (app, publisher) = (TestApp::start_with(BY_DOCUMENT).await, Publisher::start());
    app.person("ada").await;
    let browser = app.browser();
    (app, publisher, browser)
}

/// What the log has of the last refusal.
async fn reason(app: &TestApp) -> String {
    format!("{:?}", app.events("authorization_refused").await.first().expect("a refusal"))
}

/// Asks, and is shown a page that says no more than that; nobody is sent anywhere.
async fn refused(app: &TestApp, client_id: &str) -> Page {
    // What happens at the same moment has no order in the log.
    app.clock.advance(Duration::from_millis(1));
    let page = app.browser().open(&request(client_id, &[])).await;
    assert_eq!(page.answer.status, 400, "{client_id}: {} {}", page.url, page.answer.body);
    assert!(page.url.as_str().starts_with(&app.origin), "{client_id}: {}", page.url);
    page
}

/// An address inside the network in every spelling, a name that resolves to one, and the metadata service of a cloud: nobody
/// knocks, and the page tells none of them from an address that there is not.
#[actix_web::test]
async fn makes_the_server_fetch_from_its_own_network() {
    let app = TestApp::start_with(ON).await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:7f00:1]", "0.0.0.0", "169.254.169.254", "10.0.0.1"] {
        let page = refused(&app, &format!("https://{host}:{port}/client")).await;
        assert!(page.answer.body.contains("cannot be fetched"), "{host}: {}", page.answer.body);
        assert!(!page.answer.body.contains("has no public address"), "{host}: {}", page.answer.body);
        assert!(reason(&app).await.contains("has no public address"), "{host}: {}", reason(&app).await);
    }
    assert!(listener.accept().is_err(), "nobody has knocked");
    let page = refused(&app, "https://nobody.invalid/client").await;
    assert!(page.answer.body.contains("cannot be fetched"), "{}", page.answer.body);
}

/// What is no plain https address with a path is nobody's, and nothing is fetched.
#[actix_web::test]
async fn bends_the_address() {
    let (app, publisher, _) = scene().await;
    let good = publisher.client_id();
    let origin = good.strip_suffix("/app/client.json").unwrap();
    for bent in [
        format!("{good}#x"),
        format!("{good}?x=y"),
        good.replace("https://", "https://user@"),
        good.replace("https://", "https://user:password@"),
        good.replace("https://", "http://"),
        good.replace("https://", "HTTPS://"),
        good.replace("localhost", "LOCALHOST"),
        format!("{origin}/app/../app/client.json"),
        format!("{origin}/app/./client.json"),
        format!("{origin}/app/%2e%2e/client.json"),
        format!("{origin}/"),
        origin.to_owned(),
        format!("{origin}/{}", "x".repeat(300)),
        format!(" {good}"),
    ] {
        refused(&app, &bent).await;
    }
    assert_eq!(publisher.asked(), 0);
}

/// A redirect, an error, a page, a document without end or of another client: none of them says who asks, and none of it is
/// kept: the next one who asks has it fetched anew.
#[actix_web::test]
async fn publishes_something_else() {
    let (app, publisher, browser) = scene().await;
    let json = || vec![("content-type", "application/json".to_owned())];
    let page = |status, headers, body: String| Published { status, headers, body, ends: true };
    let good = publisher.document().to_string();
    let there = vec![("location", publisher.client_id().replace("/app/", "/there/"))];
    let mut lured = there.clone();
    lured.extend(json());
    let text = vec![("content-type", "text/plain".to_owned())];
    let other = |members| publisher.document_with(&members).to_string();
    let mut asked = 0;
    for (published, said) in [
        (page(302, there, String::new()), "answered 302"),
        (page(301, lured, good.clone()), "answered 301"),
        (page(404, json(), good.clone()), "answered 404"),
        (page(201, json(), good.clone()), "answered 201"),
        (page(200, text, good.clone()), "no metadata document"),
        (page(200, json(), format!("{good}{}", " ".repeat(5 * 1024))), "longer than 5120 bytes"),
        (page(200, json(), "[]".to_owned()), "no metadata document"),
        (page(200, json(), other(json!({ "client_id": "https://app.example/client" }))), "no metadata document"),
        (page(200, json(), other(json!({ "client_secret": "secret" }))), "not acceptable"),
        (page(200, json(), other(json!({ "token_endpoint_auth_method": "client_secret_basic" }))), "not acceptable"),
        (page(200, json(), other(json!({ "redirect_uris": [] }))), "not acceptable"),
        (page(200, json(), other(json!({ "redirect_uris": ["javascript:alert(1)"] }))), "not acceptable"),
        (page(200, json(), other(json!({ "logo_uri": "javascript:alert(1)" }))), "not acceptable"),
    ] {
        publisher.answers(published);
        refused(&app, &publisher.client_id()).await;
        assert!(reason(&app).await.contains(said), "{said}: {}", reason(&app).await);
        asked += 1;
        assert_eq!(publisher.asked(), asked, "no redirect was followed: {said}");
    }
    app.clock.advance(Duration::from_millis(1));
    publisher.publish(&publisher.document());
    assert!(browser.open(&publisher.request(&[])).await.has("form#login"), "at once, now that it is mended");
    assert!(app.cx.store.all_clients().await.unwrap().is_empty());
}

/// An answer that drips and has no end is given up; of such answers so many are waited for at once, and no more.
#[actix_web::test]
async fn publishes_without_an_end() {
    let (app, publisher, _) = scene().await;
    let headers = vec![("content-type", "application/json".to_owned())];
    publisher.answers(Published { status: 200, headers, body: "{".to_owned(), ends: false });
    let origin = publisher.client_id().replace("/app/client.json", "");
    let requests = (0..33).map(|number| {
        let path = request(&format!("{origin}/{number}"), &[]);
        let app = &app;
        async move { app.get(&path).await.status }
    });
    let mut statuses = join_all(requests).await;
    statuses.sort_unstable();
    assert_eq!((&statuses[..32], statuses[32]), (&[400; 32][..], 503));
    assert_eq!(publisher.asked(), 32);
    let log = format!("{:?}", app.events("authorization_refused").await);
    assert!(log.contains("cannot be fetched") && log.contains("too many metadata documents at once"), "{log}");
}

/// RFC 9700 §2.1: nobody is sent where the document does not say, to the letter.
#[actix_web::test]
async fn is_sent_where_the_document_does_not_say() {
    let (app, publisher, browser) = scene().await;
    for uri in [
        "https://evil.example/callback",
        "http://127.0.0.1:51004/other",
        "http://127.0.0.1:51004/callback/",
        "http://127.0.0.1:51004/callback?x=y",
        "http://127.0.0.1.evil.example/callback",
        "http://localhost:51004/callback",
        "http://[::1]:51004/callback",
        "http://192.0.2.1:51004/callback",
    ] {
        app.clock.advance(Duration::from_millis(1));
        let page = browser.open(&publisher.request(&[("redirect_uri", uri)])).await;
        assert_eq!(page.answer.status, 400, "{uri}: {}", page.url);
        assert!(reason(&app).await.contains("redirect_uri not registered"), "{uri}");
    }
}

/// A document cannot give itself what an admin gives.
#[actix_web::test]
async fn gives_itself_what_an_admin_gives() {
    let (app, publisher, browser) = scene().await;
    publisher.publish(&publisher.document_with(&json!({
        "consent": "skip", "require_pkce": false, "always_issue_refresh_token": true, "access_token_lifetime": 31_536_000,
        "scope": "openid offline_access clients:write settings:read", "resource_server_of": [format!("{}/api/v1", app.issuer)],
        "resources": [format!("{}/api/v1", app.issuer)], "managed_by": "ada", "access": "everyone",
    })));
    let without_pkce = [("code_challenge", ""), ("code_challenge_method", "")];
    let page = browser.open(&publisher.request(&without_pkce)).await;
    assert_eq!(page.query("error").as_deref(), Some("invalid_request"), "{} {}", page.url, page.answer.body);
    let page = browser.open(&publisher.request(&[("scope", "openid clients:write")])).await;
    assert_eq!(page.query("error").as_deref(), Some("invalid_scope"), "{} {}", page.url, page.answer.body);
    let page = browser.open(&publisher.request(&[])).await;
    let page = browser.submit(&page, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    assert!(page.has("form#consent"), "ada is asked: {}", page.answer.body);
}

/// The document is another one when the browser comes back: what it says then counts. After the code there is nothing left that
/// it could change: the code stays bound to where it was sent, and to the verifier.
#[actix_web::test]
async fn changes_its_document_in_the_middle() {
    let (app, publisher, browser) = scene().await;
    let page = browser.open(&publisher.request(&[])).await;
    let page = browser.submit(&page, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
    let elsewhere = publisher.document_with(&json!({ "redirect_uris": ["https://evil.example/callback"] }));
    publisher.publish(&elsewhere);
    app.clock.advance(Duration::from_mins(10));
    let late = browser.submit(&page, "form#consent", &[("decision", "allow")]).await;
    assert_eq!(late.answer.status, 400, "{} {}", late.url, late.answer.body);
    assert!(app.events("code_issued").await.is_empty() && app.cx.store.all_clients().await.unwrap().is_empty());

    publisher.publish(&publisher.document());
    app.clock.advance(Duration::from_mins(10));
    let page = browser.open(&publisher.request(&[])).await;
    let code = browser.submit(&page, "form#consent", &[("decision", "allow")]).await.query("code").unwrap();
    publisher.publish(&elsewhere);
    let client = TestClient { id: publisher.client_id(), secret: String::new() };
    let redeem = async |redirect_uri: &str, verifier: &str| {
        let grant = ("grant_type", "authorization_code");
        let form = [grant, ("code", &code), ("redirect_uri", redirect_uri), ("code_verifier", verifier)];
        app.token(&client, &form).await
    };
    redeem("https://evil.example/callback", VERIFIER).await.refuses(400, "invalid_grant");
    redeem(LOOPBACK, &"x".repeat(43)).await.refuses(400, "invalid_grant");
    redeem(LOOPBACK, VERIFIER).await.ok();
}

/// A flood of addresses from one visitor: so many are fetched an hour; what is known, and other visitors, are not held up.
#[actix_web::test]
async fn has_one_address_after_the_other_fetched() {
    let proxied = format!("server.trusted_proxies = [\"127.0.0.1\"]\n{BY_DOCUMENT}");
    let (app, publisher) = (TestApp::start_with(&proxied).await, Publisher::start());
    let from = async |visitor: &str, client_id: &str| {
        app.get_with(&request(client_id, &[]), &[("x-forwarded-for", visitor), ("accept", "text/html")]).await
    };
    let origin = publisher.client_id().replace("/app/client.json", "");
    assert_eq!(from("192.0.2.1", &publisher.client_id()).await.status, 303);
    for number in 1..60 {
        assert_eq!(from("192.0.2.1", &format!("{origin}/{number}")).await.status, 400);
    }
    assert_eq!(publisher.asked(), 60);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(from("192.0.2.1", &format!("{origin}/60")).await.status, 503);
    assert!(reason(&app).await.contains("too many metadata documents"), "{}", reason(&app).await);
    assert_eq!(publisher.asked(), 60);
    assert_eq!(from("192.0.2.1", &publisher.client_id()).await.status, 303, "what is known is not fetched");
    assert_eq!(from("192.0.2.2", &format!("{origin}/61")).await.status, 400);
    assert_eq!(publisher.asked(), 61);
    app.clock.advance(Duration::from_hours(1));
    assert_eq!(from("192.0.2.1", &format!("{origin}/62")).await.status, 400);
    assert!(app.cx.store.all_clients().await.unwrap().is_empty());
}

/// At the other endpoints nobody is let in, and nothing fetched, by an address alone.
#[actix_web::test]
async fn comes_to_the_token_endpoint_without_a_person() {
    let (app, publisher, _) = scene().await;
    let id = publisher.client_id();
    let client = TestClient { id: id.clone(), secret: String::new() };
    app.token(&client, &[("grant_type", "client_credentials")]).await.refuses(401, "invalid_client");
    app.post("/oauth2/device_authorization", &[("client_id", &id)]).await.refuses(401, "invalid_client");
    app.post("/oauth2/revoke", &[("client_id", &id), ("token", "x")]).await.refuses(401, "invalid_client");
    assert_eq!(publisher.asked(), 0);
}
