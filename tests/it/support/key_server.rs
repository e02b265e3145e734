//! A server at which a client publishes its keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What a server of keys answers, as raw HTTP; `None` never answers.
pub type Script = Box<dyn Fn(usize) -> Option<String>>;

/// A server of keys and how often it was asked.
pub async fn key_server(script: Script) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&asked);
    actix_web::rt::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            match script(count.fetch_add(1, Ordering::SeqCst)) {
                Some(answer) => drop(stream.write_all(answer.as_bytes()).await),
                None => silent.push(stream),
            }
        }
    });
    (port, asked)
}

/// An answer, as raw HTTP.
pub fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// A key set, as the answer that it is in.
pub fn keys(keys: &[Value]) -> String {
    http("200 OK", "", &json!({ "keys": keys }).to_string())
}
