//! `/scopes`: what apps can ask for. Those of the configuration are read only; others are registered here.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::client_actions::read;
use super::clients::JSON;
use super::etag::{IfMatch, Tag, tagged};
use super::idempotency::{Created, Once};
use super::people::Items;
use super::problem::{Kind, Problem};
use super::resources::{Deletion, must_be_free, must_be_registered, refused, registry};
use crate::domain::catalogue::Catalogue;
use crate::domain::own_api;
use crate::domain::permission::Permission;
use crate::domain::resources::ScopeDraft;
use crate::store::RegisteredScope;

/// What an app can ask for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Scope)]
pub(super) struct ScopeView {
    /// As it is asked for.
    name: String,
    /// Where it comes from: `built_in`, `settings` or `registered`. Only what is registered can be changed here.
    source: &'static str,
    /// What it allows, as people read it; null for the built-in ones, which the pages explain in the reader's language.
    text: Option<String>,
    /// Whether a person may refuse it and allow the rest.
    optional: bool,
    /// Whether an admin has to approve it for an app first.
    needs_approval: bool,
    /// The resources that know it.
    resources: Vec<String>,
}

/// What a scope is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScopeDraft)]
pub(super) struct DraftView {
    /// What it allows, as people read it when they are asked for consent.
    #[schema(min_length = 1, max_length = 200)]
    text: String,
    /// Whether a person may refuse it and allow the rest.
    #[serde(default = "yes")]
    #[schema(default = true)]
    optional: bool,
    /// Whether an app gets it only where an admin has approved that.
    #[serde(default)]
    #[schema(default = false)]
    needs_approval: bool,
}

/// A scope to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewScope {
    /// As it is asked for; it never changes.
    #[schema(min_length = 1, max_length = 255)]
    name: String,
    /// What it allows, as people read it when they are asked for consent.
    #[schema(min_length = 1, max_length = 200)]
    text: String,
    /// Whether a person may refuse it and allow the rest.
    #[serde(default = "yes")]
    #[schema(default = true)]
    optional: bool,
    /// Whether an app gets it only where an admin has approved that.
    #[serde(default)]
    #[schema(default = false)]
    needs_approval: bool,
}

const fn yes() -> bool {
    true
}

impl ScopeView {
    fn new(catalogue: &Catalogue, name: &str) -> Option<Self> {
        Some(Self {
            name: name.to_owned(),
            source: catalogue.source_of_scope(name)?.word(),
            text: catalogue.scope_text(name).map(str::to_owned),
            optional: catalogue.is_optional(name),
            needs_approval: catalogue.needs_approval(name),
            resources: catalogue.resources_knowing(name).map(|resource| resource.identifier.clone()).collect(),
        })
    }

    /// As a row says, whatever is in force.
    fn of_row(catalogue: &Catalogue, row: &RegisteredScope) -> Self {
        Self {
            name: row.name.to_string(),
            source: "registered",
            text: Some(row.text.clone()),
            optional: row.optional,
            needs_approval: row.needs_approval,
            resources: catalogue.resources_knowing(row.name.as_str()).map(|r| r.identifier.clone()).collect(),
        }
    }
}

impl DraftView {
    fn into_draft(self) -> ScopeDraft {
        ScopeDraft { text: self.text, optional: self.optional, needs_approval: self.needs_approval }
    }
}

/// What apps can ask for.
#[utoipa::path(get, path = "/scopes", tag = "Resources", security(("oauth2" = ["clients:read"])),
    responses((status = 200, description = "All of them", body = Items<ScopeView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    let cx = &caller.cx;
    cx.live_catalogue.refresh(&cx.store).await?;
    let catalogue = cx.catalogue();
    let items = catalogue.scope_names().filter_map(|name| ScopeView::new(&catalogue, name)).collect();
    answer::ok(&Items { items })
}

/// Registers a scope. It counts at once, at other servers within a second or two.
#[utoipa::path(post, path = "/scopes", tag = "Resources", security(("oauth2" = ["resources:write"])),
    params(("Idempotency-Key" = Option<String>, Header,
        description = "A key of your own: the same request under the same key is done once")),
    request_body(content = NewScope, example = json!({ "name": "boats.read", "text": "See your boats" })),
    responses((status = 201, description = "Registered", body = ScopeView,
        headers(("Location" = String, description = "Its address"), ("ETag" = String, description = "Its state")))))]
pub(super) async fn create(caller: Caller, body: Bytes) -> Answer {
    caller.must(Permission::ResourcesWrite)?;
    let NewScope { name, text, optional, needs_approval } = read(caller.body(&body, JSON)?)?;
    let draft = ScopeDraft { text, optional, needs_approval };
    let once = Once::of(&caller, &body)?;
    if let Some(answer) = once.answered(&caller).await? {
        return Ok(answer);
    }
    let keep = |row: &RegisteredScope| once.keep(&caller, || created(&caller, row));
    match registry(&caller).add_scope(&name, draft, keep).await {
        Ok(row) => Ok(created(&caller, &row).response()),
        Err(error) => once.answered(&caller).await?.ok_or_else(|| refused(error)),
    }
}

fn created(caller: &Caller, row: &RegisteredScope) -> Created {
    let view = ScopeView::of_row(&caller.cx.catalogue(), row);
    let name = url::form_urlencoded::byte_serialize(row.name.as_str().as_bytes()).collect::<String>();
    Created {
        location: format!("{}/scopes/{name}", own_api::identifier(caller.cx.issuer())),
        tag: Tag::of(&view).as_str().to_owned(),
        body: serde_json::to_string(&view).unwrap_or_default(),
    }
}

/// One scope.
#[utoipa::path(get, path = "/scopes/{scope}", tag = "Resources", security(("oauth2" = ["clients:read"])),
    params(("scope" = String, Path, description = "Its name")),
    responses((status = 200, description = "The scope", body = ScopeView,
        headers(("ETag" = String, description = "Its state, for If-Match")))))]
pub(super) async fn show(caller: Caller, name: Path<String>) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    caller.cx.live_catalogue.refresh(&caller.cx.store).await?;
    let view = ScopeView::new(&caller.cx.catalogue(), &name).ok_or(Kind::NotFound)?;
    tagged(StatusCode::OK, &view)
}

/// Replaces all of a registered scope but its name: what you leave out gets its default.
#[utoipa::path(put, path = "/scopes/{scope}", tag = "Resources", security(("oauth2" = ["resources:write"])),
    params(("scope" = String, Path, description = "Its name"),
        ("If-Match" = String, Header, description = "The ETag of the scope as you have seen it, or *")),
    request_body = DraftView,
    responses((status = 200, description = "The scope as it is now", body = ScopeView,
        headers(("ETag" = String, description = "Its new state"))),
        (status = 409, description = "The settings declare it, or it is built in")))]
pub(super) async fn replace(caller: Caller, name: Path<String>, body: Bytes) -> Answer {
    caller.must(Permission::ResourcesWrite)?;
    let seen = IfMatch::of(&caller.request)?;
    let row = registered(&caller, &name).await?;
    let draft: DraftView = read(caller.body(&body, JSON)?)?;
    if !seen.admits(&ScopeView::of_row(&caller.cx.catalogue(), &row)) {
        return Err(Kind::Changed.into());
    }
    let row = registry(&caller).replace_scope(&row, &draft.into_draft()).await.map_err(refused)?;
    tagged(StatusCode::OK, &ScopeView::of_row(&caller.cx.catalogue(), &row))
}

/// Deletes a registered scope that no registered resource names: nobody gets it any more. Clients, keys and consents go on
/// naming it, to no effect; while any do, say that you know.
#[utoipa::path(delete, path = "/scopes/{scope}", tag = "Resources", security(("oauth2" = ["resources:write"])),
    params(("scope" = String, Path, description = "Its name"), Deletion),
    responses((status = 204, description = "Deleted"),
        (status = 409, description = "It is still named, the settings declare it, or it is built in")))]
pub(super) async fn delete(caller: Caller, name: Path<String>) -> Answer {
    caller.must(Permission::ResourcesWrite)?;
    let Deletion { even_if_named } = caller.query()?;
    let row = registered(&caller, &name).await?;
    must_be_free(caller.cx.store.mentions_of_scope(row.name.as_str()).await?, even_if_named)?;
    registry(&caller).delete_scope(&row).await.map_err(refused)?;
    Ok(answer::done())
}

/// The scope of this name, if it can be changed here.
async fn registered(caller: &Caller, name: &str) -> Result<RegisteredScope, Problem> {
    caller.cx.live_catalogue.refresh(&caller.cx.store).await?;
    let source = caller.cx.catalogue().source_of_scope(name).ok_or(Kind::NotFound)?;
    must_be_registered(source, "scope")?;
    caller.cx.store.registered_scope(name).await?.ok_or_else(|| Kind::NotFound.into())
}
