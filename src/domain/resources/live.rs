//! The catalogue in force, shared by all threads: an immutable value, replaced as a whole when something of it changes.

use std::sync::{Arc, PoisonError, RwLock};

use crate::domain::catalogue::Catalogue;

/// The catalogue in force.
#[derive(Debug)]
pub struct LiveCatalogue(RwLock<Arc<Catalogue>>);

impl LiveCatalogue {
    /// Begins with `catalogue`.
    #[must_use]
    pub fn new(catalogue: Catalogue) -> Self {
        Self(RwLock::new(Arc::new(catalogue)))
    }

    /// The one in force: take it once for a request, so that all of the request sees the same.
    #[must_use]
    pub fn current(&self) -> Arc<Catalogue> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}
