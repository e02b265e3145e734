//! Sign-in through a provider by somebody else: npm `oidc-provider`, whose pages are filled in as a person would.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::json;

use crate::support::{Browser, FakeProvider, REACH_LOOPBACK, TestApp};

/// The provider, as a program.
struct OidcProvider {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    origin: String,
}

const SECRET: &str = "a secret of claviger at the provider of somebody else";

impl OidcProvider {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/providers");
        let is_installed = folder.join("node_modules/oidc-provider").exists();
        assert!(is_installed, "tests/run installs it, as does `npm ci` in {}", folder.display());
        let mut command = Command::new("node");
        command.arg("server.mjs").current_dir(folder);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.next().unwrap().unwrap();
        Self { process, lines, origin: format!("http://127.0.0.1:{port}") }
    }

    /// Lets `app` in.
    fn lets_in(&mut self, app: &TestApp) {
        let client = json!({
            "redirect_uri": format!("{}/login/providers/other/callback", app.issuer), "secret": SECRET,
            "return_to": format!("{}/logout", app.issuer),
        });
        let input = self.process.stdin.as_mut().unwrap();
        writeln!(input, "{client}").unwrap();
        assert_eq!(self.lines.next().unwrap().unwrap(), "ready");
    }

    /// Signs somebody in there, in a browser of theirs, and comes back.
    async fn sign_in(&self, browser: &Browser, username: &str) -> crate::support::Page {
        let page = browser.open("/login?another=yes").await;
        let there = FakeProvider::begin(browser, &page, "other").await;
        let theirs = Browser::of(&self.origin);
        let mut page = theirs.open(there.as_str()).await;
        for fields in [&[("login", username), ("password", "any")][..], &[]] {
            assert!(page.has("form[action*='/interaction/']"), "{} {}", page.url, page.answer.body);
            page = theirs.submit(&page, "form[action*='/interaction/']", fields).await;
        }
        assert_eq!(page.url.path(), "/login/providers/other/callback", "{} {}", page.url, page.answer.body);
        browser.open(page.url.as_str()).await
    }

    fn section(&self, more: &str) -> String {
        format!(
            "{REACH_LOOPBACK}[[providers]]\nid = \"other\"\nname = \"Other\"\nissuer = \"{}\"\nclient_id = \"claviger\"\n\
             client_secret = \"{SECRET}\"\n{more}",
            self.origin
        )
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// OIDC Core §3.1.2.1, §3.1.3.7: there and back, with an account made, recognized, and signed out of on both sides.
#[actix_web::test]
async fn signs_in_through_a_provider_by_somebody_else() {
    let mut other = OidcProvider::start();
    let app =
        TestApp::start_in_real_time(&other.section("register = \"open\"\nsign_out = true\nkeep_tokens = true\n")).await;
    other.lets_in(&app);
    let browser = app.browser();
    let form = other.sign_in(&browser, "grace").await;
    assert!(form.has("input[name=username][value=grace]"), "{} {}", form.answer.status, form.answer.body);
    assert!(form.answer.body.contains("grace@example.com"));
    let home = browser.submit(&form, "form#provider-register", &[]).await;
    assert!(home.has("form#logout") && home.answer.body.contains("grace of oidc-provider"), "{}", home.answer.body);
    let again = app.browser();
    let home = other.sign_in(&again, "grace").await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    let there = again.submit(&home, "form#logout", &[("decision", "logout")]).await;
    assert!(there.url.as_str().starts_with(&format!("{}/session/end?", other.origin)), "{}", there.url);
    let question = Browser::of(&other.origin).open(there.url.as_str()).await;
    assert_eq!(question.answer.status, 200, "it takes the hint and the way back: {}", question.answer.body);
}

/// RFC 9700 §4.4: what that provider has not verified opens no account.
#[actix_web::test]
async fn opens_no_account_by_what_a_provider_by_somebody_else_has_not_verified() {
    let mut other = OidcProvider::start();
    let app = TestApp::start_in_real_time(&other.section("link = \"verified_email\"\n")).await;
    other.lets_in(&app);
    for username in ["eve", "ada"] {
        app.person(username).await;
    }
    let refused = other.sign_in(&app.browser(), "eve").await;
    assert_eq!(refused.answer.status, 403, "{}", refused.answer.body);
    assert!(other.sign_in(&app.browser(), "ada").await.has("form#logout"));
}
