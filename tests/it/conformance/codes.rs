//! A code that is used again.

use super::*;

/// The exact error, and what the first use gave has ended.
async fn is_refused(provider: &Provider, flow: &Flow) {
    let again = provider.redeem(&provider.first, &flow.code).await;
    again.refuses(400, "invalid_grant");
    assert_eq!(provider.app.userinfo(flow.access_token()).await.status, 401);
}

#[actix_web::test]
async fn oidcc_codereuse() {
    let provider = Provider::start().await;
    let flow = provider.flow(&[]).await;
    is_refused(&provider, &flow).await;
}

#[actix_web::test]
async fn oidcc_codereuse_30seconds() {
    let provider = Provider::start().await;
    let flow = provider.flow(&[]).await;
    provider.wait(30);
    is_refused(&provider, &flow).await;
}
