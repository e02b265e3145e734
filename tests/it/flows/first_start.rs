//! A server on an empty database.

use std::sync::Arc;

use claviger::clock::{SystemClock, SystemEntropy};
use claviger::config::Config;
use claviger::cx::Cx;
use claviger::protocol::algorithm::{KeyAlgorithm, SigningAlgorithm};
use claviger::store::StoredKey;

use crate::support::{START, TestApp};

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

/// A database from before there were keys to encrypt to gets them at the next start: one of each, however many servers start at
/// once; and those that sign stay what they are.
#[actix_web::test]
async fn a_start_makes_the_keys_to_encrypt_to_where_there_are_none() {
    let app = TestApp::start().await;
    let (store, keeper, now) = (&app.cx.store, &app.cx.keeper, app.cx.now());
    let of_kind = async |signs: bool| {
        let keys = store.signing_keys().await.unwrap();
        keys.into_iter().filter(|key| key.algorithm.signing().is_some() == signs).collect::<Vec<_>>()
    };
    let signing: Vec<_> = of_kind(true).await.into_iter().map(|key| key.kid).collect();
    for key in of_kind(false).await {
        let gone = StoredKey { published_until: Some(START), ..key };
        store.write(move |tx| Box::pin(async move { tx.reschedule_signing_key(&gone).await })).await.unwrap();
    }
    let (one, other) = futures_util::future::join(keeper.ensure(now), keeper.ensure(now)).await;
    let mut made = [one.unwrap(), other.unwrap()].concat();
    made.sort_unstable();
    assert_eq!(made, KeyAlgorithm::DECRYPTING);
    assert_eq!(keeper.ensure(now).await.unwrap(), []);
    assert_eq!(of_kind(true).await.into_iter().map(|key| key.kid).collect::<Vec<_>>(), signing);
    app.cx.keys.replace(keeper.load().await.unwrap());
    assert_eq!(app.encryption_keys().await.len(), 2);
}
