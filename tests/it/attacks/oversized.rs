//! Too much of everything, and things inside of things. RFC 6819 §4.4.1.11, RFC 8725 §2.9: it is refused at once, in
//! little memory, and the server goes on.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::forgery::{Jwt, Mark, sealed, sign_as_the_server};
use super::wire::{answers, send, send_and_listen, status};
use crate::support::{CHALLENGE, Commands, REDIRECT_URI, TestApp, form_encode};

/// Every path that takes a form, and the type of what it takes.
const FORMS: [&str; 9] = [
    "/oauth2/token",
    "/oauth2/introspect",
    "/oauth2/revoke",
    "/oauth2/userinfo",
    "/oauth2/authorize",
    "/oauth2/end_session",
    "/login",
    "/consent",
    "/logout",
];
const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

async fn still_answers(app: &TestApp) {
    assert_eq!(app.get("/readyz").await.status, 200);
    let machine = app.machine().await;
    app.token(&machine, &[("grant_type", "client_credentials")]).await.ok();
}

/// RFC 9110 §15.5.14: a body that is too long is not read to its end, said to be long or not.
#[actix_web::test]
async fn sends_a_body_without_an_end() {
    let app = TestApp::start().await;
    for path in FORMS {
        for framing in ["Content-Length: 10000000000", "Content-Length: 18446744073709551615"] {
            let request = format!("POST {path} HTTP/1.1\r\nHost: a\r\n{FORM}\r\n{framing}\r\n\r\na=1");
            let read = send_and_listen(&app.origin, request).await;
            assert!(matches!(status(&read), 303 | 400 | 413), "{path} {framing}: {read}");
        }
        let chunk = format!("4000\r\n{}\r\n", "a=1&".repeat(0x1000));
        let chunks = chunk.repeat(64);
        let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\n{FORM}\r\nTransfer-Encoding: chunked\r\n\r\n");
        let read = send(&app.origin, format!("{head}{chunks}")).await;
        // Whoever still sends when the connection is closed may not see the answer.
        assert!(matches!(status(&read), 0 | 303 | 400 | 413), "{path}: {read}");
    }
    still_answers(&app).await;
}

/// RFC 6585 §5: a head that is too long ends the connection.
#[actix_web::test]
async fn sends_a_head_without_an_end() {
    let app = TestApp::start().await;
    let long = "a".repeat(1_000_000);
    let many = "X: y\r\n".repeat(50_000);
    for head in [
        format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("GET /oauth2/authorize?state={long} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\n{long}: x\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"),
        format!("GET / HTTP/1.1\r\nHost: a\r\nCookie: {long}\r\n\r\n"),
        format!("{long} / HTTP/1.1\r\nHost: a\r\n\r\n"),
        long.clone(),
        "\r\n".repeat(500_000),
    ] {
        let read = send(&app.origin, &head).await;
        assert!(matches!(status(&read), 0 | 400 | 408 | 414 | 431) && answers(&read) <= 1, "{}: {read}", &head[..40]);
    }
    still_answers(&app).await;
}

/// RFC 6749 §3.1, RFC 6749 §3.2: a thousand parameters are no request, wherever they are sent.
#[actix_web::test]
async fn sends_ten_thousand_parameters() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    let same = "a=1&".repeat(10_000);
    let different = (0..5_000).fold(String::new(), |text, number| text + format!("p{number}=1&").as_str());
    let nested = format!("scope{}=1", "[a]".repeat(10_000));
    for body in [&same, &different, &nested, &"&".repeat(60_000), &"%41".repeat(20_000)] {
        for path in FORMS {
            let answer = app.post_raw(path, body.clone(), &[("authorization", &client.basic())]).await;
            assert!((303..500).contains(&answer.status), "{path} {} {}", &body[..8], answer.status);
        }
        let query: String = body.chars().take(20_000).collect();
        for path in ["/oauth2/authorize", "/oauth2/end_session", "/login", "/consent", "/oauth2/userinfo"] {
            let answer = app.get_with(&format!("{path}?{query}"), &[("accept", "text/html")]).await;
            assert!((200..500).contains(&answer.status), "{path} {} {}", &body[..8], answer.status);
        }
    }
    assert_eq!(app.events("token_issued").await.len(), 0);
    still_answers(&app).await;
}

/// RFC 6749 §A: values far beyond what any app needs are refused by the error that the endpoint has for it.
#[actix_web::test]
async fn sends_values_of_many_kilobytes() {
    let app = TestApp::start().await;
    app.web_app().await;
    let (long, words) = ("x".repeat(30_000), "x ".repeat(2_000));
    let good = [
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("prompt", "none"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for name in ["state", "nonce", "scope", "prompt", "acr_values", "ui_locales", "login_hint", "id_token_hint", "x"] {
        for value in [&long, &words] {
            let mut query = good.to_vec();
            query.retain(|(own, _)| *own != name);
            query.push((name, value));
            let answer = app.get(&format!("/oauth2/authorize?{}", form_encode(&query))).await;
            assert_eq!(answer.status, 303, "{name}: {}", answer.body);
            assert!(answer.header("location").starts_with(REDIRECT_URI), "{name}: {}", answer.header("location"));
        }
    }
    for credentials in ["a:".repeat(20_000), format!("{long}:x"), format!("app:{long}"), "%41".repeat(10_000)] {
        let header = format!("Basic {}", STANDARD.encode(credentials));
        let form = [("grant_type", "client_credentials")];
        let answer = app.post_with("/oauth2/token", &form, &[("authorization", header.as_str())]).await;
        answer.refuses(401, "invalid_client");
    }
    let bearer = format!("Bearer {}", "a.".repeat(30_000));
    app.get_with("/oauth2/userinfo", &[("authorization", &bearer)]).await.refuses(401, "invalid_token");
    let cookies = format!("claviger-session={long}; claviger-csrf={long}; {}", "a=b; ".repeat(2_000));
    assert_eq!(app.get_with("/login", &[("cookie", &cookies)]).await.status, 200);
    still_answers(&app).await;
}

/// RFC 8725 §2.9: JSON a hundred thousand deep, behind a signature that is good.
#[actix_web::test]
async fn nests_a_token_without_an_end() {
    let mark = Mark::start().await;
    let deep = |open: &str, close: &str, depth: usize| format!("{}{}", open.repeat(depth), close.repeat(depth));
    for depth in [127, 1_000, 5_000, 100_000] {
        for nest in
            [deep("[", "]", depth), format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)), "[".repeat(depth)]
        {
            for genuine in [&mark.access_token, &mark.id_token] {
                let Jwt { header, claims } = Jwt::of(genuine);
                let inside = |json: &serde_json::Value, name: &str| {
                    format!("{},\"{name}\":{nest}}}", json.to_string().strip_suffix('}').unwrap())
                };
                let (signed_claims, sign) = (claims.to_string(), || sign_as_the_server(&header));
                // A header has no members that nest; a claim of another name is no business of ours, if it can be read.
                for token in [
                    sealed(&inside(&header, "crit"), &signed_claims, sign()),
                    sealed(&inside(&header, "jwk"), &signed_claims, sign()),
                    sealed(&header.to_string(), &inside(&claims, "aud"), sign()),
                    sealed(&header.to_string(), &nest, sign()),
                    sealed(&nest, &signed_claims, sign()),
                ] {
                    let start = &token[..40];
                    // What does not fit into a URL or a header does not even arrive.
                    if token.len() < 8_000 {
                        assert_eq!(mark.takers(&token).await, [""; 0], "{depth} deep: {start}");
                    }
                    let body = form_encode(&[("access_token", &token)]);
                    let answer = mark.app.post_raw("/oauth2/userinfo", body, &[]).await;
                    assert!(matches!(answer.status, 400 | 401 | 413), "{depth} deep: {} {start}", answer.status);
                }
            }
        }
    }
    still_answers(&mark.app).await;
}

/// RFC 7591 §2: a registration a hundred thousand deep is a fault like any other, not the end of the program.
#[test]
fn nests_a_registration_without_an_end() {
    let commands = Commands::in_an_empty_folder();
    for depth in [200, 100_000] {
        for document in [
            "[".repeat(depth),
            "{\"jwks\":".repeat(depth),
            format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth)),
        ] {
            let outcome = commands.run_with_input("client add -", &document);
            assert!(outcome.refused(1).contains("is not JSON"), "{depth}: {}", outcome.stderr);
        }
    }
    let list = format!("{{\"redirect_uris\":[{}\"\"]}}", "\"https://app.example/\",".repeat(20_000));
    let outcome = commands.run_with_input("client add -", &list);
    assert_eq!(outcome.status, 1, "{}", outcome.stderr);
}

/// RFC 9110 §8.4: a compressed body is not unpacked, so that a small one cannot become a large one.
#[actix_web::test]
async fn sends_a_compressed_body() {
    let app = TestApp::start().await;
    // `grant_type=client_credentials` by gzip, as one stored block.
    let text = b"grant_type=client_credentials";
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 29, 0, 226, 255];
    gzip.extend_from_slice(text);
    gzip.extend_from_slice(&crc32fast::hash(text).to_le_bytes());
    gzip.extend_from_slice(&29_u32.to_le_bytes());
    let machine =
        app.client(json!({"client_id": "two", "grant_types": ["client_credentials"], "response_types": []})).await;
    for encoding in ["gzip", "x-gzip", "deflate", "br", "zstd", "gzip, gzip", "identity"] {
        let headers = [("content-encoding", encoding), ("authorization", &machine.basic())];
        app.post_raw("/oauth2/token", gzip.clone(), &headers).await.refuses(400, "invalid_request");
    }
    still_answers(&app).await;
}

/// RFC 6819 §4.4.1.11: requests that nobody signs in for, each a little different, leave nothing behind.
#[actix_web::test]
async fn fills_the_database_with_sign_ins_that_never_happen() {
    let app = TestApp::start().await;
    app.web_app().await;
    let before = app.everything().await;
    for number in 0..200 {
        let query = form_encode(&[
            ("response_type", "code"),
            ("client_id", "app"),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid"),
            ("state", &number.to_string()),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        assert_eq!(app.get(&format!("/oauth2/authorize?{query}")).await.status, 303);
    }
    assert_eq!(app.everything().await, before);
}
