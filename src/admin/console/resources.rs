//! `/admin/resources`: the APIs that tokens are for, those of the settings and those that were registered.

use askama::Template;

use super::admin::Admin;
use super::frame::{Frame, Section};
use crate::config::format_duration;
use crate::domain::catalogue::Source;
use crate::domain::permission::Permission;
use crate::ids::ResourceId;
use crate::web::visit::PageResult;

/// Scopes that a row of the list shows.
const SCOPES: usize = 4;

/// `templates/console/resources.html`
#[derive(Template)]
#[template(path = "console/resources.html")]
struct Resources<'a> {
    f: &'a Frame,
    rows: Vec<ResourceRow>,
    /// Whether none is there but those that are part of this server.
    empty: bool,
}

struct ResourceRow {
    path: String,
    name: String,
    identifier: String,
    is_default: bool,
    from: &'static str,
    format: &'static str,
    lifetime: String,
    /// The first of its scopes, and how many more there are.
    scopes: Vec<String>,
    more: usize,
    /// Clients that may ask for it, of those that whoever looks may see.
    clients: u64,
}

/// The path of a resource's page, under the issuer's.
pub(super) fn path_of(id: ResourceId) -> String {
    format!("/admin/resources/{id}")
}

/// Where something comes from, as people read it.
pub(super) const fn from(source: Source) -> &'static str {
    match source {
        Source::BuiltIn => "part of this server",
        Source::Settings => "from the settings",
        Source::Registered => "registered",
    }
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let (visit, catalogue) = (&admin.visit, admin.catalogue().await?);
    let counts = visit.cx.store.clients_by_resource(admin.only_clients_of()).await;
    let counts = counts.map_err(|error| visit.failed(&error))?;
    let usual = visit.cx.config.tokens.access_token_lifetime;
    let rows = catalogue.resources().map(|resource| ResourceRow {
        path: path_of(resource.id),
        name: resource.name.clone(),
        identifier: resource.identifier.clone(),
        is_default: catalogue.default_resource() == resource.identifier,
        from: from(resource.source),
        format: resource.format.as_str(),
        lifetime: format_duration(resource.lifetime.unwrap_or(usual)),
        scopes: resource.scopes.iter().take(SCOPES).map(ToString::to_string).collect(),
        more: resource.scopes.iter().count().saturating_sub(SCOPES),
        clients: counts.get(&resource.identifier).copied().unwrap_or_default(),
    });
    let frame = admin.frame();
    let empty = catalogue.resources().all(|resource| resource.source == Source::BuiltIn);
    admin.send(&frame, Section::Resources, "Resources", &Resources { f: &frame, rows: rows.collect(), empty })
}
