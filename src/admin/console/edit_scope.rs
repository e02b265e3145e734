//! `/admin/scopes/{scope}/edit`: all of a registered scope but its name.

use actix_web::Error;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use super::scope_form::Sheet;
use super::scopes::scope_path;
use crate::clock::Timestamp;
use crate::domain::catalogue::Source;
use crate::domain::resources::{RegistryError, ScopeDraft};
use crate::store::RegisteredScope;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/edit_scope.html`
#[derive(Template)]
#[template(path = "console/edit_scope.html")]
struct EditScope<'a> {
    f: &'a Frame,
    path: String,
    /// When it had last changed as the form was made, in milliseconds.
    version: i64,
    sheet: Sheet,
}

/// The form.
pub(super) async fn show(admin: Admin, name: Path<String>) -> PageResult {
    let scope = find(&admin, &name).await?;
    let draft = ScopeDraft { text: scope.text.clone(), optional: scope.optional, needs_approval: scope.needs_approval };
    render(&admin, &scope, Sheet { name: scope.name.to_string(), draft, faults: Vec::new() })
}

/// The form, sent.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, name: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let scope = find(&admin, &name).await?;
    let version = visit.value(&fields, "version")?.and_then(|version| version.parse().ok());
    let version = version.ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let seen = RegisteredScope { updated_at: Timestamp::from_millis(version), ..scope };
    let sheet = Sheet { name: seen.name.to_string(), ..Sheet::read(&admin, &fields)? };
    let done = match admin.registry().replace_scope(&seen, &sheet.draft).await {
        Ok(_) => "changed",
        Err(RegistryError::Changed) => "stale",
        Err(RegistryError::Faulty(faults)) => return render(&admin, &seen, Sheet { faults, ..sheet }),
        Err(RegistryError::Store(error)) => return Err(visit.failed(&error)),
        Err(_) => return Err(visit.refuse(Problem::Malformed)),
    };
    Ok(visit.redirect(&format!("/admin/scopes?done={done}")))
}

/// The scope, if it was registered: others are changed elsewhere, or not at all.
pub(super) async fn find(admin: &Admin, name: &str) -> Result<RegisteredScope, Error> {
    let visit = &admin.visit;
    if admin.catalogue().await?.source_of_scope(name) != Some(Source::Registered) {
        return Err(visit.refuse(Problem::NotFound));
    }
    let found = visit.cx.store.registered_scope(name).await.map_err(|error| visit.failed(&error))?;
    found.ok_or_else(|| visit.refuse(Problem::NotFound))
}

fn render(admin: &Admin, scope: &RegisteredScope, sheet: Sheet) -> PageResult {
    let status = if sheet.is_fine() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (path, version) = (scope_path(scope.name.as_str()), scope.updated_at.millis());
    let frame = admin.frame();
    let title = format!("Change {}", scope.name);
    let page = EditScope { f: &frame, path, version, sheet };
    admin.send_as(status, &frame, Section::Resources, &title, &page)
}
