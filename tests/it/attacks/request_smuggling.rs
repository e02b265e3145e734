//! Requests whose beginning or end two servers in a row see differently, and names that a request gives to the server.
//! RFC 9112 §11.2: what an attacker hides behind one request must never be answered as another.

use super::wire::{answers, send, send_and_listen, status};
use crate::support::{CHALLENGE, REDIRECT_URI, TestApp, form_encode};

/// What the attacker hopes to have answered on somebody else's connection.
const HIDDEN: &str = "GET /oauth2/jwks HTTP/1.1\r\nHost: a\r\n\r\n";
/// What stands in the answer to it, and in no other.
const LOOT: &str = "\"keys\"";

/// A request to the token endpoint with this framing, and what follows it.
fn request(framing: &str, rest: &str) -> String {
    let form = "Content-Type: application/x-www-form-urlencoded";
    format!("POST /oauth2/token HTTP/1.1\r\nHost: a\r\n{form}\r\n{framing}\r\n\r\n{rest}")
}

/// RFC 9112 §6.1, RFC 9112 §6.3: a request with two lengths, or with one that cannot be read, is refused, and the
/// connection ends with it.
#[actix_web::test]
async fn gives_a_request_two_lengths() {
    let app = TestApp::start().await;
    let chunked = format!("0\r\n\r\n{HIDDEN}");
    let hidden_in_chunk = format!("{:x}\r\n{HIDDEN}\r\n0\r\n\r\n", HIDDEN.len());
    for framing in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 0\r\nTransfer-Encoding: chunked",
        "Content-Length: 4\r\nTransfer-Encoding: identity",
        "Content-Length: 0\r\nContent-Length: 5",
        "Content-Length: 0\r\nContent-Length: 0",
        "Content-Length: 0, 5",
        "Content-Length: 0, 0",
        "Content-Length: +0",
        "Content-Length: -1",
        "Content-Length: 0x0",
        "Content-Length: 0 0",
        "Content-Length: 1e0",
        "Content-Length: 99999999999999999999999999",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding:\u{b}chunked",
        "Transfer-Encoding : chunked",
        "Content-Length : 0",
        "X: y\r\n Transfer-Encoding: chunked",
        "Transfer-Encoding:\r\n chunked",
        "Content-Length: 0\rTransfer-Encoding: chunked",
    ] {
        for rest in [&chunked, &hidden_in_chunk] {
            let read = send_and_listen(&app.origin, request(framing, rest)).await;
            assert_eq!((status(&read), answers(&read)), (400, 1), "{framing:?}: {read}");
            assert!(!read.contains(LOOT), "{framing:?}: {read}");
        }
    }
}

/// RFC 9112 §6.1: HTTP/1.0 knows no chunks, so whoever sends some was read differently before.
#[actix_web::test]
async fn sends_chunks_by_an_old_protocol() {
    let app = TestApp::start().await;
    let old = request("Transfer-Encoding: chunked\r\nConnection: keep-alive", &format!("0\r\n\r\n{HIDDEN}"));
    let read =
        send_and_listen(&app.origin, old.replace("HTTP/1.1\r\nHost: a\r\nContent", "HTTP/1.0\r\nHost: a\r\nContent"))
            .await;
    assert_eq!(read.matches("HTTP/1.").count(), 1, "{read}");
    assert!(!read.contains(LOOT), "{read}");
}

/// RFC 9112 §7.1: a chunk whose length cannot be read ends the request, and the connection.
#[actix_web::test]
async fn writes_chunks_that_readers_measure_differently() {
    let app = TestApp::start().await;
    for size in ["-1", "+0", "0x0", "", " ", "g", "0\u{b}", "fffffffffffffffff", "10000000000000000", "0 0", "0\rX"] {
        let rest = format!("{size}\r\n\r\n{HIDDEN}");
        let read = send_and_listen(&app.origin, request("Transfer-Encoding: chunked", &rest)).await;
        assert!(!read.contains(LOOT) && answers(&read) <= 1, "{size:?}: {read}");
        assert!(matches!(status(&read), 0 | 400), "{size:?}: {read}");
    }
    // A chunk that is longer than it says: what follows is no chunk, and no request either.
    let read =
        send_and_listen(&app.origin, request("Transfer-Encoding: chunked", &format!("1\r\nab\r\n0\r\n\r\n{HIDDEN}")))
            .await;
    assert!(!read.contains(LOOT) && answers(&read) <= 1, "{read}");
}

/// RFC 9112 §2.2, RFC 9112 §5.1, RFC 9112 §5.2: a head that cannot be read in one way only is not read at all.
#[actix_web::test]
async fn breaks_the_lines_of_a_head() {
    let app = TestApp::start().await;
    for head in [
        "GET /oauth2/jwks HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
        "GET /oauth2/jwks HTTP/1.1\r\nHost: a\r\n X: a\r\n\r\n",
        "GET /oauth2/jwks HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n",
        "GET /oauth2/jwks HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        "GET /oauth2/jwks HTTP/1.1\r\nHost: a\r\nX y: b\r\n\r\n",
        "GET /oauth2/jwks HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
        "GET /oauth2/jwks HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
        "GET /oauth2/jwks HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
        "GET /oauth2/jwks HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /oauth2/jwks HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /oauth2/jwks X HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /oauth2/jwks\u{b}HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /oauth2/jwks HTTP/1.1\0\r\nHost: a\r\n\r\n",
        "GET /oauth2/jwks\r\n\r\n",
        "GET  /oauth2/jwks HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /oauth2/jwks HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET /oauth2/jwks HTTP/9.9\r\nHost: a\r\n\r\n",
        "G(T /oauth2/jwks HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1}\0\u{a5}\u{1}\0\0\u{a1}\u{3}\u{3}",
    ] {
        let read = send(&app.origin, head).await;
        assert!(!read.contains(LOOT) && answers(&read) <= 1, "{head:?}: {read}");
        assert!(matches!(status(&read), 0 | 400 | 505), "{head:?}: {read}");
    }
    assert!(send(&app.origin, HIDDEN).await.contains(LOOT), "the same in one piece is answered");
}

/// RFC 9700 §4.13, RFC 9207 §2.4, OIDC Discovery §4.3: who the server is stands in its settings. A `Host` or a header of
/// proxies that somebody made up changes no address that it tells.
#[actix_web::test]
async fn gives_the_server_another_name() {
    let app = TestApp::start().await;
    app.web_app().await;
    let query = form_encode(&[
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let authorize = format!("/oauth2/authorize?{query}");
    let silent = format!("{authorize}&prompt=none");
    let host = app.origin.trim_start_matches("http://");
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/",
        "/login",
        "/account",
        "/nothing",
        "/oauth2/end_session",
        "/oauth2/userinfo",
        &authorize,
        &silent,
    ] {
        let names = "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 444\r\nX-Forwarded-Prefix: /evil\r\n\
             X-Forwarded-Server: evil.example\r\nX-Host: evil.example\r\nForwarded: host=evil.example;proto=https\r\n\
             X-Original-Host: evil.example\r\nX-Original-URL: /evil\r\nX-Rewrite-URL: /evil\r\n";
        for head in [
            format!("GET {path} HTTP/1.1\r\nHost: evil.example\r\n"),
            format!("GET {path} HTTP/1.1\r\nHost: evil.example:80\r\n"),
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{names}"),
            format!("GET http://evil.example{path} HTTP/1.1\r\nHost: {host}\r\n"),
            format!("GET https://evil.example{path} HTTP/1.1\r\nHost: evil.example\r\n{names}"),
            format!("GET {path} HTTP/1.0\r\n"),
        ] {
            let read = send(&app.origin, format!("{head}Accept: text/html\r\n\r\n")).await;
            assert!(matches!(status(&read), 200 | 303 | 401 | 404) || read.starts_with("HTTP/1.0 "), "{head}: {read}");
            assert!(!read.contains("evil") && !read.contains("https://127"), "{head}: {read}");
        }
    }
    let read = send(&app.origin, "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: evil.example\r\n\r\n").await;
    assert!(read.contains(&format!("\"issuer\":\"{}\"", app.issuer)), "{read}");
}

/// RFC 9112 §3.2: other targets than a path lead nowhere.
#[actix_web::test]
async fn asks_the_server_to_be_a_proxy() {
    let app = TestApp::start().await;
    for head in [
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: a\r\nX-Secret: hunter2\r\n\r\n",
        "GET //evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\\evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let read = send(&app.origin, head).await;
        assert!(!read.contains("evil") && !read.contains("hunter2"), "{head:?}: {read}");
        assert!(answers(&read) <= 1 && status(&read) < 500, "{head:?}: {read}");
        assert!(!read.to_lowercase().contains("\nlocation:"), "{head:?}: {read}");
    }
}
