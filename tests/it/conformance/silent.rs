//! `prompt=none`: an answer without a page, or the error that says which page it would have been.

use super::*;

#[actix_web::test]
async fn oidcc_prompt_none_not_logged_in() {
    let provider = Provider::start().await;
    let state = "s".repeat(128);
    let page = provider.open(&[("prompt", "none"), ("state", &state)]).await;
    assert_eq!(provider.error(&page, &state), "login_required");
}

/// What was allowed is remembered, and `auth_time` stays.
#[actix_web::test]
async fn oidcc_prompt_none_logged_in() {
    let provider = Provider::start().await;
    let first = provider.flow(&[]).await;
    provider.wait(5).await;
    let second = provider.silent_flow(&[("prompt", "none")]).await;
    assert_eq!((second.auth_time(), &second.id_token["sub"]), (first.auth_time(), &first.id_token["sub"]));
}

#[actix_web::test]
async fn oidcc_id_token_hint() {
    let provider = Provider::start().await;
    let first = provider.flow(&[]).await;
    provider.wait(5).await;
    let second = provider.silent_flow(&[("prompt", "none"), ("id_token_hint", first.hint())]).await;
    assert_eq!((second.auth_time(), &second.id_token["sub"]), (first.auth_time(), &first.id_token["sub"]));
}
