//! Redirect URI games: the attacker wants the code sent elsewhere than to the app.

use claviger::protocol::client_metadata::ClientMetadata;

use super::scene::*;
use crate::support::{REDIRECT_URI, TestApp, form_encode};
use serde_json::json;

/// Asks with each of the URIs in every way there is; each must end on a page.
async fn refused(app: &TestApp, uris: &[&str]) {
    for uri in uris {
        let ways: [&[(&str, &str)]; 4] = [
            &[("redirect_uri", uri)],
            &[("redirect_uri", uri), ("prompt", "none")],
            &[("redirect_uri", uri), ("response_mode", "form_post")],
            // What is wrong besides is told to nobody either.
            &[("redirect_uri", uri), ("scope", "unheard-of")],
        ];
        for changes in ways {
            stays_here(&app.get(&path(changes)).await, &format!("{changes:?}"));
        }
        let posted = app.post("/oauth2/authorize", &parameters(&[("redirect_uri", uri)])).await;
        stays_here(&posted, &format!("a form with {uri}"));
    }
}

/// RFC 9700 §4.1.1, RFC 9700 §4.1.3, RFC 6819 §4.4.1.5: a match of the beginning or the end would be a match.
#[actix_web::test]
async fn lengthens_or_shortens_the_registered_uri() {
    let app = TestApp::start().await;
    app.web_app().await;
    let uris = [
        "https://app.example/callback/",
        "https://app.example/callback.",
        "https://app.example/callback/evil",
        "https://app.example/callbackevil",
        "https://app.example/callback;evil",
        "https://app.example/callback?",
        "https://app.example/callbac",
        "https://app.example/",
        "https://app.example",
        "https://evil.example/?https://app.example/callback",
        "https://evil.example/https://app.example/callback",
        "https://app.example/callback https://evil.example/",
        "https://app.example/callback,https://evil.example/",
    ];
    refused(&app, &uris).await;
}

/// RFC 9700 §4.1.1: a host that the attacker owns and that looks like, contains or is contained in the app's.
#[actix_web::test]
async fn moves_to_a_host_that_looks_alike() {
    let app = TestApp::start().await;
    app.web_app().await;
    let uris = [
        "https://evil.app.example/callback",
        "https://www.app.example/callback",
        "https://example/callback",
        "https://app.example.evil.example/callback",
        "https://evil-app.example/callback",
        "https://app.example./callback",
        "https://app.example:8443/callback",
        "https://app.example:443/callback",
        "https://app.example:/callback",
        "https://app-example/callback",
        "https://app%2eexample/callback",
        "https://app.example%2eevil.example/callback",
        // Homographs: Cyrillic а, its punycode, full-width letters, an ideographic full stop.
        "https://\u{430}pp.example/callback",
        "https://xn--pp-6kc.example/callback",
        "https://\u{ff41}pp.example/callback",
        "https://app\u{3002}example/callback",
        "https://[::1]/callback",
        "http://app.example/callback",
    ];
    refused(&app, &uris).await;
}

/// RFC 9700 §2.1, RFC 9700 §4.1.3, RFC 6819 §5.2.3.5: who normalizes compares something else than the browser goes to.
#[actix_web::test]
async fn writes_the_registered_uri_in_another_way() {
    let app = TestApp::start().await;
    app.web_app().await;
    let uris = [
        "HTTPS://app.example/callback",
        "https://APP.example/callback",
        "https://app.example/Callback",
        "https://app.example/%63allback",
        "https://app.example/callbac%6B",
        "https://app.example/%2563allback",
        "https:%2f%2fapp.example%2fcallback",
        "https://app.example//callback",
        "https://app.example/./callback",
        "https://app.example/%2e/callback",
        "https://app.example/x/../callback",
        "https://app.example/x/%2e%2e/callback",
        "https:app.example/callback",
        "https:/app.example/callback",
        "https:///app.example/callback",
        "//app.example/callback",
        "/callback",
        "app.example/callback",
    ];
    refused(&app, &uris).await;
}

/// RFC 9700 §4.1.1: a page of the app that hands on what it is sent, reached from the registered path.
#[actix_web::test]
async fn climbs_out_of_the_registered_path() {
    let app = TestApp::start().await;
    app.web_app().await;
    let uris = [
        "https://app.example/callback/../open",
        "https://app.example/callback/..",
        "https://app.example/callback/%2e%2e/open",
        "https://app.example/callback/%2E%2E/open",
        "https://app.example/callback/.%2e/open",
        "https://app.example/callback/..%2fopen",
        "https://app.example/callback%2f..%2fopen",
        "https://app.example/callback/%252e%252e/open",
        "https://app.example/callback/..\\open",
        "https://app.example/callback/..%5copen",
        "https://app.example/callback/..;/open",
        "https://app.example/callback/%c0%ae%c0%ae/open",
    ];
    refused(&app, &uris).await;
}

/// RFC 9700 §4.1.1, RFC 6819 §4.2.4: two readers of one text, of whom one finds the attacker's host in it.
#[actix_web::test]
async fn hides_the_host_where_readers_disagree() {
    let app = TestApp::start().await;
    app.web_app().await;
    let uris = [
        "https://app.example@evil.example/callback",
        "https://app.example:443@evil.example/callback",
        "https://app.example%40evil.example/callback",
        "https://evil.example#@app.example/callback",
        "https://evil.example?@app.example/callback",
        "https://evil.example\\@app.example/callback",
        "https://evil.example\\.app.example/callback",
        "https:\\\\evil.example/callback",
        "https:\\\\app.example\\callback",
        "\\\\evil.example/callback",
        "/\\evil.example",
        "///evil.example",
        "https://evil.example%00.app.example/callback",
        "https://app.example%0a.evil.example/callback",
        " https://app.example/callback",
        "https://app.example/callback ",
        "https://app.example/callback\u{a0}",
        "https://app.example/callback\u{200b}",
        "\u{feff}https://app.example/callback",
        "https://app.example/callback\t",
        "https://app.example/callback\n",
        "https://app.example/call\nback",
        "https://app.example/callback\r\nLocation: https://evil.example",
        "https://app.example/callback\0",
        "\u{1}https://app.example/callback",
        "https://app.example/callback\u{202e}",
    ];
    refused(&app, &uris).await;
}

/// RFC 9700 §4.1.1: a query of the attacker's, with which the app's page may do anything.
#[actix_web::test]
async fn adds_changes_or_reorders_the_query() {
    let app = TestApp::start().await;
    let registered = "https://app.example/callback?tenant=a&lang=de";
    client_with(&app, json!({"redirect_uris": [registered]})).await;
    let uris = [
        "https://app.example/callback",
        "https://app.example/callback?tenant=a",
        "https://app.example/callback?lang=de&tenant=a",
        "https://app.example/callback?tenant=b&lang=de",
        "https://app.example/callback?tenant=a&lang=de&next=https://evil.example",
        "https://app.example/callback?next=https://evil.example&tenant=a&lang=de",
        "https://app.example/callback?tenant=a&tenant=b&lang=de",
        "https://app.example/callback?tenant=a&lang=de&",
        "https://app.example/callback?tenant=%61&lang=de",
        "https://app.example/callback?tenant=a;lang=de",
        "https://app.example/callback?tenant=a&lang=de&code=x",
        "https://app.example/callback/?tenant=a&lang=de",
    ];
    refused(&app, &uris).await;
    let answer = app.get(&path(&[("redirect_uri", registered), ("prompt", "none")])).await;
    assert!(answer.header("location").starts_with(&format!("{registered}&error=")), "{answer:?}");
}

/// RFC 9700 §4.1.2, RFC 6749 §3.1.2: browsers keep a fragment over redirects, where a script of the attacker's reads it.
#[actix_web::test]
async fn appends_a_fragment() {
    let app = TestApp::start().await;
    app.web_app().await;
    let uris = [
        "https://app.example/callback#",
        "https://app.example/callback#evil",
        "https://app.example/callback#https://evil.example",
        "https://app.example/callback%23evil",
        "https://app.example/#/callback",
    ];
    refused(&app, &uris).await;
}

/// RFC 6749 §3.1, RFC 9700 §4.1: one reader takes the first, another the last.
#[actix_web::test]
async fn sends_the_uri_twice() {
    let app = TestApp::start().await;
    app.web_app().await;
    let evil = "https://evil.example/";
    let bodies: [&[(&str, &str)]; 4] = [
        &[("redirect_uri", REDIRECT_URI), ("redirect_uri", REDIRECT_URI)],
        &[("redirect_uri", REDIRECT_URI), ("redirect_uri", evil)],
        &[("redirect_uri", evil), ("redirect_uri", REDIRECT_URI)],
        &[("redirect_uri", REDIRECT_URI), ("redirect_uri", REDIRECT_URI), ("redirect_uri", evil)],
    ];
    for changes in bodies {
        stays_here(&app.get(&path(changes)).await, &format!("{changes:?}"));
        let posted = app.post("/oauth2/authorize", &parameters(changes)).await;
        stays_here(&posted, &format!("a form with {changes:?}"));
    }
    // The name in other letters is the same name.
    let encoded = format!("{}&redirect%5Furi=https%3A%2F%2Fevil.example%2F", path(&[]));
    stays_here(&app.get(&encoded).await, &encoded);
    // Once in the query and once in the form.
    for (query, body) in [(REDIRECT_URI, evil), (evil, REDIRECT_URI), (REDIRECT_URI, REDIRECT_URI)] {
        let target = format!("/oauth2/authorize?{}", form_encode(&[("redirect_uri", query)]));
        let mixed = app.post(&target, &parameters(&[("redirect_uri", body)])).await;
        stays_here(&mixed, &format!("{query} in the query, {body} in the form"));
    }
    // Names that only look like it are names of nothing.
    for name in ["redirect_uri[]", "redirect_uri[0]", "Redirect_Uri", "redirect-uri", "redirect_uri ", "redirect_url"] {
        let answer = app.get(&path(&[(name, evil), ("prompt", "none")])).await;
        assert!(answer.header("location").starts_with(&format!("{REDIRECT_URI}?")), "{name}: {answer:?}");
        stays_here(&app.get(&path(&[(name, evil), ("redirect_uri", "")])).await, name);
    }
}

/// RFC 9700 §4.1.3, RFC 8252 §8.4: what a browser runs, opens from the disk, or hands to another program.
#[actix_web::test]
async fn names_a_scheme_that_a_browser_gives_a_meaning() {
    let app = TestApp::start().await;
    app.web_app().await;
    let uris = [
        "javascript:alert(document.domain)",
        "JavaScript:alert(1)",
        "javascript://app.example/callback%0aalert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://app.example/1",
        "filesystem:https://app.example/1",
        "about:blank",
        "view-source:https://app.example/callback",
        "intent://app.example/callback#Intent;scheme=https;end",
        "ws://app.example/callback",
        "ftp://app.example/callback",
        "mailto:eve@evil.example",
        "urn:ietf:wg:oauth:2.0:oob",
        "postmessage",
        "storagerelay://https/app.example",
        "null",
        "*",
    ];
    refused(&app, &uris).await;
}

/// RFC 9700 §4.1.1, RFC 6819 §4.4.1.7: a URI that is registered, but for somebody else.
#[actix_web::test]
async fn takes_the_uri_of_another_client() {
    let app = TestApp::start().await;
    app.web_app().await;
    client_with(&app, json!({"client_id": "eve", "redirect_uris": ["https://evil.example/callback"]})).await;
    refused(&app, &["https://evil.example/callback"]).await;
    stays_here(&app.get(&path(&[("client_id", "eve")])).await, "eve asks for the app's URI");
}

/// RFC 9700 §4.1.1: what other servers take for a pattern is here a text that nobody sends.
#[actix_web::test]
async fn registers_a_pattern_and_hopes_that_it_matches() {
    let app = TestApp::start().await;
    let patterns =
        ["https://*.app.example/callback", "https://app.example/*", "https://app.example/.+", "https://app.example/?*"];
    client_with(&app, json!({"redirect_uris": patterns})).await;
    let uris = [
        "https://evil.app.example/callback",
        "https://evil.example/x.app.example/callback",
        "https://app.example/evil",
        "https://app.example/",
        "https://app.example/?evil",
        "https://app.example/evil/*",
    ];
    refused(&app, &uris).await;
}

/// RFC 8252 §7.3, RFC 8252 §8.3: a native app's port on a loopback address is free, and nothing else; RFC 9700 §4.1.3.
#[actix_web::test]
async fn stretches_the_freedom_of_the_loopback_port() {
    let app = TestApp::start().await;
    let native = json!({
        "application_type": "native",
        "token_endpoint_auth_method": "none",
        "redirect_uris": ["http://127.0.0.1/cb", "http://[::1]:4000/cb6", "http://localhost:3000/cb", "com.example.app:/cb"],
    });
    client_with(&app, native).await;
    let free = [
        "http://127.0.0.1/cb",
        "http://127.0.0.1:1/cb",
        "http://127.0.0.1:65535/cb",
        "http://[::1]/cb6",
        "http://[::1]:51004/cb6",
        "http://localhost:3000/cb",
        "com.example.app:/cb",
    ];
    for uri in free {
        let answer = app.get(&path(&[("redirect_uri", uri), ("prompt", "none")])).await;
        assert!(answer.header("location").starts_with(&format!("{uri}?error=login_required&")), "{uri}: {answer:?}");
    }
    let bound = [
        "http://localhost/cb",
        "http://localhost:51004/cb",
        "http://localhost.:3000/cb",
        "http://localhost.evil.example:3000/cb",
        "http://127.0.0.2/cb",
        "http://127.1/cb",
        "http://127.0.0.1./cb",
        "http://2130706433/cb",
        "http://0x7f.0.0.1/cb",
        "http://0177.0.0.1/cb",
        "http://0.0.0.0/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:51004@evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:-1/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:80:80/cb",
        "http://127.0.0.1: 80/cb",
        "http://127.0.0.1:٨٠/cb",
        "http://127.0.0.1:51004/cb/",
        "http://127.0.0.1:51004/CB",
        "http://127.0.0.1:51004/cb?x",
        "http://127.0.0.1:51004/cb#x",
        "http://127.0.0.1:51004/cb6",
        "http://127.0.0.1:51004//cb",
        "https://127.0.0.1:51004/cb",
        "http://[::1]:51004/cb",
        "http://[0:0:0:0:0:0:0:1]/cb6",
        "http://[::ffff:127.0.0.1]/cb",
        "http://[::1%25eth0]/cb6",
        "com.example.app:/cb/",
        "com.example.app://cb",
        "com.example.app:/evil",
        "COM.example.app:/cb",
    ];
    refused(&app, &bound).await;
    // A web application's port is its own.
    client_with(&app, json!({"client_id": "web", "redirect_uris": ["http://127.0.0.1:3000/cb"]})).await;
    let moved = app.get(&path(&[("client_id", "web"), ("redirect_uri", "http://127.0.0.1:3001/cb")])).await;
    stays_here(&moved, "another port for a web application");
}

/// RFC 7591 §5, RFC 6749 §3.1.2, RFC 8252 §7.1, RFC 9700 §4.1.3: what must never be redirected to is not registered,
/// neither for sign-in nor for sign-out.
#[test]
fn registers_a_uri_that_leads_astray() {
    let uris = [
        "",
        "/callback",
        "//app.example/callback",
        "app.example/callback",
        "https:app.example/callback",
        "https:///app.example/callback",
        "https://app.example/callback#",
        "https://app.example/callback#x",
        "https://app.example@evil.example/callback",
        "https://ada:secret@app.example/callback",
        "https://@app.example/callback",
        "https://app.example\\@evil.example/callback",
        "https:\\\\evil.example",
        "https://app.example/call back",
        " https://app.example/callback",
        "https://app.example/callback\n",
        "https://app.example/callback\r\nSet-Cookie: x",
        "https://app.example/\u{0}",
        "https://app.example/%",
        "https://app.example/%zz",
        "https://\u{430}pp.example/callback",
        "https://app\u{3002}example/callback",
        "https://app.example/\u{202e}",
        "https://app.example:65536/callback",
        "https://[::1/callback",
        "http://app.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://localhost.evil.example/callback",
        "http://localhost@evil.example/callback",
        "http://192.168.0.1/callback",
        "http://[::2]/callback",
        "http://0.0.0.0/callback",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "javascript://app.example/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://app.example/1",
        "about:blank",
        "view-source:https://app.example/",
        "intent://x#Intent;end",
        "myapp:/callback",
        "urn:ietf:wg:oauth:2.0:oob",
        "ftp://app.example/",
        "ws://app.example/",
        "*",
    ];
    let long = format!("https://app.example/{}", "x".repeat(2048));
    for uri in uris.into_iter().chain([long.as_str()]) {
        for kind in ["web", "native"] {
            for member in ["redirect_uris", "post_logout_redirect_uris"] {
                let mut metadata = json!({"application_type": kind, "redirect_uris": [REDIRECT_URI]});
                metadata[member] = json!([REDIRECT_URI, uri]);
                let parsed = ClientMetadata::parse(metadata.to_string().as_bytes());
                assert!(parsed.is_err(), "{member} of a {kind} client: {uri:?}");
            }
        }
    }
    let private = json!({"application_type": "web", "redirect_uris": ["com.example.app:/cb"]});
    assert!(ClientMetadata::parse(private.to_string().as_bytes()).is_err(), "a web application has https");
}
