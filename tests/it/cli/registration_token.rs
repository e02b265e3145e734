//! `claviger registration-token …`

use serde_json::json;

use crate::support::{BY_TOKEN, Commands, TestApp, web_app};

/// RFC 7591 §3: made on the machine of the server, used from elsewhere.
#[actix_web::test]
async fn makes_a_token_that_lets_a_client_in() {
    let app = TestApp::start_in_real_time(BY_TOKEN).await;
    let mut commands = Commands::beside(&app);
    let warned = commands.run("registration-token add --expires-in 1h");
    assert!(warned.stdout.contains("Keep the token now") && warned.stderr.contains("registration.mode"), "{warned:?}");
    commands.set("CLAVIGER__REGISTRATION__MODE", "token");
    let made = commands.run("registration-token add --expires-in 7d --uses 2 --note Harbour --json").json();
    assert_eq!((&made["uses"], &made["uses_left"], &made["note"]), (&json!(2), &json!(2), &json!("Harbour")));
    let token = made["initial_access_token"].as_str().unwrap();
    let registered = app.register_by(token, &web_app()).await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    let id = registered.json()["client_id"].as_str().unwrap().to_owned();
    assert!(commands.run(&format!("client show {id}")).done().contains("127.0.0.1"));
    assert!(commands.run(&format!("client show {id} --json")).json()["registration"]["unused_until"].is_string());
    let listed = commands.run("registration-token list --json").json();
    let tokens = listed["registration_tokens"].as_array().unwrap();
    assert!(tokens.iter().any(|token| token["uses_left"] == json!(1)), "{listed}");
    let words = commands.run("registration-token list").done().to_owned();
    assert!(words.contains("Harbour") && !words.contains(token), "{words}");
    let id = made["id"].as_str().unwrap();
    assert!(commands.run(&format!("registration-token delete {id}")).refused(1).contains("--yes"));
    assert!(commands.run(&format!("registration-token delete {id} --yes")).done().contains("is deleted"));
    assert!(commands.run(&format!("registration-token delete {id} --yes")).refused(1).contains("There is no token"));
    app.register_by(token, &web_app()).await.refuses(401, "invalid_token");
}

#[actix_web::test]
async fn says_what_is_wrong_with_a_token() {
    let commands = Commands::on_a_fresh_database().await;
    commands.run("registration-token add").refused(2);
    commands.run("registration-token add --expires-in soon").refused(2);
    assert!(commands.run("registration-token add --expires-in 400d").refused(1).contains("365 days"));
    assert!(commands.run("registration-token add --expires-in 1h --uses 0").refused(1).contains("1 to 10000"));
    assert!(commands.run("registration-token list").done().contains("There is no token"));
}
