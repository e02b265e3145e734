//! The catalogue in force, shared by all threads: an immutable value, replaced as a whole when something of it changes.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::domain::catalogue::Catalogue;
use crate::store::{Result, Store};

/// How soon a change by another process is noticed.
pub const RELOAD: Duration = Duration::from_secs(1);

/// The catalogue in force.
#[derive(Debug)]
pub struct LiveCatalogue {
    declared: Arc<Catalogue>,
    in_force: RwLock<Edition>,
}

#[derive(Debug)]
struct Edition {
    version: i64,
    catalogue: Arc<Catalogue>,
}

impl LiveCatalogue {
    /// What is declared, and with it what has been registered.
    pub async fn open(declared: Catalogue, store: &Store) -> Result<Self> {
        let declared = Arc::new(declared);
        let nothing = Edition { version: i64::MIN, catalogue: Arc::clone(&declared) };
        let live = Self { declared, in_force: RwLock::new(nothing) };
        live.refresh(store).await?;
        Ok(live)
    }

    /// The one in force: take it once for a request, so that all of the request sees the same.
    #[must_use]
    pub fn current(&self) -> Arc<Catalogue> {
        Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner).catalogue)
    }

    /// What the configuration declares, without what was registered.
    #[must_use]
    pub fn declared(&self) -> Arc<Catalogue> {
        Arc::clone(&self.declared)
    }

    /// Reads anew what is registered, if that has changed.
    pub async fn refresh(&self, store: &Store) -> Result<()> {
        // Read first: what changes after that is seen at the next look.
        let version = store.catalogue_version().await?;
        if version == self.version() {
            return Ok(());
        }
        let catalogue = self.declared.with(store.registered_resources().await?, store.registered_scopes().await?);
        let edition = Edition { version, catalogue: Arc::new(catalogue) };
        let mut in_force = self.in_force.write().unwrap_or_else(PoisonError::into_inner);
        // Two that look at once may end in either order.
        if edition.version > in_force.version {
            *in_force = edition;
        }
        Ok(())
    }

    fn version(&self) -> i64 {
        self.in_force.read().unwrap_or_else(PoisonError::into_inner).version
    }
}
