//! Clients that register themselves.

use std::time::Duration;

use claviger::domain::clients::dynamic::initial_tokens::{self, Draft};
use claviger::domain::people::Act;
use claviger::store::InitialToken;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::{Answer, REDIRECT_URI, TestApp, TestClient};

/// Anybody may register.
pub const OPEN: &str = "registration.mode = \"open\"\n";
/// Whoever has a token may.
pub const BY_TOKEN: &str = "registration.mode = \"token\"\n";

/// A client that registered itself.
pub struct Registered {
    /// What it was told.
    pub told: Value,
}

/// The metadata of a usual web app.
pub fn web_app() -> Value {
    json!({
        "client_name": "Newcomer",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
    })
}

impl TestApp {
    /// `POST /oauth2/register` without a token.
    pub async fn register(&self, metadata: &Value) -> Answer {
        self.register_with(&[], metadata).await
    }

    /// The same with headers.
    pub async fn register_with(&self, headers: &[(&str, &str)], metadata: &Value) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.request("POST", "/oauth2/register", metadata.to_string(), &all).await
    }

    /// The same, which is refused with 400 and this error; answers with the description.
    pub async fn register_in_vain(&self, metadata: &Value, error: &str) -> String {
        let answer = self.register(metadata).await;
        assert_eq!(answer.status, 400, "{metadata} {}", answer.body);
        answer.refuses(400, error);
        answer.json()["error_description"].as_str().unwrap().to_owned()
    }

    /// The same with an initial access token.
    pub async fn register_by(&self, token: &str, metadata: &Value) -> Answer {
        self.register_with(&[("authorization", &format!("Bearer {token}"))], metadata).await
    }

    /// A client that has registered itself.
    pub async fn newcomer(&self, metadata: &Value) -> Registered {
        let answer = self.register(metadata).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        Registered { told: answer.json() }
    }

    /// An initial access token, good for an hour.
    pub async fn initial_token(&self, uses: u32) -> (InitialToken, String) {
        let (actor, origin) = Self::operator();
        let act = Act { store: &self.cx.store, entropy: &*self.cx.entropy, now: self.cx.now(), actor, origin: &origin };
        let draft = Draft { note: "for a test".to_owned(), lifetime: Duration::from_hours(1), uses };
        let (token, secret) = initial_tokens::add(&act, &self.cx.hasher, draft, |_, _| None).await.unwrap().unwrap();
        (token, secret.expose_secret().to_owned())
    }

    /// `GET`, `PUT` or `DELETE` of a registration, with a token of anybody's.
    pub async fn manage(&self, method: &str, id: &str, token: &str, body: &Value) -> Answer {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.request(method, &format!("/oauth2/register/{id}"), body, &headers).await
    }
}

impl Registered {
    /// A member of what it was told.
    #[track_caller]
    pub fn text(&self, member: &str) -> &str {
        self.told[member].as_str().unwrap_or_else(|| panic!("{member}: {}", self.told))
    }

    /// Its identifier.
    pub fn id(&self) -> &str {
        self.text("client_id")
    }

    /// Its registration access token.
    pub fn token(&self) -> &str {
        self.text("registration_access_token")
    }

    /// What it acts as.
    pub fn client(&self) -> TestClient {
        let secret = self.told["client_secret"].as_str().unwrap_or_default().to_owned();
        TestClient { id: self.id().to_owned(), secret }
    }
}
