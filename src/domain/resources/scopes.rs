//! Registering scopes, as resources are registered.

use std::time::Duration;

use super::draft::ScopeDraft;
use super::registry::{Registry, RegistryError, Result};
use crate::domain::catalogue::Source;
use crate::domain::events::{EventKind, NewEvent};
use crate::store::{KeptAnswer, RegisteredScope};

impl Registry<'_> {
    /// Registers a scope. The answer that `keep` makes of it is kept in the same transaction.
    pub async fn add_scope(
        &self,
        name: &str,
        draft: ScopeDraft,
        keep: impl FnOnce(&RegisteredScope) -> Option<KeptAnswer>,
    ) -> Result<RegisteredScope> {
        let (name, draft) = draft.check_new(name, &self.live.current()).map_err(RegistryError::Faulty)?;
        let scope = RegisteredScope {
            name,
            text: draft.text.clone(),
            optional: draft.optional,
            needs_approval: draft.needs_approval,
            created_at: self.act.now,
            updated_at: self.act.now,
        };
        let (answer, added) = (keep(&scope), scope.clone());
        self.change(self.about_scope(EventKind::ScopeAdded, &scope), move |tx, catalogue| {
            Box::pin(async move {
                if let Err(faults) = draft.check_new(added.name.as_str(), &catalogue) {
                    return Ok(Err(RegistryError::Faulty(faults)));
                }
                if let Some(answer) = answer
                    && !tx.keep_answer(&answer).await?
                {
                    return Ok(Err(RegistryError::Answered));
                }
                tx.insert_scope(&added).await?;
                Ok(Ok(()))
            })
        })
        .await?;
        Ok(scope)
    }

    /// Replaces all of a scope but its name, if it still is as it was when `seen` was read.
    pub async fn replace_scope(&self, seen: &RegisteredScope, draft: &ScopeDraft) -> Result<RegisteredScope> {
        let draft = draft.check().map_err(RegistryError::Faulty)?;
        let scope = RegisteredScope {
            text: draft.text,
            optional: draft.optional,
            needs_approval: draft.needs_approval,
            // Each change has a time of its own, by which the next one knows that it has seen this one.
            updated_at: self.act.now.max(seen.updated_at + Duration::from_millis(1)),
            ..seen.clone()
        };
        let (changed, seen) = (scope.clone(), seen.updated_at);
        self.change(self.about_scope(EventKind::ScopeUpdated, &scope), move |tx, _| {
            Box::pin(async move {
                let updated = tx.update_scope(&changed, seen).await?;
                Ok(if updated { Ok(()) } else { Err(RegistryError::Changed) })
            })
        })
        .await?;
        Ok(scope)
    }

    /// Deletes a scope that no registered resource names: from now on it is not granted. Clients, keys and consents go on
    /// naming it, to no effect.
    pub async fn delete_scope(&self, scope: &RegisteredScope) -> Result<()> {
        let name = scope.name.clone();
        let deletion = self.change(self.about_scope(EventKind::ScopeDeleted, scope), move |tx, catalogue| {
            Box::pin(async move {
                let naming = catalogue.resources_knowing(name.as_str());
                let naming = naming.filter(|resource| resource.source == Source::Registered);
                let naming: Vec<_> = naming.map(|resource| resource.identifier.clone()).collect();
                if !naming.is_empty() {
                    return Ok(Err(RegistryError::NamedBy(naming)));
                }
                let deleted = tx.delete_scope(&name).await?;
                Ok(if deleted { Ok(()) } else { Err(RegistryError::Changed) })
            })
        });
        deletion.await
    }

    fn about_scope(&self, kind: EventKind, scope: &RegisteredScope) -> NewEvent {
        let event = NewEvent::success(kind, self.act.actor.clone()).detail("scope", scope.name.as_str());
        event.detail("needs_approval", scope.needs_approval)
    }
}
