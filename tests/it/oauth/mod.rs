//! The protocol endpoints.

mod authorization_code;
mod client_authentication;
mod client_credentials;
mod discovery;
mod introspect;
mod jwks;
mod refresh_token;
mod resources;
mod revoke;
mod userinfo;
