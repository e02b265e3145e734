//! `/account/security`: how a person signs in, and changing it. Whoever changes it has lately proved who they are, by as much
//! as they have: a password alone takes no second factor away.

mod app;
mod password;
mod recovery_codes;
mod remove_app;
pub(super) mod who;

use actix_web::http::StatusCode;
use actix_web::web::ServiceConfig;

use crate::domain::factors::recovery_codes::FEW;
use crate::store::AuthenticatorApp;
use crate::web::mount::{form, page};
use crate::web::own_path::OwnPath;
use crate::web::page::{OwnApp, SecurityDone, SecurityPage};
use crate::web::visit::{PageResult, Visit};

/// The pages.
pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(page("/account/security", show))
        .service(form(super::entrance::APP, app::show, app::submit))
        .service(form("/account/security/app/{id}", remove_app::show, remove_app::submit))
        .service(form("/account/security/recovery-codes", recovery_codes::show, recovery_codes::submit))
        .service(form("/account/security/password", password::show, password::submit));
}

async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::SECURITY))?;
    let held = who::by_all_they_have(&visit, &current, &OwnPath::SECURITY).await?;
    let query = visit.query()?;
    let page = SecurityPage {
        t: visit.texts(),
        base: visit.base(),
        done: visit.value(&query, "done")?.and_then(SecurityDone::from_word),
        has_password: current.person.password_hash.is_some(),
        few: held.has_app() && held.recovery_codes <= FEW,
        apps: held.apps.iter().map(own_app).collect(),
        codes: held.recovery_codes,
        passkeys: visit.cx.passkeys.is_some().then_some(held.passkeys),
        providers: !visit.cx.providers.all().is_empty(),
    };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}

fn own_app(app: &AuthenticatorApp) -> OwnApp {
    OwnApp {
        id: app.id.to_string(),
        name: app.name.clone(),
        since: app.confirmed_at.day(),
        used: app.last_used_at.map(crate::clock::Timestamp::day),
    }
}
