//! `claviger keys …`: the keys that sign, and those that apps encrypt to.

use std::time::Duration;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::args::KeysCommand;
use super::input::Input;
use super::output::{Failure, Output, table};
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::events::Actor;
use crate::domain::keys::keeper::{self, KeeperError, Plan};
use crate::domain::keys::key_error::KeyError;
use crate::domain::keys::private_key::PrivateKey;
use crate::domain::keys::rotate_all::rotate_all;
use crate::domain::keys::rotation::KeyState;
use crate::domain::tokens::lifetime;
use crate::protocol::algorithm::KeyAlgorithm;
use crate::store::StoredKey;

/// Runs the command.
pub async fn run(command: &KeysCommand, cx: &Cx, output: Output) -> Result<(), Failure> {
    match command {
        KeysCommand::List => list(cx, output).await,
        KeysCommand::Rotate { now } => rotate(cx, *now, output).await,
        KeysCommand::Retire { kid } => retire(cx, kid, output).await,
        KeysCommand::Export { private: false } => export_public(cx, output),
        KeysCommand::Export { private: true } => export_private(cx, output).await,
        KeysCommand::Import { file } => import(cx, file, output).await,
        KeysCommand::Add { algorithm } => add(cx, *algorithm, output).await,
    }
}

impl From<KeeperError> for Failure {
    fn from(error: KeeperError) -> Self {
        Self::because(&error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::because(&error)
    }
}

async fn list(cx: &Cx, output: Output) -> Result<(), Failure> {
    let keys = cx.store.signing_keys().await?;
    let now = cx.now();
    let document = json!({ "keys": keys.iter().map(|key| to_json(key, now)).collect::<Vec<_>>() });
    output.print(&document, || {
        let time = |moment: Option<Timestamp>| moment.map_or_else(|| "-".to_owned(), Timestamp::to_rfc3339);
        let rows = keys.iter().map(|key| {
            [
                key.kid.clone(),
                key.algorithm.usage().to_owned(),
                key.algorithm.to_string(),
                state(key, now).word().to_owned(),
                time(Some(key.created_at)),
                time(Some(key.signs_from)),
                time(key.signs_until),
                time(key.published_until),
            ]
        });
        table(["KID", "USE", "ALGORITHM", "STATE", "MADE", "SIGNS FROM", "SIGNS UNTIL", "PUBLISHED UNTIL"], rows)
    })
}

/// The next key of every algorithm that there is a key for; where one is waiting already, none is made.
async fn rotate(cx: &Cx, at_once: bool, output: Output) -> Result<(), Failure> {
    let publish_before = if at_once { Duration::ZERO } else { cx.config.keys.publish_before };
    let plan = plan(cx, publish_before).await?;
    let algorithms: Vec<KeyAlgorithm> = cx.keys.current().key_algorithms(cx.now()).collect();
    let rotated = rotate_all(&cx.keeper, algorithms, &plan).await?;
    for (algorithm, error) in &rotated.refused {
        eprintln!("No new {algorithm} key: {error}.");
    }
    if rotated.made.is_empty() && !rotated.refused.is_empty() {
        return Err(Failure::refused("No key was made."));
    }
    print_added(&rotated.made, cx.now(), output)
}

async fn retire(cx: &Cx, kid: &str, output: Output) -> Result<(), Failure> {
    cx.keeper.retire(kid, Actor::Operator, cx.now()).await?;
    let words = || {
        format!(
            "The key {kid} is retired: what it signed is no longer valid. Running servers notice within a minute; apps \
             as soon as they fetch the keys again."
        )
    };
    output.print(&json!({ "kid": kid, "state": KeyState::Expired.word() }), words)
}

/// The JWK set as apps fetch it; a document for programs, whoever asks.
fn export_public(cx: &Cx, output: Output) -> Result<(), Failure> {
    let jwks: Value = serde_json::from_slice(&cx.keys.current().jwks(cx.now()).json)
        .map_err(|error| Failure::refused(format!("The JWK set cannot be written: {error}.")))?;
    output.print(&jwks, || format!("{jwks:#}"))
}

async fn export_private(cx: &Cx, output: Output) -> Result<(), Failure> {
    let now = cx.now();
    let mut exported = Vec::new();
    // A key that decrypts would come back from its PEM as one that signs; another server makes its own.
    let exports = |key: &&StoredKey| key.algorithm.signing().is_some() && state(key, now) != KeyState::Expired;
    for key in cx.store.signing_keys().await?.iter().filter(exports) {
        exported.push((key.kid.clone(), key.algorithm, cx.keeper.open(key)?.to_pem()?));
    }
    let key = |(kid, algorithm, pem): &(String, KeyAlgorithm, Zeroizing<String>)| json!({ "kid": kid, "alg": algorithm, "pem": pem.as_str() });
    let document = json!({ "keys": exported.iter().map(key).collect::<Vec<_>>() });
    output.print(&document, || exported.iter().map(|(_, _, pem)| pem.trim_end()).collect::<Vec<_>>().join("\n"))
}

/// Each key takes over as after a rotation, in the order of the file.
async fn import(cx: &Cx, file: &Input, output: Output) -> Result<(), Failure> {
    let text = Zeroizing::new(file.read()?);
    let keys = private_keys(&text).map(PrivateKey::from_pem).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        return Err(KeyError::Unreadable.into());
    }
    let plan = plan(cx, cx.config.keys.publish_before).await?;
    let mut added = Vec::with_capacity(keys.len());
    for key in keys {
        added.push(cx.keeper.add(key, plan.clone()).await?);
    }
    print_added(&added, cx.now(), output)
}

/// The PEM blocks that hold private keys. Programs also write parameters and explanations beside them.
fn private_keys(text: &str) -> impl Iterator<Item = &str> {
    let block = |(start, _)| {
        let rest: &str = text.get(start..)?;
        let last_line = rest.find("-----END ")?;
        let end = rest.get(last_line..)?.find('\n').map_or(rest.len(), |length| last_line + length);
        rest.get(..end)
    };
    text.match_indices("-----BEGIN ").filter_map(block).filter(|block| block.contains("PRIVATE KEY-----"))
}

async fn add(cx: &Cx, algorithm: KeyAlgorithm, output: Output) -> Result<(), Failure> {
    let key = cx.keeper.generate(algorithm).await?;
    let added = cx.keeper.add(key, plan(cx, cx.config.keys.publish_before).await?).await?;
    print_added(&[added], cx.now(), output)
}

async fn plan(cx: &Cx, publish_before: Duration) -> Result<Plan, Failure> {
    let longest_token_lifetime = lifetime::longest(&cx.config, &cx.store).await?;
    Ok(Plan { actor: Actor::Operator, now: cx.now(), publish_before, longest_token_lifetime })
}

fn print_added(keys: &[StoredKey], now: Timestamp, output: Output) -> Result<(), Failure> {
    let document = json!({ "keys": keys.iter().map(|key| to_json(key, now)).collect::<Vec<_>>() });
    output.print(&document, || {
        let rows = keys.iter().map(|key| [key.kid.clone(), key.algorithm.to_string(), key.signs_from.to_rfc3339()]);
        table(["NEW KEY", "ALGORITHM", "SIGNS FROM"], rows)
    })
}

fn state(key: &StoredKey, now: Timestamp) -> KeyState {
    keeper::life(key).state(now)
}

fn to_json(key: &StoredKey, now: Timestamp) -> Value {
    json!({
        "kid": key.kid,
        "use": key.algorithm.usage(),
        "alg": key.algorithm,
        "state": state(key, now).word(),
        "created_at": key.created_at.to_rfc3339(),
        "signs_from": key.signs_from.to_rfc3339(),
        "signs_until": key.signs_until.map(Timestamp::to_rfc3339),
        "published_until": key.published_until.map(Timestamp::to_rfc3339),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_private_keys_between_whatever_else_is_written() {
        let key = |label: &str| format!("-----BEGIN {label}-----\nMII=\n-----END {label}-----");
        let text = format!(
            "Bag Attributes\n{}\n{}\nkey 2\n{}\n",
            key("EC PARAMETERS"),
            key("EC PRIVATE KEY"),
            key("PRIVATE KEY")
        );
        assert_eq!(private_keys(&text).collect::<Vec<_>>(), [key("EC PRIVATE KEY"), key("PRIVATE KEY")]);
        assert_eq!(private_keys(&key("PRIVATE KEY")).count(), 1);
        for nothing in ["", "-----BEGIN PRIVATE KEY-----\nMII=\n", &key("PUBLIC KEY")] {
            assert_eq!(private_keys(nothing).count(), 0, "{nothing}");
        }
    }
}
