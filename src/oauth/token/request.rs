//! What every grant is given.

use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::clients::authentication::AuthenticatedClient;
use crate::domain::clients::recipient::Recipient;
use crate::domain::events::{Actor, Origin};
use crate::domain::people::Act;
use crate::domain::tokens::issue::Mint;
use crate::error::Result;
use crate::protocol::certificate::Thumbprint;
use crate::protocol::params::Params;
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::Scope;

/// A token request whose client has proved who it is and may use the grant.
pub struct TokenRequest<'a> {
    pub(super) cx: &'a Cx,
    pub(super) client: &'a AuthenticatedClient,
    pub(super) params: &'a Params,
    pub(super) origin: &'a Origin,
    pub(super) certificate: Option<Thumbprint>,
    pub(super) id_token_recipient: Option<Result<Recipient>>,
    pub(super) now: Timestamp,
}

impl TokenRequest<'_> {
    /// What the client does here.
    pub(super) fn act(&self) -> Act<'_> {
        let (cx, actor) = (self.cx, Actor::Client(self.client.id.clone()));
        Act { store: &cx.store, entropy: &*cx.entropy, now: self.now, actor, origin: self.origin }
    }

    /// What mints for the client.
    pub(super) fn mint(&self) -> Mint<'_> {
        let id_token_recipient = self.id_token_recipient.clone();
        Mint { certificate: self.certificate, id_token_recipient, ..self.cx.mint() }
    }

    /// Whom the access token is for.
    pub(super) fn audience(&self, granted: &[ResourceUri], scope: &Scope) -> Result<Vec<String>> {
        self.cx.catalogue().audience_for(&self.params.all("resource")?, granted, scope, &self.client.metadata)
    }
}
