//! `/admin/scopes`: what apps can ask for, be it built in, of the settings or registered.

use askama::Template;

use super::admin::Admin;
use super::frame::{Frame, Section};
use super::listing::encoded;
use super::resources::{from, path_of};
use crate::domain::catalogue::Source;
use crate::domain::permission::Permission;
use crate::web::visit::PageResult;

/// `templates/console/scopes.html`
#[derive(Template)]
#[template(path = "console/scopes.html")]
struct Scopes<'a> {
    f: &'a Frame,
    /// Those of the settings, and those that were registered.
    own: Vec<ScopeRow<'a>>,
    built_in: Vec<ScopeRow<'a>>,
}

struct ScopeRow<'a> {
    name: &'a str,
    text: &'a str,
    from: &'static str,
    optional: bool,
    /// Whether an admin has to approve it for an app first.
    needs_approval: bool,
    /// The resources that know it: path and name.
    resources: Vec<(String, &'a str)>,
    /// Where it is changed, if it can be.
    path: Option<String>,
}

/// The path of a scope's pages, under the issuer's.
pub(super) fn scope_path(name: &str) -> String {
    format!("/admin/scopes/{}", encoded(name))
}

/// The page.
pub(super) async fn show(admin: Admin) -> PageResult {
    let catalogue = admin.catalogue().await?;
    let row = |name| {
        let source = catalogue.source_of_scope(name).unwrap_or(Source::BuiltIn);
        let known = catalogue.resources_knowing(name);
        ScopeRow {
            name,
            text: catalogue.scope_text(name).unwrap_or_default(),
            from: from(source),
            optional: catalogue.is_optional(name),
            needs_approval: catalogue.needs_approval(name),
            resources: known.map(|resource| (path_of(resource.id), resource.name.as_str())).collect(),
            path: (source == Source::Registered).then(|| scope_path(name)),
        }
    };
    let is_built_in = |name: &&str| catalogue.source_of_scope(name) == Some(Source::BuiltIn);
    let (built_in, own): (Vec<_>, Vec<_>) = catalogue.scope_names().partition(is_built_in);
    let [built_in, own] = [built_in, own].map(|names| names.into_iter().map(row).collect());
    let frame = admin.frame();
    admin.send(&frame, Section::Resources, "Scopes", &Scopes { f: &frame, own, built_in })
}
