//! `/admin/resources/{resource_id}/delete`: what stops when a registered resource goes, and the button that lets it go.

use actix_web::web::Path;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::edit_resource::find;
use super::frame::{Frame, Section};
use super::resources::path_of;
use crate::config::AccessTokenFormat;
use crate::domain::resources::RegistryError;
use crate::store::{Mentions, RegisteredResource};
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/delete_resource.html`
#[derive(Template)]
#[template(path = "console/delete_resource.html")]
struct DeleteResource<'a> {
    f: &'a Frame,
    path: String,
    resource: &'a RegisteredResource,
    named_by: Mentions,
}

/// The page.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let resource = find(&admin, &id).await?;
    let named_by = visit.cx.store.mentions_of_resource(resource.identifier.as_str()).await;
    let named_by = named_by.map_err(|error| visit.failed(&error))?;
    let frame = admin.frame();
    let page = DeleteResource { f: &frame, path: path_of(resource.id), resource: &resource, named_by };
    admin.send(&frame, Section::Resources, &format!("Delete {}", resource.name), &page)
}

/// The button, pressed.
pub(super) async fn submit(AdminForm { admin, .. }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let resource = find(&admin, &id).await?;
    match admin.registry().delete_resource(&resource).await {
        Ok(()) => Ok(visit.redirect("/admin/resources?done=resource-gone")),
        Err(RegistryError::Changed) => Ok(visit.redirect("/admin/resources?done=nothing")),
        Err(RegistryError::Store(error)) => Err(visit.failed(&error)),
        Err(_) => Err(visit.refuse(Problem::Malformed)),
    }
}
