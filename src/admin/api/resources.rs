//! `/resources`: the APIs for which tokens are issued. Those of the configuration are read only; others are registered here.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::client_actions::read;
use super::clients::JSON;
use super::etag::{IfMatch, Tag, tagged};
use super::idempotency::{Created, Once};
use super::people::Items;
use super::problem::{Kind, MemberError, Problem};
use crate::domain::catalogue::{Resource, Source};
use crate::domain::own_api;
use crate::domain::permission::Permission;
use crate::domain::resources::{Registry, RegistryError, ResourceDraft};
use crate::ids::ResourceId;
use crate::store::{Mentions, RegisteredResource};

/// An API for which access tokens are issued.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resource)]
pub(super) struct ResourceView {
    /// What it is found by here.
    id: Uuid,
    /// Its identifier: the audience of its tokens.
    identifier: String,
    /// What people read.
    name: String,
    /// Where it comes from: `built_in`, `settings` or `registered`. Only what is registered can be changed here.
    source: &'static str,
    /// The scopes that mean something there.
    scopes: Vec<String>,
    /// `jwt` or `opaque`.
    access_token_format: &'static str,
    /// For how many seconds its tokens are good, unless a client has less.
    access_token_lifetime: u64,
    /// Whether it sets that lifetime itself.
    sets_lifetime: bool,
    /// Whether a token is for it that nobody named a resource for.
    is_default: bool,
}

/// What a resource is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ResourceDraft)]
pub(super) struct DraftView {
    /// What people read; its identifier if left out.
    #[serde(default)]
    #[schema(max_length = 200)]
    name: String,
    /// The names of the scopes that mean something there.
    #[serde(default)]
    #[schema(max_items = 100)]
    scopes: Vec<String>,
    /// `jwt` or `opaque`.
    #[serde(default)]
    #[schema(pattern = "^(jwt|opaque)?$", default = "jwt")]
    access_token_format: String,
    /// For how many seconds its tokens are to be good; as long as others if left out.
    #[schema(minimum = 1, maximum = 31_536_000)]
    access_token_lifetime: Option<u64>,
}

/// A resource to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewResource {
    /// An absolute URI without fragment (RFC 8707), which never changes.
    #[schema(max_length = 2048)]
    identifier: String,
    /// What people read; its identifier if left out.
    #[serde(default)]
    #[schema(max_length = 200)]
    name: String,
    /// The names of the scopes that mean something there.
    #[serde(default)]
    #[schema(max_items = 100)]
    scopes: Vec<String>,
    /// `jwt` or `opaque`.
    #[serde(default)]
    #[schema(pattern = "^(jwt|opaque)?$", default = "jwt")]
    access_token_format: String,
    /// For how many seconds its tokens are to be good; as long as others if left out.
    #[schema(minimum = 1, maximum = 31_536_000)]
    access_token_lifetime: Option<u64>,
}

/// Whether to delete what is still named.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Deletion {
    /// Delete it although clients, keys or consents name it.
    #[serde(default)]
    pub even_if_named: bool,
}

impl ResourceView {
    fn new(caller: &Caller, resource: &Resource) -> Self {
        let cx = &caller.cx;
        let usual = cx.config.tokens.access_token_lifetime;
        Self {
            id: resource.id.0,
            identifier: resource.identifier.clone(),
            name: resource.name.clone(),
            source: resource.source.word(),
            scopes: resource.scopes.iter().map(ToString::to_string).collect(),
            access_token_format: resource.format.as_str(),
            access_token_lifetime: resource.lifetime.unwrap_or(usual).as_secs(),
            sets_lifetime: resource.lifetime.is_some(),
            is_default: cx.catalogue().default_resource() == resource.identifier,
        }
    }

    fn of_row(caller: &Caller, row: &RegisteredResource) -> Self {
        Self::new(caller, &row.clone().into())
    }
}

impl DraftView {
    fn into_draft(self) -> ResourceDraft {
        ResourceDraft {
            name: self.name,
            scopes: self.scopes,
            access_token_format: self.access_token_format,
            access_token_lifetime: self.access_token_lifetime,
        }
    }
}

/// The APIs for which access tokens are issued.
#[utoipa::path(get, path = "/resources", tag = "Resources", security(("oauth2" = ["clients:read"])),
    responses((status = 200, description = "All of them", body = Items<ResourceView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    let cx = &caller.cx;
    cx.live_catalogue.refresh(&cx.store).await?;
    let view = |resource: &Resource| ResourceView::new(&caller, resource);
    answer::ok(&Items { items: cx.catalogue().resources().map(view).collect() })
}

/// Registers a resource. It counts at once, at other servers within a second or two.
#[utoipa::path(post, path = "/resources", tag = "Resources", security(("oauth2" = ["resources:write"])),
    params(("Idempotency-Key" = Option<String>, Header,
        description = "A key of your own: the same request under the same key is done once")),
    request_body(content = NewResource, example = json!({
        "identifier": "https://boats.example.com", "name": "Boats", "scopes": [],
    })),
    responses((status = 201, description = "Registered", body = ResourceView,
        headers(("Location" = String, description = "Its address"), ("ETag" = String, description = "Its state")))))]
pub(super) async fn create(caller: Caller, body: Bytes) -> Answer {
    caller.must(Permission::ResourcesWrite)?;
    let NewResource { identifier, name, scopes, access_token_format, access_token_lifetime } =
        read(caller.body(&body, JSON)?)?;
    let draft = ResourceDraft { name, scopes, access_token_format, access_token_lifetime };
    let once = Once::of(&caller, &body)?;
    if let Some(answer) = once.answered(&caller).await? {
        return Ok(answer);
    }
    let keep = |row: &RegisteredResource| once.keep(&caller, || created(&caller, row));
    match registry(&caller).add_resource(&identifier, draft, keep).await {
        Ok(row) => Ok(created(&caller, &row).response()),
        Err(error) => once.answered(&caller).await?.ok_or_else(|| refused(error)),
    }
}

fn created(caller: &Caller, row: &RegisteredResource) -> Created {
    let view = ResourceView::of_row(caller, row);
    Created {
        location: format!("{}/resources/{}", own_api::identifier(caller.cx.issuer()), row.id),
        tag: Tag::of(&view).as_str().to_owned(),
        body: serde_json::to_string(&view).unwrap_or_default(),
    }
}

/// One resource.
#[utoipa::path(get, path = "/resources/{resource_id}", tag = "Resources", security(("oauth2" = ["clients:read"])),
    params(("resource_id" = Uuid, Path, description = "What it is found by")),
    responses((status = 200, description = "The resource", body = ResourceView,
        headers(("ETag" = String, description = "Its state, for If-Match")))))]
pub(super) async fn show(caller: Caller, id: Path<String>) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    tagged(StatusCode::OK, &ResourceView::new(&caller, &find(&caller, &id).await?))
}

/// Replaces all of a registered resource but its identifier: what you leave out gets its default.
#[utoipa::path(put, path = "/resources/{resource_id}", tag = "Resources", security(("oauth2" = ["resources:write"])),
    params(("resource_id" = Uuid, Path, description = "What it is found by"),
        ("If-Match" = String, Header, description = "The ETag of the resource as you have seen it, or *")),
    request_body = DraftView,
    responses((status = 200, description = "The resource as it is now", body = ResourceView,
        headers(("ETag" = String, description = "Its new state"))),
        (status = 409, description = "The settings declare it, or it is built in")))]
pub(super) async fn replace(caller: Caller, id: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::ResourcesWrite)?;
    let seen = IfMatch::of(&caller.request)?;
    let row = registered(&caller, &id).await?;
    let draft: DraftView = read(caller.body(&body, JSON)?)?;
    if !seen.admits(&ResourceView::of_row(&caller, &row)) {
        return Err(Kind::Changed.into());
    }
    let row = registry(&caller).replace_resource(&row, draft.into_draft()).await.map_err(refused)?;
    tagged(StatusCode::OK, &ResourceView::of_row(&caller, &row))
}

/// Deletes a registered resource: no token is issued for it any more, and introspection knows none. Clients and keys go on
/// naming it, to no effect; while any do, say that you know.
#[utoipa::path(delete, path = "/resources/{resource_id}", tag = "Resources",
    security(("oauth2" = ["resources:write"])),
    params(("resource_id" = Uuid, Path, description = "What it is found by"), Deletion),
    responses((status = 204, description = "Deleted"),
        (status = 409, description = "It is still named, the settings declare it, or it is built in")))]
pub(super) async fn delete(caller: Caller, id: Path<String>) -> Answer {
    caller.must(Permission::ResourcesWrite)?;
    let Deletion { even_if_named } = caller.query()?;
    let row = registered(&caller, &id).await?;
    let mentions = caller.cx.store.mentions_of_resource(row.identifier.as_str()).await?;
    must_be_free(mentions, even_if_named)?;
    registry(&caller).delete_resource(&row).await.map_err(refused)?;
    Ok(answer::done())
}

/// Refuses to delete what is named, unless the caller knows.
pub(super) fn must_be_free(mentions: Mentions, even_if_named: bool) -> Result<(), Problem> {
    if even_if_named || mentions.is_none() {
        return Ok(());
    }
    let text = format!(
        "Still named by {mentions}, to no effect from then on. Send even_if_named=true to delete it all the same."
    );
    Err(Problem::new(Kind::Conflict, text))
}

/// The resource of this identifier of ours, as it is now.
pub(super) async fn find(caller: &Caller, id: &str) -> Result<Resource, Problem> {
    let id: ResourceId = id.parse().map_err(|_| Kind::NotFound)?;
    caller.cx.live_catalogue.refresh(&caller.cx.store).await?;
    caller.cx.catalogue().resource_by_id(id).cloned().ok_or_else(|| Kind::NotFound.into())
}

/// The same, if it can be changed here.
async fn registered(caller: &Caller, id: &str) -> Result<RegisteredResource, Problem> {
    let resource = find(caller, id).await?;
    must_be_registered(resource.source, "resource")?;
    caller.cx.store.registered_resource(resource.id).await?.ok_or_else(|| Kind::NotFound.into())
}

/// Refuses to change what is not kept in the database.
pub(super) fn must_be_registered(source: Source, what: &str) -> Result<(), Problem> {
    let text = match source {
        Source::Registered => return Ok(()),
        Source::Settings => format!("The settings declare this {what}: change it there, and restart."),
        Source::BuiltIn => format!("This {what} is part of the server: it cannot be changed."),
    };
    Err(Problem::new(Kind::Conflict, text))
}

/// What registers on the caller's behalf.
pub(super) fn registry(caller: &Caller) -> Registry<'_> {
    Registry { act: caller.act(), live: &caller.cx.live_catalogue }
}

/// Why the catalogue stays as it is.
pub(super) fn refused(error: RegistryError) -> Problem {
    let text = error.to_string();
    match error {
        RegistryError::Faulty(faults) => Problem::invalid(
            faults
                .into_iter()
                .map(|fault| MemberError { detail: fault.to_string(), member: fault.member.to_owned() })
                .collect(),
        ),
        RegistryError::Changed => Kind::Changed.into(),
        RegistryError::NamedBy(_) => Problem::new(Kind::Conflict, text),
        RegistryError::Answered => Problem::from(Kind::Internal).because("an answer was kept, and is gone"),
        RegistryError::Store(error) => error.into(),
    }
}
