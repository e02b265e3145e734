//! `/admin/settings`: the settings in force and where each comes from.

use askama::Template;
use serde_json::Value;

use super::admin::Admin;
use super::frame::{Frame, Section};
use crate::web::visit::PageResult;

/// `templates/console/settings.html`
#[derive(Template)]
#[template(path = "console/settings.html")]
struct Settings<'a> {
    f: &'a Frame,
    sections: Vec<(&'a str, Vec<SettingRow>)>,
}

struct SettingRow {
    key: String,
    value: String,
    source: String,
    /// Whether somebody has set it.
    is_set: bool,
}

/// The page.
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
    admin.send(&frame, Section::Settings, "Settings", &Settings { f: &frame, sections })
}
