//! `/resources` and `/scopes`: the APIs for which tokens are issued, and what can be asked for. The configuration declares
//! them.

use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::people::Items;
use crate::domain::catalogue::Resource;
use crate::domain::permission::Permission;

/// An API for which access tokens are issued.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Resource)]
pub(super) struct ResourceView {
    /// Its identifier: the audience of its tokens.
    identifier: String,
    /// The scopes that mean something there.
    scopes: Vec<String>,
    /// `jwt` or `opaque`.
    access_token_format: &'static str,
    /// For how many seconds its tokens are good, unless a client has less.
    access_token_lifetime: u64,
    /// Whether a token is for it that nobody named a resource for.
    is_default: bool,
}

/// What an app can ask for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Scope)]
pub(super) struct ScopeView {
    /// As it is asked for.
    name: String,
    /// What it allows, as people read it; null for the built-in ones, which the pages explain in the reader's language.
    text: Option<String>,
    /// Whether a person may refuse it and allow the rest.
    optional: bool,
    /// Whether an admin has to approve it for an app first.
    needs_approval: bool,
    /// The resources that know it.
    resources: Vec<String>,
}

/// The APIs for which access tokens are issued.
#[utoipa::path(get, path = "/resources", tag = "Settings", security(("oauth2" = ["clients:read"])),
    responses((status = 200, description = "All of them", body = Items<ResourceView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    let cx = &caller.cx;
    let (catalogue, usual) = (&cx.catalogue(), cx.config.tokens.access_token_lifetime);
    let view = |resource: &Resource| ResourceView {
        identifier: resource.identifier.clone(),
        scopes: resource.scopes.iter().map(ToString::to_string).collect(),
        access_token_format: resource.format.as_str(),
        access_token_lifetime: resource.lifetime.unwrap_or(usual).as_secs(),
        is_default: catalogue.default_resource() == resource.identifier,
    };
    answer::ok(&Items { items: catalogue.resources().map(view).collect() })
}

/// What apps can ask for.
#[utoipa::path(get, path = "/scopes", tag = "Settings", security(("oauth2" = ["clients:read"])),
    responses((status = 200, description = "All of them", body = Items<ScopeView>)))]
pub(super) async fn list_scopes(caller: Caller) -> Answer {
    caller.must_to_own(Permission::ClientsRead)?;
    let catalogue = &caller.cx.catalogue();
    let knowing = |name: &str| {
        let resources = catalogue.resources().filter(|resource| resource.scopes.contains(name));
        resources.map(|resource| resource.identifier.clone()).collect()
    };
    let view = |name: &str| ScopeView {
        name: name.to_owned(),
        text: catalogue.scope_text(name).map(str::to_owned),
        optional: catalogue.is_optional(name),
        needs_approval: catalogue.needs_approval(name),
        resources: knowing(name),
    };
    answer::ok(&Items { items: catalogue.scope_names().map(view).collect() })
}
