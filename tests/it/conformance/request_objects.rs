//! Requests that travel in an object. As the suite sends them, the object holds all of the request, and beside it stand once
//! more `response_type`, `client_id`, `scope` and `redirect_uri`.

use super::*;
use crate::support::{REACH_LOOPBACK, Shelf, SigningKey, unsigned};

/// The fragment is no hash of anything.
const FRAGMENT: &str = "#GkurKxf5T0Y-mnPFCHqWOMiZi4VS138cQO_V7PZHAdM";

/// All of a request.
fn all(changes: &[(&str, &str)]) -> Value {
    Provider::parameters(changes).into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

/// What stands beside an object.
fn beside<'a>(carrier: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("state", ""), ("nonce", ""), (carrier, value)]
}

/// A whole flow of the first app, of which the object has state and nonce.
async fn flow_beside(provider: &Provider, carrier: &str, value: &str) {
    let page = provider.go_on(provider.open(&beside(carrier, value)).await).await;
    provider.finish(&page, &[]).await;
}

/// A provider whose apps have their objects at an address, which is registered with a fragment.
async fn with_shelf(members: Value) -> (Provider, Shelf, String) {
    let shelf = Shelf::start().await;
    let uri = shelf.at(&format!("/requesturi/Dr6TjQpLuo{FRAGMENT}"));
    let mut all = json!({ "request_uris": [uri] });
    all.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    (Provider::start_with(REACH_LOOPBACK, &all).await, shelf, uri)
}

/// Supported. The suite's app has registered no algorithm.
#[actix_web::test]
async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported() {
    let (provider, shelf, uri) = with_shelf(json!({})).await;
    shelf.serves(&unsigned(&all(&[])));
    flow_beside(&provider, "request_uri", &uri).await;
}

#[actix_web::test]
async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported() {
    let provider = Provider::start().await;
    flow_beside(&provider, "request", &unsigned(&all(&[]))).await;
}

/// The `redirect_uri` in the object wins over the bad one beside it.
#[actix_web::test]
async fn oidcc_ensure_request_object_with_redirect_uri() {
    let provider = Provider::start().await;
    let object = unsigned(&all(&[]));
    let bad = format!("{REDIRECT_URI}/invalid");
    let changes = [beside("request", &object), vec![("redirect_uri", bad.as_str())]].concat();
    let page = provider.go_on(provider.open(&changes).await).await;
    provider.finish(&page, &[]).await;
}

/// Of Dynamic OP: as in Basic OP, but `request_uri` must be supported.
#[actix_web::test]
async fn oidcc_request_uri_unsigned() {
    let (provider, shelf, uri) = with_shelf(json!({})).await;
    let document = provider.app.get("/.well-known/openid-configuration").await.ok();
    assert_eq!(document["request_uri_parameter_supported"], true);
    shelf.serves(&unsigned(&all(&[])));
    flow_beside(&provider, "request_uri", &uri).await;
    assert_eq!(shelf.asked(), ["GET /requesturi/Dr6TjQpLuo HTTP/1.1"]);
}

#[actix_web::test]
async fn oidcc_request_uri_signed_rs256() {
    let key = SigningKey::rsa();
    let members = json!({ "jwks": { "keys": [key.jwk("one")] }, "request_object_signing_alg": "RS256" });
    let (provider, shelf, uri) = with_shelf(members).await;
    let mut object = all(&[]);
    object["iss"] = json!("first");
    object["aud"] = json!(provider.app.issuer);
    shelf.serves(&key.sign(&json!({ "alg": "RS256", "kid": "one" }), &object));
    flow_beside(&provider, "request_uri", &uri).await;
    shelf.serves(&unsigned(&object));
    let page = provider.open(&[("request_uri", &uri)]).await;
    assert_eq!(provider.error(&page, STATE), "invalid_request_object");
}
