//! `/account/api-keys`: a person's own API keys. Somebody else's are answered like keys that do not exist.

mod delete_key;
mod describe;
mod edit_key;
mod list;
mod new_key;
mod one_key;
mod owner;
mod rotate_key;
mod shown;

use actix_web::web::ServiceConfig;

use crate::web::mount::{form, page};

/// The pages.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(page(owner::PATH, list::show))
        .service(form(new_key::PATH, new_key::show, new_key::submit))
        .service(form("/account/api-keys/{id}", one_key::show, one_key::submit))
        .service(form("/account/api-keys/{id}/edit", edit_key::show, edit_key::submit))
        .service(form("/account/api-keys/{id}/rotate", rotate_key::show, rotate_key::submit))
        .service(form("/account/api-keys/{id}/delete", delete_key::show, delete_key::submit));
}
