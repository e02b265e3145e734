//! The form of a scope, as the pages that register and change one show it.

use actix_web::Error;

use super::admin::Admin;
use crate::domain::resources::{DraftFault, ScopeDraft};
use crate::protocol::params::Params;

/// The form, with what is wrong about it.
pub(super) struct Sheet {
    pub name: String,
    pub draft: ScopeDraft,
    pub faults: Vec<DraftFault>,
}

impl Sheet {
    /// What was typed.
    pub fn read(admin: &Admin, fields: &Params) -> Result<Self, Error> {
        let visit = &admin.visit;
        let field = |name: &str| Ok::<_, Error>(visit.value(fields, name)?.unwrap_or_default().trim().to_owned());
        let draft = ScopeDraft {
            text: field("text")?,
            optional: field("required")?.is_empty(),
            needs_approval: !field("needs_approval")?.is_empty(),
        };
        Ok(Self { name: field("name")?, draft, faults: Vec::new() })
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
