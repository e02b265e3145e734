//! A device that asks to be let in, and the person who answers it.

use claviger::ids::PersonId;
use claviger::protocol::user_code::UserCode;
use claviger::store::DeviceCode;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{Answer, Browser, PASSWORD, Page, TestApp, TestClient};

/// `grant_type` of a device (RFC 8628 §3.4).
pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What a device was told.
#[derive(Clone, Debug)]
pub struct AskingDevice {
    /// The client on it.
    pub client: TestClient,
    /// Its own code.
    pub device_code: String,
    /// The code that it shows.
    pub user_code: String,
}

impl TestApp {
    /// A public client on a device, with everything a person may allow.
    pub async fn television(&self) -> TestClient {
        self.television_with(json!({})).await
    }

    /// The same, with these members besides.
    pub async fn television_with(&self, members: Value) -> TestClient {
        let mut metadata = json!({
            "client_id": "tv",
            "client_name": "Television",
            "grant_types": [DEVICE_GRANT, "refresh_token"],
            "token_endpoint_auth_method": "none",
            "scope": "openid profile email offline_access",
        });
        metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.client(metadata).await
    }

    /// `POST /oauth2/device_authorization` by a client, by its registered method.
    pub async fn device_authorization(&self, client: &TestClient, form: &[(&str, &str)]) -> Answer {
        let path = "/oauth2/device_authorization";
        if client.secret.is_empty() {
            return self.post(path, &[form, &[("client_id", client.id.as_str())]].concat()).await;
        }
        self.post_with(path, form, &[("authorization", &client.basic())]).await
    }

    /// A device of `client` that has asked for `scope`.
    pub async fn asking(&self, client: &TestClient, scope: &str) -> AskingDevice {
        let answer = self.device_authorization(client, &[("scope", scope)]).await.ok();
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        AskingDevice { client: client.clone(), device_code: text("device_code"), user_code: text("user_code") }
    }

    /// A device that waits and shows `user_code`.
    pub async fn device_that_shows(&self, user_code: &str) {
        let device = self.asking(&self.television().await, "openid").await;
        let code = UserCode::parse(user_code).unwrap();
        let store = &self.cx.store;
        let row = store.device_code(&self.cx.hasher.hash(&device.device_code)).await.unwrap().unwrap();
        let row = DeviceCode {
            hash: self.cx.hasher.hash(user_code),
            user_code_hash: self.cx.hasher.hash(code.expose_secret()),
            ..row
        };
        store.write(move |tx| Box::pin(async move { tx.insert_device_code(&row).await })).await.unwrap();
    }

    /// The device asks whether there is an answer.
    pub async fn poll(&self, device: &AskingDevice) -> Answer {
        self.poll_as(&device.client, device).await
    }

    /// Another client asks with the code of the device.
    pub async fn poll_as(&self, client: &TestClient, device: &AskingDevice) -> Answer {
        self.token(client, &[("grant_type", DEVICE_GRANT), ("device_code", &device.device_code)]).await
    }

    /// A browser in which a new person is signed in.
    pub async fn at_home(&self, username: &str) -> (PersonId, Browser) {
        let (person, browser) = (self.person(username).await, self.browser());
        let page = browser.open("/login").await;
        let home = browser.submit(&page, "form#login", &[("username", username), ("password", PASSWORD)]).await;
        assert!(home.has("form#logout"), "{}", home.answer.body);
        (person, browser)
    }
}

/// The person enters a code.
pub async fn enter(browser: &Browser, user_code: &str) -> Page {
    browser.submit(&browser.open("/device").await, "form#device", &[("user_code", user_code)]).await
}

/// The person enters the code of the device, and answers the question.
pub async fn answer(browser: &Browser, device: &AskingDevice, decision: &str) -> Page {
    let question = enter(browser, &device.user_code).await;
    assert_eq!(question.url.path(), "/device/consent", "{}", question.answer.body);
    browser.submit(&question, "form#consent", &[("decision", decision)]).await
}
