//! `claviger api-key …`: keys with which scripts get in.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::api_key_args::{ApiKeyCommand, OwnerArgs, TermsArgs};
use super::confirm::confirm;
use super::output::{Failure, Output, fields, table};
use super::user;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::api_keys::{self, Added, BY_HAND, Change, KeyDraft, KeyFault, KeyTerms};
use crate::domain::events::{Actor, Origin};
use crate::domain::people::Act;
use crate::ids::{ApiKeyId, ClientId};
use crate::protocol::key_mode::KeyMode;
use crate::store::{ApiKey, ApiKeyFilter, ApiKeySecret, Client, KeyOwner};

/// Keys that a list shows at once.
const MOST_LISTED: u64 = 10_000;

/// Runs the command.
pub async fn run(command: &ApiKeyCommand, cx: &Cx, output: Output) -> Result<(), Failure> {
    let origin = Origin::default();
    let act = Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor: Actor::Operator, origin: &origin };
    let operator = Operator { cx, act, output };
    match command {
        ApiKeyCommand::Add { owner, terms, test } => operator.add(owner, terms, *test).await,
        ApiKeyCommand::List { user, client, unused_for } => {
            let owner = match (user, client) {
                (Some(user), _) => Some(KeyOwner::Person(super::user::find(cx, user).await?.id)),
                (None, Some(client)) => Some(KeyOwner::Client(operator.client(client).await?.id)),
                (None, None) => None,
            };
            let idle_since = unused_for.map(|time| cx.now() - time);
            operator.list(ApiKeyFilter { owner, idle_since, ..ApiKeyFilter::default() }).await
        }
        ApiKeyCommand::Show { id } => operator.show(*id).await,
        ApiKeyCommand::Update { id, terms } => operator.update(*id, terms).await,
        ApiKeyCommand::Rotate { id, overlap } => operator.rotate(*id, *overlap).await,
        ApiKeyCommand::Disable { id } => {
            let key = operator.find(*id).await?;
            let done = api_keys::disable(&operator.act, &key, BY_HAND).await?;
            operator.say(&key, done, "disabled", "is disabled; running servers notice within a second")
        }
        ApiKeyCommand::Enable { id } => {
            let key = operator.find(*id).await?;
            if api_keys::must_be_rotated(&key) {
                let text = format!("The key {id} was found in public: `claviger api-key rotate {id}`, then enable it.");
                return Err(Failure::refused(text));
            }
            let done = api_keys::enable(&operator.act, &key).await?;
            operator.say(&key, done, "active", "may be used again")
        }
        ApiKeyCommand::Delete { id, yes } => {
            let key = operator.find(*id).await?;
            confirm(&format!("Delete the key {} ({})?", key.name, key.id), *yes)?;
            let done = api_keys::delete(&operator.act, &key).await?;
            operator.say(&key, done, "deleted", "is deleted; running servers notice within a second")
        }
    }
}

/// Whoever types the command, with what that takes.
struct Operator<'a> {
    cx: &'a Cx,
    act: Act<'a>,
    output: Output,
}

impl Operator<'_> {
    async fn add(&self, owner: &OwnerArgs, terms: &TermsArgs, test: bool) -> Result<(), Failure> {
        let (owner, client) = match (&owner.user, &owner.client) {
            (Some(user), _) => (KeyOwner::Person(user::find(self.cx, user).await?.id), None),
            (None, client) => {
                let client = self.client(client.as_deref().unwrap_or_default()).await?;
                (KeyOwner::Client(client.id.clone()), Some(client))
            }
        };
        let terms = self.read(terms, client.as_ref())?;
        let mode = if test { KeyMode::Test } else { KeyMode::Live };
        let id = ApiKeyId(self.cx.entropy.uuid_at(self.act.now));
        let added = api_keys::add(&self.act, &self.cx.hasher, (id, owner, mode), terms, |_, _| None).await?;
        let Added::Done(key, secret) = added else {
            return Err(Failure::refused(format!("An owner has at most {} keys: delete one.", api_keys::MOST)));
        };
        self.print_with_secret(&key, secret.expose_secret(), "Made")
    }

    async fn list(&self, filter: ApiKeyFilter) -> Result<(), Failure> {
        let keys = self.cx.store.api_keys_after(&filter, None, MOST_LISTED).await?;
        let now = self.act.now;
        let document = json!({ "api_keys": keys.iter().map(|key| to_json(key, now)).collect::<Vec<_>>() });
        self.output.print(&document, || {
            if keys.is_empty() {
                return "There is no such key: `claviger api-key add` makes one.".to_owned();
            }
            let rows = keys.iter().map(|key| {
                [
                    key.id.to_string(),
                    key.name.clone(),
                    owner(key),
                    key.scope.to_string(),
                    api_keys::state(key, now).word().to_owned(),
                    key.last_use.as_ref().map_or_else(|| "never".to_owned(), |used| used.at.to_rfc3339()),
                ]
            });
            table(["ID", "NAME", "OWNER", "SCOPE", "STATE", "LAST USED"], rows)
        })
    }

    async fn show(&self, id: ApiKeyId) -> Result<(), Failure> {
        let key = self.find(id).await?;
        let secrets = self.cx.store.api_key_secrets(id, self.act.now).await?;
        let mut document = to_json(&key, self.act.now);
        if let Some(members) = document.as_object_mut() {
            members.insert("secrets".to_owned(), secrets.iter().map(secret_to_json).collect());
        }
        self.output.print(&document, || {
            let secrets = secrets.iter().map(|secret| {
                let end = secret.expires_at.map_or(String::new(), |end| format!(", good until {}", end.to_rfc3339()));
                let made = secret.created_at.to_rfc3339();
                ("secret", Some(format!("{}…, made {made}{end}", secret.beginning)))
            });
            fields(described(&key, self.act.now).into_iter().chain(secrets))
        })
    }

    async fn update(&self, id: ApiKeyId, terms: &TermsArgs) -> Result<(), Failure> {
        let key = self.find(id).await?;
        let client = match &key.owner {
            KeyOwner::Client(id) => Some(self.client(id.as_str()).await?),
            KeyOwner::Person(_) => None,
        };
        let terms = self.read(terms, client.as_ref())?;
        match api_keys::replace(&self.act, &key, terms).await? {
            Change::Done(key) => self.output.print(&to_json(&key, self.act.now), || {
                format!("Updated {}.\n\n{}", key.name, fields(described(&key, self.act.now)))
            }),
            Change::Changed => Err(changed()),
        }
    }

    async fn rotate(&self, id: ApiKeyId, overlap: Duration) -> Result<(), Failure> {
        let key = self.find(id).await?;
        match api_keys::rotate(&self.act, &self.cx.hasher, &key, overlap).await? {
            Change::Done(secret) => self.print_with_secret(&key, secret.expose_secret(), "Rotated"),
            Change::Changed => Err(changed()),
        }
    }

    fn print_with_secret(&self, key: &ApiKey, secret: &str, done: &str) -> Result<(), Failure> {
        let mut document = to_json(key, self.act.now);
        if let Some(members) = document.as_object_mut() {
            members.insert("secret".to_owned(), json!(secret));
        }
        self.output.print(&document, || {
            let rows = std::iter::once(("key", Some(secret.to_owned()))).chain(described(key, self.act.now));
            format!("{done} {}.\n\n{}\n\nKeep the key now: it is not shown again.", key.name, fields(rows))
        })
    }

    fn say(&self, key: &ApiKey, done: Change, state: &str, words: &str) -> Result<(), Failure> {
        match done {
            Change::Done(()) => {
                let document = json!({ "id": key.id, "state": state });
                self.output.print(&document, || format!("The key {} ({}) {words}.", key.name, key.id))
            }
            Change::Changed => Err(Failure::refused(format!("Nothing was changed: the key {} is {state}.", key.id))),
        }
    }

    fn read(&self, terms: &TermsArgs, client: Option<&Client>) -> Result<KeyTerms, Failure> {
        let draft = KeyDraft {
            name: &terms.name,
            scope: &terms.scope,
            resources: terms.resources.iter().map(String::as_str).collect(),
            addresses: terms.addresses.iter().map(String::as_str).collect(),
            rate_limit: terms.rate_limit.as_deref(),
            quota: terms.quota.as_deref(),
            expires_at: terms.lifetime.map(|lifetime| self.act.now + lifetime),
        };
        let told = |faults: Vec<KeyFault>| {
            Failure::refused(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        draft.check(&self.cx.catalogue(), client, self.act.now).map_err(told)
    }

    async fn find(&self, id: ApiKeyId) -> Result<ApiKey, Failure> {
        let found = self.cx.store.api_key(id).await?;
        found.ok_or_else(|| Failure::refused(format!("There is no key {id}: `claviger api-key list` shows all.")))
    }

    async fn client(&self, id: &str) -> Result<Client, Failure> {
        let found = self.cx.store.client(&ClientId(id.to_owned()), self.act.now).await?;
        found.ok_or_else(|| Failure::refused(format!("There is no client {id}: `claviger client list` shows all.")))
    }
}

fn changed() -> Failure {
    Failure::refused("The key was changed or deleted in the meantime. Look at it and try again.")
}

fn owner(key: &ApiKey) -> String {
    match &key.owner {
        KeyOwner::Person(person) => format!("person {person}"),
        KeyOwner::Client(client) => format!("client {client}"),
    }
}

fn to_json(key: &ApiKey, now: Timestamp) -> Value {
    let (person, client) = match &key.owner {
        KeyOwner::Person(person) => (Some(person), None),
        KeyOwner::Client(client) => (None, Some(client)),
    };
    json!({
        "id": key.id,
        "name": key.name,
        "person_id": person,
        "client_id": client,
        "mode": key.mode,
        "scope": key.scope.to_string(),
        "resources": key.resources,
        "addresses": key.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "rate_limit": key.rate_limit.map(|limit| limit.to_string()),
        "quota": key.quota.map(|quota| quota.to_string()),
        "state": api_keys::state(key, now).word(),
        "created_at": key.created_at.to_rfc3339(),
        "updated_at": key.updated_at.to_rfc3339(),
        "expires_at": key.expires_at.map(Timestamp::to_rfc3339),
        "disabled_at": key.disabled.as_ref().map(|disabled| disabled.at.to_rfc3339()),
        "leaked_at": api_keys::leak(key).map(|leak| leak.at.to_rfc3339()),
        "leaked_url": api_keys::leak(key).and_then(|leak| leak.url.as_ref()),
        "disabled_because": key.disabled.as_ref().map(|disabled| &disabled.because),
        "last_used_at": key.last_use.as_ref().map(|used| used.at.to_rfc3339()),
        "last_used_from": key.last_use.as_ref().map(|used| &used.address),
    })
}

fn secret_to_json(secret: &ApiKeySecret) -> Value {
    json!({
        "beginning": secret.beginning,
        "created_at": secret.created_at.to_rfc3339(),
        "expires_at": secret.expires_at.map(Timestamp::to_rfc3339),
    })
}

fn described(key: &ApiKey, now: Timestamp) -> Vec<(&'static str, Option<String>)> {
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let addresses = key.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    vec![
        ("id", Some(key.id.to_string())),
        ("name", Some(key.name.clone())),
        ("owner", Some(owner(key))),
        ("mode", Some(key.mode.to_string())),
        ("scope", some(key.scope.to_string())),
        ("resources", Some(key.resources.join(" "))),
        ("addresses", some(addresses)),
        ("rate limit", key.rate_limit.map(|limit| limit.to_string())),
        ("quota", key.quota.map(|quota| quota.to_string())),
        ("state", Some(api_keys::state(key, now).word().to_owned())),
        ("disabled because", key.disabled.as_ref().map(|disabled| disabled.because.clone())),
        (
            "found in public at",
            api_keys::leak(key).map(|leak| leak.url.clone().unwrap_or_else(|| "(not said)".to_owned())),
        ),
        ("made", Some(key.created_at.to_rfc3339())),
        ("ends", key.expires_at.map(Timestamp::to_rfc3339)),
        ("last used", key.last_use.as_ref().map(|used| format!("{} from {}", used.at.to_rfc3339(), used.address))),
    ]
}
