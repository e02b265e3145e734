//! Line breaks, quotation marks and markup in what the server repeats: in headers, in its log, on its pages.

use scraper::{Html, Selector};
use serde_json::{Value, json};

use super::program::Program;
use super::wire::{send, status};
use crate::support::{Allowed, CHALLENGE, PASSWORD, Page, REDIRECT_URI, TestApp, form_encode};

const BREAKS: [&str; 8] = [
    "%0d%0aSet-Cookie:%20a=b",
    "%0aSet-Cookie:%20a=b",
    "%0dSet-Cookie:%20a=b",
    "%00Set-Cookie:%20a=b",
    "%E5%98%8A%E5%98%8DSet-Cookie:%20a=b",
    "%C2%85Set-Cookie:%20a=b",
    "%E2%80%A8Set-Cookie:%20a=b",
    "%250d%250aSet-Cookie:%20a=b",
];

/// The lines of the head of an answer.
fn head(read: &str) -> Vec<&str> {
    read.split("\r\n\r\n").next().unwrap().split("\r\n").collect()
}

#[track_caller]
fn one_head(read: &str, what: &str) {
    let lines = head(read);
    assert!(!read.split("\r\n\r\n").next().unwrap().replace("\r\n", "").contains(['\r', '\n', '\0']), "{what}: {read}");
    assert!(!lines.iter().any(|line| line.to_lowercase().starts_with("set-cookie: a=b")), "{what}: {read}");
    assert!(matches!(status(read), 303 | 400 | 401), "{what}: {read}");
}

/// RFC 6749 §4.1.2.1, RFC 6749 §10.14: what the app sent comes back within one line, or not at all.
#[actix_web::test]
async fn breaks_a_line_in_what_comes_back_by_redirect() {
    let app = TestApp::start().await;
    app.web_app().await;
    let good = form_encode(&[
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid"),
        ("prompt", "none"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    for text in BREAKS {
        for name in ["state", "nonce", "unheard_of", "login_hint", "ui_locales", text] {
            let request = format!("GET /oauth2/authorize?{good}&{name}={text} HTTP/1.1\r\nHost: a\r\n\r\n");
            let read = send(&app.origin, request).await;
            one_head(&read, &format!("{name}={text}"));
            let location = head(&read).into_iter().find(|line| line.to_lowercase().starts_with("location: "));
            assert!(location.is_some_and(|line| line.contains(&format!("{REDIRECT_URI}?"))), "{name}={text}: {read}");
        }
    }
}

/// RFC 9700 §2.1: a redirect URI with a line break is no registered one.
#[actix_web::test]
async fn breaks_a_line_in_the_redirect_uri() {
    let app = TestApp::start().await;
    app.web_app().await;
    for text in BREAKS {
        for path in [
            format!("/oauth2/authorize?response_type=code&client_id=app&redirect_uri={REDIRECT_URI}{text}"),
            format!("/oauth2/authorize?response_type=code&client_id=app{text}&redirect_uri={REDIRECT_URI}"),
        ] {
            let read = send(&app.origin, format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
            one_head(&read, &path);
            assert_eq!(status(&read), 400, "{path}");
        }
        let path = format!("/oauth2/end_session?post_logout_redirect_uri=https://app.example/{text}&state={text}");
        let read = send(&app.origin, format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        one_head(&read, &path);
    }
}

/// RFC 6750 §3, RFC 6749 §5.2: what a stranger sends cannot end a quoted value in `WWW-Authenticate`.
#[actix_web::test]
async fn writes_attributes_of_its_own_into_the_challenge() {
    let app = TestApp::start().await;
    let odd =
        ["\"", "\\", "\", scope=\"admin", "\r\nX: y", "\n", "\0", "é", "\u{202e}", "\u{7f}", ", Basic realm=\"x\""];
    for name in odd {
        let body = form_encode(&[("access_token", "x"), (name, "1"), (name, "2")]);
        let answer = app.post_raw("/oauth2/userinfo", body, &[]).await;
        answer.refuses(400, "invalid_request");
        let challenge = answer.header("www-authenticate");
        // Split at quotation marks, every second piece is a value; what is between them are the attributes.
        let pieces: Vec<_> = challenge.split('"').collect();
        assert_eq!(pieces.len(), 7, "{name:?}: {challenge}");
        let names: Vec<_> = pieces.iter().step_by(2).copied().collect();
        assert_eq!(names, ["Bearer realm=", ", error=", ", error_description=", ""], "{name:?}: {challenge}");
        assert!(!challenge.contains('\\'), "{name:?}: {challenge}");
    }
}

/// RFC 6749 §10.14: whoever reads the log must see there what happened, and nothing that a stranger wrote for them.
#[actix_web::test]
async fn writes_lines_of_its_own_into_the_log() {
    let app = TestApp::start().await;
    app.web_app().await;
    for format in ["text", "json"] {
        let settings = [("CLAVIGER__LOG__FORMAT", format), ("CLAVIGER__LOG__LEVEL", "debug")];
        let program = Program::beside(&app, &settings);
        let forged = "2026-01-01T00:00:00Z  INFO forged";
        for odd in ["%0A", "%0D%0A", "%0D", "%1B[2K", "%22%7D%0A%7B%22message%22:%22", "%E2%80%A8", "%C2%85%0B%0C"] {
            let odd = format!("{odd}{}", forged.replace(' ', "%20"));
            let form = "Content-Type: application/x-www-form-urlencoded";
            for request in [
                format!("GET /{odd} HTTP/1.1\r\nHost: a\r\n\r\n"),
                format!("GET /oauth2/authorize?client_id={odd}&redirect_uri={odd} HTTP/1.1\r\nHost: a\r\n\r\n"),
                format!("GET /login?{odd}={odd}&request={odd} HTTP/1.1\r\nHost: a\r\nUser-Agent: {odd}\r\n\r\n"),
                format!("GET /oauth2/end_session?id_token_hint={odd}&{odd}=1&{odd}=2 HTTP/1.1\r\nHost: a\r\n\r\n"),
                format!(
                    "POST /oauth2/token HTTP/1.1\r\nHost: a\r\n{form}\r\nContent-Length: {}\r\n\r\n{odd}=1&{odd}=2",
                    2 * odd.len() + 5
                ),
                format!(
                    "GET /oauth2/userinfo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {odd}\r\nX-Forwarded-For: {odd}\r\n\r\n"
                ),
                format!("{odd} / HTTP/1.1\r\nHost: a\r\n\r\n"),
            ] {
                send(&program.origin, request).await;
            }
        }
        let log = program.end();
        assert!(log.lines().filter(|line| line.contains("answered")).count() > 30, "{log}");
        // Before its first request the program greets whoever started it.
        let log = &log[log.find("answered").unwrap()..];
        for line in log.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}']).skip(1).filter(|line| !line.is_empty()) {
            let is_ours = match format {
                "json" => serde_json::from_str::<Value>(line).is_ok_and(|line| line["timestamp"].is_string()),
                _ => line.get(..20).is_some_and(|start| start.contains('T') && start.starts_with("20")),
            };
            assert!(is_ours && !line.starts_with(forged) && !line.contains('\u{1b}'), "{line:?} of {log}");
        }
    }
}

/// What a page is made of, whatever is written on it: its elements, each with the names of its attributes.
fn skeleton(page: &Page) -> Vec<String> {
    let html = Html::parse_document(&page.answer.body);
    let all = Selector::parse("*").unwrap();
    let elements = html.select(&all).map(|element| {
        let mut names: Vec<_> = element.value().attrs().map(|(name, _)| name).collect();
        names.sort_unstable();
        format!("{} {}", element.value().name(), names.join(" "))
    });
    elements.collect()
}

/// How often a page says `text`: as text, or as the value of an attribute.
fn echoes(page: &Page, text: &str) -> usize {
    let html = Html::parse_document(&page.answer.body);
    let all = Selector::parse("*").unwrap();
    let values = html.select(&all).flat_map(|element| element.value().attrs().map(|(_, value)| value.to_owned()));
    let texts = html.root_element().text().map(str::to_owned);
    values.chain(texts).filter(|said| said.contains(text)).count()
}

/// Every page that repeats something, with `text` wherever something is repeated.
async fn pages_that_say(text: &str) -> Vec<Page> {
    let app = TestApp::start_with(&format!("[[scopes]]\nname = \"read\"\ntext = {text:?}\n")).await;
    let client = app
        .client(json!({
            "client_name": text,
            "redirect_uris": [REDIRECT_URI],
            "post_logout_redirect_uris": ["https://app.example/goodbye"],
            "scope": "openid profile read",
        }))
        .await;
    let person = app.person(text).await;
    let good = |more: &[(&str, &str)]| {
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", "app"),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid read"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        query.retain(|(name, _)| !more.iter().any(|(own, _)| own == name));
        query.extend_from_slice(more);
        format!("/oauth2/authorize?{}", form_encode(&query))
    };
    let browser = app.browser();
    let mut pages = Vec::new();
    let sign_in = browser.open(&good(&[("login_hint", text), ("state", text)])).await;
    pages.push(browser.submit(&sign_in, "form#login", &[("username", text), ("password", "wrong")]).await);
    pages.push(browser.open(&good(&[("prompt", "none"), ("response_mode", "form_post"), ("state", text)])).await);
    pages.push(browser.open(&good(&[("client_id", text)])).await);
    pages.push(browser.open(&good(&[("redirect_uri", text)])).await);
    pages.push(browser.open(&format!("/{}", form_encode(&[(text, text)]))).await);
    pages.push(browser.open(&format!("/set-up?{}", form_encode(&[("link", text)]))).await);
    let consent = browser.submit(&sign_in, "form#login", &[("username", text), ("password", PASSWORD)]).await;
    pages.push(sign_in);
    pages.push(consent);
    pages.push(browser.open(&good(&[("prompt", "select_account")])).await);
    pages.push(browser.open(&good(&[("prompt", "login")])).await);
    pages.push(browser.open("/").await);
    let tokens = app.tokens(&client, person, Allowed { scope: "openid", ..Allowed::default() }).await;
    let hint = ("id_token_hint", tokens["id_token"].as_str().unwrap());
    let back = ("post_logout_redirect_uri", "https://app.example/goodbye");
    let query = form_encode(&[hint, back]);
    pages.push(browser.open(&format!("/oauth2/end_session?{query}")).await);
    browser.set_cookie("claviger-session", None);
    pages.push(browser.open(&format!("/oauth2/end_session?{query}")).await);
    pages
}

/// RFC 6749 §10.14: whatever strangers, apps or people are called, pages show it as text; no element
/// and no attribute comes of it, and the policy stays as strict as it was.
#[actix_web::test]
async fn writes_markup_into_every_page() {
    let harmless = pages_that_say("harmless").await;
    let statuses: Vec<_> = harmless.iter().map(|page| page.answer.status).collect();
    assert_eq!(statuses, [422, 200, 400, 400, 404, 410, 200, 200, 200, 200, 200, 200, 200]);
    let echoed: Vec<_> = harmless.iter().map(|page| echoes(page, "harmless")).collect();
    assert!(echoed.iter().filter(|count| **count > 0).count() >= 10, "{echoed:?}");
    for text in [
        "a\"><script>alert(1)</script>",
        "a'><img src=x onerror=alert(1)>",
        "a\" onfocus=alert(1) autofocus x=\"",
        "a</title></bdi></p></form><form action=https://evil.example><button>",
        "a<!-- -->{{7*7}}${7*7}<%=7*7%>",
        "a&#60;script&#62;&lt;b&gt;&quot;",
        "javascript:alert(1)",
        "a<base href=//evil.example><meta http-equiv=refresh content=0>",
    ] {
        for ((page, harmless), echoed) in pages_that_say(text).await.iter().zip(&harmless).zip(&echoed) {
            let what = format!("{text} at {}", page.url);
            assert_eq!(page.answer.status, harmless.answer.status, "{what}");
            assert_eq!(skeleton(page), skeleton(harmless), "{what}");
            assert_eq!(echoes(page, text), *echoed, "{what}: {}", page.answer.body);
            let policy = |page: &Page| page.answer.header("content-security-policy").to_owned();
            assert_eq!(policy(page), policy(harmless), "{what}");
            for link in ["href=\"javascript:", "src=\"javascript:", "action=\"javascript:", "href=\"data:"] {
                assert!(!page.answer.body.contains(link), "{what}: {link}");
            }
        }
    }
}

/// RFC 9700 §4.16: what is registered for an app opens the policy for its own origin, and for no directive more.
#[actix_web::test]
async fn opens_the_policy_by_what_is_registered() {
    let app = TestApp::start().await;
    app.client(json!({
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "redirect_uris": ["com.example.app:/cb;script-src%20*"],
        "logo_uri": "https://evil.example/a.png;script-src%20*,default-src%20*",
        "policy_uri": "https://evil.example/;%22onclick=alert(1)",
    }))
    .await;
    let query = form_encode(&[
        ("response_type", "code"),
        ("client_id", "app"),
        ("redirect_uri", "com.example.app:/cb;script-src%20*"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let page = app.browser().open(&format!("/oauth2/authorize?{query}")).await;
    assert_eq!(
        page.answer.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; img-src 'self' https://evil.example; form-action 'self' com.example.app:; \
         frame-ancestors 'none'; base-uri 'none'"
    );
}
