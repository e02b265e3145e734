//! Apps that are told of sign-outs: people who sign in to them at the real endpoints, and a server that receives logout
//! tokens.

use std::sync::{Arc, Mutex};

use claviger::domain::people::Act;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Browser, CHALLENGE, PASSWORD, REDIRECT_URI, TestApp, TestClient, form_encode};

/// The setting with which the servers of tests may be told.
pub const REACH_LOOPBACK: &str = "outbound.allowed_hosts = [\"127.0.0.1\"]\n";

/// An app's own server.
pub struct Receiver {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    answer: Arc<Mutex<String>>,
}

impl Receiver {
    /// One that takes whatever it is told.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (requests, answer) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<_>>::default());
        let receiver = Self { port, requests: Arc::clone(&requests), answer: Arc::clone(&answer) };
        receiver.answers(200);
        actix_web::rt::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (requests, answer) = (Arc::clone(&requests), Arc::clone(&answer));
                actix_web::rt::spawn(async move {
                    let request = read(&mut stream).await;
                    requests.lock().unwrap().push(request);
                    let answer = answer.lock().unwrap().clone();
                    drop(stream.write_all(answer.as_bytes()).await);
                });
            }
        });
        receiver
    }

    /// Where it is told of sign-outs.
    pub fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/signed-out", self.port)
    }

    /// What it answers from now on.
    pub fn answers(&self, status: u16) {
        self.answers_raw(format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"));
    }

    /// The same, as raw HTTP.
    pub fn answers_raw(&self, answer: String) {
        *self.answer.lock().unwrap() = answer;
    }

    /// The logout tokens that it was sent since it was last asked. OIDC Back-Channel Logout §2.5: in a form, by POST.
    #[track_caller]
    pub fn tokens(&self) -> Vec<String> {
        let requests = std::mem::take(&mut *self.requests.lock().unwrap());
        let token = |request: String| {
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("POST /signed-out HTTP/1.1\r\n"), "{head}");
            assert!(head.to_ascii_lowercase().contains("content-type: application/x-www-form-urlencoded"), "{head}");
            let fields: Vec<_> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            assert_eq!(fields.len(), 1, "{fields:?}");
            assert_eq!(fields[0].0, "logout_token");
            fields[0].1.clone()
        };
        requests.into_iter().map(token).collect()
    }
}

async fn read(stream: &mut TcpStream) -> String {
    let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return text,
            Ok(length) => request.extend_from_slice(&chunk[..length]),
        }
    }
}

impl TestApp {
    /// An app of the operator's own that is told of sign-outs as `members` say.
    pub async fn told_app(&self, id: &str, members: Value) -> TestClient {
        let mut metadata = json!({
            "client_id": id,
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid offline_access",
            "consent": "skip",
            "always_issue_refresh_token": true,
        });
        metadata.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.client(metadata).await
    }

    /// What `client` gets when the person at `browser` signs in to it; whoever is not signed in here yet becomes ada.
    pub async fn sign_in_to(&self, browser: &Browser, client: &TestClient) -> Value {
        self.sign_in_to_with(browser, client, "openid").await
    }

    /// The same, with this scope.
    pub async fn sign_in_to_with(&self, browser: &Browser, client: &TestClient, scope: &str) -> Value {
        let request = [
            ("response_type", "code"),
            ("client_id", client.id.as_str()),
            ("redirect_uri", REDIRECT_URI),
            ("scope", scope),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let mut page = browser.open(&format!("/oauth2/authorize?{}", form_encode(&request))).await;
        if page.has("form#login") {
            page = browser.submit(&page, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
        }
        let code = page.query("code").unwrap_or_else(|| panic!("no code at {}: {}", page.url, page.answer.body));
        self.redeem(client, &code).await.ok()
    }

    /// The person at `browser` signs out here.
    pub async fn sign_out_at(&self, browser: &Browser) {
        let page = browser.open("/logout").await;
        browser.submit(&page, "form#logout", &[("decision", "logout")]).await;
    }

    /// Tells apps all that is due now.
    pub async fn deliver(&self) {
        self.cx.courier().deliver_due().await.unwrap();
    }

    /// Something that the operator does without an endpoint.
    pub async fn as_operator<T>(&self, deed: impl AsyncFnOnce(&Act<'_>) -> T) -> T {
        let (actor, origin) = Self::operator();
        let cx = &self.cx;
        deed(&Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor, origin: &origin }).await
    }
}
