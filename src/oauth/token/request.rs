//! What every grant is given.

use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::clients::authentication::AuthenticatedClient;
use crate::domain::events::Origin;
use crate::error::Result;
use crate::protocol::params::Params;
use crate::protocol::resource::ResourceUri;

/// A token request whose client has proved who it is and may use the grant.
pub struct TokenRequest<'a> {
    pub(super) cx: &'a Cx,
    pub(super) client: &'a AuthenticatedClient,
    pub(super) params: &'a Params,
    pub(super) origin: &'a Origin,
    pub(super) now: Timestamp,
}

impl TokenRequest<'_> {
    /// The resources that the request names (RFC 8707 §2.2).
    pub(super) fn resources(&self) -> Result<Vec<ResourceUri>> {
        self.cx.catalogue.check_resources(&self.params.all("resource")?, &self.client.metadata)
    }
}
