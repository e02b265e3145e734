//! A person's own pages.

mod activity;
mod apps;
mod data;
mod place;
mod profile;
mod sessions;

pub use self::activity::{Activity, OwnDeed};
pub use self::apps::{ConnectedApp, ConnectedApps, OwnRequest};
pub use self::data::{Deletion, DeletionProblem, Gone, OwnData};
pub use self::place::Place;
pub use self::profile::{Profile, ProfileField, ProfileGroup};
pub use self::sessions::{OwnSession, Sessions};
