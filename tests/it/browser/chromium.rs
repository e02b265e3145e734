//! Chromium, driven as a person uses it. Whatever it writes to its console fails the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{BrowserLogEntry, ChromiumLikeCapabilities, LoggingPrefsLogLevel, RequestData, SessionId};
use url::Url;

/// How long a page may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);

/// A browser without cookies, with one tab.
pub struct Chromium {
    driver: WebDriver,
    _process: Process,
}

/// What the page is seen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A desktop with light colours.
    Light,
    /// A desktop with dark colours.
    Dark,
    /// A phone with dark colours.
    Phone,
}

impl Look {
    /// Its name in the name of a file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Phone => "phone",
        }
    }
}

impl Chromium {
    /// Starts one.
    pub async fn start() -> Self {
        // The driver's client is built with TLS, which it never uses, and wants to know by whom.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let process = Process::start();
        let mut wanted = DesiredCapabilities::chrome();
        for flag in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--window-size=1280,900",
        ] {
            wanted.add_arg(flag).unwrap();
        }
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        let driver = WebDriver::new(format!("http://127.0.0.1:{}", process.port), wanted).await;
        let driver = driver.unwrap_or_else(|error| panic!("Chromium does not start: tests/run installs it. {error}"));
        Self { driver, _process: process }
    }

    /// Opens a URL in this tab.
    pub async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
        self.is_quiet().await;
    }

    /// Waits until this tab is at a path, of whichever server.
    pub async fn arrives_at(&self, path: &str) {
        let start = Instant::now();
        while self.url().await.path() != path {
            let is_in_time = start.elapsed() < PATIENCE;
            assert!(is_in_time, "waited for {path} at {}: {}", self.url().await, self.text("body").await);
            pause().await;
        }
        self.is_quiet().await;
    }

    /// Ticks a box, or clears it, by its label.
    pub async fn tick(&self, label: &str) {
        self.find(label).await.click().await.unwrap();
    }

    /// Presses a button that leads to another page.
    pub async fn press(&self, button: &str) {
        let (page, button) = (self.find("html").await, self.find(button).await);
        button.click().await.unwrap();
        let start = Instant::now();
        while page.tag_name().await.is_ok() {
            assert!(start.elapsed() < PATIENCE, "the button led nowhere, at {}", self.url().await);
            pause().await;
        }
        self.is_quiet().await;
    }

    /// Types into an empty field, or in place of what it holds.
    pub async fn fill(&self, field: &str, text: &str) {
        let field = self.find(&format!("input[name={field}]")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Presses keys where the focus is.
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        self.driver.active_element().await.unwrap().send_keys(keys).await.unwrap();
        self.is_quiet().await;
    }

    /// What has the focus: the value of its attribute, or nothing.
    pub async fn focused(&self, attribute: &str) -> String {
        let element = self.driver.active_element().await.unwrap();
        element.attr(attribute).await.unwrap().unwrap_or_default()
    }

    /// Back in the tab's history.
    pub async fn back(&self) {
        self.driver.back().await.unwrap();
        self.is_quiet().await;
    }

    /// Opens another tab and goes to it.
    pub async fn open_tab(&self) {
        let tab = self.driver.new_tab().await.unwrap();
        self.driver.switch_to_window(tab).await.unwrap();
    }

    /// Goes to the tab that was opened as the `number`th, from 0.
    pub async fn go_to_tab(&self, number: usize) {
        let tabs = self.driver.windows().await.unwrap();
        self.driver.switch_to_window(tabs[number].clone()).await.unwrap();
    }

    /// Where this tab is.
    pub async fn url(&self) -> Url {
        self.driver.current_url().await.unwrap()
    }

    /// The heading of the page.
    pub async fn heading(&self) -> String {
        self.text("h1").await
    }

    /// What a person reads in the first element that a selector finds.
    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap()
    }

    /// An attribute of the first element that a selector finds.
    pub async fn attribute(&self, selector: &str, name: &str) -> String {
        self.find(selector).await.attr(name).await.unwrap().unwrap_or_default()
    }

    /// How many elements a selector finds.
    pub async fn count(&self, selector: &str) -> usize {
        self.driver.find_all(By::Css(selector)).await.unwrap().len()
    }

    /// When a cookie ends; `None` if that is when the browser is closed.
    pub async fn cookie_ends_at(&self, name: &str) -> Option<i64> {
        self.driver.get_named_cookie(name).await.unwrap().expiry
    }

    /// Whether scripts of pages run from now on.
    pub async fn scripts_run(&self, run: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": !run })).await;
    }

    /// What a script of the test's own finds out about the page.
    pub async fn ask(&self, script: &str) -> Value {
        self.driver.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// Shows the page as another person sees it.
    pub async fn look(&self, look: Look) {
        let scheme = if look == Look::Light { "light" } else { "dark" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            // No picture is taken halfway from one colour to the other.
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        let (width, height, mobile) = if look == Look::Phone { (390, 844, true) } else { (1280, 900, false) };
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
    }

    /// Writes a picture of the whole page.
    pub async fn photograph(&self, file: &Path) {
        let size = &self.devtools("Page.getLayoutMetrics", json!({})).await["cssContentSize"];
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let picture = json!({ "clip": clip, "captureBeyondViewport": true });
        let picture = self.devtools("Page.captureScreenshot", picture).await;
        std::fs::write(file, STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()).unwrap();
    }

    async fn find(&self, selector: &str) -> WebElement {
        let Ok(element) = self.driver.find(By::Css(selector)).await else {
            panic!("no {selector} at {}: {}", self.url().await, self.driver.source().await.unwrap());
        };
        element
    }

    async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        let answer = self.driver.cmd(DevTools { command, parameters }).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error}")).value().unwrap()
    }

    /// No error of a script, nothing refused by the content security policy, no file that is missing, no warning.
    async fn is_quiet(&self) {
        let said = self.driver.browser_log().await.unwrap();
        let said: Vec<_> = said.into_iter().filter(|entry| !is_status_of_a_page(entry)).collect();
        assert!(said.is_empty(), "the browser's console at {}: {said:#?}", self.url().await);
    }
}

async fn pause() {
    actix_web::rt::time::sleep(Duration::from_millis(20)).await;
}

/// Chromium also notes every page that comes with an error's status, as ours do on purpose. Files have an extension.
fn is_status_of_a_page(entry: &BrowserLogEntry) -> bool {
    let url = entry.message.split(' ').next().and_then(|url| Url::parse(url).ok());
    entry.source.as_deref() == Some("network") && url.is_some_and(|url| !url.path().contains('.'))
}

/// A command of the Chrome `DevTools` protocol, by chromedriver's own extension of `WebDriver`.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl FormatRequestData for DevTools {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(reqwest::Method::POST, format!("session/{session}/goog/cdp/execute"))
            .add_body(json!({ "cmd": self.command, "params": self.parameters }))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // `WebDriver` would wait here for an answer on a connection that only this thread can read.
        drop(self.driver.clone().leak());
    }
}

struct Process {
    child: Child,
    port: u16,
    /// Its temporary files, and among them the profile of its browser.
    folder: tempfile::TempDir,
}

impl Process {
    /// Starts a chromedriver at a port that it finds free.
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver does not start: tests/run installs it. {error}"));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port =
            lines.find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok());
        // It may go on talking; nobody has to listen, but somebody has to read.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port: port.expect("chromedriver tells its port"), folder }
    }

    /// Asks it to end its browser and itself.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        stream.read_to_end(&mut Vec::new()).map(drop)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.shut_down());
        drop(self.child.kill());
        drop(self.child.wait());
        // The last of the browser's processes may still be writing.
        let start = Instant::now();
        while std::fs::remove_dir_all(self.folder.path()).is_err() && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[actix_web::test]
#[should_panic(expected = "Content Security Policy")]
async fn fails_a_test_when_the_browser_complains() {
    let policy = "<meta http-equiv=Content-Security-Policy content=\"style-src 'none'\">";
    Chromium::start().await.open(&format!("data:text/html,{policy}<p style='color:red'>")).await;
}
