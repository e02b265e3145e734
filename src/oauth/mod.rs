//! What programs call: the protocol endpoints under `/oauth2`, the metadata documents, and `/forward-auth`.
//!
//! Every endpoint is the same four steps: parse, decide, apply, render. [`client_auth`] and [`error_response`] are the
//! steps that several endpoints share.

pub mod authorize;
mod check_session;
mod client_auth;
mod device;
pub mod discovery;
mod end_session;
mod error_response;
mod form;
pub mod forward_auth;
mod introspect;
mod jwks;
mod leak_report;
mod register;
mod revoke;
pub mod token;
mod userinfo;
pub mod webfinger;

use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Route};

use crate::web::cors::{allow_clients, is_from_no_page};

/// Mounts every endpoint that only programs call, below the issuer's path. The authorization endpoint, to which
/// browsers are sent, is mounted with the pages.
pub fn routes(config: &mut ServiceConfig) {
    let endpoint = |name: &str| web::resource(format!("/oauth2/{name}"));
    config
        .configure(check_session::routes)
        .configure(discovery::routes)
        .configure(forward_auth::routes)
        .service(endpoint("jwks").guard(is_from_no_page()).get(jwks::jwks))
        .service(endpoint("jwks").get(jwks::jwks).default_service(only("GET")).wrap(from_fn(allow_clients)))
        .service(endpoint("token").post(token::token).default_service(only("POST")).wrap(from_fn(allow_clients)))
        .service(
            endpoint("device_authorization")
                .post(device::authorize)
                .default_service(only("POST"))
                .wrap(from_fn(allow_clients)),
        )
        .service(
            endpoint("userinfo")
                .get(userinfo::get)
                .post(userinfo::post)
                .default_service(only("GET, POST"))
                .wrap(from_fn(allow_clients)),
        )
        .service(endpoint("introspect").post(introspect::introspect).default_service(only("POST")))
        .service(endpoint("revoke").post(revoke::revoke).default_service(only("POST")).wrap(from_fn(allow_clients)))
        .service(endpoint("register").post(register::register).default_service(only("POST")))
        .service(
            endpoint("register/{client_id}")
                .get(register::manage::read)
                .put(register::manage::update)
                .delete(register::manage::delete)
                .default_service(only("GET, PUT, DELETE")),
        )
        .service(web::resource("/api-keys/report").post(leak_report::report).default_service(only("POST")))
        .service(
            endpoint("end_session").get(end_session::get).post(end_session::post).default_service(only("GET, POST")),
        );
}

/// RFC 9110 §15.5.6: a method that is not allowed is answered with those that are.
fn only(allowed: &'static str) -> Route {
    web::to(move || async move { HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allowed)).finish() })
}
