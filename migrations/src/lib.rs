//! The schema of Claviger's database, one step a file, one table family a step; forward only.
//!
//! Rules that every step keeps: it runs in a transaction (also on SQLite); times are Unix milliseconds in
//! `big_integer` columns, so that both databases compare and order them alike; secrets are keyed hashes in `binary`
//! columns; a table that grows has an index for the sweep that empties it. A released step is never edited.

pub use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait};

mod m0001_clients;
mod m0002_people;
mod m0003_sessions;
mod m0004_authorizations;
mod m0005_signing_keys;
mod m0006_events;
mod m0007_search;
mod m0008_roles;
mod m0009_event_chain;
mod m0010_hourly_counts;
mod m0011_idempotency;
mod m0012_groups;
mod m0013_approvals;
mod m0014_api_keys;
mod m0015_client_assertions;
mod m0016_device_codes;
mod m0017_leaked_api_keys;
mod m0018_certificate_bound_tokens;
mod m0019_resources;
mod m0020_api_keys_by_state;
mod m0021_registration;
mod m0022_logout;
mod m0023_requested_claims;
mod m0024_metadata_documents;
mod m0025_apps_that_start;
mod m0026_pairwise_subjects;
mod m0028_attributes;
mod m0029_browsers;
mod m0030_second_factors;
mod m0031_passkeys;
mod m0033_mail_queue;
mod m0035_sessions_seen;
mod m0037_provider_accounts;
mod m0038_guard_news;
mod m0039_registration_links;
mod m0040_pictures;
mod m0041_keys_of_addresses;

/// All steps, in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_clients::Migration),
            Box::new(m0002_people::Migration),
            Box::new(m0003_sessions::Migration),
            Box::new(m0004_authorizations::Migration),
            Box::new(m0005_signing_keys::Migration),
            Box::new(m0006_events::Migration),
            Box::new(m0007_search::Migration),
            Box::new(m0008_roles::Migration),
            Box::new(m0009_event_chain::Migration),
            Box::new(m0010_hourly_counts::Migration),
            Box::new(m0011_idempotency::Migration),
            Box::new(m0012_groups::Migration),
            Box::new(m0013_approvals::Migration),
            Box::new(m0014_api_keys::Migration),
            Box::new(m0015_client_assertions::Migration),
            Box::new(m0016_device_codes::Migration),
            Box::new(m0017_leaked_api_keys::Migration),
            Box::new(m0018_certificate_bound_tokens::Migration),
            Box::new(m0019_resources::Migration),
            Box::new(m0020_api_keys_by_state::Migration),
            Box::new(m0021_registration::Migration),
            Box::new(m0022_logout::Migration),
            Box::new(m0023_requested_claims::Migration),
            Box::new(m0024_metadata_documents::Migration),
            Box::new(m0025_apps_that_start::Migration),
            Box::new(m0026_pairwise_subjects::Migration),
            Box::new(m0028_attributes::Migration),
            Box::new(m0029_browsers::Migration),
            Box::new(m0030_second_factors::Migration),
            Box::new(m0031_passkeys::Migration),
            Box::new(m0033_mail_queue::Migration),
            Box::new(m0035_sessions_seen::Migration),
            Box::new(m0037_provider_accounts::Migration),
            Box::new(m0038_guard_news::Migration),
            Box::new(m0039_registration_links::Migration),
            Box::new(m0040_pictures::Migration),
            Box::new(m0041_keys_of_addresses::Migration),
        ]
    }
}
