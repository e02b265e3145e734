//! `claviger keys …`

use std::time::Duration;

use serde_json::Value;

use crate::support::{Commands, TestApp};

const EDDSA: &str = include_str!("../../keys/eddsa.pem");

/// What `keys list --json` tells of every key: algorithm, state.
fn states(commands: &Commands) -> Vec<(String, String)> {
    let text = |key: &Value, member: &str| key[member].as_str().unwrap().to_owned();
    let mut states: Vec<_> = keys(commands).iter().map(|key| (text(key, "alg"), text(key, "state"))).collect();
    states.sort();
    states
}

fn keys(commands: &Commands) -> Vec<Value> {
    commands.run("keys list --json").json()["keys"].as_array().unwrap().clone()
}

fn pairs<'a>(expected: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    expected.into_iter().map(|(algorithm, state)| (algorithm.to_owned(), state.to_owned())).collect()
}

/// OIDC Core §10.1.1: the next key is published before it signs.
#[actix_web::test]
async fn publishes_the_next_key_of_every_algorithm_before_it_signs() {
    let commands = Commands::on_a_fresh_database().await;
    let first = ["ECDH-ES", "ES256", "RS256", "RSA-OAEP-256"];
    assert_eq!(states(&commands), pairs(first.map(|algorithm| (algorithm, "active"))));
    commands.run("keys rotate").done();
    let both = first.iter().flat_map(|algorithm| [(*algorithm, "active"), (*algorithm, "next")]);
    assert_eq!(states(&commands), pairs(both));
    assert_eq!(commands.run("keys export").done().matches("\"kid\"").count(), 8);
    assert!(commands.run("keys rotate").refused(1).contains("a rotation is under way"));
}

/// OIDC Core §10.1.1: the old key stays published until all that it signed has expired, the longest-lived token of any
/// client included.
#[actix_web::test]
async fn keeps_the_old_key_published_as_long_as_any_client_needs_it() {
    let app = TestApp::start().await;
    let commands = Commands::beside(&app);
    let day = Duration::from_hours(24);
    let client = r#"{"grant_types": ["client_credentials"], "access_token_lifetime": 86400}"#;
    commands.run_with_input("client add -", client).done();
    commands.run("keys rotate").done();
    let keys = app.cx.store.signing_keys().await.unwrap();
    let signing = keys.iter().filter(|key| key.algorithm.signing().is_some());
    let old: Vec<_> = signing.filter_map(|key| Some(key.published_until?.since(key.signs_until?))).collect();
    assert_eq!(old.len(), 2);
    assert!(old.iter().all(|published| *published > day && *published < day + Duration::from_hours(1)), "{old:?}");
}

#[actix_web::test]
async fn lets_a_new_key_sign_at_once_and_retires_the_old_one() {
    let commands = Commands::on_a_fresh_database().await;
    let old = keys(&commands).into_iter().find(|key| key["alg"] == "ES256").unwrap();
    let kid = old["kid"].as_str().unwrap();
    assert!(commands.run(&format!("keys retire {kid}")).refused(1).contains("keys rotate"), "it is the only one");
    assert!(commands.run("keys list").done().contains(kid));
    commands.run("keys rotate --now").done();
    let first = ["ECDH-ES", "ES256", "RS256", "RSA-OAEP-256"];
    let rotated = first.iter().flat_map(|algorithm| [(*algorithm, "active"), (*algorithm, "retired")]);
    assert_eq!(states(&commands), pairs(rotated));
    commands.run(&format!("keys retire {kid}")).done();
    assert!(!commands.run("keys export").done().contains(kid));
    assert!(commands.run("keys retire unheard-of").refused(1).contains("claviger keys list"));
}

#[actix_web::test]
async fn adds_and_imports_keys() {
    let commands = Commands::on_a_fresh_database().await;
    commands.write("key.pem", EDDSA);
    let imported = commands.run("keys import key.pem --json").json();
    assert_eq!((&imported["keys"][0]["alg"], &imported["keys"][0]["state"]), (&"EdDSA".into(), &"active".into()));
    assert_eq!(commands.run("keys import key.pem").status, 1, "it is here already");
    commands.run("keys add EdDSA").done();
    let all = [
        ("ECDH-ES", "active"),
        ("ES256", "active"),
        ("EdDSA", "active"),
        ("EdDSA", "next"),
        ("RS256", "active"),
        ("RSA-OAEP-256", "active"),
    ];
    assert_eq!(states(&commands), pairs(all));
    for (file, reason) in [
        (&include_str!("../../keys/rsa1024.pem"), "1024 bits"),
        (&include_str!("../../keys/es384.pem"), "P-256"),
        (&"nonsense", "not a private key"),
    ] {
        let outcome = commands.run_with_input("keys import -", file);
        assert!(outcome.refused(1).contains(reason), "{}", outcome.stderr);
    }
}

#[actix_web::test]
async fn exports_private_keys_only_when_told_to() {
    let commands = Commands::on_a_fresh_database().await;
    let public = commands.run("keys export").done().to_owned();
    assert_eq!(serde_json::from_str::<Value>(&public).unwrap(), commands.run("keys export --json").json());
    for member in ["\"d\"", "\"p\"", "\"q\"", "PRIVATE"] {
        assert!(!public.contains(member), "{member}");
    }
    let private = commands.run("keys export --private").done().to_owned();
    assert_eq!(private.matches("-----BEGIN PRIVATE KEY-----").count(), 2);

    let other = Commands::in_an_empty_folder();
    other.run_with_input("keys import -", &private).done();
    let kids = |commands: &Commands| keys(commands).iter().map(|key| key["kid"].to_string()).collect::<Vec<_>>();
    let shared = kids(&commands).iter().filter(|kid| kids(&other).contains(kid)).count();
    assert_eq!(shared, 2, "what decrypts stays where it is");
    for (key, usage) in
        keys(&commands).iter().map(|key| (key, if key["alg"].as_str().unwrap().contains('-') { "enc" } else { "sig" }))
    {
        assert_eq!(key["use"], usage);
    }
}
