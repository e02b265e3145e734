//! `/account/…`: a person's own pages, each of which the others are within reach of (`web::page::Place`).

mod activity;
mod apps;
mod data;
mod deletion;
mod profile;
mod sessions;

use actix_web::web::ServiceConfig;

use crate::web::mount::{form, page};

/// The pages.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(page("/account/activity", activity::show))
        .service(form("/account/apps", apps::show, apps::submit))
        .service(form("/account/data", data::show, data::submit))
        .service(form("/account/delete", deletion::show, deletion::submit))
        .service(page(deletion::GONE, deletion::gone))
        .service(form("/account/profile", profile::show, profile::submit))
        .service(form("/account/sessions", sessions::show, sessions::submit));
}
