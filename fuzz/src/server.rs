//! The whole server, asked in this process: a line `METHOD TARGET`, header lines, an empty line, a body. Whatever a
//! stranger sends is answered, and never by an error of ours; a browser is sent nowhere but to us or to an app; a page
//! carries its armour; an error says what it may.

use std::cell::LazyCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::middleware::from_fn;
use actix_web::rt::{System, SystemRunner};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Bytes;
use claviger::app::App;
use claviger::clock::{SystemEntropy, TestClock};
use claviger::config::Config;
use claviger::cx::Cx;
use claviger::error::ErrorCode;
use claviger::store::{Client, ClientSecret};
use claviger::web::request_log;
use serde_json::Value;

use super::world::{ISSUER, NOW, SETTINGS, WORLD};

/// Under which its cookies and tokens are sealed, so that a seed can hold one.
const PLACE: &str = r#"
keys.encryption_key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
database.synchronous = "normal"
database.max_connections = 1
passwords.argon2_memory_kib = 8
passwords.argon2_iterations = 1
"#;
/// The secret of every client that has one.
const SECRET: &str = "a-secret-of-the-operator-32-bytes-or-more";

pub fn run(data: &[u8]) -> bool {
    let Some(request) = request(data) else { return false };
    SERVER.with(|server| {
        let answer = server.ask(request);
        assert_sound(&answer);
        answer.status.is_success() || answer.status.is_redirection()
    })
}

fn request(data: &[u8]) -> Option<TestRequest> {
    let (head, body) = match data.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => (data.get(..end)?, data.get(end + 2..)?),
        None => (data, &b""[..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let (method, target) = std::str::from_utf8(lines.next()?).ok()?.split_once(' ')?;
    let target: Uri = target.parse().ok()?;
    let mut request = TestRequest::with_uri(&target.to_string()).method(Method::from_bytes(method.as_bytes()).ok()?);
    for line in lines.take(100) {
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let name = HeaderName::from_bytes(halves.next()?).ok()?;
        let value = HeaderValue::from_bytes(halves.next()?.trim_ascii()).ok()?;
        request = request.append_header((name, value));
    }
    Some(request.set_payload(body.to_vec()))
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

#[track_caller]
fn assert_sound(answer: &Answer) {
    let Answer { status, headers, body } = answer;
    // A panic in a handler is answered with 500, too.
    assert!(!status.is_server_error(), "{status}");
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    if let Some(location) = headers.get(header::LOCATION) {
        assert_leads_home(location.to_str().unwrap());
        assert_eq!(text(header::REFERRER_POLICY), "no-referrer");
    }
    if text(header::CONTENT_TYPE).starts_with("text/html") {
        assert!(text(header::CONTENT_SECURITY_POLICY).contains("default-src 'none'"));
        assert_eq!((text(header::X_FRAME_OPTIONS), text(header::X_CONTENT_TYPE_OPTIONS)), ("DENY", "nosniff"));
        let page = std::str::from_utf8(body).unwrap();
        assert!(!page.contains("<script>") && !page.contains("<img src=x"), "a page says what a stranger wrote");
    }
    if text(header::CONTENT_TYPE).starts_with("application/json") {
        let json: Value = serde_json::from_slice(body).unwrap();
        if let Some(error) = json.get("error") {
            assert!(ErrorCode::ALL.iter().any(|code| code.wire() == error), "{error}");
            let allowed = |byte: u8| matches!(byte, b' '..=b'!' | b'#'..=b'[' | b']'..=b'~');
            assert!(json["error_description"].as_str().unwrap().bytes().all(allowed), "{json}");
        }
        assert!(json.get("access_token").is_none() || *status == StatusCode::OK);
    }
}

/// To a path of ours, or to a redirect URI that is registered.
#[track_caller]
fn assert_leads_home(location: &str) {
    let within = |place: &str| {
        let rest = location.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '&', '/']))
    };
    let is_path = location.starts_with('/') && !location.starts_with("//") && !location.contains('\\');
    let mut registered = WORLD.clients.iter().flat_map(|client| &client.metadata.redirect_uris);
    let native = ["http://127.0.0.1:", "http://[::1]:"].iter().any(|loopback| location.starts_with(loopback));
    assert!(is_path || within(ISSUER) || native || registered.any(|uri| within(uri.as_str())), "{location}");
}

type Asking = Pin<Box<dyn Future<Output = Answer>>>;

struct Server {
    system: SystemRunner,
    ask: Box<dyn Fn(TestRequest) -> Asking>,
    _folder: tempfile::TempDir,
}

thread_local! {
    // Never dropped: a process that ends has no runtime left in which a database could be closed.
    static SERVER: LazyCell<&'static Server> = const { LazyCell::new(|| Box::leak(Box::new(Server::start()))) };
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = format!("{PLACE}database.url = \"sqlite://{}/claviger.db\"\n", folder.path().display());
        let config = Config::from_toml(&format!("{place}{SETTINGS}"), []).unwrap_or_else(|faults| panic!("{faults}"));
        let system = System::new();
        let ask = system.block_on(async {
            let cx = Cx::open(config, Arc::new(TestClock::at(NOW)), Arc::new(SystemEntropy)).await.unwrap();
            for client in &WORLD.clients {
                register(&cx, client).await;
            }
            let app = App::new(cx);
            let service =
                actix_web::App::new().wrap(from_fn(request_log::record)).configure(|config| app.routes(config));
            let service = Rc::new(init_service(service).await);
            Box::new(move |request: TestRequest| {
                let service = Rc::clone(&service);
                Box::pin(async move {
                    let response = match service.call(request.to_request()).await {
                        Ok(response) => response.into_parts().1.map_into_boxed_body(),
                        Err(error) => error.error_response(),
                    };
                    let (status, headers) = (response.status(), response.headers().clone());
                    Answer { status, headers, body: to_bytes(response.into_body()).await.unwrap() }
                }) as Asking
            })
        });
        Self { system, ask, _folder: folder }
    }

    fn ask(&self, request: TestRequest) -> Answer {
        self.system.block_on((self.ask)(request))
    }
}

async fn register(cx: &Cx, client: &Client) {
    let (client, row, now) = (client.clone(), cx.entropy.uuid(), cx.now());
    let secret = ClientSecret { hash: cx.hasher.hash(SECRET), sealed: None, created_at: now, expires_at: None };
    let write = cx.store.write(move |tx| {
        Box::pin(async move {
            tx.insert_client(&client).await?;
            if client.metadata.token_endpoint_auth_method.has_secret() {
                tx.insert_client_secret(&client.id, row, &secret).await?;
            }
            Ok(())
        })
    });
    write.await.unwrap();
}
