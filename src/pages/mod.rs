//! What people see: sign-in, choice of account, consent, sign-out, set-up, home. One file a page.
//!
//! Pages meet the authorization endpoint through the sealed request only: they open it, note what has been achieved,
//! and send the browser to `/oauth2/authorize/resume` with it. Which page comes next is decided there.

mod account;
mod admit;
mod api_keys;
mod approval;
mod consent;
mod device;
mod device_consent;
mod entrance;
mod home;
mod invitation;
mod key_leaks;
mod language;
mod mail_question;
mod new_account;
mod new_password;
mod not_found;
mod onward;
mod passkey_sign_in;
mod passkeys;
mod provider_buttons;
mod providers;
mod recover;
mod register;
mod second;
mod security;
mod select_account;
mod session;
mod set_up;
mod sign_in;
mod sign_in_link;
mod sign_out;
mod waiting;

use actix_web::web::{self, ServiceConfig};

use crate::web::language::PATH as LANGUAGE;
use crate::web::letters::{NEW_PASSWORD, SIGN_IN_LINK};
use crate::web::mount::{form, page};

/// Every page, and the answer for paths where there is none.
pub fn routes(config: &mut ServiceConfig) {
    for path in ["", "/", "/account"] {
        config.service(page(path, home::show));
    }
    config
        .service(form(entrance::SIGN_IN, sign_in::show, sign_in::submit))
        .service(form(entrance::SECOND, second::show, second::submit))
        .service(form(entrance::PASSKEY, sign_in::show, passkey_sign_in::submit))
        .service(form(SIGN_IN_LINK, sign_in_link::show, sign_in_link::submit))
        .service(page(sign_in_link::SENT, sign_in_link::sent))
        .service(form(entrance::REGISTER, register::show, register::submit))
        .service(page(entrance::REGISTER_SENT, register::sent))
        .service(form(entrance::SELECT_ACCOUNT, select_account::show, select_account::submit))
        .service(form("/approval", approval::show, approval::submit))
        .service(form("/consent", consent::show, consent::submit))
        .service(form(device::PATH, device::show, device::submit))
        .service(form(device::QUESTION, device_consent::show, device_consent::submit))
        .service(page("/device/done", device::done))
        .configure(account::routes)
        .configure(api_keys::routes)
        .configure(security::routes)
        .configure(passkeys::routes)
        .configure(providers::routes)
        .service(page(LANGUAGE, language::pick))
        .service(form("/logout", sign_out::show, sign_out::submit))
        .service(form("/set-up", set_up::show, set_up::submit))
        .service(form(entrance::RECOVER, recover::show, recover::submit))
        .service(page("/recover/sent", recover::sent))
        .service(form(NEW_PASSWORD, new_password::show, new_password::submit))
        .service(page("/recover/done", new_password::done))
        .service(form("/invitation", invitation::show, invitation::submit))
        .default_service(web::to(not_found::show));
}
