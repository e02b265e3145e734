//! How pages are mounted: which methods they answer, and what is said to the others.

use actix_web::web;
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder};

use super::error_page;
use super::visit::Visit;
use crate::protocol::params::Limits;

/// A page that is only read.
pub fn page<S, A>(path: &str, show: S) -> Resource
where
    S: Handler<A>,
    A: FromRequest + 'static,
    S::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::get().to(show.clone()))
        .route(web::head().to(show))
        .default_service(web::to(wrong_method::<false>))
}

/// A page with a form that is sent back to it.
pub fn form<S, A, T, B>(path: &str, show: S, submit: T) -> Resource
where
    S: Handler<A>,
    A: FromRequest + 'static,
    S::Output: Responder + 'static,
    T: Handler<B>,
    B: FromRequest + 'static,
    T::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::get().to(show.clone()))
        .route(web::head().to(show))
        .route(web::post().to(submit))
        .default_service(web::to(wrong_method::<true>))
}

/// Lets a page take a larger form than usual.
#[must_use]
pub fn taking(form: Resource, limits: Limits) -> Resource {
    form.app_data(limits).app_data(web::PayloadConfig::new(limits.bytes))
}

/// `FORM` tells whether the page takes a form.
async fn wrong_method<const FORM: bool>(visit: Visit) -> HttpResponse {
    let allowed = if FORM { "GET, HEAD, POST" } else { "GET, HEAD" };
    error_page::wrong_method(&visit.cx, &visit.request, allowed)
}
