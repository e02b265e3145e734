//! Clients as the suite registers them itself, for the plans that do.

use super::*;
use crate::support::{OPEN, Registered};

/// Settings as for the suite: anybody may register, and the servers of its clients are on this machine.
const SETTINGS: &str = "registration.require_pkce = false\noutbound.allowed_hosts = [\"127.0.0.1\", \"localhost\"]\n\
                        outbound.ca_file = \"tests/keys/tls-ca.crt.pem\"\n";

/// A provider whose first app registered itself, and what that was told.
pub(super) struct Registration {
    pub provider: Provider,
    pub told: Registered,
}

/// Registers an app with `members` beside its redirect URI, and checks the answer as the suite does each.
pub(super) async fn registered(members: Value) -> Registration {
    let app = TestApp::start_with(&format!("{OPEN}{SETTINGS}")).await;
    let ada = somebody(&app).await;
    let answer = app.register(&metadata(&members)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(answer.header("content-type").starts_with("application/json"));
    let told = Registered { told: answer.json() };
    assert_eq!(told.told.get("client_secret").is_some(), told.told.get("client_secret_expires_at").is_some());
    let own = format!("{}/oauth2/register/{}", app.issuer, told.id());
    assert_eq!(told.text("registration_client_uri"), own);
    let (browser, first, second) = (app.browser(), told.client(), app.web_app().await);
    Registration { provider: Provider { app, browser, ada, first, second }, told }
}

/// What the suite sends, with some members beside it.
pub(super) fn metadata(members: &Value) -> Value {
    let mut metadata = json!({ "client_name": "Conformance", "redirect_uris": [REDIRECT_URI] });
    metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    metadata
}

impl Registration {
    /// The identifier of the app, as a change of the usual request.
    pub fn client_id(&self) -> (&'static str, &str) {
        ("client_id", self.told.id())
    }

    /// A whole flow of it.
    pub async fn flow(&self, changes: &[(&str, &str)]) -> Flow {
        self.provider.flow(&self.with(changes)).await
    }

    /// Opens a request of it.
    pub async fn open(&self, changes: &[(&str, &str)]) -> Page {
        self.provider.open(&self.with(changes)).await
    }

    fn with<'a>(&'a self, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        [&[self.client_id()], changes].concat()
    }

    /// At the end of every module the client goes: 204.
    pub async fn leave(&self) {
        let answer = self.provider.app.manage("DELETE", self.told.id(), self.told.token(), &Value::Null).await;
        assert_eq!(answer.status, 204);
    }
}
