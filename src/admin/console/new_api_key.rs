//! `/admin/new-api-key`: a key for the person or client that the address names, reached from their page.

use std::time::Duration;

use actix_web::Error;
use actix_web::http::StatusCode;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::api_key;
use super::frame::{Frame, Section};
use super::key_form::{Sheet, Typed};
use super::key_owner::Owner;
use crate::domain::api_keys::{self, Added, KeyFault, MOST};
use crate::ids::{ApiKeyId, ClientId};
use crate::protocol::key_mode::KeyMode;
use crate::protocol::params::Params;
use crate::store::KeyOwner;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// For how long a key is good, as the form proposes it.
const PROPOSED: Duration = Duration::from_hours(90 * 24);

/// `templates/console/new_api_key.html`
#[derive(Template)]
#[template(path = "console/new_api_key.html")]
struct NewApiKey<'a> {
    f: &'a Frame,
    owner: &'a Owner,
    /// The field that names the owner, and its value.
    field: (&'static str, String),
    /// Drawn with the form, so that one that is sent twice makes one key.
    id: ApiKeyId,
    mode: KeyMode,
    sheet: Sheet,
    default_resource: &'a str,
    full: bool,
}

/// The form.
pub(super) async fn show(admin: Admin) -> PageResult {
    let visit = &admin.visit;
    let owner = named(&admin, &visit.query()?).await?;
    let id = ApiKeyId(visit.cx.entropy.uuid_at(visit.now));
    let typed = Typed { expires_at: (visit.now + PROPOSED).day(), ..Typed::default() };
    render(&admin, &owner, (id, KeyMode::Live), typed, Vec::new(), false).await
}

/// The form, sent: the answer is the page of the key, with its secret.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm) -> PageResult {
    let visit = &admin.visit;
    let owner = named(&admin, &fields).await?;
    let id: Option<ApiKeyId> = visit.value(&fields, "id")?.and_then(|id| id.parse().ok());
    let mode = visit.value(&fields, "mode")?.and_then(KeyMode::from_wire);
    let drawn = id.zip(mode).ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let typed = Typed::read(&admin, &fields)?;
    let terms = match typed.check(&admin, &owner, None).await? {
        Ok(terms) => terms,
        Err(faults) => return render(&admin, &owner, drawn, typed, faults, false).await,
    };
    let (id, mode) = drawn;
    let added = api_keys::add(&admin.act(), &visit.cx.hasher, (id, owner.id(), mode), terms, |_, _| None).await;
    match added.map_err(|error| visit.failed(&error))? {
        Added::Done(key, secret) => api_key::render(&admin, &key, &owner, Some(&secret)).await,
        Added::TooMany => render(&admin, &owner, drawn, typed, Vec::new(), true).await,
        // Sent twice, it is the key that the first one made; its secret was in the answer to that.
        Added::Exists | Added::Answered => Ok(visit.redirect(&api_key::path_of(id))),
    }
}

/// The owner that `client` or `person` names, if this admin may make keys for them.
async fn named(admin: &Admin, params: &Params) -> Result<Owner, Error> {
    let visit = &admin.visit;
    let owner = match (visit.value(params, "client")?, visit.value(params, "person")?) {
        (Some(client), None) => KeyOwner::Client(ClientId(client.to_owned())),
        (None, Some(person)) => KeyOwner::Person(person.parse().map_err(|_| visit.refuse(Problem::NotFound))?),
        _ => return Err(visit.refuse(Problem::Malformed)),
    };
    let owner = Owner::find(admin, &owner).await?;
    owner.must_be_below(admin)?;
    Ok(owner)
}

async fn render(
    admin: &Admin,
    owner: &Owner,
    (id, mode): (ApiKeyId, KeyMode),
    typed: Typed,
    faults: Vec<KeyFault>,
    full: bool,
) -> PageResult {
    let sheet = Sheet::new(admin, owner, typed, faults).await?;
    let is_fine = sheet.is_fine() && !full;
    let status = if is_fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let field = match owner.id() {
        KeyOwner::Client(id) => ("client", id.to_string()),
        KeyOwner::Person(id) => ("person", id.to_string()),
    };
    let catalogue = admin.visit.cx.catalogue();
    let default_resource = api_keys::offer::default_resource(&catalogue, owner.client());
    let frame = admin.frame();
    let page = NewApiKey { f: &frame, owner, field, id, mode, sheet, default_resource, full };
    admin.send_as(status, &frame, Section::ApiKeys, "New API key", &page)
}
