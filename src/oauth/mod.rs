//! What programs call: the protocol endpoints under `/oauth2` and the metadata documents.
//!
//! Every endpoint is the same four steps: parse, decide, apply, render. [`client_auth`] and [`error_response`] are the
//! steps that several endpoints share.

pub mod authorize;
mod client_auth;
pub mod discovery;
mod error_response;
mod form;
mod introspect;
mod jwks;
mod revoke;
pub mod token;
mod userinfo;

use actix_web::web::{self, ServiceConfig};

/// Mounts every endpoint, below the issuer's path.
pub fn routes(config: &mut ServiceConfig) {
    config
        .configure(discovery::routes)
        .route("/oauth2/jwks", web::get().to(jwks::jwks))
        .route("/oauth2/token", web::post().to(token::token))
        .route("/oauth2/userinfo", web::get().to(userinfo::get))
        .route("/oauth2/userinfo", web::post().to(userinfo::post))
        .route("/oauth2/introspect", web::post().to(introspect::introspect))
        .route("/oauth2/revoke", web::post().to(revoke::revoke));
}
