//! `/admin/resources/{resource_id}/edit`: all of a registered resource but its identifier.

use actix_web::Error;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use super::resource;
use super::resource_form::{Sheet, Typed};
use super::resources::path_of;
use crate::clock::Timestamp;
use crate::domain::catalogue::Source;
use crate::domain::resources::{DraftFault, RegistryError};
use crate::store::RegisteredResource;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/edit_resource.html`
#[derive(Template)]
#[template(path = "console/edit_resource.html")]
struct EditResource<'a> {
    f: &'a Frame,
    path: String,
    name: &'a str,
    /// When it had last changed as the form was made, in milliseconds.
    version: i64,
    sheet: Sheet,
}

/// The form.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let resource = find(&admin, &id).await?;
    render(&admin, &resource, Typed::of(&resource), Vec::new()).await
}

/// The form, sent.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let resource = find(&admin, &id).await?;
    let version = visit.value(&fields, "version")?.and_then(|version| version.parse().ok());
    let version = version.ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let seen = RegisteredResource { updated_at: Timestamp::from_millis(version), ..resource };
    let typed = Typed { identifier: seen.identifier.to_string(), ..Typed::read(&admin, &fields)? };
    let done = match admin.registry().replace_resource(&seen, typed.draft()).await {
        Ok(_) => "changed",
        Err(RegistryError::Changed) => "stale",
        Err(RegistryError::Faulty(faults)) => return render(&admin, &seen, typed, faults).await,
        Err(RegistryError::Store(error)) => return Err(visit.failed(&error)),
        Err(_) => return Err(visit.refuse(Problem::Malformed)),
    };
    Ok(visit.redirect(&format!("{}?done={done}", path_of(seen.id))))
}

/// The resource, if it was registered: others are changed elsewhere, or not at all.
pub(super) async fn find(admin: &Admin, id: &str) -> Result<RegisteredResource, Error> {
    let (visit, resource) = (&admin.visit, resource::find(admin, id).await?);
    if resource.source != Source::Registered {
        return Err(visit.refuse(Problem::NotFound));
    }
    let found = visit.cx.store.registered_resource(resource.id).await.map_err(|error| visit.failed(&error))?;
    found.ok_or_else(|| visit.refuse(Problem::NotFound))
}

async fn render(admin: &Admin, resource: &RegisteredResource, typed: Typed, faults: Vec<DraftFault>) -> PageResult {
    let sheet = Sheet::new(admin, &*admin.catalogue().await?, typed, faults);
    let status = if sheet.is_fine() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (frame, name) = (admin.frame(), resource.name.as_str());
    let (path, version) = (path_of(resource.id), resource.updated_at.millis());
    let page = EditResource { f: &frame, path, name, version, sheet };
    admin.send_as(status, &frame, Section::Resources, &format!("Change {name}"), &page)
}
