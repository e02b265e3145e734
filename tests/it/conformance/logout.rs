//! RP-Initiated, Back-Channel and Front-Channel Logout OP: the app sends the browser to sign out, and the session has really
//! ended.

use super::registered::{Registration, registered};
use super::*;
use crate::support::{Receiver, SigningKey};

const GOODBYE: &str = "https://app.example/goodbye";
/// The suite's own is as long.
const LONG_STATE: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\
                          0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// An app in which ada has signed in, and its ID token.
async fn signed_in(members: Value) -> (Registration, String) {
    let mut all = json!({ "post_logout_redirect_uris": [GOODBYE] });
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let app = registered(all).await;
    let flow = app.flow(&[]).await;
    let hint = flow.hint().to_owned();
    (app, hint)
}

/// Sends the browser to sign out and says yes if it is asked.
async fn sign_out(app: &Registration, params: &[(&str, &str)]) -> Page {
    let browser = &app.provider.browser;
    let page = browser.open(&format!("/oauth2/end_session?{}", form_encode(params))).await;
    if !page.has("form#logout") {
        return page;
    }
    browser.submit(&page, "form#logout", &[("decision", "logout")]).await
}

/// The session has ended: a silent request says so.
async fn is_over(app: &Registration) {
    let page = app.open(&[("prompt", "none")]).await;
    assert_eq!(app.provider.error(&page, STATE), "login_required");
}

/// It stays here, with a page.
#[track_caller]
fn stays(page: &Page) {
    assert_eq!(page.url.host_str(), Some("127.0.0.1"), "{}", page.url);
    assert!(page.has("h1"));
}

async fn discovery_says(flags: &[&str]) {
    let provider = Provider::start().await;
    let document = provider.app.get("/.well-known/openid-configuration").await.ok();
    assert!(document["end_session_endpoint"].as_str().unwrap().starts_with(&provider.app.issuer));
    for flag in flags {
        assert_eq!(document[*flag], true, "{flag}");
    }
}

#[actix_web::test]
async fn oidcc_rp_initiated_logout_discovery_endpoint_verification() {
    discovery_says(&[]).await;
}

#[actix_web::test]
async fn oidcc_backchannel_logout_discovery_endpoint_verification() {
    discovery_says(&["backchannel_logout_supported", "backchannel_logout_session_supported"]).await;
}

#[actix_web::test]
async fn oidcc_frontchannel_logout_discovery_endpoint_verification() {
    discovery_says(&["frontchannel_logout_supported", "frontchannel_logout_session_supported"]).await;
}

#[actix_web::test]
async fn oidcc_rp_initiated_logout() {
    let (app, hint) = signed_in(json!({})).await;
    let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", GOODBYE), ("state", LONG_STATE)];
    let page = sign_out(&app, &params).await;
    assert_eq!(page.url.as_str(), format!("{GOODBYE}?state={LONG_STATE}"));
    is_over(&app).await;
}

#[actix_web::test]
async fn oidcc_rp_initiated_logout_no_state() {
    let (app, hint) = signed_in(json!({})).await;
    let page = sign_out(&app, &[("id_token_hint", &hint), ("post_logout_redirect_uri", GOODBYE)]).await;
    assert_eq!(page.url.as_str(), GOODBYE);
    is_over(&app).await;
}

async fn is_led_nowhere(params: impl Fn(&str) -> Vec<(&'static str, String)>) {
    let (app, hint) = signed_in(json!({})).await;
    let params = params(&hint);
    let params: Vec<_> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
    stays(&sign_out(&app, &params).await);
}

fn hint_and(hint: &str, uri: &str) -> Vec<(&'static str, String)> {
    vec![("id_token_hint", hint.to_owned()), ("post_logout_redirect_uri", uri.to_owned()), ("state", "x".to_owned())]
}

#[actix_web::test]
async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri() {
    is_led_nowhere(|hint| hint_and(hint, "https://app.example/goodbye/other")).await;
}

#[actix_web::test]
async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri() {
    is_led_nowhere(|hint| hint_and(hint, &format!("{GOODBYE}?foo=bar"))).await;
}

/// The suite makes it one of `alg` none.
#[actix_web::test]
async fn oidcc_rp_initiated_logout_modified_id_token_hint() {
    is_led_nowhere(|hint| {
        let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", hint.split('.').nth(1).unwrap());
        hint_and(&unsigned, GOODBYE)
    })
    .await;
}

/// The suite signs it itself.
#[actix_web::test]
async fn oidcc_rp_initiated_logout_bad_id_token_hint() {
    is_led_nowhere(|hint| hint_and(&SigningKey::rsa().sign(&header(hint), &claims(hint)), GOODBYE)).await;
}

#[actix_web::test]
async fn oidcc_rp_initiated_logout_no_id_token_hint() {
    is_led_nowhere(|_| hint_and("", GOODBYE).split_off(1)).await;
}

/// Signed out, and a page of ours.
async fn ends_here(params: impl Fn(&str) -> Vec<(&'static str, String)>) {
    let (app, hint) = signed_in(json!({})).await;
    let params = params(&hint);
    let params: Vec<_> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
    stays(&sign_out(&app, &params).await);
    is_over(&app).await;
}

#[actix_web::test]
async fn oidcc_rp_initiated_logout_no_params() {
    ends_here(|_| Vec::new()).await;
}

#[actix_web::test]
async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri() {
    ends_here(|hint| vec![("id_token_hint", hint.to_owned())]).await;
}

#[actix_web::test]
async fn oidcc_rp_initiated_logout_only_state() {
    ends_here(|_| vec![("state", LONG_STATE.to_owned())]).await;
}

/// Both halves arrive: the app's server is told, and the browser comes back.
#[actix_web::test]
async fn oidcc_backchannel_rp_initiated_logout() {
    let receiver = Receiver::start().await;
    let members = json!({ "backchannel_logout_uri": receiver.uri(), "backchannel_logout_session_required": true });
    let (app, hint) = signed_in(members).await;
    let server = &app.provider.app;
    let page = sign_out(&app, &[("id_token_hint", &hint), ("post_logout_redirect_uri", GOODBYE)]).await;
    assert_eq!(page.url.as_str(), GOODBYE);
    is_over(&app).await;
    server.deliver().await;
    let token = receiver.tokens().pop().expect("a logout token");
    check_signature(&server.get("/oauth2/jwks").await.ok(), &token);
    let told = claims(&token);
    assert_eq!((&told["iss"], &told["aud"]), (&json!(server.issuer), &json!(app.told.id())));
    assert_eq!((&told["sub"], &told["sid"]), (&json!(app.provider.ada), &claims(&hint)["sid"]));
    assert_eq!(told["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    assert!(told["iat"].is_number() && told["jti"].is_string() && told.get("nonce").is_none(), "{told}");
}

/// The page loads the app's frame, with `iss` and `sid`, and leads on.
#[actix_web::test]
async fn oidcc_frontchannel_rp_initiated_logout() {
    let address = "https://app.example/forget";
    let members = json!({ "frontchannel_logout_uri": address, "frontchannel_logout_session_required": true });
    let (app, hint) = signed_in(members).await;
    let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", GOODBYE), ("state", LONG_STATE)];
    let page = sign_out(&app, &params).await;
    let sid = claims(&hint)["sid"].as_str().unwrap().to_owned();
    let told = form_encode(&[("iss", app.provider.app.issuer.as_str()), ("sid", &sid)]);
    assert!(page.has(&format!("iframe[src='{address}?{told}']")), "{}", page.answer.body);
    assert_eq!(page.links("#onward"), [format!("{GOODBYE}?state={LONG_STATE}")]);
    is_over(&app).await;
}
