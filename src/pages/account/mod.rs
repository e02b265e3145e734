//! `/account/…`: a person's own pages, each of which the others are within reach of (`web::page::Place`).

mod activity;
mod apps;
mod data;
mod deletion;
mod email;
mod picture;
mod profile;
mod sessions;

use actix_web::web::{self, ServiceConfig};

use crate::domain::people::pictures::{MOST_BYTES, PATH as PICTURES};
use crate::web::letters::{EMAIL, EMAIL_LINK, EMAIL_UNDO};
use crate::web::mount::{form, page};
use crate::web::uploaded::MostBytes;

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
        .service(form("/account/picture", picture::show, picture::submit).app_data(MostBytes(MOST_BYTES)))
        .service(
            web::resource(format!("{PICTURES}{{file}}"))
                .route(web::get().to(picture::serve))
                .route(web::head().to(picture::serve)),
        )
        .service(form("/account/profile", profile::show, profile::submit))
        .service(form("/account/sessions", sessions::show, sessions::submit));
}
