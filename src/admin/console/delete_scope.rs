//! `/admin/scopes/{scope}/delete`: what stops when a registered scope goes, and the button that lets it go.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::edit_scope::find;
use super::frame::{Frame, Section};
use super::resources::path_of;
use super::scopes::scope_path;
use crate::domain::catalogue::Source;
use crate::domain::resources::RegistryError;
use crate::store::{Mentions, RegisteredScope};
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/delete_scope.html`
#[derive(Template)]
#[template(path = "console/delete_scope.html")]
struct DeleteScope<'a> {
    f: &'a Frame,
    path: String,
    name: &'a str,
    named_by: Mentions,
    /// The registered resources that it has to be taken out of first: path and name.
    held_by: Vec<(String, &'a str)>,
}

/// The page.
pub(super) async fn show(admin: Admin, name: Path<String>) -> PageResult {
    let scope = find(&admin, &name).await?;
    render(&admin, &scope, StatusCode::OK).await
}

/// The button, pressed.
pub(super) async fn submit(AdminForm { admin, .. }: AdminForm, name: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let scope = find(&admin, &name).await?;
    match admin.registry().delete_scope(&scope).await {
        Ok(()) => Ok(visit.redirect("/admin/scopes?done=scope-gone")),
        Err(RegistryError::Changed) => Ok(visit.redirect("/admin/scopes?done=nothing")),
        Err(RegistryError::NamedBy(_)) => render(&admin, &scope, StatusCode::UNPROCESSABLE_ENTITY).await,
        Err(RegistryError::Store(error)) => Err(visit.failed(&error)),
        Err(_) => Err(visit.refuse(Problem::Malformed)),
    }
}

async fn render(admin: &Admin, scope: &RegisteredScope, status: StatusCode) -> PageResult {
    let (visit, catalogue, name) = (&admin.visit, admin.catalogue().await?, scope.name.as_str());
    let named_by = visit.cx.store.mentions_of_scope(name).await.map_err(|error| visit.failed(&error))?;
    // What the settings declare goes on naming it, to no effect.
    let holding = catalogue.resources_knowing(name).filter(|resource| resource.source == Source::Registered);
    let held_by = holding.map(|resource| (path_of(resource.id), resource.name.as_str())).collect();
    let frame = admin.frame();
    let page = DeleteScope { f: &frame, path: scope_path(name), name, named_by, held_by };
    admin.send_as(status, &frame, Section::Resources, &format!("Delete {name}"), &page)
}
