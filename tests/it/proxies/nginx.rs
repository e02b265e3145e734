//! nginx, by `auth_request`.

use super::scene::Scene;
use crate::support::{Proxy, nginx};

const SITE: &str = include_str!("../../../examples/proxies/nginx.conf");

async fn scene() -> Scene {
    let start =
        async |site: String| Proxy::start(|address| site.replace("127.0.0.1:8000", &address.to_string()), nginx).await;
    Scene::start(SITE, start).await
}

#[actix_web::test]
async fn a_stranger_is_told_how_to_come_in() {
    scene().await.a_stranger_is_told_how_to_come_in().await;
}

#[actix_web::test]
async fn the_api_is_told_who_calls_and_gets_no_secret() {
    scene().await.the_api_is_told_who_calls_and_gets_no_secret().await;
}

#[actix_web::test]
async fn a_client_claims_to_be_somebody_else() {
    let scene = scene().await;
    scene.a_client_claims_to_be_somebody_else().await;
    let seen = scene.call(&[("x-api-key", &scene.key().await), ("connection", "close, X-Auth-Subject")]).await;
    assert_eq!(seen.ok()["headers"]["x-auth-subject"][0], "machine");
}

#[actix_web::test]
async fn a_client_brings_a_question_of_its_own() {
    scene().await.a_client_brings_a_question_of_its_own().await;
}

#[actix_web::test]
async fn a_key_is_used_from_a_claimed_address() {
    scene().await.a_key_is_used_from_a_claimed_address().await;
}

#[actix_web::test]
async fn a_key_without_the_scope_is_told_which_it_lacks() {
    scene().await.a_key_without_the_scope_is_told_which_it_lacks().await;
}

#[actix_web::test]
async fn a_key_beyond_its_limit_is_told_when_to_come_again() {
    let scene = scene().await;
    let first = scene.a_key_beyond_its_limit_is_told_when_to_come_again().await;
    assert_eq!(first.header("ratelimit"), "\"rate\";r=0;t=61");
    assert_eq!(first.header("ratelimit-policy"), "\"rate\";q=1;w=60");
}

#[actix_web::test]
async fn nobody_comes_in_while_the_server_is_gone() {
    scene().await.nobody_comes_in_while_the_server_is_gone(500).await;
}
