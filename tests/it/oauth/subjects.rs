//! What clients call people: `sub`, the same for all or another for each sector (OIDC Core §8).

use std::collections::BTreeSet;

use claviger::store::Access;
use serde_json::{Value, json};

use crate::support::{
    Allowed, Answer, BY_DOCUMENT, Browser, CHALLENGE, OPEN, Published, Publisher, REACH_LOOPBACK, REDIRECT_URI,
    Receiver, TestApp, TestClient, answer, claims, form_encode, web_app,
};

/// An app whose people have a `sub` of their own at `sector`.
async fn pairwise(app: &TestApp, id: &str, sector: &str) -> TestClient {
    let uri = format!("https://{sector}/sector.json");
    app.told_app(id, json!({ "subject_type": "pairwise", "sector_identifier_uri": uri })).await
}

fn sub(jwt: &Value) -> Value {
    claims(jwt.as_str().unwrap())["sub"].clone()
}

async fn introspected(app: &TestApp, client: &TestClient, token: &Value) -> Value {
    let authorization = [("authorization", client.basic())];
    let headers = authorization.each_ref().map(|(name, value)| (*name, value.as_str()));
    app.post_with("/oauth2/introspect", &[("token", token.as_str().unwrap())], &headers).await.ok()["sub"].clone()
}

/// OIDC Core §8, OIDC Core §8.1: each sector has its own; OIDC Core §5.3.2, OIDC Core §12.2: it is the same wherever the app is told of the
/// person, and stays so.
#[actix_web::test]
async fn knows_a_person_by_another_name_in_each_sector() {
    let app = TestApp::start().await;
    let (ada, browser) = (app.person("ada").await, app.browser());
    let mut known = Vec::new();
    for (id, sector) in [("one", "one.example"), ("another", "one.example"), ("two", "two.example")] {
        let client = pairwise(&app, id, sector).await;
        let tokens = app.sign_in_to(&browser, &client).await;
        let (own, token) = (sub(&tokens["id_token"]), &tokens["access_token"]);
        assert_eq!(sub(token), own);
        assert_eq!(app.userinfo(token.as_str().unwrap()).await.ok()["sub"], own);
        for token in ["access_token", "refresh_token"] {
            assert_eq!(introspected(&app, &client, &tokens[token]).await, own, "{token}");
        }
        let later = app.refresh(&client, tokens["refresh_token"].as_str().unwrap()).await.ok();
        assert_eq!(sub(&later["id_token"]), own);
        known.push(own);
    }
    assert_eq!(known[0], known[1], "one sector");
    assert_ne!(known[0], known[2], "another one");
    assert!(known.iter().all(|sub| *sub != json!(ada)), "nothing tells who it is elsewhere");
    let everybody = app.told_app("everybody", json!({})).await;
    assert_eq!(sub(&app.sign_in_to(&browser, &everybody).await["id_token"]), json!(ada));
}

const OPAQUE: &str =
    "[[resources]]\nidentifier = \"https://api.example\"\naccess_token_format = \"opaque\"\nscopes = [\"read\"]\n";

/// An opaque token says the same where it is asked about.
#[actix_web::test]
async fn tells_of_an_opaque_token_by_the_name_of_its_app() {
    let app = TestApp::start_with(&format!("[[scopes]]\nname = \"read\"\ntext = \"Read\"\n{OPAQUE}")).await;
    let ada = app.person("ada").await;
    let api = "https://api.example";
    let members = json!({
        "subject_type": "pairwise", "sector_identifier_uri": "https://one.example/s", "resources": [api],
        "scope": "openid read",
    });
    let client = app.told_app("one", members).await;
    let allowed = Allowed { scope: "openid read", resources: &[api], ..Allowed::default() };
    let tokens = app.tokens(&client, ada, allowed).await;
    assert!(tokens["access_token"].as_str().unwrap().starts_with("clv_at_"), "{tokens}");
    assert_eq!(introspected(&app, &client, &tokens["access_token"]).await, sub(&tokens["id_token"]));
    assert_ne!(sub(&tokens["id_token"]), json!(ada));
}

async fn ask(browser: &Browser, client: &TestClient, more: &[(&str, &str)]) -> String {
    let request = [
        ("response_type", "code"),
        ("client_id", client.id.as_str()),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("prompt", "none"),
    ];
    let page = browser.open(&format!("/oauth2/authorize?{}", form_encode(&[&request, more].concat()))).await;
    page.query("error").unwrap_or_else(|| format!("code {}", page.query("code").is_some()))
}

/// OIDC Core §3.1.2.1, OIDC Core §5.5.1: an app names a person by the `sub` that it knows.
#[actix_web::test]
async fn recognizes_whom_an_app_means_by_its_own_name_for_them() {
    let app = TestApp::start().await;
    let (ada, browser) = (app.person("ada").await, app.browser());
    let (one, two) = (pairwise(&app, "one", "one.example").await, pairwise(&app, "two", "two.example").await);
    let of_one = app.sign_in_to(&browser, &one).await["id_token"].clone();
    let of_two = app.sign_in_to(&browser, &two).await["id_token"].clone();
    let hint = |token: &Value| vec![("id_token_hint", token.as_str().unwrap().to_owned())];
    let asks = |sub: &Value| vec![("claims", json!({ "id_token": { "sub": { "value": sub } } }).to_string())];
    for (client, parameter, expected) in [
        (&one, hint(&of_one), "code true"),
        (&two, hint(&of_two), "code true"),
        (&one, hint(&of_two), "invalid_request"),
        (&one, asks(&sub(&of_one)), "code true"),
        (&one, asks(&sub(&of_two)), "login_required"),
        (&one, asks(&json!(ada)), "login_required"),
    ] {
        let parameter: Vec<_> = parameter.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(ask(&browser, client, &parameter).await, expected, "{parameter:?}");
    }
}

/// OIDC Back-Channel Logout §2.4: the logout token names the person as the ID token did.
#[actix_web::test]
async fn tells_of_a_sign_out_by_the_name_that_the_app_knows() {
    let app = TestApp::start_with(REACH_LOOPBACK).await;
    let (receiver, browser) = (Receiver::start().await, app.browser());
    app.person("ada").await;
    let members = json!({
        "subject_type": "pairwise", "sector_identifier_uri": "https://one.example/s", "backchannel_logout_uri": receiver.uri(),
    });
    let client = app.told_app("told", members).await;
    let tokens = app.sign_in_to(&browser, &client).await;
    app.sign_out_at(&browser).await;
    app.deliver().await;
    let [told] = &receiver.tokens()[..] else { panic!("told once") };
    assert_eq!(claims(told)["sub"], sub(&tokens["id_token"]));
}

/// A device is an app like any other.
#[actix_web::test]
async fn knows_a_person_on_a_device_by_the_name_of_its_sector() {
    let app = TestApp::start().await;
    let members = json!({ "subject_type": "pairwise", "sector_identifier_uri": "https://one.example/s" });
    let (ada, browser) = app.at_home("ada").await;
    let device = app.asking(&app.television_with(members).await, "openid").await;
    answer(&browser, &device, "allow").await;
    let tokens = app.poll(&device).await.ok();
    let one = pairwise(&app, "one", "one.example").await;
    assert_eq!(sub(&tokens["id_token"]), sub(&app.sign_in_to(&browser, &one).await["id_token"]));
    assert_ne!(sub(&tokens["id_token"]), json!(ada));
}

/// An app that is blocked holds nothing of people, by whatever name it knows them.
#[actix_web::test]
async fn ends_the_tokens_of_a_blocked_app_that_has_names_of_its_own() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let one = pairwise(&app, "one", "one.example").await;
    let tokens = app.sign_in_to(&app.browser(), &one).await;
    let token = tokens["access_token"].as_str().unwrap();
    app.userinfo(token).await.ok();
    let id = claviger::ids::ClientId(one.id.clone());
    let blocked = id.clone();
    let block = app
        .cx
        .store
        .write(move |tx| Box::pin(async move { tx.set_client_access(&blocked, Access::Nobody, &[]).await }));
    block.await.unwrap();
    app.cx.clients.forget(&id);
    app.userinfo(token).await.refuses(401, "invalid_token");
}

const WITH_SECTORS: &str = "outbound.allowed_hosts = [\"localhost\"]\noutbound.ca_file = \"tests/keys/tls-ca.crt.pem\"\n\
                            registration.attempts_per_address = 1000\n";

/// A site that publishes the list of a sector, and the metadata of an app that names it.
fn sector(listed: &Value) -> (Publisher, Value) {
    let publisher = Publisher::start();
    publisher.publish(listed);
    let mut metadata = web_app();
    metadata["subject_type"] = json!("pairwise");
    metadata["sector_identifier_uri"] = json!(publisher.client_id());
    (publisher, metadata)
}

/// OIDC Registration §5: what a client says of its sector is looked at when it registers, and when it changes its redirect URIs.
#[actix_web::test]
async fn looks_whether_the_sector_knows_the_client() {
    let app = TestApp::start_with(&format!("{OPEN}{WITH_SECTORS}")).await;
    let other = "https://www.app.example/callback";
    let (publisher, mut metadata) = sector(&json!([other, REDIRECT_URI]));
    metadata["redirect_uris"] = json!([REDIRECT_URI, other]);
    let newcomer = app.newcomer(&metadata).await;
    assert_eq!((newcomer.text("subject_type"), publisher.asked()), ("pairwise", 1));

    publisher.publish(&json!([REDIRECT_URI]));
    let mut update = metadata.clone();
    update["client_id"] = json!(newcomer.id());
    update["client_name"] = json!("Renamed");
    let updated = app.manage("PUT", newcomer.id(), newcomer.token(), &update).await;
    assert_eq!((updated.status, publisher.asked()), (200, 1), "nothing of it has changed: {}", updated.body);
    update["redirect_uris"] = json!([other, REDIRECT_URI]);
    let refused = app.manage("PUT", newcomer.id(), newcomer.token(), &update).await;
    refused.refuses(400, "invalid_client_metadata");
    assert!(refused.body.contains(other), "{}", refused.body);

    let (_publisher, metadata) = sector(&json!(["https://evil.example/"]));
    app.register_in_vain(&metadata, "invalid_client_metadata").await;
    let mut public = metadata;
    public["subject_type"] = json!("public");
    let told = app.register_in_vain(&public, "invalid_client_metadata").await;
    assert!(told.contains("sector_identifier_uri") && told.contains(REDIRECT_URI), "also where sub is public: {told}");
}

/// OIDC Core §8.1: several hosts without a list are no sector.
#[actix_web::test]
async fn wants_a_sector_where_there_are_several_hosts() {
    let app = TestApp::start_with(&format!("{OPEN}{WITH_SECTORS}")).await;
    let mut metadata = web_app();
    metadata["subject_type"] = json!("pairwise");
    app.newcomer(&metadata).await;
    metadata["redirect_uris"] = json!([REDIRECT_URI, "https://www.app.example/callback"]);
    let told = app.register_in_vain(&metadata, "invalid_client_metadata").await;
    assert!(told.contains("subject_type"), "{told}");
    metadata["sector_identifier_uri"] = json!("http://app.example/sector.json");
    let told = app.register_in_vain(&metadata, "invalid_client_metadata").await;
    assert!(told.contains("sector_identifier_uri") && told.contains("https"), "{told}");
}

/// RFC 9700 §4.11: the list is fetched as everything that others name: from public addresses, without being sent on, in little
/// time and few bytes; and what was found inside is not told.
#[actix_web::test]
async fn fetches_the_list_of_a_sector_from_nowhere_inside() {
    let listed = json!([REDIRECT_URI]);
    let (publisher, metadata) = sector(&listed);
    let outside = TestApp::start_with(&format!("{OPEN}registration.attempts_per_address = 1000\n")).await;
    let told = outside.register_in_vain(&metadata, "invalid_client_metadata").await;
    assert_eq!(publisher.asked(), 0, "localhost is allowed to nobody here");
    let app = TestApp::start_with(&format!("{OPEN}{WITH_SECTORS}")).await;
    let json = || vec![("content-type", "application/json".to_owned())];
    let elsewhere = vec![("location", publisher.client_id())];
    let long = json!([REDIRECT_URI, "x".repeat(100_000)]).to_string();
    let mut answers = BTreeSet::from([told]);
    for (status, headers, body) in [
        (302, elsewhere, listed.to_string()),
        (404, json(), listed.to_string()),
        (200, json(), "no JSON".to_owned()),
        (200, json(), long),
    ] {
        publisher.answers(Published { status, headers, body, ends: true });
        answers.insert(app.register_in_vain(&metadata, "invalid_client_metadata").await);
    }
    assert_eq!(answers.len(), 1, "one answer for all: {answers:?}");
    assert!(answers.iter().all(|told| told.contains("cannot be fetched")), "{answers:?}");
    publisher.publish(&listed);
    app.newcomer(&metadata).await;
}

/// A client by document is never registered, so that nobody would look at its list.
#[actix_web::test]
async fn takes_no_sector_from_a_client_by_document() {
    let app = TestApp::start_with(BY_DOCUMENT).await;
    let publisher = Publisher::start();
    let members = json!({ "sector_identifier_uri": "https://one.example/s", "subject_type": "pairwise" });
    publisher.publish(&publisher.document_with(&members));
    let page = app.browser().open(&publisher.request(&[])).await;
    assert_eq!(page.answer.status, 400);
    assert!(page.answer.body.contains("sector_identifier_uri"), "{}", page.answer.body);
    let site = json!({ "redirect_uris": ["https://app.example/callback"], "subject_type": "pairwise" });
    publisher.publish(&publisher.document_with(&site));
    let page = app.browser().open(&publisher.request(&[("redirect_uri", "https://app.example/callback")])).await;
    assert!(page.has("form#login"), "{}", page.answer.body);
}

/// OIDC Discovery §3: both kinds are offered.
#[actix_web::test]
async fn says_which_subjects_there_are() {
    let document: Answer = TestApp::start().await.get("/.well-known/openid-configuration").await;
    assert_eq!(document.ok()["subject_types_supported"], json!(["public", "pairwise"]));
}
