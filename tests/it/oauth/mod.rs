//! The protocol endpoints.

mod client_credentials;
