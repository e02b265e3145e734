//! Caddy, by `forward_auth`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::scene::Scene;
use crate::support::Proxy;

const SITE: &str = include_str!("../../../examples/proxies/Caddyfile");

/// What is around a site: no administration, no certificates.
const AROUND: &str = "{\n\tadmin off\n\tauto_https off\n}\n";

fn program(folder: &Path) -> Command {
    let mut command = Command::new("caddy");
    command.arg("run").arg("--adapter").arg("caddyfile").arg("--config").arg(folder.join("site"));
    for home in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
        command.env(home, folder);
    }
    command.stderr(std::process::Stdio::null());
    command
}

async fn scene() -> Scene {
    let start = async |site: String| {
        let site =
            |address: SocketAddr| format!("{AROUND}{}", site.replace(":8000 {", &format!(":{} {{", address.port())));
        Proxy::start(site, program).await
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
    // What a client names in Connection, a proxy takes from the request that it sends on.
    let key = scene.key().await;
    for connection in ["close, X-Auth-Subject", "close, x-auth-key-mode"] {
        let answer = scene.call(&[("x-api-key", &key), ("connection", connection)]).await;
        assert_eq!(answer.status, 400, "{connection}");
    }
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
    scene().await.a_key_beyond_its_limit_is_told_when_to_come_again().await;
}

#[actix_web::test]
async fn nobody_comes_in_while_the_server_is_gone() {
    scene().await.nobody_comes_in_while_the_server_is_gone(502).await;
}
