//! Resources and scopes: what is declared and registered, as it is in force now, and registering more while the server runs.
//! What holds for those of the settings holds for those that are registered: [`draft`].

mod clients;
mod draft;
pub mod live;
mod registry;
mod scopes;

pub use clients::{allow, make_credentials, take_away};
pub use draft::{DraftFault, ResourceDraft, ScopeDraft};
pub use registry::{Registry, RegistryError};
