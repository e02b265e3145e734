//! An API for which access tokens are issued, wherever it comes from.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};

use crate::config::AccessTokenFormat;
use crate::ids::ResourceId;
use crate::protocol::scope::Scope;
use crate::store::RegisteredResource;

/// Where something comes from, and so who can change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is part of this server.
    BuiltIn,
    /// The configuration declares it.
    Settings,
    /// Somebody registered it.
    Registered,
}

impl Source {
    /// Its name on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::BuiltIn => "built_in",
            Self::Settings => "settings",
            Self::Registered => "registered",
        }
    }
}

/// An API for which access tokens are issued.
#[derive(Clone, Debug)]
pub struct Resource {
    /// What it is found by in addresses of ours.
    pub id: ResourceId,
    /// Its identifier: the audience of its tokens.
    pub identifier: String,
    /// What people read.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// The scopes that mean something there.
    pub scopes: Scope,
    /// The form of its tokens.
    pub format: AccessTokenFormat,
    /// The lifetime of its tokens, where it sets one.
    pub lifetime: Option<Duration>,
}

impl Resource {
    /// One that is part of this server.
    pub(super) fn built_in(identifier: &str, name: &str, scopes: Scope) -> Self {
        Self {
            id: resource_id(identifier),
            identifier: identifier.to_owned(),
            name: name.to_owned(),
            source: Source::BuiltIn,
            scopes,
            format: AccessTokenFormat::Jwt,
            lifetime: None,
        }
    }
}

impl From<RegisteredResource> for Resource {
    fn from(row: RegisteredResource) -> Self {
        Self {
            id: row.id,
            identifier: row.identifier.to_string(),
            name: row.name,
            source: Source::Registered,
            scopes: row.scopes,
            format: row.format,
            lifetime: row.lifetime,
        }
    }
}

/// What a resource is found by in addresses of ours: made of its identifier, so that it is the same at every server, whether
/// the resource is declared or registered.
#[must_use]
pub fn resource_id(identifier: &str) -> ResourceId {
    let mut bytes = [0; 16];
    for (byte, of_digest) in bytes.iter_mut().zip(digest(&SHA256, identifier.as_bytes()).as_ref()) {
        *byte = *of_digest;
    }
    // RFC 9562, section 5.8: a UUID of a making of one's own.
    ResourceId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}
