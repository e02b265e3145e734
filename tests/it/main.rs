//! Black-box tests: a real server on a loopback port, a fresh database each, a clock that the test sets. One binary,
//! because every other would link the server anew; its tree mirrors the URLs.
//!
//! `CLAVIGER_TEST_DATABASE=postgres://…` runs the same suite on PostgreSQL.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops where it stands")]

mod source;
mod support;

mod admin;
mod api;
mod architecture;
mod attacks;
mod browser;
mod cli;
mod conformance;
mod dependencies;
mod flows;
mod fuzz;
mod oauth;
mod operating;
mod pages;
mod providers;
mod proxies;
mod spec_trace;
