//! What an operator relies on: ids of requests, health, metrics, TLS, clean tables, a clean end.

mod certificate_renewal;
mod health;
mod metrics;
mod request_log;
mod shutdown;
mod sweep;
mod tls;
