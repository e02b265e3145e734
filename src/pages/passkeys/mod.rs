//! `/account/security/passkeys`: a person's passkeys. Somebody else's are answered like passkeys that do not exist.

mod add;
mod list;
mod one;
mod remove;
mod rename;

use actix_web::web::ServiceConfig;

use crate::web::mount::{form, page};

/// The pages.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(page("/account/security/passkeys", list::show))
        .service(form("/account/security/passkeys/new", add::show, add::submit))
        .service(form("/account/security/passkeys/{id}/rename", rename::show, rename::submit))
        .service(form("/account/security/passkeys/{id}/remove", remove::show, remove::submit));
}
