//! `claviger api-key …`

use serde_json::json;

use crate::support::{ApiKeys, Commands};

#[actix_web::test]
async fn looks_after_a_key_from_its_first_day_to_its_last() {
    let keys = ApiKeys::start().await;
    let mut commands = Commands::beside(&keys.app);
    commands.write("config.toml", ApiKeys::settings());
    commands.set("CLAVIGER__TOKENS__DEFAULT_RESOURCE", ApiKeys::API);
    let made = commands
        .run("api-key add --client machine --name nightly --scope read --rate-limit 100/minute --lifetime 90d --json")
        .json();
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    assert!(secret.starts_with("clv_key_live_"));
    assert_eq!((&made["client_id"], &made["rate_limit"]), (&json!("machine"), &json!("100/minute")));

    let listed = commands.run("api-key list --json").json();
    assert_eq!(listed["api_keys"][0]["id"], json!(id));
    let words = commands.run(&format!("api-key show {id}")).done().to_owned();
    assert!(words.contains("nightly") && words.contains(&secret[..17]) && !words.contains(secret), "{words}");

    let update = format!("api-key update {id} --name weekly --scope read --address 192.0.2.0/24 --json");
    assert_eq!(commands.run(&update).json()["addresses"], json!(["192.0.2.0/24"]));
    let rotated = commands.run(&format!("api-key rotate {id} --overlap 0s --json")).json();
    assert_ne!(rotated["secret"], made["secret"]);
    assert!(commands.run(&format!("api-key disable {id}")).done().contains("is disabled"));
    assert!(commands.run(&format!("api-key disable {id}")).refused(1).contains("is disabled"));
    assert!(commands.run("api-key list").done().contains("disabled"));
    assert!(commands.run(&format!("api-key enable {id}")).done().contains("may be used again"));
    assert!(commands.run(&format!("api-key delete {id}")).refused(1).contains("--yes"));
    assert!(commands.run(&format!("api-key delete {id} --yes")).done().contains("is deleted"));
    assert!(commands.run("api-key list").done().contains("There is no such key"));
    assert!(commands.run(&format!("api-key show {id}")).refused(1).contains("There is no key"));
}

#[actix_web::test]
async fn says_what_is_wrong_with_a_key() {
    let keys = ApiKeys::start().await;
    keys.app.person("ada").await;
    let commands = Commands::beside(&keys.app);
    commands.write("config.toml", ApiKeys::settings());
    let said = commands.run("api-key add --client machine --name x --scope nothing --quota 5/minute");
    let said = said.refused(1);
    assert!(said.contains("nothing is no scope") && said.contains("10000/month"), "{said}");
    assert!(commands.run("api-key add --user nobody --name x").refused(1).contains("nobody"));
    assert!(commands.run("api-key add --client nobody --name x").refused(1).contains("There is no client nobody"));
    commands.run("api-key add --name x").refused(2);
    commands.run("api-key add --user ada --client machine --name x").refused(2);
    assert!(commands.run("api-key add --user ada --name mine --test").done().contains("clv_key_test_"));
    assert!(commands.run("api-key list --user ada").done().contains("mine"));
    assert!(commands.run("api-key list --client machine").done().contains("no such key"));
    assert!(commands.run("api-key list --unused-for 90d").done().contains("no such key"));
}
