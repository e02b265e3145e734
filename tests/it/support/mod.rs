//! What black-box tests stand on.

mod api_keys;
mod app;
mod assertion;
mod authorized;
mod browser;
mod command;
mod database;
mod device;
mod exchange;
mod http;
mod registration;

pub use api_keys::ApiKeys;
pub use app::{ENCRYPTION_KEY, PASSWORD, START, TestApp, TestClient};
pub use assertion::{ASSERTION_TYPE, SigningKey};
pub use authorized::{Allowed, CHALLENGE, REDIRECT_URI, VERIFIER, claims, header};
pub use browser::{Browser, Page};
pub use command::Commands;
pub use database::TestDatabase;
pub use device::{AskingDevice, DEVICE_GRANT, answer, enter};
pub use exchange::{ACCESS_TOKEN, API_KEY, EXCHANGE, Exchanges, JWT, given};
pub use http::{Answer, Http, form_encode};
pub use registration::{BY_TOKEN, OPEN, Registered, web_app};
