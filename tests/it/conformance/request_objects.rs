//! Requests that travel in an object. The server takes none, and says so by the name of the error.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

fn unsigned(members: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.", part(&json!({"alg": "none"})), part(members))
}

#[actix_web::test]
async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported() {
    let provider = Provider::start().await;
    let page = provider.open(&[("request_uri", "https://app.example/request.jwt")]).await;
    assert_eq!(provider.error(&page, STATE), "request_uri_not_supported");
}

#[actix_web::test]
async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported() {
    let provider = Provider::start().await;
    let object = unsigned(&json!({"state": "another", "nonce": "another"}));
    let page = provider.open(&[("request", &object)]).await;
    assert_eq!(provider.error(&page, STATE), "request_not_supported");
}

/// The `redirect_uri` outside the object is bad: a page, and no redirect to the one that is registered, nor to the object's.
#[actix_web::test]
async fn oidcc_ensure_request_object_with_redirect_uri() {
    let provider = Provider::start().await;
    let object = unsigned(&json!({"redirect_uri": REDIRECT_URI}));
    let bad = format!("{REDIRECT_URI}/invalid");
    let page = provider.open(&[("request", &object), ("redirect_uri", &bad)]).await;
    assert_eq!((page.answer.status, page.answer.header("location")), (400, ""));
    let page = provider.open(&[("request", &object)]).await;
    assert_eq!(provider.error(&page, STATE), "request_not_supported");
}
