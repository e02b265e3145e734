//! `/admin/api-keys/{key_id}/edit`: what a key may do, where, from where, how often and until when.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::api_key::{self, path_of};
use super::frame::{Frame, Section};
use super::key_form::{Sheet, Typed};
use super::key_owner::Owner;
use crate::clock::Timestamp;
use crate::domain::api_keys::{self, Change, KeyFault};
use crate::store::ApiKey;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/edit_api_key.html`
#[derive(Template)]
#[template(path = "console/edit_api_key.html")]
struct EditApiKey<'a> {
    f: &'a Frame,
    path: String,
    name: &'a str,
    /// When its terms had last changed as the form was made, in milliseconds.
    version: i64,
    sheet: Sheet,
    default_resource: &'a str,
}

/// The form.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let (key, owner) = api_key::find(&admin, &id).await?;
    owner.must_be_below(&admin)?;
    render(&admin, &key, &owner, Typed::of(&key), key.updated_at, Vec::new()).await
}

/// The form, sent.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let (key, owner) = api_key::find(&admin, &id).await?;
    owner.must_be_below(&admin)?;
    let version = visit.value(&fields, "version")?.and_then(|version| version.parse().ok());
    let version = version.map(Timestamp::from_millis).ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let typed = Typed::read(&admin, &fields)?;
    let terms = match typed.check(&admin, &owner, Some(&key)).await? {
        Ok(terms) => terms,
        Err(faults) => return render(&admin, &key, &owner, typed, version, faults).await,
    };
    // As the form showed it: who changed it meanwhile is not overruled unseen.
    let seen = ApiKey { updated_at: version, ..key };
    let changed = api_keys::replace(&admin.act(), &seen, terms).await.map_err(|error| visit.failed(&error))?;
    let done = if matches!(changed, Change::Done(_)) { "changed" } else { "stale" };
    Ok(visit.redirect(&format!("{}?done={done}", path_of(seen.id))))
}

async fn render(
    admin: &Admin,
    key: &ApiKey,
    owner: &Owner,
    typed: Typed,
    version: Timestamp,
    faults: Vec<KeyFault>,
) -> PageResult {
    let sheet = Sheet::new(admin, owner, typed, faults).await?;
    let status = if sheet.is_fine() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (frame, catalogue) = (admin.frame(), admin.visit.cx.catalogue());
    let page = EditApiKey {
        f: &frame,
        path: path_of(key.id),
        name: &key.name,
        version: version.millis(),
        sheet,
        default_resource: api_keys::offer::default_resource(&catalogue, owner.client()),
    };
    admin.send_as(status, &frame, Section::ApiKeys, &format!("Change {}", key.name), &page)
}
