//! What all commands have in common, and `claviger config …`.

use crate::support::Commands;

#[test]
fn ends_with_status_2_for_wrong_usage_and_wrong_settings() {
    let mut commands = Commands::in_an_empty_folder();
    for line in ["client", "client frobnicate", "user add", "keys add HS256", "--config nothing.toml client list"] {
        let outcome = commands.run(line);
        assert_eq!((outcome.status, outcome.stdout.as_str()), (2, ""), "{line}");
    }
    commands.set("CLAVIGER__SERVER__ISSUER", "ftp://example.com");
    commands.set("CLAVIGER__TOKENS__CODE_LIFETIME", "soon");
    for line in ["config check", "config show", "client list", "database status", "serve"] {
        let outcome = commands.run(line);
        let said = outcome.refused(2);
        assert!(said.contains("server.issuer") && said.contains("tokens.code_lifetime"), "{line}: {said}");
    }
    assert_eq!(std::fs::read_dir(commands.folder.path()).unwrap().count(), 0, "nothing was begun");
}

#[test]
fn checks_and_shows_the_settings_of_the_file_that_is_named() {
    let commands = Commands::in_an_empty_folder();
    commands.write("other.toml", "server.issuer = \"https://login.example.com\"\nserver.trusted_proxies = [\"::1\"]");
    assert!(commands.run("config check --config other.toml").done().contains("other.toml"));
    let shown = commands.run("--config other.toml config show").done().to_owned();
    assert!(shown.contains("https://login.example.com") && shown.contains("other.toml"), "{shown}");
    let settings = commands.run("config show --json").json()["settings"].as_array().unwrap().len();
    assert!(settings > 20);
}
