//! Registering resources, each act with its event in one transaction. Who changes the catalogue holds it meanwhile, so that
//! what is checked still holds when it is written.

use std::fmt;
use std::time::Duration;

use super::draft::{DraftFault, ResourceDraft};
use super::live::LiveCatalogue;
use crate::domain::catalogue::{Catalogue, resource_id};
use crate::domain::events::{EventKind, NewEvent};
use crate::domain::people::Act;
use crate::store::{KeptAnswer, RegisteredResource, StoreError, Tx, TxFuture};

/// Registers resources and scopes on somebody's behalf.
pub struct Registry<'a> {
    /// Who, when, from where.
    pub act: Act<'a>,
    /// What is in force at this server.
    pub live: &'a LiveCatalogue,
}

/// Why the catalogue stays as it is.
#[derive(Debug)]
pub enum RegistryError {
    /// What is asked for is not acceptable.
    Faulty(Vec<DraftFault>),
    /// It is no longer as it was seen, or gone.
    Changed,
    /// Resources of these identifiers name the scope.
    NamedBy(Vec<String>),
    /// The same was asked for before, under the same key, and answered.
    Answered,
    /// The database failed.
    Store(StoreError),
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faulty(faults) => {
                f.write_str("This is not acceptable:")?;
                faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
            }
            Self::Changed => f.write_str("It has changed since you looked at it: look again, and then change it."),
            Self::NamedBy(identifiers) => {
                write!(f, "The scope is one of {}: take it out there first.", identifiers.join(" and "))
            }
            Self::Answered => f.write_str("The same was asked for before, and done."),
            Self::Store(error) => write!(f, "Nothing was changed: {error}."),
        }
    }
}

impl std::error::Error for RegistryError {}

impl From<StoreError> for RegistryError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What a change answers.
pub(super) type Result<T, E = RegistryError> = std::result::Result<T, E>;

impl Registry<'_> {
    /// Registers a resource. The answer that `keep` makes of it is kept in the same transaction.
    pub async fn add_resource(
        &self,
        identifier: &str,
        draft: ResourceDraft,
        keep: impl FnOnce(&RegisteredResource) -> Option<KeptAnswer>,
    ) -> Result<RegisteredResource> {
        let (uri, terms) = draft.check_new(identifier, &self.live.current()).map_err(RegistryError::Faulty)?;
        let resource = RegisteredResource {
            id: resource_id(uri.as_str()),
            identifier: uri,
            name: terms.name,
            scopes: terms.scopes,
            format: terms.format,
            lifetime: terms.lifetime,
            created_at: self.act.now,
            updated_at: self.act.now,
        };
        let (answer, added) = (keep(&resource), resource.clone());
        let event = self.about(EventKind::ResourceAdded, &resource);
        self.change(event, move |tx, catalogue| {
            Box::pin(async move {
                if let Err(faults) = draft.check_new(added.identifier.as_str(), &catalogue) {
                    return Ok(Err(RegistryError::Faulty(faults)));
                }
                if let Some(answer) = answer
                    && !tx.keep_answer(&answer).await?
                {
                    return Ok(Err(RegistryError::Answered));
                }
                tx.insert_resource(&added).await?;
                Ok(Ok(()))
            })
        })
        .await?;
        Ok(resource)
    }

    /// Replaces all of a resource but its identifier, if it still is as it was when `seen` was read.
    pub async fn replace_resource(
        &self,
        seen: &RegisteredResource,
        draft: ResourceDraft,
    ) -> Result<RegisteredResource> {
        let terms = draft.check(seen.identifier.as_str(), &self.live.current()).map_err(RegistryError::Faulty)?;
        let resource = RegisteredResource {
            name: terms.name,
            scopes: terms.scopes,
            format: terms.format,
            lifetime: terms.lifetime,
            // Each change has a time of its own, by which the next one knows that it has seen this one.
            updated_at: self.act.now.max(seen.updated_at + Duration::from_millis(1)),
            ..seen.clone()
        };
        let (changed, seen) = (resource.clone(), seen.updated_at);
        let event = self.about(EventKind::ResourceUpdated, &resource);
        self.change(event, move |tx, catalogue| {
            Box::pin(async move {
                if let Err(faults) = draft.check(changed.identifier.as_str(), &catalogue) {
                    return Ok(Err(RegistryError::Faulty(faults)));
                }
                let updated = tx.update_resource(&changed, seen).await?;
                Ok(if updated { Ok(()) } else { Err(RegistryError::Changed) })
            })
        })
        .await?;
        Ok(resource)
    }

    /// Deletes a resource: from now on no token is issued for it. Who names it goes on naming it, to no effect.
    pub async fn delete_resource(&self, resource: &RegisteredResource) -> Result<()> {
        let id = resource.id;
        let deletion = self.change(self.about(EventKind::ResourceDeleted, resource), move |tx, _| {
            Box::pin(async move {
                let deleted = tx.delete_resource(id).await?;
                Ok(if deleted { Ok(()) } else { Err(RegistryError::Changed) })
            })
        });
        deletion.await
    }

    /// Does `work` to the catalogue as it is now, which nobody else changes meanwhile, and records it; it counts at this
    /// server at once. What `work` refuses, it has to refuse before it writes.
    pub(super) async fn change(
        &self,
        event: NewEvent,
        work: impl for<'tx> FnOnce(&'tx Tx, Catalogue) -> TxFuture<'tx, Result<()>> + Send + 'static,
    ) -> Result<()> {
        let (event, declared) = (self.act.event(event), self.live.declared());
        let written = self.act.store.write(move |tx| {
            Box::pin(async move {
                tx.hold_catalogue().await?;
                let catalogue = declared.with(tx.registered_resources().await?, tx.registered_scopes().await?);
                if let Err(refusal) = work(tx, catalogue).await? {
                    return Ok(Err(refusal));
                }
                tx.raise_catalogue_version().await?;
                tx.insert_event(event).await?;
                Ok(Ok(()))
            })
        });
        written.await??;
        // It is done: that it is not seen at once is no failure of it.
        if let Err(error) = self.live.refresh(self.act.store).await {
            tracing::warn!(%error, "the catalogue could not be read anew; it is tried again");
        }
        Ok(())
    }

    fn about(&self, kind: EventKind, resource: &RegisteredResource) -> NewEvent {
        let event = NewEvent::success(kind, self.act.actor.clone()).detail("resource", resource.identifier.as_str());
        event.detail("scopes", resource.scopes.to_string())
    }
}
