//! `/settings`: what is in force, and where it comes from.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::people::Items;
use crate::config::Setting;
use crate::domain::permission::Permission;

/// A setting in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Setting)]
pub(super) struct SettingView {
    /// Its dotted name.
    key: String,
    /// Its value; null where it is not set, `(hidden)` where it is secret.
    #[schema(value_type = Value)]
    value: Value,
    /// Where the value comes from: `default`, a line of a file, or a variable of the environment.
    source: String,
}

impl SettingView {
    fn new(setting: &Setting) -> Self {
        Self { key: setting.key.clone(), value: setting.value.clone(), source: setting.source.to_string() }
    }
}

/// The settings in force, secrets masked, as `claviger config show` prints them.
#[utoipa::path(get, path = "/settings", tag = "Settings", security(("oauth2" = ["settings:read"])),
    responses((status = 200, description = "All of them", body = Items<SettingView>)))]
pub(super) async fn list(caller: Caller) -> Answer {
    caller.must(Permission::SettingsRead)?;
    answer::ok(&Items { items: caller.cx.config.show().iter().map(SettingView::new).collect() })
}
