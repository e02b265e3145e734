//! Sign-in through other providers: the way there and back, an account of one's own that begins so, and the accounts that are
//! linked.
//!
//! What a person went there for waits in a cookie that is sealed and belongs to one state (`domain::upstream::beginning`).

mod callback;
pub(super) mod leaving;
mod linked;
mod problem;
mod register;
mod start;
mod way;

use actix_web::web::ServiceConfig;

use super::entrance;
use crate::web::mount::{form, page};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(form(entrance::PROVIDERS, start::show, start::submit))
        .service(form(entrance::REGISTER_BY_PROVIDER, register::show, register::submit))
        .service(page("/login/providers/{provider}/callback", callback::show))
        .service(form(entrance::LINKED_PROVIDERS, linked::show, linked::submit));
}
