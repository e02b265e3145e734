//! The form of a resource, as the pages that register and change one show it.

use actix_web::Error;

use super::admin::Admin;
use crate::config::{AccessTokenFormat, format_duration};
use crate::domain::catalogue::Catalogue;
use crate::domain::resources::{DraftFault, ResourceDraft};
use crate::protocol::params::Params;
use crate::protocol::scope;
use crate::store::RegisteredResource;

/// What stands in the form.
#[derive(Default)]
pub(super) struct Typed {
    /// Of a new resource; it never changes.
    pub identifier: String,
    pub name: String,
    pub scopes: Vec<String>,
    pub format: String,
    /// In seconds.
    pub lifetime: String,
}

/// The form, with what is wrong about it.
pub(super) struct Sheet {
    pub typed: Typed,
    pub scopes: Vec<ScopeChoice>,
    pub formats: [FormatChoice; 2],
    /// The lifetime of tokens whose resource sets none.
    pub usual: String,
    faults: Vec<DraftFault>,
}

pub(super) struct ScopeChoice {
    pub name: String,
    pub text: String,
    pub chosen: bool,
}

pub(super) struct FormatChoice {
    pub word: &'static str,
    pub text: &'static str,
    pub chosen: bool,
}

impl Typed {
    /// What stands in the form of a resource that is changed.
    pub fn of(resource: &RegisteredResource) -> Self {
        Self {
            identifier: resource.identifier.to_string(),
            name: resource.name.clone(),
            scopes: resource.scopes.iter().map(ToString::to_string).collect(),
            format: resource.format.as_str().to_owned(),
            lifetime: resource.lifetime.map(|lifetime| lifetime.as_secs().to_string()).unwrap_or_default(),
        }
    }

    /// What was typed.
    pub fn read(admin: &Admin, fields: &Params) -> Result<Self, Error> {
        let visit = &admin.visit;
        let field = |name: &str| Ok::<_, Error>(visit.value(fields, name)?.unwrap_or_default().trim().to_owned());
        let scopes = fields.all("scope").map_err(|error| visit.malformed(&error))?;
        Ok(Self {
            identifier: field("identifier")?,
            name: field("name")?,
            scopes: scopes.into_iter().map(str::to_owned).collect(),
            format: field("access_token_format")?,
            lifetime: field("access_token_lifetime")?,
        })
    }

    /// The draft that it is. A lifetime that is no number is none that could be chosen, as 0 is none.
    pub fn draft(&self) -> ResourceDraft {
        let lifetime = Some(self.lifetime.as_str()).filter(|text| !text.is_empty());
        ResourceDraft {
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            access_token_format: self.format.clone(),
            access_token_lifetime: lifetime.map(|text| text.parse().unwrap_or(0)),
        }
    }
}

impl Sheet {
    pub fn new(admin: &Admin, catalogue: &Catalogue, typed: Typed, faults: Vec<DraftFault>) -> Self {
        let is_ticked = |name: &str| typed.scopes.iter().any(|ticked| ticked == name);
        // What is about people means something to this server; a resource that has it all the same may keep it.
        let is_offered = |name: &&str| !scope::OF_A_PERSON.contains(name) || is_ticked(name);
        let scopes = catalogue.published_scope_names().filter(is_offered).map(|name| ScopeChoice {
            name: name.to_owned(),
            text: catalogue.scope_text(name).unwrap_or_default().to_owned(),
            chosen: is_ticked(name),
        });
        let formats = AccessTokenFormat::ALL.map(|format| FormatChoice {
            word: format.as_str(),
            text: described(format),
            chosen: format == AccessTokenFormat::from_word(&typed.format).unwrap_or(AccessTokenFormat::Jwt),
        });
        let usual = format_duration(admin.visit.cx.config.tokens.access_token_lifetime);
        Self { scopes: scopes.collect(), formats, usual, typed, faults }
    }

    pub fn is_fine(&self) -> bool {
        self.faults.is_empty()
    }

    /// What is wrong with this member.
    pub fn fault(&self, member: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.member == member).map(|fault| fault.text.as_str())
    }

    /// Whether this member is the first with something wrong.
    pub fn is_first(&self, member: &str) -> bool {
        self.faults.first().is_some_and(|fault| fault.member == member)
    }
}

const fn described(format: AccessTokenFormat) -> &'static str {
    match format {
        AccessTokenFormat::Jwt => "JWT: the API can check it by itself; it is good until it ends",
        AccessTokenFormat::Opaque => "Opaque: the API has to ask this server each time; it can be ended at once",
    }
}
