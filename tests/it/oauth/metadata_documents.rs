//! Clients that nobody registered, and that describe themselves in a document
//! (draft-ietf-oauth-client-id-metadata-document).

use std::time::Duration;

use claviger::domain::clients::dynamic;
use claviger::ids::ClientId;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{
    ASSERTION_TYPE, Answer, BY_DOCUMENT, Browser, LOOPBACK, PASSWORD, Page, Publisher, SigningKey, TestApp, TestClient,
    VERIFIER, claims,
};

async fn scene() -> (TestApp, Publisher) {
    let (app, publisher) = (TestApp::start_with(BY_DOCUMENT).await, Publisher::start());
    app.person("ada").await;
    (app, publisher)
}

/// The question whether the app may have what it asks for, as ada sees it.
async fn question(browser: &Browser, request: &str) -> Page {
    let page = browser.open(request).await;
    if !page.has("form#login") {
        return page;
    }
    browser.submit(&page, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await
}

async fn allow(browser: &Browser, question: &Page) -> Page {
    let allowed = [("decision", "allow"), ("scope", "offline_access")];
    browser.submit(question, "form#consent", &allowed).await
}

async fn redeem(app: &TestApp, client_id: &str, code: &str) -> Answer {
    let client = TestClient { id: client_id.to_owned(), secret: String::new() };
    let form =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", LOOPBACK), ("code_verifier", VERIFIER)];
    app.token(&client, &form).await
}

/// The whole life: nothing is written before ada says yes, then it is a client like any other. RFC 8252 §7.3: whichever port it
/// has found; RFC 9207 §2: it learns who answered.
#[actix_web::test]
async fn signs_a_person_in_to_an_app_that_nobody_registered() {
    let (app, publisher) = scene().await;
    let (id, browser) = (publisher.client_id(), app.browser());
    let question = question(&browser, &publisher.request(&[])).await;
    assert!(question.has("form#consent"), "{}", question.answer.body);
    assert!(question.text("h1").contains("Harbour for MCP"));
    assert!(question.text("#unknown").contains(id.split('/').nth(2).unwrap()), "{}", question.text("#unknown"));
    assert!(question.has("#on-device"), "anything on the device could listen there");
    assert!(app.cx.store.all_clients().await.unwrap().is_empty(), "nobody has let it in yet");

    let back = allow(&browser, &question).await;
    assert!(back.url.as_str().starts_with(&format!("{LOOPBACK}?")), "{} {}", back.url, back.answer.body);
    assert_eq!((back.query("iss"), back.query("state")), (Some(app.issuer.clone()), None));
    let tokens = redeem(&app, &id, &back.query("code").unwrap()).await.ok();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["aud"], json!(id));
    assert_eq!(app.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 200);
    let client = TestClient { id: id.clone(), secret: String::new() };
    app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.ok();
    assert_eq!(publisher.asked(), 1);

    let registered = app.events("client_registered").await;
    assert_eq!(registered.len(), 1);
    assert_eq!(registered[0].client_id, Some(ClientId(id.clone())));
}

/// RFC 8252 §8.6: whoever listens on the device might be another program than the last time, so that the person is asked again; an
/// app that is reached at a site of its own is remembered as any other.
#[actix_web::test]
async fn asks_again_where_anything_could_listen() {
    let (app, publisher) = scene().await;
    let browser = app.browser();
    let uris = json!({ "redirect_uris": ["http://127.0.0.1/callback", "https://app.example/callback"] });
    publisher.publish(&publisher.document_with(&uris));
    let site = [("redirect_uri", "https://app.example/callback")];
    let page = question(&browser, &publisher.request(&site)).await;
    assert!(!page.has("#on-device"), "{}", page.answer.body);
    assert!(allow(&browser, &page).await.query("code").is_some());
    assert!(browser.open(&publisher.request(&site)).await.query("code").is_some());
    for _ in 0..2 {
        let page = browser.open(&publisher.request(&[])).await;
        assert!(page.has("#on-device") && page.has("form#consent"), "{} {}", page.url, page.answer.body);
        assert!(allow(&browser, &page).await.query("code").is_some());
    }
    let silent = browser.open(&publisher.request(&[("prompt", "none"), ("scope", "openid")])).await;
    assert_eq!(silent.query("error").as_deref(), Some("consent_required"), "{} {}", silent.url, silent.answer.body);
    assert_eq!(app.events("client_registered").await.len() + app.events("client_updated").await.len(), 1);
}

/// It is named in both metadata documents where it is on, and a client that nobody knows where it is off.
#[actix_web::test]
async fn is_off_until_the_operator_turns_it_on() {
    let (on, publisher) = scene().await;
    let off = TestApp::start_with(&BY_DOCUMENT.replace("true", "false")).await;
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        assert_eq!(on.get(path).await.ok()["client_id_metadata_document_supported"], json!(true));
        assert_eq!(off.get(path).await.ok().get("client_id_metadata_document_supported"), None);
    }
    let page = off.browser().open(&publisher.request(&[])).await;
    assert_eq!((page.answer.status, publisher.asked()), (400, 0));
    assert!(page.answer.body.contains("Only a client that is registered here may ask."), "{}", page.answer.body);
}

/// Turned off again, it lets nobody sign in by a document any more; who is in stays in.
#[actix_web::test]
async fn lets_nobody_in_any_more_where_it_is_turned_off_again() {
    let (app, publisher) = scene().await;
    let (id, browser) = (publisher.client_id(), app.browser());
    let page = question(&browser, &publisher.request(&[])).await;
    let code = allow(&browser, &page).await.query("code").unwrap();
    let tokens = redeem(&app, &id, &code).await.ok();
    let off = app.second_server_with(&BY_DOCUMENT.replace("true", "false")).await;
    assert_eq!(off.browser().open(&publisher.request(&[])).await.answer.status, 400);
    let client = TestClient { id, secret: String::new() };
    off.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.ok();
    assert_eq!(publisher.asked(), 1);
}

/// RFC 9111 §5.2.2: kept for as long as the document says, for a minute whatever it says, and for a day at the longest.
#[actix_web::test]
async fn keeps_a_document_as_long_as_it_says() {
    let (app, publisher) = scene().await;
    let mut answer = 0;
    for (cache_control, kept) in
        [("no-store", 60), ("max-age=5", 60), ("max-age=3600", 3600), ("max-age=99999999", 86400), ("", 600)]
    {
        let mut published = crate::support::Published {
            status: 200,
            headers: vec![("content-type", "application/json".to_owned())],
            body: publisher.document().to_string(),
            ends: true,
        };
        published.headers.extend((!cache_control.is_empty()).then(|| ("cache-control", cache_control.to_owned())));
        publisher.answers(published);
        for (wait, fetched) in [(0, 1), (kept - 1, 0), (1, 1)] {
            app.clock.advance(Duration::from_secs(wait));
            assert!(app.browser().open(&publisher.request(&[])).await.has("form#login"));
            answer += fetched;
            assert_eq!(publisher.asked(), answer, "{cache_control} {wait}");
        }
        app.clock.advance(Duration::from_hours(25));
    }
}

/// Sixteen browsers that come at once have it fetched once.
#[actix_web::test]
async fn fetches_a_document_once_for_all_who_ask_at_once() {
    let (app, publisher) = scene().await;
    let requests = (0..16).map(|_| async { app.browser().open(&publisher.request(&[])).await.has("form#login") });
    assert!(join_all(requests).await.into_iter().all(|has_form| has_form));
    assert_eq!(publisher.asked(), 1);
}

/// Several people let it in for the first time at the same moment: it is written once, and each of them gets in.
#[actix_web::test]
async fn is_let_in_by_many_at_once() {
    let app = TestApp::start_with(&format!("server.workers = 4\n{BY_DOCUMENT}")).await;
    let publisher = Publisher::start();
    app.person("ada").await;
    let browsers: Vec<_> = (0..8).map(|_| app.browser()).collect();
    let mut questions = Vec::new();
    for browser in &browsers {
        questions.push(question(browser, &publisher.request(&[])).await);
    }
    let back = join_all(browsers.iter().zip(&questions).map(|(browser, question)| allow(browser, question))).await;
    for page in &back {
        let code = page.query("code").unwrap_or_else(|| panic!("{} {}", page.url, page.answer.body));
        redeem(&app, &publisher.client_id(), &code).await.ok();
    }
    assert_eq!(app.cx.store.all_clients().await.unwrap().len(), 1);
    assert_eq!(app.events("client_registered").await.len(), 1);
}

/// What the document says anew is written when a person lets it in again; what an admin has set stays, and one that is disabled
/// gets neither an answer nor a visit.
#[actix_web::test]
async fn follows_its_document_and_the_admin() {
    let (app, publisher) = scene().await;
    let (id, browser) = (publisher.client_id(), app.browser());
    let page = question(&browser, &publisher.request(&[])).await;
    let code = allow(&browser, &page).await.query("code").unwrap();
    redeem(&app, &id, &code).await.ok();
    let client = TestClient { id: id.clone(), secret: String::new() };
    app.update_client(&client, publisher.document_with(&json!({ "consent": "always" }))).await;

    publisher.publish(&publisher.document_with(&json!({ "client_name": "Another name", "consent": "skip" })));
    app.clock.advance(Duration::from_mins(10));
    let page = question(&browser, &publisher.request(&[])).await;
    assert!(page.text("h1").contains("Another name") && page.has("form#consent"), "{}", page.answer.body);
    assert!(allow(&browser, &page).await.query("code").is_some());
    let kept = app.cx.store.client(&ClientId(id.clone()), app.cx.now()).await.unwrap().unwrap();
    let kept = kept.metadata.to_json();
    assert_eq!((&kept["client_name"], &kept["consent"]), (&json!("Another name"), &json!("always")));
    assert_eq!(app.events("client_updated").await.len(), 1);

    let (asked, disabled) = (publisher.asked(), ClientId(id.clone()));
    let now = Some(app.cx.now());
    let disable = app.cx.store.write(move |tx| Box::pin(async move { tx.set_client_disabled(&disabled, now).await }));
    assert!(disable.await.unwrap());
    app.cx.clients.forget(&ClientId(id));
    app.clock.advance(Duration::from_hours(25));
    assert_eq!(browser.open(&publisher.request(&[])).await.answer.status, 400);
    assert_eq!(publisher.asked(), asked);
}

/// An address that an operator has registered is the operator's, whatever is published there.
#[actix_web::test]
async fn leaves_a_client_alone_that_an_operator_registered_under_an_address() {
    let (app, publisher) = scene().await;
    let id = publisher.client_id();
    app.client(
        json!({ "client_id": id, "client_name": "The operator's", "redirect_uris": ["https://app.example/cb"] }),
    )
    .await;
    let (browser, registered) = (app.browser(), [("redirect_uri", "https://app.example/cb"), ("scope", "openid")]);
    let page = question(&browser, &publisher.request(&registered)).await;
    assert!(page.text("h1").contains("The operator's") && !page.has("#unknown"), "{}", page.answer.body);
    assert_eq!(browser.open(&publisher.request(&[])).await.answer.status, 400);
    assert_eq!(publisher.asked(), 0);
}

/// A client that has a key proves that it is itself, by what its document publishes.
#[actix_web::test]
async fn lets_an_app_sign_with_the_key_in_its_document() {
    let (app, publisher) = scene().await;
    let (id, key, browser) = (publisher.client_id(), SigningKey::p256(), app.browser());
    let by_key = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.jwk("one")] } });
    publisher.publish(&publisher.document_with(&by_key));
    let page = question(&browser, &publisher.request(&[])).await;
    let code = allow(&browser, &page).await.query("code").unwrap();
    redeem(&app, &id, &code).await.refuses(401, "invalid_client");
    let redeem_by = async |key: &SigningKey| {
        let assertion = app.assertion(&id, key);
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", LOOPBACK),
            ("code_verifier", VERIFIER),
            ASSERTION_TYPE,
            ("client_assertion", &assertion),
        ];
        app.post("/oauth2/token", &form).await
    };
    redeem_by(&SigningKey::p256()).await.refuses(401, "invalid_client");
    redeem_by(&key).await.ok();
}

/// One that came by no token goes after a while; one that did stays.
#[actix_web::test]
async fn goes_again_if_it_is_not_used() {
    let (app, publisher) = scene().await;
    let (id, browser) = (publisher.client_id(), app.browser());
    let page = question(&browser, &publisher.request(&[])).await;
    let code = allow(&browser, &page).await.query("code").unwrap();
    let late = app.cx.now() + app.cx.config.registration.unused_lifetime + Duration::from_secs(1);
    let (store, entropy) = (&app.cx.store, &*app.cx.entropy);
    let unused: Vec<_> = store.unused_clients(late, 10).await.unwrap();
    assert_eq!(unused, [ClientId(id.clone())]);
    redeem(&app, &id, &code).await.ok();
    assert_eq!(dynamic::remove_unused(store, entropy, 10, late).await.unwrap(), 0);

    let other = Publisher::start();
    let page = question(&browser, &other.request(&[])).await;
    assert!(allow(&browser, &page).await.query("code").is_some());
    assert_eq!(dynamic::remove_unused(store, entropy, 10, late).await.unwrap(), 1);
    assert_eq!(store.all_clients().await.unwrap().len(), 1);
}

/// What the document says may be told by the API, and that it is its document that says so.
#[actix_web::test]
async fn is_told_apart_from_clients_that_registered_themselves() {
    let (app, publisher) = scene().await;
    let browser = app.browser();
    let page = question(&browser, &publisher.request(&[])).await;
    allow(&browser, &page).await;
    let kept = app.cx.store.all_clients().await.unwrap().remove(0);
    assert!(kept.is_of_document());
    let metadata: Value = kept.metadata.to_json();
    assert_eq!(metadata["client_id"], json!(publisher.client_id()));
    // RFC 7592 §2: no token manages what was not registered by one.
    let path = format!("/oauth2/register/{}", publisher.client_id());
    let bearer = [("authorization", "Bearer clv_reg_00000000000000000000000000000000000000000000000000")];
    assert_ne!(app.get_with(&path, &bearer).await.status, 200);
}

/// What needs an approval a person asks for, for an app of which nothing was written yet: an admin finds it in the console.
#[actix_web::test]
async fn is_written_down_when_an_admin_is_asked() {
    let scope = "[[scopes]]\nname = \"boats.sell\"\ntext = \"Sell your boats\"\nneeds_approval = true\n";
    let app = TestApp::start_with(&format!("{BY_DOCUMENT}{scope}")).await;
    let publisher = Publisher::start();
    let ada = app.person("ada").await;
    let browser = app.browser();
    let page = question(&browser, &publisher.request(&[("scope", "openid boats.sell")])).await;
    assert_eq!(page.url.path(), "/approval", "{}", page.answer.body);
    assert!(app.cx.store.all_clients().await.unwrap().is_empty());
    let asked = [("decision", "ask"), ("reason", "I run the harbour.")];
    let page = browser.submit(&page, "form#approval", &asked).await;
    assert_eq!(page.text("h1"), "Waiting for an administrator", "{}", page.answer.body);
    let id = ClientId(publisher.client_id());
    let request = app.cx.store.approval_request(ada, &id).await.unwrap();
    assert!(request.is_some() && app.cx.store.client(&id, app.cx.now()).await.unwrap().unwrap().is_of_document());
}
