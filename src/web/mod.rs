//! HTTP machinery that is not OAuth: page rendering and its words, security headers, static files, CSRF; what an
//! operator watches (request log, health, metrics); TLS.
//!
//! Features (`oauth`, `pages`, `admin`) call it; it knows none of them, and no rule of a protocol lives here.

mod any_certificate;
mod apology;
pub mod bearer;
pub mod brand;
pub mod brand_files;
pub mod browser_session;
pub mod client_certificate;
pub mod cors;
pub mod csrf;
pub mod error_page;
pub mod headers;
pub mod health;
pub mod known_devices;
pub mod language;
pub mod letters;
pub mod limits;
pub mod metrics;
pub mod mount;
pub mod origin;
pub mod own_path;
pub mod page;
pub mod posted;
pub mod request_log;
pub mod static_files;
pub mod text;
pub mod tls;
pub mod uploaded;
pub mod visit;
