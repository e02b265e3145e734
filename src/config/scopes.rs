//! `[[scopes]]`: what apps can ask for beyond the scopes of OpenID Connect.

use super::reader::Reader;
use crate::protocol::scope::{ADDRESS, EMAIL, OF_OUR_API, OFFLINE_ACCESS, OPENID, PHONE, PROFILE, ScopeToken};

/// The scopes that every server of this kind knows; they are declared nowhere.
pub const BUILT_IN_SCOPES: [&str; 6] = [OPENID, PROFILE, EMAIL, ADDRESS, PHONE, OFFLINE_ACCESS];

/// One of the `[[scopes]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeConfig {
    /// Its name on the wire.
    pub name: ScopeToken,
    /// What it allows, as people read it when they are asked for consent.
    pub text: String,
    /// Whether a person may untick it and allow the rest.
    pub optional: bool,
    /// Whether an app gets it only where an admin has approved that.
    pub needs_approval: bool,
}

impl ScopeConfig {
    pub(super) fn read_all(reader: &mut Reader) -> Vec<Self> {
        let mut scopes: Vec<Self> = Vec::new();
        for section in reader.sections("scopes") {
            let name_key = format!("{section}.name");
            let name = reader.required::<ScopeToken>(&name_key, &section);
            let text = reader.required(&format!("{section}.text"), &section);
            let optional = reader.value(&format!("{section}.optional"), true);
            let needs_approval = reader.value(&format!("{section}.needs_approval"), false);
            let Some(name) = name else { continue };
            if BUILT_IN_SCOPES.contains(&name.as_str()) {
                reader.refuse(&name_key, "is a built-in scope", "Take the declaration out, or choose another name.");
            }
            // Else who is allowed something at another API would be allowed as much at this one.
            if OF_OUR_API.contains(&name.as_str()) {
                let remedy = "Choose another name: the admin API of this server has that one.";
                reader.refuse(&name_key, "is a scope of this server's own API", remedy);
            }
            if scopes.iter().any(|scope| scope.name == name) {
                reader.refuse(&name_key, "is declared twice", "Keep one of the declarations.");
            }
            scopes.push(Self { name, text: text.unwrap_or_default(), optional, needs_approval });
        }
        scopes
    }
}
