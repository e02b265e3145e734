//! Chromium, driven as a person uses it. Whatever it writes to its console fails the test.

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{BrowserLogEntry, ChromiumLikeCapabilities, LoggingPrefsLogLevel, RequestData, SessionId};
use url::Url;

use super::chromedriver::Chromedriver;
use super::look::{Colours, Look, Screen};

/// How long a page may take on a machine that does much else.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A browser without cookies, with one tab.
pub struct Chromium {
    /// Where its tabs are seen at first.
    pub screen: Screen,
    driver: WebDriver,
    _process: Chromedriver,
}

impl Chromium {
    /// Starts one.
    pub async fn start(screen: Screen) -> Self {
        // The driver's client is built with TLS, which it never uses, and wants to know by whom.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let process = Chromedriver::start();
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
            "--window-size=1280,800",
        ] {
            wanted.add_arg(flag).unwrap();
        }
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All).unwrap();
        let driver = WebDriver::new(format!("http://127.0.0.1:{}", process.port), wanted).await;
        let driver = driver.unwrap_or_else(|error| panic!("Chromium does not start: tests/run installs it. {error}"));
        let browser = Self { screen, driver, _process: process };
        browser.look(Look::new(screen, Colours::Light)).await;
        browser
    }

    /// Opens a URL in this tab.
    pub async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
        self.is_quiet().await;
    }

    /// Waits until this tab is at a path, of whichever server, and looks whether the page fits the screen.
    pub async fn arrives_at(&self, path: &str) {
        let start = Instant::now();
        while self.url().await.path() != path {
            let is_in_time = start.elapsed() < PATIENCE;
            assert!(is_in_time, "waited for {path} at {}: {}", self.url().await, self.text("body").await);
            pause().await;
        }
        self.is_quiet().await;
        self.is_in_reach().await;
    }

    /// Presses what changes the page, and does not leave it.
    pub async fn click(&self, button: &str) {
        self.find(button).await.click().await.unwrap();
    }

    /// Ticks a box, or clears it, by its label.
    pub async fn tick(&self, label: &str) {
        let input = self.find(&format!("{label} input")).await;
        let before = input.is_selected().await.unwrap();
        self.find(label).await.click().await.unwrap();
        let start = Instant::now();
        while input.is_selected().await.unwrap() == before {
            assert!(start.elapsed() < PATIENCE, "{label} does not change");
            pause().await;
        }
    }

    /// Presses a button that leads to another page.
    pub async fn press(&self, button: &str) {
        let (page, button) = (self.find("html").await, self.find(button).await);
        button.click().await.unwrap();
        self.leaves(page).await;
    }

    /// Presses Enter, which leads to another page.
    pub async fn enter(&self) {
        let page = self.find("html").await;
        self.driver.active_element().await.unwrap().send_keys(Key::Enter).await.unwrap();
        self.leaves(page).await;
    }

    async fn leaves(&self, page: WebElement) {
        let start = Instant::now();
        while page.tag_name().await.is_ok() {
            assert!(start.elapsed() < PATIENCE, "that led nowhere, at {}", self.url().await);
            pause().await;
        }
        self.is_quiet().await;
    }

    /// Types into an empty field, or in place of what it holds.
    pub async fn fill(&self, field: &str, text: &str) {
        let field = self.find(&format!("input[name={field}], textarea[name={field}]")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses a file for a field, by its identifier.
    pub async fn attach(&self, id: &str, file: &Path) {
        self.find(&format!("input#{id}")).await.send_keys(file.to_str().unwrap()).await.unwrap();
    }

    /// The same, and waits until a script has read it.
    pub async fn choose_file(&self, id: &str, file: &Path) {
        self.attach(id, file).await;
        self.becomes(&format!("return !!document.getElementById(document.getElementById('{id}').dataset.into).value"))
            .await;
    }

    /// Waits until a script has written this into the first element that a selector finds.
    pub async fn reads(&self, selector: &str, text: &str) {
        self.becomes(&format!("return document.querySelector('{selector}').textContent === '{text}'")).await;
    }

    /// Waits until the first element that a selector finds is seen.
    pub async fn appears(&self, selector: &str) {
        self.becomes(&format!("return document.querySelector('{selector}').checkVisibility()")).await;
    }

    async fn becomes(&self, condition: &str) {
        let start = Instant::now();
        while self.ask(condition).await != json!(true) {
            assert!(start.elapsed() < PATIENCE, "never: {condition}, at {}", self.url().await);
            pause().await;
        }
    }

    /// Presses keys where the focus is: on the keyboard, because what is sent to a field for files is taken for a path.
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.unwrap();
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

    /// Loads the page anew.
    pub async fn reload(&self) {
        self.driver.refresh().await.unwrap();
        self.is_quiet().await;
    }

    /// Opens another tab and goes to it.
    pub async fn open_tab(&self) {
        let tab = self.driver.new_tab().await.unwrap();
        self.driver.switch_to_window(tab).await.unwrap();
        self.look(Look::new(self.screen, Colours::Light)).await;
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

    /// Forgets every cookie, as some browsers do when they are told to.
    pub async fn forget_cookies(&self) {
        self.driver.delete_all_cookies().await.unwrap();
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

    /// Sends a command of the Chrome `DevTools` protocol.
    pub async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        let answer = self.driver.cmd(DevTools { command, parameters }).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error}")).value().unwrap()
    }

    /// No error of a script, nothing refused by the content security policy, no file that is missing, no warning.
    pub async fn is_quiet(&self) {
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

#[actix_web::test]
#[should_panic(expected = "Content Security Policy")]
async fn fails_a_test_when_the_browser_complains() {
    let policy = "<meta http-equiv=Content-Security-Policy content=\"style-src 'none'\">";
    Chromium::start(Screen::Desktop).await.open(&format!("data:text/html,{policy}<p style='color:red'>")).await;
}
