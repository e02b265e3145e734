//! What every grant is given.

use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::clients::authentication::AuthenticatedClient;
use crate::domain::events::Origin;
use crate::error::Result;
use crate::protocol::params::Params;
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::Scope;

/// A token request whose client has proved who it is and may use the grant.
pub struct TokenRequest<'a> {
    pub(super) cx: &'a Cx,
    pub(super) client: &'a AuthenticatedClient,
    pub(super) params: &'a Params,
    pub(super) origin: &'a Origin,
    pub(super) now: Timestamp,
}

impl TokenRequest<'_> {
    /// Whom the access token is for: what the request names (RFC 8707 §2.2), within what was granted, as far as the
    /// client may still ask for it.
    pub(super) fn audience(&self, granted: &[ResourceUri], scope: &Scope) -> Result<Vec<String>> {
        let (catalogue, client) = (&self.cx.catalogue, &self.client.metadata);
        let requested = catalogue.check_resources(&self.params.all("resource")?, client)?;
        let granted: Vec<_> = granted.iter().map(ResourceUri::as_str).collect();
        catalogue.audience(&requested, &catalogue.check_resources(&granted, client)?, scope, client)
    }
}
