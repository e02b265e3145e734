//! The pages, as a browser meets them. Where an authorization request waits, it is sealed here, and what a page makes
//! of it is read from the address to which the page sends the browser.

mod account;
mod accounts;
mod activity;
mod alerts;
mod api_keys;
mod branding;
mod consent;
mod deletion;
mod device;
mod email;
mod forms;
mod headers;
mod invited;
mod languages;
mod links;
mod mail;
mod mailed_links;
mod own_apps;
mod own_data;
mod own_sessions;
mod passkeys;
mod passwords;
mod picture;
mod profile;
mod providers;
mod recover;
mod register;
mod registration_address;
mod second_factor;
mod security;
mod select_account;
mod sessions;
mod several;
mod sign_in;
mod sign_in_link;
mod sign_out;
mod step_up;

use std::time::Duration;

use claviger::domain::pending_request::PendingRequest;
use claviger::ids::ClientId;
use claviger::protocol::claims_request::ClaimsRequest;
use claviger::protocol::prompt::Prompt;
use claviger::protocol::redirect_uri::{ApplicationType, RedirectUri, TrustedRedirect};
use claviger::protocol::response::{ResponseMode, ResponseType};
use claviger::protocol::scope::Scope;
use sea_orm::{ConnectionTrait, Database, Statement};
use secrecy::ExposeSecret;

use crate::support::{Browser, PASSWORD, Page, TestApp};

const COOKIE: &str = "claviger-session";
const RESUME: &str = "/oauth2/authorize/resume";

/// A request of the app that [`TestApp::web_app`] registers.
fn waiting(app: &TestApp, scope: &str) -> PendingRequest {
    let registered = RedirectUri::register("https://app.example/callback", ApplicationType::Web).unwrap();
    let sent = Some("https://app.example/callback");
    PendingRequest {
        client_id: ClientId("app".to_owned()),
        redirect: TrustedRedirect::check(&[registered], sent, ResponseMode::Query, None).unwrap(),
        scope: Scope::parse(scope).unwrap(),
        resources: Vec::new(),
        response_type: ResponseType::Code,
        claims: ClaimsRequest::default(),
        nonce: None,
        code_challenge: None,
        prompt: Prompt::default(),
        max_age: None,
        login_hint: None,
        hinted_sub: None,
        acr_values: Vec::new(),
        ui_locales: None,
        started_at: app.cx.now(),
        signed_in: None,
        selected: None,
        went_on: None,
        decision: None,
    }
}

fn sealed(app: &TestApp, request: &PendingRequest) -> String {
    request.seal(&app.cx.request_sealer)
}

/// Sends a form, and reads the request that it sends on.
async fn resumed(app: &TestApp, browser: &Browser, page: &Page, form: &str, fields: &[(&str, &str)]) -> PendingRequest {
    let sent = browser.submit_only(page, form, fields).await;
    assert_eq!((sent.answer.status, sent.url.path()), (303, RESUME), "{}", sent.answer.body);
    let sealed = sent.query("request").unwrap();
    PendingRequest::open(&sealed, &app.cx.request_sealer, app.cx.now(), Duration::from_secs(1)).unwrap()
}

/// As [`resumed`], from the sign-in form.
async fn resumed_as(app: &TestApp, browser: &Browser, page: &Page, username: &str) -> PendingRequest {
    resumed(app, browser, page, "form#login", &[("username", username), ("password", PASSWORD)]).await
}

/// Fills the sign-in form of `page`.
async fn sign_in_at(browser: &Browser, page: &Page, username: &str, password: &str) -> Page {
    browser.submit(page, "form#login", &[("username", username), ("password", password)]).await
}

/// A browser in which `username` is signed in.
async fn signed_in(app: &TestApp, username: &str) -> Browser {
    let browser = app.browser();
    let home = sign_in_at(&browser, &browser.open("/login").await, username, PASSWORD).await;
    assert!(home.has("form#logout"), "{}", home.answer.body);
    browser
}

/// Makes every event from now on impossible to write.
async fn lose_the_event_log(app: &TestApp) {
    let db = Database::connect(app.cx.config.database.url.to_url().expose_secret()).await.unwrap();
    db.execute_unprepared("ALTER TABLE events RENAME TO lost").await.unwrap();
    db.close().await.unwrap();
}

/// How many rows a table has.
async fn rows(app: &TestApp, table: &str) -> i64 {
    let db = Database::connect(app.cx.config.database.url.to_url().expose_secret()).await.unwrap();
    let count = Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) AS n FROM {table}"));
    let row = db.query_one_raw(count).await.unwrap().unwrap();
    let number = row.try_get("", "n").unwrap();
    db.close().await.unwrap();
    number
}
