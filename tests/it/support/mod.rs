//! What black-box tests stand on.

#![expect(dead_code, unused_imports, reason = "more tests are coming")]

mod app;
mod browser;
mod database;
mod http;

pub use app::{PASSWORD, TestApp, TestClient};
pub use browser::{Browser, Page};
pub use http::{Answer, form_encode};
