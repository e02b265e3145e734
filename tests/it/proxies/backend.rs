//! The API behind the proxy: it answers with what has reached it.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use serde_json::json;

/// A running API.
pub struct Backend {
    /// Where it listens.
    pub address: String,
    asked: Arc<AtomicUsize>,
    server: ServerHandle,
}

impl Backend {
    /// Starts it.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::from(Arc::clone(&count))).default_service(web::to(echo))
        });
        let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { address, asked, server: handle }
    }

    /// How many requests have reached it.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn echo(request: HttpRequest, body: Bytes, asked: web::Data<AtomicUsize>) -> HttpResponse {
    asked.fetch_add(1, Ordering::SeqCst);
    // Names as CGI and its heirs see them, so that a hyphen and an underscore are the same.
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in request.headers() {
        let name = name.as_str().replace('_', "-");
        headers.entry(name).or_default().push(String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    HttpResponse::Ok().json(json!({
        "method": request.method().as_str(),
        "uri": request.uri().to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    }))
}
