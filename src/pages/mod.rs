//! What people see: sign-in, choice of account, consent, sign-out, set-up, home. One file a page.
//!
//! Pages meet the authorization endpoint through the sealed request only: they open it, note what has been achieved,
//! and send the browser to `/oauth2/authorize/resume` with it. Which page comes next is decided there.

mod consent;
mod home;
mod invitation;
mod new_account;
mod not_found;
mod posted;
mod select_account;
mod session;
mod set_up;
mod sign_in;
mod sign_out;
mod visit;
mod waiting;

use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder};

use self::not_found::wrong_method;

/// Every page, and the answer for paths where there is none.
pub fn routes(config: &mut ServiceConfig) {
    for path in ["", "/", "/account"] {
        config.service(page(path, home::show));
    }
    config
        .service(form("/login", sign_in::show, sign_in::submit))
        .service(form("/login/select", select_account::show, select_account::submit))
        .service(form("/consent", consent::show, consent::submit))
        .service(form("/logout", sign_out::show, sign_out::submit))
        .service(form("/set-up", set_up::show, set_up::submit))
        .service(form("/invitation", invitation::show, invitation::submit))
        .default_service(web::to(not_found::show));
}

/// A page that is only read.
fn page<S, A>(path: &str, show: S) -> Resource
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
fn form<S, A, T, B>(path: &str, show: S, submit: T) -> Resource
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
