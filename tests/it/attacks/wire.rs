//! Requests as bytes on a connection, for what no well-behaved client would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No answer is waited for longer: every one of them has to come at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends `bytes` on a connection of their own, tells the server that there is no more, and reads until it hangs up.
pub async fn send(origin: &str, bytes: impl AsRef<[u8]>) -> String {
    let talk = async {
        let mut stream = connect(origin).await;
        // A server that refuses what it reads may hang up before it has read it all.
        let _ = stream.write_all(bytes.as_ref()).await;
        let _ = stream.shutdown().await;
        read(&mut stream).await
    };
    timeout(PATIENCE, talk).await.expect("the server neither answers nor hangs up")
}

/// As [`send`], but the sender keeps its half of the connection open: whether there is an end is up to the server.
pub async fn send_and_listen(origin: &str, bytes: impl AsRef<[u8]>) -> String {
    let talk = async {
        let mut stream = connect(origin).await;
        let _ = stream.write_all(bytes.as_ref()).await;
        read(&mut stream).await
    };
    timeout(PATIENCE, talk).await.expect("the server does not hang up")
}

async fn connect(origin: &str) -> TcpStream {
    TcpStream::connect(origin.trim_start_matches("http://")).await.unwrap()
}

/// All that comes; a connection that is reset ends it.
async fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut piece).await {
        answer.extend_from_slice(&piece[..length]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// How many answers there are in what a connection gave.
pub fn answers(read: &str) -> usize {
    read.matches("HTTP/1.1 ").count()
}

/// The status of the first answer; 0 where the server hung up without one.
pub fn status(read: &str) -> u16 {
    read.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or_default()
}
