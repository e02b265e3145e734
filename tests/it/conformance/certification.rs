//! `examples/certification`: the server and the person with which the suite itself is run (`docs/guides/certification.md`).

use std::collections::BTreeSet;

use claviger::config::{Config, RegistrationMode};
use claviger::protocol::claims::SUPPORTED;

use super::*;
use crate::support::Commands;

#[test]
fn has_settings_by_which_the_suite_can_register_and_be_reached() {
    let config = Config::from_toml(include_str!("../../../examples/certification/config.toml"), []).unwrap();
    let registration = &config.registration;
    assert_eq!((registration.mode, registration.require_pkce), (RegistrationMode::Open, false));
    assert!(registration.attempts_per_address >= 1000, "all modules register from one address");
    assert_eq!(config.outbound.allowed_hosts.len(), 1);
    assert!(config.outbound.ca_file.is_some() && config.server.tls.is_some());
}

/// The suite warns about each claim that is missing.
#[actix_web::test]
async fn has_a_person_of_whom_every_standard_claim_is_known() {
    let commands = Commands::on_a_fresh_database().await;
    commands.write("ada.json", include_str!("../../../examples/certification/ada.json"));
    let add = "user add --username ada --claims ada.json --password-stdin --json";
    let added = commands.run_with_input(add, &format!("{PASSWORD}\n")).json();
    let known: BTreeSet<_> = added["claims"].as_object().unwrap().keys().map(String::as_str).collect();
    let standard = SUPPORTED.iter().skip_while(|name| **name != "name");
    assert_eq!(known, standard.copied().collect());
}
