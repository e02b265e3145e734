//! nginx, by `auth_request`.

use std::path::Path;
use std::process::Command;

use super::proxy::Proxy;
use super::scene::Scene;

const SITE: &str = include_str!("../../../examples/proxies/nginx.conf");

/// What is around a site: one process, and every file in the folder.
fn around(folder: &Path) -> String {
    let folder = folder.display();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("{what}_temp_path {folder}/{what};\n"))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/log;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}include {folder}/site;\n}}\n"
    )
}

/// nginx in a folder.
pub fn program(folder: &Path) -> Command {
    let main = folder.join("main");
    std::fs::write(&main, around(folder)).unwrap();
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(folder).arg("-c").arg(main).arg("-e").arg(folder.join("log"));
    command
}

async fn scene() -> Scene {
    let start = async |site: String| {
        Proxy::start(|address| site.replace("127.0.0.1:8000", &address.to_string()), program).await
    };
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
