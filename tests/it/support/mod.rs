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
mod logout;
mod mutual_tls;
mod nginx;
mod proxy;
mod registration;
mod request_object;
mod resources;
mod tls_client;

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
pub use logout::{REACH_LOOPBACK, Receiver};
pub use mutual_tls::{Authority, Certified, MutualTls};
pub use nginx::nginx;
pub use proxy::{Proxy, free_address};
pub use registration::{BY_TOKEN, OPEN, Registered, web_app};
pub use request_object::{OBJECT_TYPE, Shelf, unsigned, with_object};
pub use tls_client::TlsClient;
