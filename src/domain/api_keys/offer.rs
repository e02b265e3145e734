//! What a form can offer for a key: the scopes and resources that [`KeyDraft::check`](super::KeyDraft::check) takes.

use crate::domain::catalogue::Catalogue;
use crate::protocol::resource::ResourceUri;
use crate::protocol::scope::OF_A_PERSON;
use crate::store::Client;

/// The scopes that a key of `client`, or of a person if there is none, can have.
pub fn scopes<'a>(catalogue: &'a Catalogue, client: Option<&Client>) -> impl Iterator<Item = &'a str> {
    catalogue.published_scope_names().filter(move |name| {
        !OF_A_PERSON.contains(name) && client.is_none_or(|client| client.metadata.scope.contains(name))
    })
}

/// The identifiers of the resources at which it can be good.
pub fn resources<'a>(catalogue: &'a Catalogue, client: Option<&Client>) -> impl Iterator<Item = &'a str> {
    let is_open = move |identifier: &&str| {
        let is_registered = |client: &Client| client.metadata.resources.iter().any(|uri| uri.as_str() == *identifier);
        *identifier == catalogue.default_resource() || client.is_none_or(is_registered)
    };
    let all = catalogue.resources().map(|resource| resource.identifier.as_str());
    all.filter(|identifier| !catalogue.is_own_api(identifier)).filter(is_open)
}

/// The resource at which a key is good for which none is named.
#[must_use]
pub fn default_resource<'a>(catalogue: &'a Catalogue, client: Option<&'a Client>) -> &'a str {
    let own = client.and_then(|client| client.metadata.default_resource.as_ref());
    own.map_or(catalogue.default_resource(), ResourceUri::as_str)
}
