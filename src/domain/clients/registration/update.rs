//! Replacing what is registered for a client, at once or not at all.

use std::time::Duration;

use super::{Registered, Registrar, RegistrationError, Result};
use crate::domain::events::EventKind;
use crate::ids::ClientId;
use crate::protocol::client_metadata::{AuthMethod, ClientMetadata};
use crate::store::{Client, ClientSecret};

/// What became of an update.
enum Outcome {
    /// The client as it is now, and whether it was given the secret that had been drawn for it.
    Done(Box<Client>, bool),
    Unknown,
    Changed,
}

impl Registrar<'_> {
    /// Replaces a client's metadata as a whole. A client that needs a secret from now on is given one; one that no longer
    /// does loses what it had.
    pub async fn update(&self, id: &ClientId, metadata: ClientMetadata) -> Result<Registered> {
        self.update_if(id, metadata, |_| true).await
    }

    /// The same for a client that is still as whoever asks has seen it: `is_as_seen` is asked in the transaction that writes,
    /// so that of two who saw the same one is told [`RegistrationError::Changed`].
    pub async fn update_if(
        &self,
        id: &ClientId,
        mut metadata: ClientMetadata,
        is_as_seen: impl FnOnce(&Client) -> bool + Send + 'static,
    ) -> Result<Registered> {
        let client = self.find(id).await?;
        // RFC 7592 §2.2: an update names the same client, and cannot choose another secret.
        if metadata.client_id.as_ref().is_some_and(|sent| *sent != id.0) {
            return Err(RegistrationError::OtherId(id.clone()));
        }
        if metadata.client_secret.take().is_some_and(|sent| !self.is_secret_of(&client, &sent)) {
            return Err(RegistrationError::OtherSecret(id.clone()));
        }
        self.check(&metadata).await?;
        self.check_sector(&metadata, Some(&client.metadata)).await?;
        metadata.client_id = Some(id.0.clone());
        let method = metadata.token_endpoint_auth_method;
        let secret = method.has_secret().then(|| self.mint_secret());
        let drawn = secret.as_ref().map(|secret| self.kept(id, &metadata, secret));
        let event = self.event(EventKind::ClientUpdated, id);
        let (now, row, updated) = (self.now, self.entropy.uuid_at(self.now), id.clone());
        let write = self.store.write(move |tx| {
            Box::pin(async move {
                let Some(mut client) = tx.hold_client(&updated, now).await? else { return Ok(Outcome::Unknown) };
                if !is_as_seen(&client) {
                    return Ok(Outcome::Changed);
                }
                // Each change has a time of its own, by which the next one knows that it has seen this one.
                let updated_at = now.max(client.updated_at + Duration::from_millis(1));
                tx.update_client(&updated, &metadata, updated_at).await?;
                // A secret of which there is only the hash cannot check what was signed with it.
                let is_of_use =
                    |secret: &ClientSecret| secret.sealed.is_some() || method != AuthMethod::ClientSecretJwt;
                if !method.has_secret() || !client.secrets.iter().any(is_of_use) {
                    tx.expire_client_secrets(&updated, now).await?;
                    client.secrets.clear();
                }
                let given = drawn.filter(|_| client.secrets.is_empty());
                if let Some(secret) = &given {
                    tx.insert_client_secret(&updated, row, secret).await?;
                }
                tx.insert_event(event).await?;
                let is_given = given.is_some();
                client.secrets.extend(given);
                Ok(Outcome::Done(Box::new(Client { metadata, updated_at, ..client }), is_given))
            })
        });
        match write.await? {
            Outcome::Done(client, is_given) => Ok(Registered { client: *client, secret: secret.filter(|_| is_given) }),
            Outcome::Unknown => Err(RegistrationError::Unknown(id.clone())),
            Outcome::Changed => Err(RegistrationError::Changed(id.clone())),
        }
    }
}
