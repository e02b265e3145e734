//! `/admin/resources/new`: registering an API that tokens are for.

use actix_web::http::StatusCode;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use super::resource_form::{Sheet, Typed};
use super::resources::path_of;
use crate::domain::resources::{DraftFault, RegistryError};
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/new_resource.html`
#[derive(Template)]
#[template(path = "console/new_resource.html")]
struct NewResource<'a> {
    f: &'a Frame,
    sheet: Sheet,
}

/// The form.
pub(super) async fn show(admin: Admin) -> PageResult {
    render(&admin, Typed::default(), Vec::new()).await
}

/// The form, sent.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm) -> PageResult {
    let visit = &admin.visit;
    let typed = Typed::read(&admin, &fields)?;
    match admin.registry().add_resource(&typed.identifier, typed.draft(), |_| None).await {
        Ok(resource) => Ok(visit.redirect(&format!("{}?done=changed", path_of(resource.id)))),
        Err(RegistryError::Faulty(faults)) => render(&admin, typed, faults).await,
        Err(RegistryError::Store(error)) => Err(visit.failed(&error)),
        Err(_) => Err(visit.refuse(Problem::Malformed)),
    }
}

async fn render(admin: &Admin, typed: Typed, faults: Vec<DraftFault>) -> PageResult {
    let sheet = Sheet::new(admin, &*admin.catalogue().await?, typed, faults);
    let status = if sheet.is_fine() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = admin.frame();
    admin.send_as(status, &frame, Section::Resources, "New resource", &NewResource { f: &frame, sheet })
}
