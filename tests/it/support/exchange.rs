//! A server at which keys and tokens are exchanged, and those who do.

use claviger::ids::PersonId;
use serde_json::{Value, json};

use super::{Allowed, Answer, ApiKeys, REDIRECT_URI, TestClient};

/// `grant_type` of an exchange.
pub const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// The type of an API key.
pub const API_KEY: &str = "urn:claviger:params:oauth:token-type:api_key";
/// The type of an access token.
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// The type of a JWT.
pub const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// A server at which keys and tokens are exchanged.
pub struct Exchanges {
    /// The server, and what makes keys.
    pub keys: ApiKeys,
    /// The machine that owns keys, registered for exchanges.
    pub machine: TestClient,
    /// An app for people, registered for exchanges and for both resources.
    pub app: TestClient,
    /// The server of [`ApiKeys::API`], registered for exchanges and for nothing else.
    pub gateway: TestClient,
}

impl Exchanges {
    /// The other resource.
    pub const OTHER: &str = "https://other.example";

    /// Starts the server.
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// The same with more settings (tables).
    pub async fn start_with(toml: &str) -> Self {
        let keys = ApiKeys::start_with(toml).await;
        let machine = TestClient { id: "machine".to_owned(), secret: keys.server.secret.clone() };
        let mut metadata = ApiKeys::machine_metadata();
        metadata["grant_types"] = json!(["client_credentials", EXCHANGE]);
        keys.app.update_client(&machine, metadata).await;
        let app = keys.app.client(Self::app_metadata("app")).await;
        let gateway = keys
            .app
            .client(json!({
                "client_id": "gateway", "grant_types": [EXCHANGE], "response_types": [],
                "resource_server_of": [ApiKeys::API],
            }))
            .await;
        Self { keys, machine, app, gateway }
    }

    /// The registration of an app like [`Self::app`].
    pub fn app_metadata(id: &str) -> Value {
        json!({
            "client_id": id, "redirect_uris": [REDIRECT_URI], "grant_types": ["authorization_code", EXCHANGE],
            "scope": "openid profile read write other", "resources": [ApiKeys::API, Self::OTHER],
        })
    }

    /// An access token of the person at the app, for both resources.
    pub async fn token_of(&self, person: PersonId) -> String {
        let resources: &[&str] = &[ApiKeys::API, Self::OTHER];
        let allowed = Allowed { scope: "openid profile read write other", resources, ..Allowed::default() };
        let tokens = self.keys.app.tokens(&self.app, person, allowed).await;
        tokens["access_token"].as_str().unwrap().to_owned()
    }

    /// Exchanges a key that comes alone.
    pub async fn key_alone(&self, key: &str, more: &[(&str, &str)]) -> Answer {
        self.keys.app.post("/oauth2/token", &form((key, API_KEY), more)).await
    }

    /// Exchanges a key or a token of a type, as a client.
    pub async fn exchange(&self, client: &TestClient, subject: (&str, &str), more: &[(&str, &str)]) -> Answer {
        self.keys.app.token(client, &form(subject, more)).await
    }

    /// What the server of [`ApiKeys::API`] is told of a token.
    pub async fn introspect(&self, token: &str) -> Value {
        self.keys.introspect(token).await
    }
}

fn form<'a>(subject: (&'a str, &'a str), more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![("grant_type", EXCHANGE), ("subject_token", subject.0), ("subject_token_type", subject.1)];
    form.extend_from_slice(more);
    form
}

/// The access token in an answer.
#[track_caller]
pub fn given(answer: &Answer) -> String {
    answer.ok()["access_token"].as_str().unwrap().to_owned()
}
