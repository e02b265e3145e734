//! `/account/…`: a person's own pages, each of which the others are within reach of (`web::page::Place`).

mod activity;
mod apps;
mod data;
mod deletion;
mod email;
mod profile;
mod sessions;

use actix_web::web::ServiceConfig;

use crate::web::letters::{EMAIL, EMAIL_LINK, EMAIL_UNDO};
use crate::web::mount::{form, page};

/// The pages.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(page("/account/activity", activity::show))
        .service(form("/account/apps", apps::show, apps::submit))
        .service(form("/account/data", data::show, data::submit))
        .service(form("/account/delete", deletion::show, deletion::submit))
        .service(page(deletion::GONE, deletion::gone))
        .service(form(EMAIL, email::show, email::submit))
        .service(form(EMAIL_LINK, email::show_link, email::submit_link))
        .service(form(EMAIL_UNDO, email::show_undo, email::submit_undo))
        .service(form("/account/profile", profile::show, profile::submit))
        .service(form("/account/sessions", sessions::show, sessions::submit));
}
