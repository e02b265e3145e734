//! A server with API keys, and a resource server that asks about them.

use std::time::Duration;

use claviger::domain::api_keys::{self, Added, KeyDraft, KeyFault};
use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::Act;
use claviger::ids::{ApiKeyId, ClientId, PersonId};
use claviger::protocol::key_mode::KeyMode;
use claviger::store::{ApiKey, KeyOwner};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::app::{TestApp, TestClient};

const SETTINGS: &str = "[[scopes]]\nname = \"read\"\ntext = \"Read\"\n[[scopes]]\nname = \"write\"\ntext = \"Write\"\n\
     [[scopes]]\nname = \"other\"\ntext = \"Something else\"\n\
     [[scopes]]\nname = \"payroll\"\ntext = \"Payroll\"\nneeds_approval = true\n\
     [[resources]]\nidentifier = \"https://api.example\"\nscopes = [\"read\", \"write\", \"payroll\"]\n\
     [[resources]]\nidentifier = \"https://other.example\"\nscopes = [\"other\"]\n";

/// A server with a resource, a machine that may use it, and the server of the resource.
pub struct ApiKeys {
    /// The server.
    pub app: TestApp,
    /// The server of [`Self::API`].
    pub server: TestClient,
}

/// A key as whoever made it has seen it.
#[derive(Clone, Debug)]
pub struct MadeKey {
    /// Its identifier.
    pub id: ApiKeyId,
    /// Its secret.
    pub secret: String,
}

impl ApiKeys {
    /// The resource at which keys are good.
    pub const API: &str = "https://api.example";

    /// Starts the server.
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// Starts the server with these settings besides.
    pub async fn start_with(toml: &str) -> Self {
        let app = TestApp::start_with(&format!("tokens.default_resource = \"{}\"\n{toml}{SETTINGS}", Self::API)).await;
        let server = app
            .client(json!({
                "client_id": "api", "grant_types": ["client_credentials"], "response_types": [],
                "resource_server_of": [Self::API],
            }))
            .await;
        let keys = Self { app, server };
        keys.app.client(Self::machine_metadata()).await;
        keys
    }

    /// Scopes and resources, for commands that run beside the server.
    pub fn settings() -> &'static str {
        SETTINGS
    }

    /// The registration of `machine`, whose keys [`Self::of_machine`] makes.
    pub fn machine_metadata() -> Value {
        json!({
            "client_id": "machine", "grant_types": ["client_credentials"], "response_types": [],
            "scope": "read write", "resources": [Self::API],
        })
    }

    /// Reports a key that stood at this address.
    pub async fn report(&self, key: &MadeKey, url: &str) {
        let report = json!([{ "token": key.secret, "type": "key", "url": url }]).to_string();
        let answer =
            self.app.request("POST", "/api-keys/report", report, &[("content-type", "application/json")]).await;
        assert_eq!(answer.ok()[0]["label"], "true_positive");
    }

    /// What an operator does now.
    pub fn act<'a>(&'a self, origin: &'a Origin) -> Act<'a> {
        let cx = &self.app.cx;
        Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor: Actor::Operator, origin }
    }

    /// A new key of a person.
    pub async fn of_person(&self, person: PersonId, draft: Value) -> MadeKey {
        self.add(KeyOwner::Person(person), draft).await.unwrap()
    }

    /// A new key of the machine.
    pub async fn of_machine(&self, draft: Value) -> MadeKey {
        self.add(KeyOwner::Client(ClientId("machine".to_owned())), draft).await.unwrap()
    }

    /// The members that are wrong in the draft of a key of the machine.
    pub async fn refused(&self, draft: Value) -> Vec<&'static str> {
        let faults = self.add(KeyOwner::Client(ClientId("machine".to_owned())), draft).await.unwrap_err();
        faults.iter().map(|fault| fault.member).collect()
    }

    async fn add(&self, owner: KeyOwner, draft: Value) -> Result<MadeKey, Vec<KeyFault>> {
        let cx = &self.app.cx;
        let client = match &owner {
            KeyOwner::Client(id) => cx.store.client(id, cx.now()).await.unwrap(),
            KeyOwner::Person(_) => None,
        };
        let text = |member: &str| draft[member].as_str();
        let list = |member: &str| -> Vec<&str> {
            draft[member].as_array().into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
        };
        let terms = KeyDraft {
            name: text("name").unwrap_or("Nightly report"),
            scope: text("scope").unwrap_or("read"),
            resources: list("resources"),
            addresses: list("addresses"),
            rate_limit: text("rate_limit"),
            quota: text("quota"),
            expires_at: draft["expires_in"].as_u64().map(|seconds| cx.now() + Duration::from_secs(seconds)),
        };
        let terms = terms.check(&cx.catalogue(), client.as_ref(), cx.now())?;
        let mode = if draft["test"] == json!(true) { KeyMode::Test } else { KeyMode::Live };
        let (id, origin) = (ApiKeyId(cx.entropy.uuid_at(cx.now())), Origin::default());
        let added = api_keys::add(&self.act(&origin), &cx.hasher, (id, owner, mode), terms, |_, _| None).await;
        let Ok(Added::Done(key, secret)) = added else { panic!("{added:?}") };
        Ok(MadeKey { id: key.id, secret: secret.expose_secret().to_owned() })
    }

    /// The key as it is stored.
    pub async fn stored(&self, id: ApiKeyId) -> ApiKey {
        self.app.cx.store.api_key(id).await.unwrap().unwrap()
    }

    /// What the server of the resource is told about a key.
    pub async fn introspect(&self, key: &str) -> Value {
        self.introspect_as(&self.server, key, None).await
    }

    /// What another server on the same database tells it.
    pub async fn introspect_at(&self, app: &TestApp, key: &str) -> Value {
        ask(app, &self.server, key, None).await
    }

    /// What `caller` is told, who says from where the key came.
    pub async fn introspect_as(&self, caller: &TestClient, key: &str, from: Option<&str>) -> Value {
        ask(&self.app, caller, key, from).await
    }

    /// Makes the server forget what it read of keys within the last second.
    pub async fn forget(&self) {
        let none = ApiKeyId(self.app.cx.entropy.uuid());
        self.app.cx.store.write(move |tx| Box::pin(async move { tx.delete_api_key(none).await })).await.unwrap();
    }
}

async fn ask(app: &TestApp, caller: &TestClient, key: &str, from: Option<&str>) -> Value {
    let mut form = vec![("token", key)];
    form.extend(from.map(|address| ("client_address", address)));
    app.post_with("/oauth2/introspect", &form, &[("authorization", &caller.basic())]).await.ok()
}
