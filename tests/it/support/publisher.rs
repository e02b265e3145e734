//! A site that publishes the document in which a client describes itself.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};
use futures_util::StreamExt as _;
use futures_util::stream::{once, pending};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};

use super::{CHALLENGE, form_encode};

/// The settings with which a test's server fetches from a [`Publisher`].
pub const BY_DOCUMENT: &str = "registration.metadata_documents = true\noutbound.allowed_hosts = [\"localhost\"]\n\
                               outbound.ca_file = \"tests/keys/tls-ca.crt.pem\"\n";
/// Where the apps of these tests receive people.
pub const LOOPBACK: &str = "http://127.0.0.1:51004/callback";

/// What is answered to everybody, at every path.
#[derive(Clone, Debug)]
pub struct Published {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    /// Whether the answer has an end.
    pub ends: bool,
}

/// The site.
pub struct Publisher {
    port: u16,
    published: Arc<Mutex<Published>>,
    asked: Arc<AtomicUsize>,
    server: ServerHandle,
}

type State = (Arc<Mutex<Published>>, Arc<AtomicUsize>);

impl Publisher {
    /// One that publishes the document of a public app on a person's device.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let nothing = Published { status: 404, headers: Vec::new(), body: String::new(), ends: true };
        let (published, asked) = (Arc::new(Mutex::new(nothing)), Arc::<AtomicUsize>::default());
        let state: Data<State> = Data::new((Arc::clone(&published), Arc::clone(&asked)));
        let app = move || App::new().app_data(state.clone()).default_service(web::to(answer));
        let server =
            HttpServer::new(app).workers(1).disable_signals().listen_rustls_0_23(listener, tls()).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let site = Self { port, published, asked, server: handle };
        site.publish(&site.document());
        site
    }

    /// The `client_id` of the app.
    pub fn client_id(&self) -> String {
        format!("https://localhost:{}/app/client.json", self.port)
    }

    /// Its document, as it is at first.
    pub fn document(&self) -> Value {
        json!({
            "client_id": self.client_id(),
            "client_name": "Harbour for MCP",
            "redirect_uris": ["http://127.0.0.1/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        })
    }

    /// The same with these members in the place of its own.
    pub fn document_with(&self, members: &Value) -> Value {
        let mut document = self.document();
        document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        document
    }

    /// Publishes this document from now on.
    pub fn publish(&self, document: &Value) {
        let headers = vec![("content-type", "application/json".to_owned())];
        self.answers(Published { status: 200, headers, body: document.to_string(), ends: true });
    }

    /// Answers this from now on.
    pub fn answers(&self, published: Published) {
        *self.published.lock().unwrap() = published;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// The path and query of the app's authorization request, with these parameters in the place of its own; an empty one is
    /// left out.
    pub fn request(&self, changes: &[(&str, &str)]) -> String {
        request(&self.client_id(), changes)
    }
}

/// The same for any `client_id`.
pub fn request(client_id: &str, changes: &[(&str, &str)]) -> String {
    let usual = [
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", LOOPBACK),
        ("scope", "openid offline_access"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let others = usual.into_iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let parameters: Vec<_> = others.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
    format!("/oauth2/authorize?{}", form_encode(&parameters))
}

impl Drop for Publisher {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn answer(state: Data<State>) -> HttpResponse {
    state.1.fetch_add(1, Ordering::SeqCst);
    let published = state.0.lock().unwrap().clone();
    let mut response = HttpResponse::build(published.status.try_into().unwrap());
    for (name, value) in published.headers {
        response.insert_header((name, value));
    }
    if published.ends {
        return response.body(published.body);
    }
    let begun = once(async { Ok::<_, actix_web::Error>(Bytes::from(published.body)) });
    response.streaming(begun.chain(pending()).boxed_local())
}

fn tls() -> rustls::ServerConfig {
    let certificate = CertificateDer::from_pem_file("tests/keys/tls-issued.crt.pem").unwrap();
    let key = PrivateKeyDer::from_pem_file("tests/keys/tls-issued.key.pem").unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap()
}
