//! The claims that an app has asked for one by one, when the time comes to tell them: within the scopes for which it is
//! registered by then.

use super::clients::directory::ClientDirectory;
use super::tokens::inspect::LiveToken;
use crate::clock::Timestamp;
use crate::protocol::claims::StandardClaims;
use crate::protocol::claims_request::ClaimsRequest;
use crate::store::{Person, Result, Store};

/// What `UserInfo` may tell by an access token, beside what its scope releases. An app that hands on to another what it was
/// given tells it nothing of this.
pub async fn at_userinfo(
    store: &Store,
    clients: &ClientDirectory,
    live: &LiveToken,
    now: Timestamp,
) -> Result<ClaimsRequest> {
    let own = live.authorization.as_ref().filter(|authorization| authorization.client_id == live.token.client_id);
    let Some(authorization) = own.filter(|authorization| !authorization.claims.is_empty()) else {
        return Ok(ClaimsRequest::default());
    };
    let Some(client) = clients.find(store, &authorization.client_id, now).await? else {
        return Ok(ClaimsRequest::default());
    };
    Ok(authorization.claims.within(&client.metadata.scope))
}

/// Everything that is known of a person, with what follows from their account.
#[must_use]
pub fn known(person: Person) -> StandardClaims {
    let mut known = person.claims;
    known.preferred_username.get_or_insert(person.username);
    known.updated_at.get_or_insert(person.updated_at.seconds());
    known
}
