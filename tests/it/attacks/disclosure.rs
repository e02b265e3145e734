//! Secrets where they can be read later: in the database, in the event log, in the log, in errors, in files. RFC 6819
//! §4.3.2, RFC 6819 §5.1.4.1.3, RFC 9700 §4.2.4.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use claviger::store::EventFilter;
use sea_orm::{ConnectionTrait, Database};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::program::Program;
use super::wire::{send, status};
use crate::support::{
    Answer, Browser, CHALLENGE, ENCRYPTION_KEY, Http, PASSWORD, REDIRECT_URI, TestApp, TestClient, VERIFIER,
    form_encode,
};

const WRONG_PASSWORD: &str = "a password that was mistyped";
const WRONG_SECRET: &str = "a client secret that was mistyped";

/// A whole life of an app and a person, with all that goes wrong in one. Gives every secret in it, by name.
struct Life<'a> {
    origin: &'a str,
    http: Http,
    client: &'a TestClient,
    secrets: BTreeMap<String, String>,
}

impl Life<'_> {
    async fn live(origin: &str, client: &TestClient) -> BTreeMap<String, String> {
        let mut life = Life { origin, http: Http::new(), client, secrets: BTreeMap::new() };
        for (name, secret) in [
            ("password", PASSWORD),
            ("wrong password", WRONG_PASSWORD),
            ("client secret", &client.secret),
            ("wrong client secret", WRONG_SECRET),
            ("code verifier", VERIFIER),
            ("encryption key", ENCRYPTION_KEY),
            ("start of a wrong client secret", &WRONG_SECRET[..20]),
        ] {
            life.keep(name, secret);
        }
        let code = life.sign_in().await;
        let tokens = life.redeem(&code).await;
        assert_eq!(tokens.status, 200, "{}", tokens.body);
        let refreshed = life.refresh(life.secrets["refresh_token"].clone().as_str()).await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.body);
        life.go_wrong(&code).await;
        life.secrets
    }

    fn keep(&mut self, name: &str, secret: &str) {
        assert!(secret.len() > 15, "{name}: {secret} could be found by chance");
        self.secrets.insert(name.to_owned(), secret.to_owned());
    }

    /// Through the pages, with a mistyped password first; gives the code.
    async fn sign_in(&mut self) -> String {
        let browser = Browser::of(self.origin);
        let query = form_encode(&[
            ("response_type", "code"),
            ("client_id", &self.client.id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid profile email offline_access"),
            ("prompt", "consent"),
            ("state", "a state that only the app knows"),
            ("nonce", "a nonce that only the app knows"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let page = browser.open(&format!("/oauth2/authorize?{query}")).await;
        let fields = [("username", PASSWORD), ("password", WRONG_PASSWORD)];
        assert_eq!(browser.submit(&page, "form#login", &fields).await.answer.status, 422, "a password as username");
        let fields = [("username", "ada"), ("password", WRONG_PASSWORD)];
        let page = browser.submit(&page, "form#login", &fields).await;
        let fields = [("username", "ada"), ("password", PASSWORD)];
        let page = browser.submit(&page, "form#login", &fields).await;
        self.keep("session cookie", &browser.cookie("claviger-session").unwrap());
        self.keep("csrf cookie", &browser.cookie("claviger-csrf").unwrap());
        self.keep("sealed request", &page.query("request").unwrap());
        let (_, form) = page.form("form#consent", &[]);
        self.keep("csrf token", &form.iter().find(|(name, _)| name == "csrf").unwrap().1);
        let page = browser.submit(&page, "form#consent", &[("decision", "allow")]).await;
        let code = page.query("code").unwrap_or_else(|| panic!("{} {}", page.url, page.answer.body));
        self.keep("code", &code);
        code
    }

    async fn post(&self, path: &str, form: &[(&str, &str)], authorization: &str) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", authorization)];
        let url = format!("{}{path}", self.origin);
        self.http.post(&url, form_encode(form).into_bytes(), &headers).await
    }

    async fn redeem(&mut self, code: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        let answer = self.post("/oauth2/token", &form, &self.client.basic()).await;
        self.keep_tokens(&answer, "");
        answer
    }

    async fn refresh(&mut self, refresh_token: &str) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        let answer = self.post("/oauth2/token", &form, &self.client.basic()).await;
        self.keep_tokens(&answer, "second ");
        answer
    }

    fn keep_tokens(&mut self, answer: &Answer, which: &str) {
        for kind in ["access_token", "refresh_token", "id_token"] {
            if let Some(token) = answer.json()[kind].as_str() {
                self.keep(&format!("{which}{kind}"), token);
            }
        }
    }

    /// Every way in which a secret comes where it is refused.
    async fn go_wrong(&mut self, code: &str) {
        let good = self.client.basic();
        let wrong = TestClient { id: self.client.id.clone(), secret: WRONG_SECRET.to_owned() }.basic();
        let secrets: Vec<_> = self.secrets.values().cloned().collect();
        for secret in &secrets {
            let secret = secret.as_str();
            let as_client = TestClient { id: self.client.id.clone(), secret: secret.to_owned() }.basic();
            for (path, form, authorization) in [
                ("/oauth2/token", vec![("grant_type", "authorization_code"), ("code", secret)], good.as_str()),
                ("/oauth2/token", vec![("grant_type", secret), ("scope", secret)], &good),
                ("/oauth2/token", vec![("grant_type", "client_credentials")], &as_client),
                ("/oauth2/token", vec![("client_id", "app"), ("client_secret", secret)], &good),
                ("/oauth2/introspect", vec![("token", secret)], &good),
                ("/oauth2/introspect", vec![("token", secret), ("scope", secret)], &wrong),
                ("/oauth2/userinfo", vec![("access_token", secret)], "Basic eDp5"),
                ("/login", vec![("username", secret), ("password", secret), ("csrf", secret)], "Basic eDp5"),
            ] {
                self.post(path, &form, authorization).await;
            }
            // What developers send that have not found the right encoding yet.
            for body in [format!("{{\"client_secret\":\"{secret}\"}}"), format!("{secret}&{secret}"), secret.repeat(4)]
            {
                let form = [("content-type", "application/x-www-form-urlencoded")];
                self.http.post(&format!("{}/oauth2/token", self.origin), body.into_bytes(), &form).await;
            }
            let query =
                form_encode(&[("id_token_hint", secret), ("request", secret), ("code", secret), ("link", secret)]);
            for path in
                ["/oauth2/authorize", "/oauth2/authorize/resume", "/oauth2/end_session", "/set-up", "/login", "/x"]
            {
                self.http.get(&format!("{}{path}?{query}", self.origin), &[]).await;
            }
            let bearer = format!("Bearer {}", secret.replace(' ', ""));
            self.http.get(&format!("{}/oauth2/userinfo", self.origin), &[("authorization", &bearer)]).await;
        }
        assert_eq!(self.redeem(code).await.status, 400, "a code used twice");
        let spent = self.secrets["refresh_token"].clone();
        assert_eq!(self.refresh(&spent).await.status, 400, "its authorization has ended");
    }
}

/// A text as it could be found elsewhere: as it is, escaped, encoded, as bytes.
fn spellings(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let hex = hex(bytes);
    let list: Vec<_> = bytes.iter().map(u8::to_string).collect();
    vec![
        secret.to_owned(),
        url::form_urlencoded::byte_serialize(bytes).collect(),
        STANDARD.encode(bytes).trim_end_matches('=').to_owned(),
        URL_SAFE_NO_PAD.encode(bytes),
        hex.to_uppercase(),
        hex,
        list.join(","),
        list.join(", "),
    ]
}

#[track_caller]
fn holds_none(text: &str, secrets: &BTreeMap<String, String>) {
    for (name, secret) in secrets {
        for spelling in spellings(secret) {
            let at = text.find(&spelling).map(|at| &text[at.saturating_sub(200)..at]);
            assert_eq!(at, None, "the {name}: {spelling}");
        }
    }
}

/// RFC 6819 §4.3.2, RFC 6819 §5.1.4.1.3, RFC 9700 §4.14: a copy of the database lets nobody in. Of what was issued there
/// are keyed hashes, of passwords those of Argon2.
#[actix_web::test]
async fn reads_the_database() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let client = app.web_app().await;
    let secrets = Life::live(&app.origin, &client).await;
    assert!(secrets.len() > 15, "{:?}", secrets.keys());
    let everything = app.everything().await;
    holds_none(&everything, &secrets);
    // Where the hash of a token were not keyed, a copy would tell which of two guesses is right.
    for secret in secrets.values() {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes());
        let bytes: Vec<_> = digest.as_ref().iter().map(u8::to_string).collect();
        assert!(!everything.contains(&bytes.join(",")), "a hash without a key");
    }
    let hash = app.cx.hasher.hash(&secrets["code"]);
    let bytes: Vec<_> = hash.as_bytes().iter().map(u8::to_string).collect();
    let hex = hex(hash.as_bytes());
    assert!(everything.contains(&bytes.join(",")) || everything.contains(&hex), "what is looked for would be found");
    assert!(everything.contains("$argon2id$"));
}

/// RFC 6819 §4.6.7: what happened is written down, and nothing with which it could happen again.
#[actix_web::test]
async fn reads_the_event_log() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let client = app.web_app().await;
    let secrets = Life::live(&app.origin, &client).await;
    let events = app.cx.store.events(&EventFilter::default(), 100_000).await.unwrap();
    let kinds: std::collections::BTreeSet<_> = events.iter().map(|event| event.kind.clone()).collect();
    for kind in ["sign_in", "client_authentication", "code_reused", "authorization_refused"] {
        assert!(kinds.contains(kind), "{kind} among {kinds:?}");
    }
    holds_none(&format!("{events:?}"), &secrets);
}

/// RFC 9700 §4.2.4, RFC 6819 §4.6.7: the log, in all the detail that it has, by the words of the libraries too.
#[actix_web::test]
async fn reads_the_log() {
    let app = TestApp::start_in_real_time("").await;
    app.person("ada").await;
    let client = app.web_app().await;
    let program = Program::beside(&app, &[("CLAVIGER__LOG__LEVEL", "trace"), ("CLAVIGER__LOG__FORMAT", "text")]);
    let secrets = Life::live(&program.origin, &client).await;
    let log = program.end();
    assert!(log.contains("answered") && log.contains("request refused") && log.contains("TRACE"), "{log}");
    holds_none(&log, &secrets);
}

/// RFC 9700 §4.2.4, RFC 6749 §5.2: an error says what the developer has to change. It says nothing about the server: no
/// product, no file, no query, no trace of a call, and repeats no secret.
#[actix_web::test]
async fn provokes_errors() {
    let app = TestApp::start().await;
    app.person("ada").await;
    let client = app.web_app().await;
    for broken in [false, true] {
        if broken {
            let db = Database::connect(app.cx.config.database.url.to_url().expose_secret()).await.unwrap();
            for table in ["codes", "sessions", "refresh_tokens", "access_tokens", "grants", "people", "one_time_links"]
            {
                db.execute_unprepared(&format!("ALTER TABLE {table} RENAME TO lost_{table}")).await.unwrap();
            }
            db.close().await.unwrap();
        }
        let mut statuses = std::collections::BTreeSet::new();
        let folder = app.folder.path().to_str().unwrap();
        let code = "clv_code_ThisCodeIsNoneButItLooksLikeOne";
        let basic = client.basic();
        let signed_in = [("authorization", basic.as_str())];
        let form: Vec<(&str, &str)> = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        let real = claviger::protocol::token_format::mint;
        let kinds = [
            claviger::protocol::token_format::TokenKind::AccessToken,
            claviger::protocol::token_format::TokenKind::RefreshToken,
            claviger::protocol::token_format::TokenKind::Code,
        ];
        let [access_token, refresh_token, code] = kinds.map(|kind| real(kind, &[7; 32]).expose_secret().to_owned());
        let mut answers = vec![
            app.post_with("/oauth2/token", &form, &signed_in).await,
            app.redeem(&client, &code).await,
            app.refresh(&client, &refresh_token).await,
            app.userinfo(&access_token).await,
            app.post_with("/oauth2/introspect", &[("token", &access_token)], &signed_in).await,
            app.post_with("/oauth2/revoke", &[("token", &refresh_token)], &signed_in).await,
            app.post_with("/oauth2/token", &[("client_secret", WRONG_SECRET), ("client_id", "app")], &[]).await,
            app.post_raw("/oauth2/token", "\u{1}", &[]).await,
            app.get("/set-up?link=x").await,
            app.get_with("/nothing", &[("accept", "text/html")]).await,
            app.get_with("/", &[("cookie", "claviger-session=x")]).await,
            app.get("/oauth2/authorize?client_id=app").await,
        ];
        let browser = app.browser();
        let page = browser.open("/login").await;
        answers.push(
            browser.submit(&page, "form#login", &[("username", "ada"), ("password", WRONG_PASSWORD)]).await.answer,
        );
        for answer in &answers {
            statuses.insert(answer.status);
            for header in ["server", "x-powered-by", "via", "x-aspnet-version", "x-runtime"] {
                assert_eq!(answer.header(header), "", "{header}");
            }
            let said = format!("{:?} {}", answer.headers, answer.body).to_lowercase();
            for word in [
                folder,
                "/src/",
                ".rs",
                "panick",
                "backtrace",
                "sqlx",
                "sea_orm",
                "seaorm",
                "select ",
                "insert ",
                "sqlite",
                "postgres",
                "no such table",
                "does not exist",
                "actix",
                "rustc",
                "/root/",
                "/home/",
                ".cargo",
                "stack",
                &access_token.to_lowercase(),
                &refresh_token.to_lowercase(),
                &code.to_lowercase(),
                WRONG_SECRET,
                WRONG_PASSWORD,
                &client.secret.to_lowercase(),
                "$argon2",
            ] {
                assert!(!said.contains(word), "{word} in {} {said}", answer.status);
            }
        }
        assert_eq!(statuses.iter().any(|status| *status >= 500), broken, "{statuses:?}");
    }
}

/// RFC 6819 §4.3.2: files beside those that are served, and pages of the machinery, are not to be had by any path.
#[actix_web::test]
async fn asks_for_files_that_are_not_served() {
    let app = TestApp::start().await;
    for path in [
        "/claviger.db",
        "/config.toml",
        "/keys/encryption.key",
        "/.env",
        "/.git/config",
        "/Cargo.toml",
        "/metrics",
        "/debug",
        "/server-status",
        "/static/",
        "/static",
        "/static/.",
        "/static/..",
        "/static/../Cargo.toml",
        "/static/../../etc/passwd",
        "/static/%2e%2e/Cargo.toml",
        "/static/..%2fCargo.toml",
        "/static/%2e%2e%2fCargo.toml",
        "/static/..%5cCargo.toml",
        "/static/%252e%252e%252fCargo.toml",
        "/static/....//Cargo.toml",
        "/static//etc/passwd",
        "/static/claviger.css%00.db",
        "/static/../claviger.db",
        "/../Cargo.toml",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
        "/static/%c0%ae%c0%ae/Cargo.toml",
        "/static/..;/Cargo.toml",
        "/oauth2/../../Cargo.toml",
        "/templates/base.html",
        "/static/mark.svg/../../Cargo.toml",
    ] {
        let read = send(&app.origin, format!("GET {path} HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n")).await;
        assert!(matches!(status(&read), 400 | 404), "{path}: {read}");
        for word in ["[package]", "root:", "SQLite format", "encryption"] {
            assert!(!read.contains(word), "{path}: {read}");
        }
    }
}

/// RFC 6749 §10.6, RFC 7662 §4: what discovery and JWKS tell everybody holds nothing that is private.
#[actix_web::test]
async fn reads_what_everybody_may_read() {
    let app = TestApp::start().await;
    let client = app.web_app().await;
    app.person("ada").await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/oauth2/jwks",
        "/healthz",
        "/readyz",
        "/",
    ] {
        let body = app.get(path).await.body;
        for word in [client.id.as_str(), "app.example", "ada", &client.secret, "sqlite", "postgres", ENCRYPTION_KEY] {
            let is_about_apps = word == "app" && path == "/";
            assert!(is_about_apps || !body.contains(&format!("\"{word}\"")), "{path}: {word} in {body}");
        }
        if let Ok(Value::Object(members)) = serde_json::from_str(&body) {
            for private in ["d", "p", "q", "dp", "dq", "qi", "k", "version", "secret"] {
                assert!(!members.contains_key(private), "{path}: {private}");
            }
        }
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + format!("{byte:02x}").as_str())
}
