//! Resources and scopes that are registered beforehand.

use claviger::domain::events::Origin;
use claviger::domain::people::Act;
use claviger::domain::resources::{Registry, ResourceDraft, ScopeDraft};
use claviger::ids::ResourceId;

use super::TestApp;

impl TestApp {
    /// Registers a scope.
    pub async fn scope(&self, name: &str) {
        let text = ScopeDraft { text: format!("What {name} allows"), optional: true, needs_approval: false };
        self.registry(&Origin::default()).add_scope(name, text, |_| None).await.unwrap();
    }

    /// Registers a resource that knows this scope.
    pub async fn resource(&self, identifier: &str, scope: &str) -> ResourceId {
        let draft = ResourceDraft { scopes: vec![scope.to_owned()], ..ResourceDraft::default() };
        self.registry(&Origin::default()).add_resource(identifier, draft, |_| None).await.unwrap().id
    }

    fn registry<'a>(&'a self, origin: &'a Origin) -> Registry<'a> {
        let (store, entropy, actor) = (&self.cx.store, &*self.cx.entropy, Self::operator().0);
        let act = Act { store, entropy, now: self.cx.now(), actor, origin };
        Registry { act, live: &self.cx.live_catalogue }
    }
}
