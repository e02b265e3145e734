//! The configuration as a whole; what one section demands is tested in its file.

use std::collections::BTreeSet;

use secrecy::ExposeSecret;
use serde_json::json;

use super::*;
use crate::protocol::scope::ScopeToken;

const REFERENCE: &str = include_str!("../../config.toml");

fn env(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn setting<'a>(config: &'a Config, key: &str) -> &'a Setting {
    config.show().iter().find(|setting| setting.key == key).unwrap()
}

#[test]
fn finds_in_config_toml_every_key_at_its_default() {
    let values = |config: &Config| -> Vec<_> {
        config.show().iter().map(|setting| (setting.key.clone(), setting.value.clone())).collect()
    };
    assert_eq!(values(&Config::from_toml(REFERENCE, []).unwrap()), values(&Config::default()));
}

/// In config.toml a `#` right before a word marks a setting out of use, `# ` marks prose.
#[test]
fn finds_in_config_toml_every_key_there_is_and_no_other() {
    let in_use = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => rest.to_owned(),
        _ => line.to_owned(),
    };
    let text: String = REFERENCE.lines().map(|line| in_use(line) + "\n").collect();
    let written: BTreeSet<String> = layers::read(&text, Path::new(DEFAULT_FILE), []).unwrap().into_keys().collect();
    // Settings exclude each other here and there (a secret and its file), so faults are passed over.
    let lists = "[[acr_levels]]\nname = \"a\"\nmethods = []\n[[scopes]]\nname = \"a\"\ntext = \"A\"\n\
         [[claims]]\nname = \"b\"\nfrom = \"groups\"\nscope = \"a\"\n[[resources]]\nidentifier = \"urn:a\"\n\
         [[providers]]\nid = \"a\"\nname = \"A\"\nclient_id = \"a\"\nissuer = \"https://a.example\"\n";
    let known = Config::from_toml(lists, []).unwrap();
    let known: BTreeSet<String> = known.show().iter().map(|setting| setting.key.clone()).collect();
    assert_eq!(written, known);
}

#[test]
fn reports_every_fault_at_once_with_key_place_value_and_remedy() {
    let text =
        "[server]\nlisten = \"localhost\"\nworkers = \"many\"\nissuerr = \"x\"\n\n[tokens]\ncode_lifetime = \"1h\"\n";
    let variables =
        env(&[("CLAVIGER__JOBS__SWEEP_BATCH", "0"), ("CLAVIGER__DATABASE__URL", "mysql://me:hunter2@db/d")]);
    let faults = Config::from_toml(text, variables).unwrap_err();
    let mut told: Vec<_> =
        faults.faults().iter().map(|fault| (fault.key.as_str(), fault.place.as_str(), fault.value.clone())).collect();
    told.sort_by_key(|(key, ..)| *key);
    assert_eq!(
        told,
        [
            ("database.url", "CLAVIGER__DATABASE__URL", None),
            ("jobs.sweep_batch", "CLAVIGER__JOBS__SWEEP_BATCH", Some(json!(0))),
            ("server.issuerr", "config.toml:4", None),
            ("server.listen", "config.toml:2", Some(json!("localhost"))),
            ("server.workers", "config.toml:3", Some(json!("many"))),
            ("tokens.code_lifetime", "config.toml:7", Some(json!("1h"))),
        ]
    );
    let text = faults.to_string();
    assert!(text.starts_with("The configuration has 6 faults:"), "{text}");
    assert!(text.contains("Did you mean server.issuer?"), "{text}");
    assert!(text.contains("Write something from \"1s\" to \"10m\"."), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn suggests_the_setting_that_was_probably_meant() {
    for (text, remedy) in [
        ("[servr]\nlisten = 1", "Did you mean server.listen?"),
        ("issuer = \"x\"", "Did you mean server.issuer?"),
        ("server = 1", "Write its settings below a line [server]."),
        ("[scopes]\nname = \"a\"", "Begin each entry with a line [[scopes]]."),
        ("[[scopes]]\nname = \"a\"\ntext = \"A\"\noptionl = true", "Did you mean scopes[0].optional?"),
        ("frobnicate = 1", "Take it out; config.toml in the documentation lists every setting."),
    ] {
        let faults = Config::from_toml(text, []).unwrap_err();
        let remedies: Vec<_> = faults.faults().iter().map(|fault| fault.remedy.as_str()).collect();
        assert_eq!(remedies, [remedy], "{text}");
    }
}

#[test]
fn lets_the_environment_win_over_the_file() {
    let text = "[server]\nlisten = \"127.0.0.1:1\"\nworkers = 2\n";
    let variables = env(&[
        ("CLAVIGER__SERVER__LISTEN", "[::1]:9000"),
        ("CLAVIGER__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("CLAVIGER__SCOPES", "[{name = \"a\", text = \"A\", optional = false}]"),
        ("CLAVIGER__TOKENS__CODE_LIFETIME", "30s"),
    ]);
    let config = Config::from_toml(text, variables).unwrap();
    assert_eq!(config.server.listen, "[::1]:9000".parse().unwrap());
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(
        config.scopes,
        [ScopeConfig {
            name: ScopeToken::parse("a").unwrap(),
            text: "A".to_owned(),
            optional: false,
            needs_approval: false
        }]
    );
    assert_eq!(setting(&config, "server.listen").source.to_string(), "CLAVIGER__SERVER__LISTEN");
    assert_eq!(setting(&config, "server.workers").source.to_string(), "config.toml:3");
    assert_eq!(setting(&config, "server.tls.key_file").source, Source::Default);
}

#[test]
fn refuses_scopes_and_resources_that_contradict_each_other() {
    let scope = "[[scopes]]\nname = \"a\"\ntext = \"A\"\n";
    let resource = "[[resources]]\nidentifier = \"https://api.example.com\"\nscopes = [\"a\"]\n";
    assert!(Config::from_toml(&format!("{scope}{resource}"), []).is_ok());
    for (text, key) in [
        (format!("{scope}{scope}"), "scopes[1].name"),
        ("[[scopes]]\nname = \"openid\"\ntext = \"A\"\n".to_owned(), "scopes[0].name"),
        ("[[scopes]]\nname = \"clients:read\"\ntext = \"A\"\n".to_owned(), "scopes[0].name"),
        ("[[scopes]]\nname = \"b\"\n".to_owned(), "scopes[0].text"),
        (resource.to_owned(), "resources[0].scopes"),
        (format!("{scope}{resource}{resource}"), "resources[1].identifier"),
    ] {
        let faults = Config::from_toml(&text, []).unwrap_err();
        let keys: Vec<_> = faults.faults().iter().map(|fault| fault.key.as_str()).collect();
        assert_eq!(keys, [key], "{faults}");
    }
}

#[test]
fn takes_a_secret_from_a_file_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("claviger.toml");
    fs::write(folder.path().join("url"), "postgres://me:hunter2@db/claviger\n").unwrap();
    fs::write(&file, "[database]\nurl_file = \"url\"\n[keys]\nencryption_key_file = \"missing\"\n").unwrap();
    let faults = Config::load(Some(&file), []).unwrap_err();
    assert_eq!(faults.faults().len(), 1, "{faults}");
    assert_eq!(faults.faults()[0].key, "keys.encryption_key_file");

    fs::write(&file, "[database]\nurl_file = \"url\"\n").unwrap();
    let config = Config::load(Some(&file), []).unwrap();
    assert_eq!(config.database.url.to_url().expose_secret(), "postgres://me:hunter2@db/claviger");
    assert_eq!(config.keys.directory, folder.path().join("keys"));
    assert!(!format!("{config:?}").contains("hunter2"));
    assert!(!format!("{:?}", config.show()).contains("hunter2"));

    let variables = env(&[("CLAVIGER__DATABASE__URL", "sqlite://other.db")]);
    let config = Config::load(Some(&file), variables).unwrap();
    let url = format!("sqlite://{}", folder.path().join("other.db").display());
    assert_eq!(config.database.url.to_url().expose_secret(), url);
}

#[test]
fn refuses_a_secret_that_is_given_twice() {
    let faults = Config::from_toml("[database]\nurl = \"sqlite://a\"\nurl_file = \"b\"\n", []).unwrap_err();
    assert_eq!(faults.faults()[0].problem, "is set beside database.url");
}

#[test]
fn misses_only_a_file_that_was_named() {
    let missing = tempfile::tempdir().unwrap().path().join("claviger.toml");
    let faults = Config::load(Some(&missing), []).unwrap_err();
    assert!(faults.to_string().contains("claviger.toml\n    cannot be read"), "{faults}");
}
