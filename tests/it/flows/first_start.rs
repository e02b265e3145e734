//! A server on an empty database.

use std::sync::Arc;

use claviger::clock::{SystemClock, SystemEntropy};
use claviger::config::Config;
use claviger::cx::Cx;
use claviger::protocol::algorithm::SigningAlgorithm;

/// OIDC Core §15.1: RS256 can be had from every server, from the first day.
#[actix_web::test]
async fn the_first_start_makes_the_keys_that_a_server_must_have_and_the_second_none() {
    let folder = tempfile::tempdir().unwrap();
    let set = [
        ("CLAVIGER__DATABASE__URL", format!("sqlite://{}", folder.path().join("first.db").display())),
        ("CLAVIGER__KEYS__DIRECTORY", folder.path().join("keys").display().to_string()),
    ];
    let open = || {
        let set = set.clone().map(|(key, value)| (key.to_owned(), value));
        let config = Config::from_toml("", set).unwrap_or_else(|faults| panic!("{faults}"));
        Cx::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))
    };
    let first = open().await.unwrap();
    let algorithms: Vec<_> = first.keys.current().algorithms(first.now()).collect();
    for algorithm in [SigningAlgorithm::RS256, SigningAlgorithm::ES256] {
        assert!(algorithms.contains(&algorithm), "{algorithm}");
    }
    let kids = |cx: &Cx| cx.keys.current().jwks(cx.now()).json.clone();
    let second = open().await.unwrap();
    assert_eq!(kids(&first), kids(&second));
}
