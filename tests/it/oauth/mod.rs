//! The protocol endpoints.

mod access_token;
mod api_keys;
mod authorization_code;
mod authorize;
mod backchannel_logout;
mod certificate_bound_tokens;
mod client_assertion;
mod client_authentication;
mod client_credentials;
mod client_limits;
mod cors;
mod device;
mod discovery;
mod end_session;
mod forward_auth;
mod frontchannel_logout;
mod introspect;
mod jwks;
mod mutual_tls;
mod refresh_token;
mod registration;
mod registration_management;
mod resources;
mod revoke;
mod token_exchange;
mod userinfo;
