//! When a person has to sign in again.

use super::*;

/// Asks for a sign-in although somebody is signed in, and tells the time of the new one.
async fn signs_in_again(changes: &[(&str, &str)]) {
    let provider = Provider::start().await;
    let first = provider.flow(&[]).await;
    provider.wait(2);
    let page = provider.open(changes).await;
    assert!(page.has("form#login"), "{}", page.answer.body);
    let page = provider.go_on(page).await;
    let second = provider.finish(&page, changes).await;
    assert_eq!(second.id_token["sub"], first.id_token["sub"]);
    assert!(second.auth_time() > first.auth_time());
    assert_eq!(second.auth_time(), provider.app.cx.now().seconds());
}

#[actix_web::test]
async fn oidcc_prompt_login() {
    signs_in_again(&[("prompt", "login")]).await;
}

#[actix_web::test]
async fn oidcc_max_age_1() {
    signs_in_again(&[("max_age", "1")]).await;
}

#[actix_web::test]
async fn oidcc_max_age_10000() {
    let provider = Provider::start().await;
    let first = provider.flow(&[("max_age", "15000")]).await;
    provider.wait(2);
    let second = provider.silent_flow(&[("max_age", "10000")]).await;
    assert_eq!((second.auth_time(), &second.id_token["sub"]), (first.auth_time(), &first.id_token["sub"]));
}
