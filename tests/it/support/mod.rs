//! What black-box tests stand on.

#![expect(dead_code, unused_imports, reason = "more tests are coming")]

mod app;
mod authorized;
mod browser;
mod command;
mod database;
mod http;

pub use app::{ENCRYPTION_KEY, PASSWORD, TestApp, TestClient};
pub use authorized::{Allowed, CHALLENGE, REDIRECT_URI, VERIFIER, claims, header};
pub use browser::{Browser, Page};
pub use command::{Commands, Outcome};
pub use database::TestDatabase;
pub use http::{Answer, Http, form_encode};
