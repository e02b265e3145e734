//! `/admin/scopes/new`: registering what apps can ask for.

use actix_web::http::StatusCode;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::frame::{Frame, Section};
use super::scope_form::Sheet;
use crate::domain::resources::{RegistryError, ScopeDraft};
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/new_scope.html`
#[derive(Template)]
#[template(path = "console/new_scope.html")]
struct NewScope<'a> {
    f: &'a Frame,
    sheet: Sheet,
}

/// The form.
pub(super) async fn show(admin: Admin) -> PageResult {
    let draft = ScopeDraft { text: String::new(), optional: true, needs_approval: false };
    render(&admin, Sheet { name: String::new(), draft, faults: Vec::new() })
}

/// The form, sent.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm) -> PageResult {
    let visit = &admin.visit;
    let sheet = Sheet::read(&admin, &fields)?;
    match admin.registry().add_scope(&sheet.name, sheet.draft.clone(), |_| None).await {
        Ok(_) => Ok(visit.redirect("/admin/scopes?done=changed")),
        Err(RegistryError::Faulty(faults)) => render(&admin, Sheet { faults, ..sheet }),
        Err(RegistryError::Store(error)) => Err(visit.failed(&error)),
        Err(_) => Err(visit.refuse(Problem::Malformed)),
    }
}

fn render(admin: &Admin, sheet: Sheet) -> PageResult {
    let status = if sheet.is_fine() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = admin.frame();
    admin.send_as(status, &frame, Section::Resources, "New scope", &NewScope { f: &frame, sheet })
}
