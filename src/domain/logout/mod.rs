//! Telling apps that a person signed out: from server to server (OpenID Connect Back-Channel Logout 1.0), and in the
//! person's own browser (OpenID Connect Front-Channel Logout 1.0).
//!
//! A session remembers which apps it signed in to. Whatever ends it queues the news for each of them in the same
//! transaction, so that none is lost however this server ends; [`delivery`] carries it there.

pub mod delivery;
pub mod frames;
mod token;

use std::time::Duration;

use crate::clock::Timestamp;
use crate::ids::{ClientId, PersonId, SessionId};
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::scope::{self, Scope};
use crate::store::{LogoutDelivery, Result, Tx};

/// How long it is tried to tell an app.
const TRIED_FOR: Duration = Duration::from_hours(24);

/// Whether a session remembers that it signed in to this client: one that wants to know when it ends, and knows it by its
/// ID token.
#[must_use]
pub fn is_told(client: &ClientMetadata, granted: &Scope) -> bool {
    client.is_told_of_sign_outs() && granted.contains(scope::OPENID)
}

/// Queues the news that these sessions of `person` ended, in the transaction that ends them; answers for whom.
pub async fn queue(tx: &Tx, person: PersonId, sids: &[SessionId], now: Timestamp) -> Result<Vec<ClientId>> {
    let mut told = Vec::new();
    for (sid, client_id) in tx.take_session_clients(sids).await? {
        let delivery = LogoutDelivery {
            sid,
            client_id: client_id.clone(),
            person_id: person,
            attempts: 0,
            due_at: now,
            created_at: now,
            expires_at: now + TRIED_FOR,
        };
        tx.insert_logout_delivery(&delivery).await?;
        told.push(client_id);
    }
    Ok(told)
}
