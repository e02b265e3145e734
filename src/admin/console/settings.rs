//! `/admin/settings`: the settings in force and where each comes from; and the scopes and resources that they declare.

use askama::Template;
use serde_json::Value;

use super::admin::Admin;
use super::frame::Section;
use crate::domain::catalogue::Resource;
use crate::web::visit::PageResult;

/// `templates/console/settings.html`
#[derive(Template)]
#[template(path = "console/settings.html")]
struct Settings<'a> {
    sections: Vec<(&'a str, Vec<SettingRow>)>,
}

struct SettingRow {
    key: String,
    value: String,
    source: String,
    /// Whether somebody has set it.
    is_set: bool,
}

/// `templates/console/resources.html`
#[derive(Template)]
#[template(path = "console/resources.html")]
struct Resources<'a> {
    resources: Vec<ResourceRow>,
    scopes: Vec<ScopeRow<'a>>,
}

struct ResourceRow {
    identifier: String,
    scopes: String,
    format: &'static str,
    lifetime: String,
    is_default: bool,
}

struct ScopeRow<'a> {
    name: &'a str,
    text: &'a str,
    built_in: bool,
    optional: bool,
    /// Whether an admin has to approve it for an app first.
    needs_approval: bool,
    resources: Vec<String>,
}

/// The settings.
pub(super) async fn show(admin: Admin) -> PageResult {
    let config = &admin.visit.cx.config;
    let mut sections: Vec<(&str, Vec<SettingRow>)> = Vec::new();
    for setting in config.show() {
        let section = setting.key.split('.').next().unwrap_or_default();
        let source = setting.source.to_string();
        let row = SettingRow {
            key: setting.key.clone(),
            value: match &setting.value {
                Value::Null => "(not set)".to_owned(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            },
            is_set: source != "default",
            source,
        };
        match sections.last_mut() {
            Some((last, rows)) if *last == section => rows.push(row),
            _ => sections.push((section, vec![row])),
        }
    }
    let frame = admin.frame();
    admin.send(&frame, Section::Settings, "Settings", &Settings { sections })
}

/// The scopes and resources.
pub(super) async fn resources(admin: Admin) -> PageResult {
    let cx = &admin.visit.cx;
    let (catalogue, usual) = (&cx.catalogue(), cx.config.tokens.access_token_lifetime);
    let of = |name: &str| {
        let known = catalogue.resources().filter(|resource| resource.scopes.contains(name));
        known.map(|resource| resource.identifier.clone()).collect()
    };
    let scopes = catalogue.scope_names().map(|name| ScopeRow {
        name,
        text: catalogue.scope_text(name).unwrap_or_default(),
        built_in: catalogue.scope_text(name).is_none(),
        optional: catalogue.is_optional(name),
        needs_approval: catalogue.needs_approval(name),
        resources: of(name),
    });
    let row = |resource: &Resource| ResourceRow {
        identifier: resource.identifier.clone(),
        scopes: resource.scopes.to_string(),
        format: resource.format.as_str(),
        lifetime: format!("{} s", resource.lifetime.unwrap_or(usual).as_secs()),
        is_default: catalogue.default_resource() == resource.identifier,
    };
    let frame = admin.frame();
    let page = Resources { resources: catalogue.resources().map(row).collect(), scopes: scopes.collect() };
    admin.send(&frame, Section::Resources, "Resources and scopes", &page)
}
