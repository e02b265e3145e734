//! Requests that travel in objects, and the server from which they are fetched.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{CHALLENGE, REDIRECT_URI, SigningKey, TestApp, form_encode};

/// What RFC 9101 calls an object.
pub const OBJECT_TYPE: &str = "oauth-authz-req+jwt";

impl TestApp {
    /// What an object of the client `app` says that asks for a sign-in: with some members changed, left out (null) or added.
    pub fn asked(&self, changes: &Value) -> Value {
        let now = self.cx.now().seconds();
        let mut members = json!({
            "iss": "app", "aud": self.issuer, "iat": now, "nbf": now, "exp": now + 60, "client_id": "app",
            "response_type": "code", "redirect_uri": REDIRECT_URI, "scope": "openid profile", "state": "inside",
            "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        });
        let object = members.as_object_mut().unwrap();
        object.extend(changes.as_object().unwrap().clone());
        object.retain(|_, value| !value.is_null());
        members
    }

    /// The same, signed, of the type of RFC 9101.
    pub fn object(&self, key: &SigningKey, changes: &Value) -> String {
        key.sign(&json!({ "alg": key.algorithm(), "typ": OBJECT_TYPE }), &self.asked(changes))
    }
}

/// An object that nobody signed.
pub fn unsigned(members: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.", part(&json!({ "alg": "none" })), part(members))
}

/// The path of a request by `app` with an object beside `client_id` alone, as RFC 9101 has it.
pub fn with_object(object: &str) -> String {
    format!("/oauth2/authorize?{}", form_encode(&[("client_id", "app"), ("request", object)]))
}

/// An app's own server, from which objects are fetched.
pub struct Shelf {
    /// Where it listens.
    pub port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    answer: Arc<Mutex<String>>,
}

impl Shelf {
    /// One that has nothing yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, answer) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<_>>::default());
        let shelf = Self { port, asked: Arc::clone(&asked), answer: Arc::clone(&answer) };
        shelf.answers("404 Not Found", "", "");
        actix_web::rt::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let length = stream.read(&mut request).await.unwrap_or_default();
                let request = String::from_utf8_lossy(&request[..length]);
                asked.lock().unwrap().extend(request.lines().next().map(str::to_owned));
                let answer = answer.lock().unwrap().clone();
                drop(stream.write_all(answer.as_bytes()).await);
            }
        });
        shelf
    }

    /// The address of something there.
    pub fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What it serves from now on, whatever it is asked for.
    pub fn serves(&self, object: &str) {
        self.answers("200 OK", "content-type: application/jwt\r\n", object);
    }

    /// The same, with status and headers.
    pub fn answers(&self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        *self.answer.lock().unwrap() =
            format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}");
    }

    /// The first lines of the requests since it was last asked for them.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}
