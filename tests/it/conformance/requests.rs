//! Requests that must fail, and how.

use super::*;

/// Told to the client in the query, because it is known where that is.
#[actix_web::test]
async fn oidcc_response_type_missing() {
    let provider = Provider::start().await;
    let page = provider.open(&[("response_type", "")]).await;
    assert_eq!(provider.error(&page, STATE), "invalid_request");
}

/// A page for the person and no redirect, whoever is signed in.
#[actix_web::test]
async fn oidcc_ensure_registered_redirect_uri() {
    let provider = Provider::start().await;
    for _ in 0..2 {
        let elsewhere = format!("{REDIRECT_URI}/Dr6TjQpLuo");
        let page = provider.open(&[("redirect_uri", &elsewhere)]).await;
        assert_eq!((page.answer.status, page.answer.header("location")), (400, ""));
        assert!(page.answer.header("content-type").starts_with("text/html"));
        provider.flow(&[]).await;
    }
}
