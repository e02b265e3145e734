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
    provider.wait(5);
    let second = provider.silent_flow(&[("prompt", "none")]).await;
    assert_eq!((second.auth_time(), &second.id_token["sub"]), (first.auth_time(), &first.id_token["sub"]));
}

#[actix_web::test]
async fn oidcc_id_token_hint() {
    let provider = Provider::start().await;
    let first = provider.flow(&[]).await;
    provider.wait(5);
    let second = provider.silent_flow(&[("prompt", "none"), ("id_token_hint", first.hint())]).await;
    assert_eq!((second.auth_time(), &second.id_token["sub"]), (first.auth_time(), &first.id_token["sub"]));
}

/// OIDC Core §3.1.2.6: each page that may not be shown has its own error. (`interaction_required`, where an admin has to
/// approve something, is held by `oauth/authorize/approval.rs`; an account is chosen only where `prompt` asks for that, which
/// `none` excludes.)
#[actix_web::test]
async fn names_the_page_that_is_missing() {
    let provider = Provider::start().await;
    provider.flow(&[]).await;
    for (changes, expected) in [
        (&[("prompt", "none"), ("client_id", "second")][..], "consent_required"),
        (&[("prompt", "none"), ("scope", ALL_SCOPES)], "consent_required"),
        (&[("prompt", "none"), ("claims", r#"{"userinfo":{"name":null}}"#)], "consent_required"),
        (&[("prompt", "none"), ("max_age", "0")], "login_required"),
        (&[("prompt", "none"), ("claims", r#"{"id_token":{"sub":{"value":"somebody"}}}"#)], "login_required"),
        (&[("prompt", "none select_account")], "invalid_request"),
    ] {
        assert_eq!(provider.error(&provider.open(changes).await, STATE), expected, "{changes:?}");
    }
}
