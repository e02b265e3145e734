//! `claviger client …`

use std::time::Duration;

use claviger::domain::clients::directory::LIFETIME;
use serde_json::{Value, json};

use crate::support::{Commands, SigningKey, TestApp, TestClient};

const APP: &str = r#"{"client_id": "app", "client_name": "Example App",
    "redirect_uris": ["https://app.example/callback"]}"#;
const MACHINE: &str = r#"{"client_id": "machine", "grant_types": ["client_credentials"]}"#;
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// A client as `client add --json` or `client rotate-secret --json` printed it.
fn client(document: &Value) -> TestClient {
    let text = |member: &str| document[member].as_str().unwrap_or_default().to_owned();
    TestClient { id: text("client_id"), secret: text("client_secret") }
}

#[test]
fn registers_a_client_on_a_fresh_machine_before_the_first_start() {
    let commands = Commands::in_an_empty_folder();
    commands.write("app.json", APP);
    let words = commands.run("client add app.json").done().to_owned();
    for part in ["Registered Example App.", "clv_secret_", "https://app.example/callback", "not shown again"] {
        assert!(words.contains(part), "{part} is missing in {words}");
    }
    let folder = commands.folder.path();
    assert!(folder.join("claviger.db").exists() && folder.join("keys/encryption.key").exists());
}

/// RFC 7591 §3.2.1: the response of a registration holds id, secret and all registered metadata.
#[actix_web::test]
async fn prints_a_registration_as_one_document() {
    let commands = Commands::on_a_fresh_database().await;
    let document = commands.run_with_input("client add - --json", APP).json();
    assert_eq!(document["client_id"], "app");
    assert_eq!(document["client_secret_expires_at"], 0);
    assert_eq!(document["redirect_uris"], json!(["https://app.example/callback"]));
    assert!(document["client_id_issued_at"].is_u64());

    let unnamed = APP.replace(r#""client_id": "app","#, "");
    let [one, two] = [0; 2].map(|_| commands.run_with_input("client add - --json", &unnamed).json());
    assert_ne!(one["client_id"], two["client_id"]);
    assert_ne!(one["client_secret"], two["client_secret"]);
}

#[test]
fn prints_a_secret_once_and_keeps_it_nowhere() {
    let commands = Commands::in_an_empty_folder();
    let chosen = "an operator's own secret of 32 bytes".replace(' ', "_");
    let with_secret = MACHINE.replacen('{', &format!(r#"{{"client_secret": "{chosen}","#), 1);
    let minted = commands.run_with_input("client add - --json", APP).json();
    assert_eq!(commands.run_with_input("client add - --json", &with_secret).json()["client_secret"], chosen.as_str());
    let rotated = commands.run("client rotate-secret app --json").json();

    let secrets = [&minted["client_secret"], &rotated["client_secret"]].map(|secret| secret.as_str().unwrap());
    for command in ["client list --json", "client show app --json", "client show machine", "client disable app"] {
        let said = commands.run(command).done().to_owned();
        for secret in [secrets[0], secrets[1], &chosen] {
            assert!(!said.contains(secret), "{command}");
        }
    }
    let bytes = commands.bytes_on_disk();
    for secret in [secrets[0], secrets[1], &chosen] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} is on disk");
    }
}

#[actix_web::test]
async fn says_what_is_wrong_with_metadata_and_what_would_be_right() {
    let commands = Commands::on_a_fresh_database().await;
    let cases = [
        ("[]", "one JSON object"),
        (r#"{"redirect_uris": ["http://app.example/"]}"#, "https"),
        (r#"{"redirect_uris": ["https://app.example/"], "scope": "openid orders"}"#, "[[scopes]]"),
        (r#"{"redirect_uris": ["https://app.example/"], "resources": ["https://api.example"]}"#, "[[resources]]"),
        (r#"{"redirect_uris": ["https://app.example/"], "client_secret": "short"}"#, "32"),
    ];
    for (metadata, remedy) in cases {
        let outcome = commands.run_with_input("client add -", metadata);
        assert!(outcome.refused(1).contains(remedy), "{}", outcome.stderr);
    }
    assert!(commands.run("client add nothing.json").refused(1).contains("nothing.json cannot be read"));

    let outcome = commands.run_with_input("client add -", &APP.replace("client_name", "clientname"));
    assert_eq!(outcome.status, 0);
    assert!(outcome.stderr.contains("\"clientname\" means nothing here"), "{}", outcome.stderr);
    assert!(commands.run_with_input("client add -", APP).refused(1).contains("exists already"));
}

#[actix_web::test]
async fn lists_shows_and_updates() {
    let commands = Commands::on_a_fresh_database().await;
    assert!(commands.run("client list").done().contains("No client is registered"));
    commands.run_with_input("client add -", APP).done();
    commands.run_with_input("client add -", MACHINE).done();
    let list = commands.run("client list").done().to_owned();
    assert!(list.starts_with("CLIENT ID") && list.contains("Example App") && list.contains("client_credentials"));
    let clients = commands.run("client list --json").json()["clients"].as_array().unwrap().len();
    assert_eq!(clients, 2);

    assert!(commands.run("client show app").done().contains("https://app.example/callback"));
    let renamed = APP.replace("Example App", "Renamed");
    assert!(commands.run_with_input("client update app -", &renamed).done().contains("Updated Renamed."));
    let shown = commands.run("client show app --json").json();
    assert_eq!((&shown["client_name"], &shown["state"]), (&json!("Renamed"), &json!("active")));
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 1);
    assert_eq!(commands.run_with_input("client update machine -", &renamed).status, 1);
    for command in ["show", "disable", "enable", "rotate-secret", "delete --yes"] {
        assert_eq!(commands.run(&format!("client {command} nobody")).refused(1), "There is no client nobody.");
    }
}

#[actix_web::test]
async fn asks_before_it_deletes_and_does_nothing_where_it_cannot_ask() {
    let commands = Commands::on_a_fresh_database().await;
    commands.run_with_input("client add -", APP).done();
    assert!(commands.run("client delete app").refused(1).contains("--yes"));
    assert_eq!(commands.run_with_input("client delete app", "y\n").status, 1);
    commands.run("client show app").done();
    commands.run("client delete app --yes").done();
    assert_eq!(commands.run("client show app").status, 1);
}

#[actix_web::test]
async fn registers_a_client_that_the_running_server_serves() {
    let app = TestApp::start().await;
    let commands = Commands::beside(&app);
    let machine = client(&commands.run_with_input("client add - --json", MACHINE).json());
    app.token(&machine, &[GRANT]).await.ok();

    let rotated = client(&commands.run("client rotate-secret machine --overlap 1h --json").json());
    app.clock.advance(LIFETIME);
    for secret in [&machine, &rotated] {
        app.token(secret, &[GRANT]).await.ok();
    }
}

/// RFC 7523 §2.2, OIDC Core §9: a client that signs with a key of its own has no secret, one that signs with a secret has.
#[actix_web::test]
async fn registers_clients_that_sign() {
    let app = TestApp::start().await;
    let commands = Commands::beside(&app);
    let key = SigningKey::ed25519();
    let with = |members: Value| {
        let mut machine: Value = serde_json::from_str(MACHINE).unwrap();
        machine.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        machine.to_string()
    };
    let by_key = with(json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.jwk("one")] },
    }));
    let document = commands.run_with_input("client add - --json", &by_key).json();
    assert_eq!(document.get("client_secret"), None);
    assert_eq!(document["jwks"]["keys"][0], key.jwk("one"));
    app.token_by_assertion(&app.assertion("machine", &key)).await.ok();
    let refusal = commands.run("client rotate-secret machine").refused(1).to_owned();
    assert!(refusal.contains("signs with a key of its own (private_key_jwt)"), "{refusal}");

    let by_secret = with(json!({ "client_id": "other", "token_endpoint_auth_method": "client_secret_jwt" }));
    let first = client(&commands.run_with_input("client add - --json", &by_secret).json());
    let second = client(&commands.run("client rotate-secret other --overlap 1h --json").json());
    for secret in [&first, &second] {
        let key = SigningKey::Secret(secret.secret.clone().into_bytes());
        app.token_by_assertion(&app.assertion("other", &key)).await.ok();
    }
}

#[actix_web::test]
async fn disables_a_client_for_a_running_server_within_the_life_of_its_cache() {
    let app = TestApp::start().await;
    let commands = Commands::beside(&app);
    let machine = client(&commands.run_with_input("client add - --json", MACHINE).json());
    app.token(&machine, &[GRANT]).await.ok();
    commands.run("client disable machine").done();
    app.clock.advance(LIFETIME + Duration::from_millis(1));
    app.token(&machine, &[GRANT]).await.refuses(401, "invalid_client");
    commands.run("client enable machine").done();
    app.clock.advance(LIFETIME + Duration::from_millis(1));
    app.token(&machine, &[GRANT]).await.ok();
    let kinds = ["client_added", "client_disabled", "client_enabled"];
    for kind in kinds {
        assert_eq!(app.events(kind).await.len(), 1, "{kind}");
    }
}
