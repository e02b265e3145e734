//! `claviger resource …` and `claviger scope …`

use serde_json::json;

use crate::support::{Commands, TestApp, TestClient, form_encode};

const BOATS: &str = "https://boats.example";

#[actix_web::test]
async fn looks_after_a_resource_from_its_first_day_to_its_last() {
    let app = TestApp::start_with("[[scopes]]\nname = \"declared\"\ntext = \"Declared\"\n").await;
    let commands = Commands::beside(&app);
    commands.write("config.toml", "[[scopes]]\nname = \"declared\"\ntext = \"Declared\"\n");
    let scope = commands.run("scope add boats.read --text Boats --needs-approval --json").json();
    assert_eq!((&scope["source"], &scope["needs_approval"]), (&json!("registered"), &json!(true)));
    let made = commands.run(&format!("resource add {BOATS} --name Boats --scope boats.read --json")).json();
    assert_eq!((&made["source"], &made["scopes"]), (&json!("registered"), &json!(["boats.read"])));

    let listed = commands.run("resource list").done().to_owned();
    assert!(listed.contains(BOATS) && listed.contains(&app.issuer) && listed.contains("built_in"), "{listed}");
    let scopes = commands.run("scope list").done().to_owned();
    assert!(scopes.contains("boats.read") && scopes.contains("declared") && scopes.contains("settings"), "{scopes}");
    assert!(commands.run("scope update boats.read --text Ships").done().contains("is updated"));
    let changed = commands.run(&format!("resource update {BOATS} --format opaque --lifetime 10m --json")).json();
    assert_eq!((&changed["access_token_format"], &changed["access_token_lifetime"]), (&json!("opaque"), &json!(600)));
    assert_eq!(changed["scopes"], json!([]), "what is not said is not so any more");

    let server = commands.run(&format!("resource add-server {BOATS} --json")).json();
    let server = TestClient {
        id: server["client_id"].as_str().unwrap().to_owned(),
        secret: server["client_secret"].as_str().unwrap().to_owned(),
    };
    let shown = commands.run(&format!("resource show {BOATS} --json")).json();
    assert_eq!(shown["servers"], json!([server.id]));
    // RFC 7662 §2.1: it is let in at the running server.
    let body = form_encode(&[("token", "unknown")]);
    let answer = app.post_raw("/oauth2/introspect", body, &[("authorization", &server.basic())]).await.ok();
    assert_eq!(answer, json!({ "active": false }));

    let asked = commands.run(&format!("resource delete {BOATS}")).refused(1).to_owned();
    assert!(asked.contains("--yes"), "{asked}");
    assert!(commands.run(&format!("resource delete {BOATS} --yes")).done().contains("is deleted"));
    assert!(commands.run("scope delete boats.read --yes").done().contains("is deleted"));
    assert!(commands.run(&format!("resource show {BOATS}")).refused(1).contains("There is no resource"));
    assert!(app.events("resource_added").await.iter().all(|event| event.actor == "operator"));
}

#[actix_web::test]
async fn says_what_is_wrong_with_a_resource() {
    let commands = Commands::on_a_fresh_database().await;
    commands.write("config.toml", "[[resources]]\nidentifier = \"https://declared.example\"\n");
    let said = commands.run("resource add boats --scope unheard_of --format paper").refused(1).to_owned();
    for member in ["identifier: ", "scopes: ", "access_token_format: "] {
        assert!(said.contains(member), "{said}");
    }
    let declared = commands.run("resource delete https://declared.example --yes").refused(1).to_owned();
    assert!(declared.contains("The settings declare this resource"), "{declared}");
    assert!(commands.run("scope delete openid --yes").refused(1).contains("part of the server"));
    assert!(commands.run("scope add openid --text x").refused(1).contains("built-in"));
    assert!(commands.run("scope delete unheard_of --yes").refused(1).contains("There is no scope"));
    assert!(commands.run("resource add-server http://localhost:8080").refused(1).contains("needs no credentials"));
    commands.run("scope add boats.read").refused(2);
}
