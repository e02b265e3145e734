//! Dynamic OP: what is asked of clients that register themselves.

use claviger::domain::events::Actor;
use claviger::domain::keys::keeper::Plan;
use claviger::protocol::algorithm::SigningAlgorithm;

use super::registered::{Registration, metadata, registered};
use super::*;
use crate::support::{ASSERTION_TYPE, Publisher, SigningKey, key_server, keys};

#[actix_web::test]
async fn oidcc_idtoken_rs256() {
    let app = registered(json!({ "id_token_signed_response_alg": "RS256" })).await;
    let flow = app.flow(&[]).await;
    assert_eq!(header(flow.hint())["alg"], "RS256");
    app.leave().await;
}

#[actix_web::test]
async fn oidcc_userinfo_rs256() {
    let app = registered(json!({ "userinfo_signed_response_alg": "RS256" })).await;
    let server = &app.provider.app;
    let document = server.get("/.well-known/openid-configuration").await.ok();
    assert!(document["userinfo_signing_alg_values_supported"].as_array().unwrap().contains(&json!("RS256")));
    let page = app.provider.go_on(app.open(&[]).await).await;
    let code = app.provider.answer(&page, STATE)["code"].clone();
    let tokens = app.provider.redeem(&app.provider.first, &code).await.ok();
    let answer = server.userinfo(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/jwt"));
    check_signature(&server.get("/oauth2/jwks").await.ok(), &answer.body);
    let told = claims(&answer.body);
    assert_eq!(header(&answer.body)["alg"], "RS256");
    assert_eq!((&told["iss"], &told["aud"]), (&json!(server.issuer), &json!(app.told.id())));
    assert_eq!(told["sub"], json!(app.provider.ada));
    assert_eq!(told.get("nonce"), None);
    app.leave().await;
}

/// Two are registered and none is sent: a page, and no redirect.
#[actix_web::test]
async fn oidcc_ensure_redirect_uri_in_authorization_request() {
    let two = json!({ "redirect_uris": [REDIRECT_URI, "https://app.example/other"] });
    let app = registered(two).await;
    let page = app.open(&[("redirect_uri", "")]).await;
    assert_eq!((page.answer.status, page.url.host_str()), (400, Some("127.0.0.1")));
}

const WITH_QUERY: &str = "https://app.example/callback?foo=bar";

/// The query of a registered address survives.
#[actix_web::test]
async fn oidcc_redirect_uri_query_ok() {
    let app = registered(json!({ "redirect_uris": [WITH_QUERY] })).await;
    let page = app.provider.go_on(app.open(&[("redirect_uri", WITH_QUERY)]).await).await;
    let answer: BTreeMap<_, _> = page.url.query_pairs().into_owned().collect();
    assert_eq!((answer["foo"].as_str(), answer["state"].as_str()), ("bar", STATE), "{}", page.url);
    let form = [("grant_type", "authorization_code"), ("code", &answer["code"]), ("redirect_uri", WITH_QUERY)];
    app.provider.app.token(&app.provider.first, &form).await.ok();
}

async fn shows_a_page(registered_uri: &str, sent: &str) {
    let app = registered(json!({ "redirect_uris": [registered_uri] })).await;
    let page = app.open(&[("redirect_uri", sent)]).await;
    assert_eq!((page.answer.status, page.url.host_str()), (400, Some("127.0.0.1")), "{sent}");
}

#[actix_web::test]
async fn oidcc_redirect_uri_query_mismatch() {
    shows_a_page(WITH_QUERY, "https://app.example/callback?foo=other").await;
}

#[actix_web::test]
async fn oidcc_redirect_uri_query_added() {
    shows_a_page(REDIRECT_URI, "https://app.example/callback?foo=bar").await;
}

#[actix_web::test]
async fn oidcc_redirect_uri_regfrag() {
    let app = registered(json!({})).await.provider.app;
    let fragment = metadata(&json!({ "redirect_uris": ["https://app.example/callback#fragment"] }));
    app.register(&fragment).await.refuses(400, "invalid_redirect_uri");
}

/// The suite has a person look at a picture of the page: the page that asks to allow the app shows it.
async fn shows(member: &str, selector: &str) {
    let address = "https://app.example/shown";
    let app = registered(json!({ member: address })).await;
    assert_eq!(app.told.text(member), address);
    let page = app.open(&[]).await;
    let pair = [("username", "ada"), ("password", PASSWORD)];
    let page = app.provider.browser.submit(&page, "form#login", &pair).await;
    assert!(page.has(&selector.replace("{}", address)), "{}", page.answer.body);
}

#[actix_web::test]
async fn oidcc_registration_logo_uri() {
    shows("logo_uri", "img[src='{}']").await;
}

#[actix_web::test]
async fn oidcc_registration_policy_uri() {
    shows("policy_uri", "a[href='{}']").await;
}

#[actix_web::test]
async fn oidcc_registration_tos_uri() {
    shows("tos_uri", "a[href='{}']").await;
}

/// A client with `private_key_jwt` whose keys are at an address of its own: the first of these sets, and the next each
/// time that it is asked again.
async fn with_published_keys(sets: &[&[Value]]) -> Registration {
    let answers: Vec<_> = sets.iter().map(|set| keys(set)).collect();
    let (port, _) = key_server(Box::new(move |time| answers.get(time).or(answers.last()).cloned())).await;
    let members = json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": format!("http://127.0.0.1:{port}/jwks"),
        "grant_types": ["authorization_code", "refresh_token"],
    });
    registered(members).await
}

async fn by_assertion(app: &Registration, claims: &Value, key: (&SigningKey, &str), form: &[(&str, &str)]) -> Answer {
    let (key, kid) = key;
    let assertion = key.sign(&json!({ "alg": key.algorithm(), "kid": kid }), claims);
    let form = [form, &[ASSERTION_TYPE, ("client_assertion", &assertion)]].concat();
    app.provider.app.post("/oauth2/token", &form).await
}

async fn code(app: &Registration, scope: &str) -> String {
    let page = app.provider.go_on(app.open(&[("scope", scope), ("prompt", "consent")]).await).await;
    app.provider.answer(&page, STATE)["code"].clone()
}

fn redemption(code: &str) -> [(&str, &str); 3] {
    [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT_URI)]
}

/// A site with this list of redirect URIs, and the members of a client that names it.
fn sector(listed: &Value) -> (Publisher, Value) {
    let publisher = Publisher::start();
    publisher.publish(listed);
    let members = json!({ "subject_type": "pairwise", "sector_identifier_uri": publisher.client_id() });
    (publisher, members)
}

#[actix_web::test]
async fn oidcc_registration_sector_uri() {
    let (_publisher, members) = sector(&json!([REDIRECT_URI]));
    let app = registered(members).await;
    let document = app.provider.app.get("/.well-known/openid-configuration").await.ok();
    assert!(document["subject_types_supported"].as_array().unwrap().contains(&json!("pairwise")));
    let page = app.provider.go_on(app.open(&[]).await).await;
    let code = app.provider.answer(&page, STATE)["code"].clone();
    let tokens = app.provider.redeem(&app.provider.first, &code).await.ok();
    let told = app.provider.app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
    assert_eq!(claims(tokens["id_token"].as_str().unwrap())["sub"], told["sub"]);
    assert_ne!(told["sub"], json!(app.provider.ada));
    app.leave().await;
}

#[actix_web::test]
async fn oidcc_registration_sector_bad() {
    let app = registered(json!({})).await.provider.app;
    let (_publisher, members) = sector(&json!(["https://app.example/other"]));
    app.register(&metadata(&members)).await.refuses(400, "invalid_client_metadata");
}

#[actix_web::test]
async fn oidcc_registration_jwks_uri() {
    let key = SigningKey::rsa();
    let app = with_published_keys(&[&[key.jwk("one")]]).await;
    let code = code(&app, "openid").await;
    let claims = app.provider.app.assertion_claims(app.told.id());
    by_assertion(&app, &claims, (&key, "one"), &redemption(&code)).await.ok();
}

/// `aud` is the issuer, and `iss` the client: both as RFC 7523 has it.
#[actix_web::test]
async fn oidcc_ensure_client_assertion_with_iss_aud_succeeds() {
    let key = SigningKey::rsa();
    let app = with_published_keys(&[&[key.jwk("one")]]).await;
    for aud in [app.provider.app.issuer.clone(), format!("{}/oauth2/token", app.provider.app.issuer)] {
        let code = code(&app, "openid").await;
        let mut claims = app.provider.app.assertion_claims(app.told.id());
        claims["aud"] = json!(aud);
        by_assertion(&app, &claims, (&key, "one"), &redemption(&code)).await.ok();
    }
}

/// The client's key changes: the new one is fetched when it is met.
#[actix_web::test]
async fn oidcc_refresh_token_rp_key_rotation() {
    let (old, new) = (SigningKey::rsa(), SigningKey::rsa());
    let app = with_published_keys(&[&[old.jwk("old")], &[new.jwk("new")]]).await;
    let code = code(&app, "openid offline_access").await;
    let fresh = || app.provider.app.assertion_claims(app.told.id());
    let tokens = by_assertion(&app, &fresh(), (&old, "old"), &redemption(&code)).await.ok();
    app.provider.wait(60);
    let form = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    by_assertion(&app, &fresh(), (&new, "new"), &form).await.ok();
}

/// Our key changes: a new one, with another name and other material, and the old one is there still.
#[actix_web::test]
async fn oidcc_server_rotate_keys() {
    let app = registered(json!({})).await;
    let server = &app.provider.app;
    let published = async || server.get("/oauth2/jwks").await.ok()["keys"].as_array().unwrap().clone();
    let before = published().await;
    let flow = app.flow(&[]).await;
    let plan = Plan {
        actor: Actor::Operator,
        now: server.cx.now(),
        publish_before: Duration::ZERO,
        longest_token_lifetime: Duration::from_hours(1),
    };
    server.cx.keeper.rotate(SigningAlgorithm::RS256, plan).await.unwrap();
    server.cx.keys.replace(server.cx.keeper.load().await.unwrap());
    let after = published().await;
    assert!(before.iter().all(|key| after.contains(key)));
    let new: Vec<_> = after.iter().filter(|key| !before.contains(key)).collect();
    assert_eq!(new.len(), 1);
    assert!(before.iter().all(|key| key["kid"] != new[0]["kid"] && key["n"] != new[0]["n"]));
    // What was signed before is good still.
    check_signature(&json!({ "keys": after }), flow.hint());
}
